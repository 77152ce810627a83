"""The outside heartbeat: fetches an address now and then while the self-audit is well, so that somebody outside notices
when nobody looks after escalations any more.

What is sent is the request itself, nothing else. An address that does not answer is logged and tried again.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import httpx
import structlog

from bot.clock import Clock
from bot.config.model import Config
from bot.metrics import HEARTBEATS

log = structlog.get_logger(__name__)

#: Seconds until the other side is given up for this time.
_TIMEOUT = 10.0

#: A run comes a little early or late.
_SLACK = timedelta(seconds=5)


class Heartbeat:
    """Beats where the config has a ``heartbeat``."""

    def __init__(self, config: Callable[[], Config], clock: Clock) -> None:
        self._config = config
        self._clock = clock
        self._last: datetime | None = None

    async def beat(self) -> None:
        """Fetch the address if it is time. Never raises for what the other side does."""
        told = self._config().heartbeat
        now = self._clock.now()
        if told is None or (self._last is not None and now - self._last < told.every - _SLACK):
            return
        try:
            async with httpx.AsyncClient(timeout=_TIMEOUT) as client:
                answer = await client.get(told.url.reveal())
        except httpx.HTTPError as error:
            self._failed(type(error).__name__)
            return
        if not answer.is_success:
            self._failed(str(answer.status_code))
            return
        self._last = now
        HEARTBEATS.labels("sent").inc()

    def _failed(self, kind: str) -> None:
        """The address is a secret: it is not logged."""
        HEARTBEATS.labels("failed").inc()
        log.warning("heartbeat was not taken", error=kind)
