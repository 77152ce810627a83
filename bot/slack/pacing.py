"""Slack's pace: what may go now, and when the rest may; and once a method was told "later", nobody asks before that.

Core. ``paces.py`` keeps the buckets in the database, shared by replicas; what Slack said last is in memory as well.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.effects import EffectKind
from bot.errors import TransientError

#: Between two messages into one channel (https://docs.slack.dev/apis/web-api/rate-limits): Slack's one second, and what
#: the way there may shorten it by.
APART = timedelta(seconds=1.05)


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
        fullest = self.posts_by_channel.get(self.busiest, 0)
        return max(fullest * POSTS.apart, self.posts * ALL_POSTS.apart, self.edits * EDITS.apart)


@dataclass(frozen=True, slots=True)
class Pace:
    """How often something may be done: one after each ``apart``, and ``burst`` of them at once after a rest."""

    apart: timedelta
    burst: int = 1

    def opens(self, free_at: datetime) -> datetime:
        """When the next one may go, of a bucket that is filled up to ``free_at``."""
        return free_at - (self.burst - 1) * self.apart


#: https://docs.slack.dev/apis/web-api/rate-limits: a message a second and channel, several hundred a minute in all;
#: fifty edits a minute, of which a burst and a minute together make no more.
POSTS, ALL_POSTS, EDITS = Pace(APART), Pace(timedelta(seconds=0.22), 20), Pace(timedelta(seconds=4 / 3), 5)
#: A card that changes twice within two seconds is drawn once more, not twice; a call may take longer than the next.
ONE_CARD = Pace(timedelta(seconds=2.2))

#: https://docs.slack.dev/reference/methods/views.publish: a hundred a minute, of which cards take none. One person's
#: Home is drawn as it is opened and once more, and then every few seconds at most.
HOMES, ONE_HOME = Pace(timedelta(seconds=0.7), 10), Pace(timedelta(seconds=4), 2)


def buckets(kind: EffectKind, target: str, key: str) -> Mapping[str, Pace]:
    """The buckets that an effect takes from, by name."""
    if kind is EffectKind.UPDATE_CARD:
        return {"edits": EDITS, f"card {key}": ONE_CARD}
    if kind is EffectKind.PUBLISH_HOME:
        return {"homes": HOMES, key: ONE_HOME}
    if kind is EffectKind.FETCH_FILE:  # no message; hundred of these a minute
        return {}
    return {"posts": ALL_POSTS, f"posts {target}": POSTS}


#: A reply in a thread lets whatever else is due into its channel go first, but not for longer than this.
_YIELDS = timedelta(minutes=1)


def turn(kind: EffectKind, waited: timedelta) -> int:
    """What goes first of several effects that are due, whatever their age: the lowest."""
    return 1 if kind is EffectKind.TELL_STORY and waited < _YIELDS else 0


def told_later(kind: EffectKind, target: str) -> tuple[str, Pace]:
    """The bucket that a "later" of Slack is about: edits have one for the workspace, messages one for each channel."""
    if kind is EffectKind.PUBLISH_HOME:
        return "homes", HOMES
    return ("edits", EDITS) if kind is EffectKind.UPDATE_CARD else (f"posts {target}", POSTS)


def spread(
    wanted: Sequence[Mapping[str, Pace]], free_at: Mapping[str, datetime], now: datetime
) -> tuple[list[datetime | None], dict[str, datetime]]:
    """When each of ``wanted`` may go (None: now), in the order of their turns, and what the buckets are then.

    Those that wait take nothing yet. They get different times, so that not all of them come back at once.
    """
    filled = dict(free_at)
    expected = dict(free_at)
    answers: list[datetime | None] = []
    for paces in wanted:
        opens = max((pace.opens(expected.get(name, now)) for name, pace in paces.items()), default=now)
        for name, pace in paces.items():
            expected[name] = max(expected.get(name, now), opens, now) + pace.apart
        if opens <= now:
            filled |= {name: max(filled.get(name, now), now) + pace.apart for name, pace in paces.items()}
        answers.append(None if opens <= now else opens)
    return answers, filled
