"""What waits for Slack, and how a card says that it had to wait itself."""

from __future__ import annotations

from datetime import timedelta

from bot.cases.model import Case
from bot.slack.pacing import Queue
from bot.text import one_line

_A_MINUTE = timedelta(minutes=1)

#: A card that waited for longer says so.
LATE = _A_MINUTE


def span(delay: timedelta) -> str:
    """A wait as people say it."""
    if delay < 2 * _A_MINUTE:
        return f"{max(1, round(delay.total_seconds()))} s"
    return f"{round(delay / _A_MINUTE)} min"


def queue(waiting: Queue) -> str:
    """What waits for Slack and for how long, as one sentence."""
    if not waiting.total:
        return "Slack: nothing waits."
    busiest = f" ({one_line(waiting.busiest, 80)})" if waiting.busiest else ""
    return (
        f"Slack: messages to post {waiting.posts}, cards to edit {waiting.edits}; "
        f"the last of them in about {span(waiting.delay)}{busiest}."
    )


def late(waited: timedelta, behind: Queue) -> str:
    """Why a card comes late, and what still waits behind it."""
    more = f" {behind.total} more wait, the last of them about {span(behind.delay)}." if behind.total else ""
    return f"This card waited {span(waited)} for its turn in Slack.{more}"


def undrawn(case: Case) -> str:
    """What stands in place of a card that Slack refuses to show."""
    return f"Slack did not take this card; /approvals show {case.id} tells it. Your admin finds in the log why."
