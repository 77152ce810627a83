"""What people say about a case without deciding it: comments, questions to whoever asked for it, and the answers.

Core: values only. What may be said when is ``saying.py``'s.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class RemarkKind(StrEnum):
    """What a remark is."""

    COMMENT = "comment"
    QUESTION = "question"  #: to whoever asked for the record, by somebody who is to decide
    ANSWER = "answer"  #: to the questions that are open
    REVIEW = "review"  #: of an approval that went past everybody, by somebody of the role for it


@dataclass(frozen=True, slots=True)
class Remark:
    """One thing that somebody said."""

    kind: RemarkKind
    person: str  #: as ``Person.key``
    email: str  #: lower case
    name: str
    as_role: str  #: of whoever asks; empty otherwise
    text: str
    at: datetime


def open_question(remarks: Iterable[Remark]) -> Remark | None:
    """The newest question that nobody has answered yet."""
    found: Remark | None = None
    for remark in remarks:
        if remark.kind is RemarkKind.QUESTION:
            found = remark
        elif remark.kind is RemarkKind.ANSWER:
            found = None
    return found


def waited_for_answers(remarks: Iterable[Remark]) -> timedelta:
    """For how long questions were open, all in all; one that is still open does not count."""
    total, since = timedelta(), None
    for remark in remarks:
        if remark.kind is RemarkKind.QUESTION:
            since = since or remark.at
        elif remark.kind is RemarkKind.ANSWER and since is not None:
            total, since = total + (remark.at - since), None
    return total


def remarks_to_text(remarks: tuple[Remark, ...]) -> str:
    """What was said on a case; empty where nothing was, as on most."""
    if not remarks:
        return ""
    body = [
        [one.kind.value, one.person, one.email, one.name, one.as_role, one.text, one.at.isoformat()] for one in remarks
    ]
    return json.dumps(body, ensure_ascii=False, separators=(",", ":"))


def remarks_from_text(text: str) -> tuple[Remark, ...]:
    """The inverse of ``remarks_to_text``."""
    rows: list[list[str]] = json.loads(text) if text else []
    return tuple(
        Remark(RemarkKind(kind), person, email, name, as_role, said, datetime.fromisoformat(at))
        for kind, person, email, name, as_role, said, at in rows
    )
