"""Slack's pace: once a method was told "later" for a channel, nobody else asks before that.

Core; the state is in memory: after a restart the first call finds out again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.errors import TransientError

#: Between two messages into one channel (https://docs.slack.dev/apis/web-api/rate-limits).
APART = timedelta(seconds=1)
#: Between two edits anywhere: fifty a minute.
EDITS_APART = timedelta(seconds=1.2)


@dataclass(slots=True)
class _Bucket:
    opens: datetime
    next_place: datetime


class Pacing:
    """A bucket for each (method, channel)."""

    def __init__(self) -> None:
        self._shut: dict[tuple[str, str], _Bucket] = {}

    def enter(self, method: str, channel: str, now: datetime) -> None:
        """Go on, or raise TransientError with the wait.

        Whoever has to wait gets a place in the queue, a second after the one before: all of them at once would only
        be sent away again.
        """
        bucket = self._shut.get((method, channel))
        if bucket is None or now >= bucket.opens:
            return
        wait = (bucket.next_place - now).total_seconds()
        bucket.next_place += APART
        sentence = "Slack asked us to slow down; this card waits its turn."
        raise TransientError(sentence, kind="ratelimited", retry_after=wait)

    def shut(self, method: str, channel: str, *, now: datetime, seconds: float) -> None:
        """Slack said "later"."""
        opens = now + timedelta(seconds=seconds)
        bucket = self._shut.setdefault((method, channel), _Bucket(opens, opens))
        # The one who was sent away takes the first place by itself.
        bucket.opens = max(bucket.opens, opens)
        bucket.next_place = max(bucket.next_place, opens + APART)


@dataclass(frozen=True, slots=True)
class Queue:
    """What waits for Slack."""

    posts_by_channel: Mapping[str, int]
    edits: int

    @property
    def posts(self) -> int:
        """Messages over all channels."""
        return sum(self.posts_by_channel.values())

    @property
    def total(self) -> int:
        """Messages and edits."""
        return self.posts + self.edits

    @property
    def busiest(self) -> str:
        """The channel in which most is to be posted; empty when there is nothing to post."""
        return max(self.posts_by_channel, key=lambda name: self.posts_by_channel[name], default="")

    @property
    def delay(self) -> timedelta:
        """How long the last of them waits at least: channels go side by side, edits share one bucket."""
        return max(self.posts_by_channel.get(self.busiest, 0) * APART, self.edits * EDITS_APART)
