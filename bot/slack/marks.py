"""What marks a message as ours, and how it is known again. Core: values in, values out.

Every app of the workspace can see metadata, and set it: ids only, and never believed without asking who wrote it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

#: Of a card in a channel's history.
CARD = "signoff_case"
#: Of a reply that tells what happened, and up to which audit entry.
STORY = "signoff_story"
#: Of a report, and of which one.
REPORT = "signoff_report"

#: Of what a site hears at the start of a shift.
DIGEST = "signoff_digest"


@dataclass(frozen=True, slots=True)
class Identity:
    """Who the bot is in Slack."""

    team_id: str
    user_id: str
    bot_id: str
    url: str = ""  #: of the workspace, with a slash at its end


def card_mark(case_id: int) -> dict[str, Any]:
    """The metadata of a card."""
    return {"event_type": CARD, "event_payload": {"case_id": case_id}}


def story_mark(case_id: int, until: int) -> dict[str, Any]:
    """The metadata of a reply."""
    return {"event_type": STORY, "event_payload": {"case_id": case_id, "until": until}}


def report_mark(which: str) -> dict[str, Any]:
    """The metadata of a report."""
    return {"event_type": REPORT, "event_payload": {"report": which}}


def is_report_of(which: str, metadata: object) -> bool:
    """Whether it is this report."""
    return metadata == report_mark(which)


def digest_mark(site: str, shift: str) -> dict[str, Any]:
    """The metadata of what a site hears at the start of a shift."""
    return {"event_type": DIGEST, "event_payload": {"site": site, "shift": shift}}


def is_by(me: Identity, message: Mapping[str, Any]) -> bool:
    """Whether we wrote it: metadata can be set by any app of the workspace."""
    if "bot_id" in message:
        return bool(message["bot_id"] == me.bot_id)
    return bool(message.get("user") == me.user_id)


def is_card_of(case_id: int, metadata: object) -> bool:
    """Whether it is a card of this case."""
    match metadata:
        case {"event_type": str(kind), "event_payload": {"case_id": found}}:
            return kind == CARD and found == case_id
        case _:
            return False


def told_until(case_id: int, metadata: object) -> int:
    """Up to which audit entry a reply tells; 0 for any other message."""
    match metadata:
        case {"event_type": str(kind), "event_payload": {"case_id": found, "until": int(until)}}:
            return until if kind == STORY and found == case_id else 0
        case _:
            return 0
