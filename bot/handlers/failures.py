"""What happens when a listener fails: the person is told, the log knows why, and Slack shows that it was not taken."""

from __future__ import annotations

from typing import Any

import structlog
from slack_bolt.response import BoltResponse

from bot.errors import SignoffError
from bot.handlers import payloads, replies
from bot.handlers.counter import Counter

log = structlog.get_logger(__name__)

_UNAVAILABLE = 503


class Failures:
    """The error listener."""

    def __init__(self, counter: Counter) -> None:
        self._counter = counter

    async def answer(
        self, error: Exception, body: dict[str, Any], response: BoltResponse | None
    ) -> BoltResponse | None:
        """Tell the person; ``response`` is None where the click has been acknowledged already."""
        if isinstance(error, SignoffError):
            log.warning("click failed", error=error.kind)
        else:
            log.error("click broke", error=type(error).__name__, exc_info=error)
        who = payloads.whom(body)
        if who is not None:
            await self._counter.tell(who, replies.trouble(error))
        return None if response is None else BoltResponse(status=_UNAVAILABLE)
