"""Slack's rate limits: per method and minute, and about one message a second per channel.

Off until a test or the demo turns them on. Owns the buckets; the answer (429 and Retry-After) is the API's business.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum
from math import ceil
from typing import Any


class Tier(IntEnum):
    """Calls a minute and method (https://docs.slack.dev/apis/web-api/rate-limits)."""

    TWO = 20
    THREE = 50
    FOUR = 100
    #: chat.postMessage: about one a second and channel, several hundred a minute over the workspace.
    POSTING = 300


MESSAGES_A_SECOND_AND_CHANNEL = 1.0
#: Slack tolerates short bursts above one a second.
CHANNEL_BURST = 3


@dataclass(slots=True)
class _Bucket:
    level: float
    at: datetime

    def take(self, now: datetime, *, per_second: float, capacity: float) -> float:
        """Take one call. Zero when there was room, else the seconds until there is."""
        self.level = min(capacity, self.level + (now - self.at).total_seconds() * per_second)
        self.at = now
        if self.level >= 1:
            self.level -= 1
            return 0
        return (1 - self.level) / per_second


@dataclass(slots=True)
class Limits:
    """The buckets of one workspace."""

    enabled: bool = False
    _buckets: dict[tuple[str, str], _Bucket] = field(default_factory=dict)

    def on(self) -> None:
        """Enforce the limits from now on, starting from full buckets."""
        self._buckets.clear()
        self.enabled = True

    def off(self) -> None:
        """Stop enforcing."""
        self.enabled = False

    def wait(self, method: str, tier: Tier, arguments: dict[str, Any], now: datetime) -> int:
        """Whole seconds the caller must wait (the Retry-After header), zero when the call may pass."""
        if not self.enabled:
            return 0
        wait = self._take((method, ""), now, per_second=tier / 60, capacity=float(tier))
        if not wait and tier is Tier.POSTING:
            channel = str(arguments.get("channel", ""))
            wait = self._take(
                (method, channel), now, per_second=MESSAGES_A_SECOND_AND_CHANNEL, capacity=float(CHANNEL_BURST)
            )
        return ceil(wait)

    def _take(self, key: tuple[str, str], now: datetime, *, per_second: float, capacity: float) -> float:
        bucket = self._buckets.setdefault(key, _Bucket(capacity, now))
        return bucket.take(now, per_second=per_second, capacity=capacity)
