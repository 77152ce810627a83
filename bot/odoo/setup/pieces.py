"""What of ours can stand in an Odoo database, as plain values that can be compared: rules, guards, the bot's group.

Core. Each piece is found again by its name, which also says which source it belongs to. Must not know how Odoo
stores it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Final, TypeAlias

#: Rules fire on creation and on a change of the named fields, which keeps it to one call a change.
ON_SAVE: Final = "on_create_or_write"

#: Never printed: it ends in the token.
ADDRESS: Final = "address"


class Kind(StrEnum):
    """What a piece is for."""

    GROUP = "group"  #: the bot's own group: who may run the guards, and who may see whether the rules are in place
    WEBHOOK = "webhook"  #: tells Signoff of changes
    GUARD = "guard"  #: checks, writes and notes in one transaction
    HOLD = "hold"  #: refuses a transition to everybody but the bot


@dataclass(frozen=True, slots=True)
class Group:
    """The bot's group."""

    source: str
    members: tuple[str, ...]  #: logins
    sees_rules: bool  #: members may read automation rules (not the actions: those hold other systems' addresses)

    kind = Kind.GROUP

    @property
    def subject(self) -> str:
        """There is one of a source."""
        return ""

    @property
    def name(self) -> str:
        """By which it is found."""
        return f"Signoff {self.source}"


@dataclass(frozen=True, slots=True)
class Rule:
    """An automation rule with its one action: a webhook (``address``) or code."""

    source: str
    kind: Kind
    subject: str  #: the model whose changes it tells of, or the event type that it holds
    model: str
    fields: tuple[str, ...]  #: sorted names; a change of these fires it
    before: str = ""  #: Odoo domain on the record as it was
    after: str = ""  #: Odoo domain on the record as it becomes
    address: str = ""
    code: str = ""
    trigger: str = ON_SAVE
    active: bool = True

    @property
    def name(self) -> str:
        """By which it is found."""
        word = "" if self.kind is Kind.WEBHOOK else f" {self.kind}"
        return f"Signoff {self.source}{word}: {self.subject}"


@dataclass(frozen=True, slots=True)
class Guard:
    """A server action that only the bot's group may run."""

    source: str
    model: str
    digest: str  #: of ``code``: part of the name, which is all that the bot may see of an action
    code: str
    groups: tuple[str, ...]
    bound: bool = True  #: to its model, which is how the bot finds it

    kind = Kind.GUARD

    @property
    def subject(self) -> str:
        """The model: one guard each."""
        return self.model

    @property
    def name(self) -> str:
        """By which it is found, and by which the bot knows that it is the right one."""
        return f"Signoff {self.source} guard: {self.model} {self.digest}"


Piece: TypeAlias = Group | Rule | Guard

#: The order in which pieces are made; a guard needs the group. They are taken away the other way round.
ORDER: Final = (Kind.GROUP, Kind.WEBHOOK, Kind.GUARD, Kind.HOLD)


class Do(StrEnum):
    """What has to be done about a piece."""

    CREATE = "create"
    CHANGE = "change"
    KEEP = "keep"
    REMOVE = "remove"


@dataclass(frozen=True, slots=True)
class Step:
    """One piece, and what has to be done about it."""

    do: Do
    piece: Piece
    record_id: int = 0  #: the rule, action or group in Odoo; 0 where there is none yet
    differs: tuple[str, ...] = ()  #: names of the values that are not as wanted

    def line(self) -> str:
        """The step on one line, without any secret."""
        what = f" ({', '.join(self.differs)})" if self.differs else ""
        return f"{self.do:7} {self.piece.kind:8} {self.piece.name}{what}"


def steps(wanted: Sequence[Piece], found: Mapping[int, Piece] | Sequence[tuple[int, Piece]]) -> list[Step]:
    """The way from what was ``found`` (record id, piece) to what is ``wanted``; of two alike, one is kept."""
    standing = list(found.items() if isinstance(found, Mapping) else found)
    missing = {(piece.kind, piece.subject): piece for piece in wanted}
    given: list[Step] = []
    for record_id, piece in standing:
        target = missing.pop((piece.kind, piece.subject), None)
        given.append(_step(record_id, piece, target))
    given.extend(Step(Do.CREATE, piece) for piece in missing.values())
    return [step for do in (False, True) for step in _ordered(given) if (step.do is Do.REMOVE) is do]


def _ordered(given: Sequence[Step]) -> list[Step]:
    return sorted(given, key=lambda step: (_place(step), step.piece.name))


def _place(step: Step) -> int:
    place = ORDER.index(step.piece.kind)
    return -place if step.do is Do.REMOVE else place


def _step(record_id: int, found: Piece, wanted: Piece | None) -> Step:
    if wanted is None:
        return Step(Do.REMOVE, found, record_id)
    differs = tuple(one.name for one in fields(wanted) if getattr(wanted, one.name) != getattr(found, one.name, None))
    return Step(Do.CHANGE if differs else Do.KEEP, wanted, record_id, differs)


def told_name(source: str, name: str) -> tuple[Kind, str] | None:
    """The kind and subject in a name of ours; None for what is not ours, or another source's."""
    found = re.fullmatch(rf"Signoff {re.escape(source)}(?: (?P<kind>guard|hold))?: (?P<subject>\S+)(?: \w+)?", name)
    if found is None:
        return None
    return Kind(found["kind"] or Kind.WEBHOOK), found["subject"]
