"""Delegation: who may stand in for whom at an instant, along which chain.

Core. A stand-in speaks with the power of the one who delegated, cut down to the stand-in's own; chains are bounded
and never go in a circle. Whether a chain helps in a case is ``authority``'s to judge, at the click.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

#: Delegations in a row. Longer ones would hide from everybody whose power is used.
LONGEST_CHAIN = 3


@dataclass(frozen=True, slots=True)
class Delegation:
    """``giver`` lets ``taker`` decide; addresses are in lower case, instants in UTC."""

    id: int
    giver: str
    giver_name: str
    taker: str
    taker_name: str
    starts_at: datetime
    ends_at: datetime | None  #: the first instant at which it no longer holds; None: as long as its case is open

    def holds(self, now: datetime) -> bool:
        """From its start up to, not including, its end."""
        return self.starts_at <= now and (self.ends_at is None or now < self.ends_at)


@dataclass(frozen=True, slots=True)
class Voice:
    """In whose name somebody can speak. ``chain`` are addresses, the one who clicks first, the holder last."""

    chain: tuple[str, ...]
    holder_name: str = ""  #: empty where one speaks for oneself

    @property
    def holder(self) -> str:
        """Whose power it is."""
        return self.chain[-1]


def voices(email: str, delegations: Iterable[Delegation], now: datetime) -> Iterator[Voice]:
    """Every way in which ``email`` can speak at ``now``: first for oneself, then by ever longer chains."""
    holding = sorted((one for one in delegations if one.holds(now)), key=lambda one: (one.id, one.giver))
    reached = [Voice((email,))]
    for _ in range(LONGEST_CHAIN):
        yield from reached
        reached = [
            Voice((*voice.chain, one.giver), one.giver_name)
            for voice in reached
            for one in holding
            if one.taker == voice.holder and one.giver not in voice.chain
        ]
    yield from reached
