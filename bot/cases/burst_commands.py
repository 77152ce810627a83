"""What is asked of an approval, or of a list of them, when many come at once. Values only; ``bursts.py`` answers.

Core. None of these is a person's: a list decides nothing, and no approval is decided through it.
"""

from __future__ import annotations

from dataclasses import dataclass

from bot.exceptions.commands import Alike


@dataclass(frozen=True, slots=True)
class Enlist:
    """A stage of an approval begins in a channel: it gets a card there, or its place on a list.

    0: the case that this transition opens. What else there is, is found by the service.
    """

    case_id: int
    channel: str  #: as the plan names it
    list_id: int = 0  #: the open list to which it belongs
    alike: tuple[Alike, ...] = ()  #: those like it that came within the window and still wait, the oldest first
    shown: frozenset[int] = frozenset()  #: which of these have a card in the channel already


@dataclass(frozen=True, slots=True)
class Enlisted:
    """An approval is on the list ``list_id`` from now on; 0: on the one that this transition opens."""

    case_id: int
    channel: str
    list_id: int
    alone: bool  #: whether it has a card of its own besides


@dataclass(frozen=True, slots=True)
class ListGrew:
    """A list has more approvals."""

    case_id: int
    members: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class ListLeft:
    """Approvals of a list do not wait in its channel any more: answered, over, or asked for elsewhere."""

    case_id: int
    members: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class ListChanged:
    """Figures of approvals on a list are others now."""

    case_id: int


@dataclass(frozen=True, slots=True)
class ListNudged:
    """Steps of the escalation have come on approvals that have no card, and so no thread, of their own."""

    case_id: int
    members: tuple[int, ...]
    records: tuple[str, ...]  #: their names
    mention: tuple[str, ...]  #: whom the steps tell by name


ListCommand = ListGrew | ListLeft | ListChanged | ListNudged
BurstCommand = Enlist | Enlisted | ListCommand


def joined(first: BurstCommand, second: BurstCommand) -> BurstCommand:
    """Two of one kind about one list as one."""
    match (first, second):
        case ListGrew(), ListGrew():
            return ListGrew(first.case_id, (*first.members, *second.members))
        case ListLeft(), ListLeft():
            return ListLeft(first.case_id, (*first.members, *second.members))
        case ListNudged(), ListNudged():
            mention = tuple(dict.fromkeys((*first.mention, *second.mention)))
            records = (*first.records, *second.records)
            return ListNudged(first.case_id, (*first.members, *second.members), records, mention)
        case _:
            return second
