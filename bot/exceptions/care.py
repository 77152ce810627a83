"""How an exception is being looked after: who owns it, until when, and how it was resolved.

Core: values, and their text for storing. What may become of them is ``handling.py``'s.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from bot.config.model import CareRule


@dataclass(frozen=True, slots=True)
class Owner:
    """Who has it in hand, or was asked to take it."""

    person: str  #: as ``Person.key``
    email: str  #: lower case
    name: str


@dataclass(frozen=True, slots=True)
class Resolved:
    """How it ended, in somebody's words."""

    root_cause: str
    resolution: str
    text: str
    person: str
    name: str
    at: datetime

    @property
    def said(self) -> str:
        """As one sentence without its full stop."""
        because = f", cause: {self.root_cause}" if self.root_cause else ""
        return f"{self.resolution}{because}" + (f" ({self.text})" if self.text else "")


@dataclass(frozen=True, slots=True)
class Care:
    """The looking after of one exception."""

    owner: Owner | None = None
    acknowledged: bool = False  #: whether the owner has said so; else somebody was asked to take it
    hand_back_at: datetime | None = None  #: when the owner loses it unless something is done before
    tell_at: datetime | None = None  #: when people are told of it; None: they have been
    snoozed: bool = False  #: whether the clock stands still because somebody put it off
    resolved: Resolved | None = None
    reopened: int = 0  #: how often
    parent: int = 0  #: the group that has its card and clock; 0: it has its own
    members: tuple[int, ...] = ()  #: of a group: those that are not over
    gathered: int = 0  #: of a group: how many there ever were
    apart: bool = False  #: whether somebody took it out of its group: no other one takes it in
    request: int = 0  #: the approval that it has asked for and that is not over
    answer: str = ""  #: of the last approval that it asked for, as half a sentence


NOT_YET = Care()


def renewed(care: Care | None, rule: CareRule | None, now: datetime) -> Care | None:
    """The owner has all of the time again, and nothing is put off any more. None of an approval."""
    if care is None:
        return None
    allowed = rule.unacknowledge if rule else None
    back = now + allowed if care.owner is not None and allowed is not None and care.acknowledged else None
    return replace(care, hand_back_at=back, snoozed=False)


def care_to_text(care: Care | None) -> str | None:
    """As JSON without what is not set; None for an approval."""
    if care is None:
        return None
    body: dict[str, Any] = {
        "owner": [care.owner.person, care.owner.email, care.owner.name] if care.owner else None,
        "acknowledged": care.acknowledged,
        "back": _instant(care.hand_back_at),
        "tell": _instant(care.tell_at),
        "snoozed": care.snoozed,
        "resolved": _resolved_to(care.resolved) if care.resolved else None,
        "reopened": care.reopened,
        "parent": care.parent,
        "members": list(care.members),
        "gathered": care.gathered,
        "apart": care.apart,
        "request": care.request,
        "answer": care.answer,
    }
    return json.dumps({name: one for name, one in body.items() if one}, ensure_ascii=False, separators=(",", ":"))


def care_from_text(text: str | None) -> Care | None:
    """The inverse of ``care_to_text``."""
    if text is None:
        return None
    body: dict[str, Any] = json.loads(text)
    return Care(
        owner=Owner(*body["owner"]) if "owner" in body else None,
        acknowledged=body.get("acknowledged", False),
        hand_back_at=_instant_from(body.get("back")),
        tell_at=_instant_from(body.get("tell")),
        snoozed=body.get("snoozed", False),
        resolved=_resolved_from(*body["resolved"]) if "resolved" in body else None,
        reopened=body.get("reopened", 0),
        parent=body.get("parent", 0),
        members=tuple(body.get("members", ())),
        gathered=body.get("gathered", 0),
        apart=body.get("apart", False),
        request=body.get("request", 0),
        answer=body.get("answer", ""),
    )


def _resolved_to(one: Resolved) -> list[str]:
    return [one.root_cause, one.resolution, one.text, one.person, one.name, one.at.isoformat()]


def _resolved_from(root_cause: str, resolution: str, text: str, person: str, name: str, at: str) -> Resolved:
    return Resolved(root_cause, resolution, text, person, name, datetime.fromisoformat(at))


def _instant(at: datetime | None) -> str | None:
    return at.isoformat() if at else None


def _instant_from(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
