"""Whose turn it is: every call to Slack that an effect makes passes here, and obeys what Slack said last.

A call that must wait goes back to the outbox with the wait; nothing sleeps here. What Slack said last holds for other
replicas too.
"""

from __future__ import annotations

from collections.abc import Coroutine
from datetime import timedelta
from typing import Any, TypeVar

from bot.backoff import LONGEST_ASKED
from bot.clock import Clock
from bot.errors import TransientError
from bot.group_commit import GroupCommit
from bot.outbox import Claimed
from bot.slack.paces import ShutPaces
from bot.slack.pacing import Pacing

T = TypeVar("T")

POST, UPDATE, PUBLISH = "chat.postMessage", "chat.update", "views.publish"


class Turns:
    """One for all senders of the lane."""

    def __init__(self, clock: Clock, writer: GroupCommit) -> None:
        self._clock = clock
        self._writer = writer
        self._pacing = Pacing()

    async def take(self, method: str, channel: str, claimed: Claimed, call: Coroutine[Any, Any, T]) -> T:
        """Make the call if it is its turn. Raises TransientError with the wait where it is not, or not ours."""
        try:
            self._enter(method, channel, claimed)
        except TransientError:
            call.close()
            raise
        try:
            return await call
        except TransientError as error:
            if error.retry_after is not None:
                now = self._clock.now()
                self._pacing.shut(method, channel, now=now, seconds=error.retry_after)
                seconds = min(timedelta(seconds=error.retry_after), LONGEST_ASKED)
                await self._writer.submit(ShutPaces(claimed.kind, claimed.target, now + seconds))
            raise

    def _enter(self, method: str, channel: str, claimed: Claimed) -> None:
        now = self._clock.now()
        if now > claimed.lease_until:
            sentence = "The time for this try ran out before it was sent."
            raise TransientError(sentence, kind="lease_over")
        self._pacing.enter(method, channel, now)
