"""What a play is, and what most plays end with."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from tests.live.stage import Document, Stage, until


class Way(StrEnum):
    """How the program writes."""

    PLAIN = "plain"
    GUARD = "guard"
    PERSON = "as whoever decided"
    HOLD = "guard and hold"


EVERYWHERE = frozenset({Way.PLAIN, Way.GUARD})

Run: TypeAlias = Callable[[Stage], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Play:
    """One row of the matrix. Raises AssertionError, TimeoutError or Refused where it goes wrong."""

    row: str  #: what it shows, for the reader of the matrix
    run: Run
    ways: frozenset[Way] = EVERYWHERE
    alone: bool = False  #: whether nothing else may be under way, because the program is killed


async def approved(stage: Stage, document: Document, state: str, *, calls: int = 1, notes: int = 1) -> None:
    """Approve it, and see it confirmed, in that state, by so many calls, with so many notes."""
    await stage.approve(document)
    await ended(stage, document, state, calls=calls, notes=notes)


async def rejected(stage: Stage, document: Document, state: str, *, calls: int = 1, notes: int = 1) -> None:
    """Reject it, and see it confirmed."""
    await stage.reject(document)
    await ended(stage, document, state, calls=calls, notes=notes)


async def ended(stage: Stage, document: Document, state: str, *, calls: int = 1, notes: int = 1) -> None:
    """It is confirmed in Odoo, in that state, by so many calls; ``notes`` stand on it, and no more."""
    await stage.card(document, "Confirmed in Odoo")
    assert await stage.state(document) == state
    await noted(stage, document, notes)
    assert len(stage.called(document)) == calls, stage.called(document)


async def noted(stage: Stage, document: Document, notes: int) -> None:
    """So many notes of the bot's stand on it."""

    async def there() -> bool:
        return await stage.notes(document) >= notes

    await until(there, lambda: f"{notes} notes on {document.words}")
    assert await stage.notes(document) == notes
