"""Is it up, is it ready, and the numbers. The bare ``/healthz`` is public; the rest listens on the admin address."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from bot import inbox, outbox
from bot.cases.census import count_open
from bot.clock import Clock
from bot.db import Database
from bot.metrics import OPEN_CASES, REGISTRY, SLACK_DELAY, SLACK_QUEUE, WAITING_EFFECTS, WAITING_SIGNALS
from bot.reports import gauges
from bot.slack.queue import queue

#: Names what is not ready, with the reason; empty when everything is.
Troubles = Callable[[], Awaitable[dict[str, str]]]

#: Names what is not as it should be although everything works, with the reason.
Remarks = Callable[[], dict[str, str]]


async def healthz(_request: web.Request) -> web.Response:
    """The process answers."""
    return web.Response(text="ok\n")


class Admin:
    """``/readyz`` and ``/metrics``."""

    def __init__(self, database: Database, clock: Clock, troubles: Troubles, remarks: Remarks) -> None:
        self._database = database
        self._clock = clock
        self._troubles = troubles
        self._remarks = remarks

    async def readyz(self, _request: web.Request) -> web.Response:
        """200 when the database and Slack answer and every source was compared; else 503 with the reasons.

        Remarks take nothing out of service: a refused config file leaves a good one at work.
        """
        troubles = await self._troubles()
        told = {"ready": not troubles, "troubles": troubles, "remarks": self._remarks()}
        return web.json_response(told, status=503 if troubles else 200)

    async def metrics(self, _request: web.Request) -> web.Response:
        """Counters from memory, and what stands in the database now."""
        async with self._database.read() as session:
            open_cases = await count_open(session)
            effects = await outbox.count(session)
            signals = await inbox.count(session)
            waiting = await queue(session)
            await gauges.show(session, self._clock.now())
        OPEN_CASES.clear()
        for (status, state), number in open_cases.items():
            OPEN_CASES.labels(status, state).set(number)
        WAITING_EFFECTS.clear()
        for (kind, state), number in effects.items():
            WAITING_EFFECTS.labels(kind, state).set(number)
        SLACK_QUEUE.labels("posts").set(waiting.posts)
        SLACK_QUEUE.labels("edits").set(waiting.edits)
        SLACK_DELAY.set(waiting.delay.total_seconds())
        WAITING_SIGNALS.set(signals)
        return web.Response(body=generate_latest(REGISTRY), headers={"Content-Type": CONTENT_TYPE_LATEST})
