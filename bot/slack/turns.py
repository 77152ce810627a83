"""Whose turn it is: every call to Slack that an effect makes passes here, and obeys what Slack said last.

Holds the pace of one process; a call that must wait goes back to the outbox with the wait, and nothing sleeps here.
"""

from __future__ import annotations

from collections.abc import Coroutine
from typing import Any, TypeVar

from bot.clock import Clock
from bot.errors import TransientError
from bot.outbox import Claimed
from bot.slack.pacing import Pacing

T = TypeVar("T")

POST, UPDATE = "chat.postMessage", "chat.update"


class Turns:
    """One for all senders of the lane."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
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
                self._pacing.shut(method, channel, now=self._clock.now(), seconds=error.retry_after)
            raise

    def _enter(self, method: str, channel: str, claimed: Claimed) -> None:
        now = self._clock.now()
        if now > claimed.lease_until:
            sentence = "The time for this try ran out before it was sent."
            raise TransientError(sentence, kind="lease_over")
        self._pacing.enter(method, channel, now)
