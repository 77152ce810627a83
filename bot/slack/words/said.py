"""What people said about a case without deciding it."""

from __future__ import annotations

from bot.cases.remark import Remark, RemarkKind

_KINDS = {
    RemarkKind.COMMENT: "Comment",
    RemarkKind.QUESTION: "Question",
    RemarkKind.ANSWER: "Answer",
    RemarkKind.REVIEW: "Review",
}


def remark(said: Remark) -> str:
    """What kind of remark it is, and whose."""
    role = f" ({said.as_role.replace('_', ' ')})" if said.as_role else ""
    return f"{_KINDS[said.kind]} by {said.name}{role}"
