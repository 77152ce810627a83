"""The figures of a record as people saw them, their fingerprint, and what differs between two times.

Core: values only. What a decision is bound to is ``Figures``; nothing here knows what a field means.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass

from bot.money import Money


@dataclass(frozen=True, slots=True)
class Seen:
    """A watched field as people saw it."""

    field: str
    label: str
    value: str  #: normalised, what is compared
    shown: str  #: what is displayed
    #: The part of ``value`` that no tolerance covers; None: all of it. The rest shows in the event's value.
    firm: str | None = None


def fingerprint(seen: Iterable[Seen]) -> str:
    """SHA-256 over the (field, value) pairs, whatever their order, as hexadecimal text."""
    pairs = sorted((item.field, item.value) for item in seen)
    return hashlib.sha256(json.dumps(pairs).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Figures:
    """What a decision is bound to."""

    value: Money | None
    seen: tuple[Seen, ...]

    @property
    def fingerprint(self) -> str:
        """As ``Event.fingerprint``."""
        return fingerprint(self.seen)

    def equal(self, other: Figures) -> bool:
        """Whether people saw the same: the watched fields, and what they are worth."""
        return self.fingerprint == other.fingerprint and self.value == other.value


@dataclass(frozen=True, slots=True)
class Change:
    """A watched field that differs between two revisions."""

    label: str
    before: str
    after: str


def changes(before: Iterable[Seen], after: Iterable[Seen]) -> tuple[Change, ...]:
    """What differs, in the order of ``after``; a field that is gone reads as a dash."""
    old = {item.field: item for item in before}
    new = list(after)
    found = [
        Change(item.label, *_told_apart(old[item.field].shown if item.field in old else "–", item.shown))
        for item in new
        if item.field not in old or old[item.field].value != item.value
    ]
    kept = {item.field for item in new}
    gone = [Change(item.label, item.shown, "–") for name, item in old.items() if name not in kept]
    return tuple(found + gone)


def _told_apart(before: str, after: str) -> tuple[str, str]:
    """What differs must not read the same, as long lists do that are shown in part."""
    return (before, after) if before != after else (before, f"{after} (changed in a part not shown)")
