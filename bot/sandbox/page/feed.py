"""News for the page, as server-sent events: something changed, look again.

Sends no content, so one stream serves whoever the person at the page pretends to be. What lies outside the workspace
(Odoo, the clock) is looked at every second.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable

from aiohttp import web

from bot.sandbox.slack.workspace import Workspace

LOOK_AGAIN_S = 1.0
#: Changes in a burst are told together.
PAUSE_S = 0.05
#: A comment now and then finds out that the browser has gone.
HEARTBEAT_EVERY = 15


class Feed:
    """Serves the event stream."""

    def __init__(self, workspace: Workspace, elsewhere: Callable[[], object]) -> None:
        self._workspace = workspace
        self._elsewhere = elsewhere
        self._streams: set[asyncio.Task[None]] = set()

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """One browser's stream, until it goes away or the page stops."""
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        stream = asyncio.create_task(self._tell(response))
        self._streams.add(stream)
        try:
            with contextlib.suppress(asyncio.CancelledError, ConnectionError):
                await stream
        finally:
            stream.cancel()
            self._streams.discard(stream)
        return response

    async def close(self, _app: web.Application) -> None:
        """End every stream, so that the server can stop."""
        for stream in self._streams:
            stream.cancel()

    async def _tell(self, response: web.StreamResponse) -> None:
        event = asyncio.Event()
        self._workspace.listen(event)
        loop = asyncio.get_running_loop()
        seen: object = None
        quiet = 0
        try:
            while True:
                now = (self._workspace.version, self._elsewhere())
                quiet = 0 if now != seen else quiet + 1
                if now != seen:
                    seen = now
                    await response.write(f"data: {now[0]}\n\n".encode())
                elif quiet % HEARTBEAT_EVERY == 0:
                    await response.write(b": still here\n\n")
                again = loop.call_later(LOOK_AGAIN_S, event.set)
                await event.wait()
                again.cancel()
                await asyncio.sleep(PAUSE_S)
                event.clear()
        finally:
            self._workspace.unlisten(event)
