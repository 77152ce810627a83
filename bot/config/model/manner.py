"""How answers are given under a policy, beyond who gives them.

Core: values only. A ``Manner`` is frozen into a case's plan with the rest of the policy.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from enum import StrEnum

from bot.money import Money


class Changeable(StrEnum):
    """What whoever approves may make smaller."""

    QUANTITY = "quantity"
    PRICE = "price"


#: What can be chosen with an approval, over all event types; each type says which of them are its own.
CHOICES = ("backorder", "cancel_rest", "wait")

#: As a policy's default choice: nothing is taken by itself, whoever approves has to say it.
ASK = "ask"


@dataclass(frozen=True, slots=True)
class Tolerance:
    """How far the value may move while answers stand, its border included. One of the two is set."""

    share: Decimal | None = None  #: of the value measured against: 0.02 is two percent
    amount: Money | None = None  #: in the record's company currency; another currency covers nothing

    def __str__(self) -> str:
        """``2 %`` or ``50 USD``."""
        return str(self.amount) if self.share is None else f"{(self.share * 100).normalize():f} %"


@dataclass(frozen=True, slots=True)
class Burst:
    """From how many on, following each other within which wall time, approvals are listed in one card."""

    count: int
    window: timedelta


@dataclass(frozen=True, slots=True)
class Manner:
    """What a policy says of the giving of answers."""

    tolerance: Tolerance | None = None
    reject_codes: tuple[str, ...] = ()  #: whoever rejects chooses one of these; none: there is no choice
    bulk: Money | None = None  #: the sum up to which cases may be approved together; None: each by itself
    grace: timedelta = timedelta(0)  #: for how long the answer that ends a case can be taken back
    changes: tuple[Changeable, ...] = ()  #: what may be approved with a smaller figure; none: as it is, or not at all
    question_pauses: bool = False  #: whether the expiry waits while a question is open
    burst: Burst | None = None  #: None: each has its own card, however many come at once


#: What holds where a policy says nothing.
USUAL = Manner()
