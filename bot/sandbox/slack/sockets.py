"""Socket Mode of the pretend Slack: tickets, connections, envelopes and their acknowledgements.

Owns the other end of the app's WebSockets. Each envelope goes over one of the connections, which one is chance, as in
Slack; there is no signature, and nothing is sent twice but events.
"""

from __future__ import annotations

import asyncio
import json
import random
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from aiohttp import WSMsgType, web

from bot.clock import Clock
from bot.sandbox.slack.delivery import Answer

#: Connections an app may have (https://docs.slack.dev/apis/events-api/using-socket-mode).
MOST_CONNECTIONS = 10
TICKET_LIFE_S = 30.0
#: What may carry its answer in the acknowledgement.
_ANSWERED = frozenset({"slash_commands", "view_submission", "block_suggestion"})


@dataclass(slots=True)
class Connection:
    """One open WebSocket."""

    socket: web.WebSocketResponse
    request: web.Request
    is_leaving: bool = False
    waiting: dict[str, asyncio.Future[dict[str, Any]]] = field(default_factory=dict)


class Sockets:
    """The app's connections. Faults: ``refresh``, ``drop``, ``refuse``, ``forget``."""

    def __init__(self, app_token: str, *, deadline_s: float = 3.0) -> None:
        self.app_token = app_token
        self.deadline_s = deadline_s
        self.connections: list[Connection] = []
        self.opened = 0  #: connections ever
        self.refuse = ""  #: the reason with which new connections are sent away; empty for none
        self._tickets: dict[str, float] = {}
        self._real_time = Clock()

    def ticket(self) -> str:
        """What ``apps.connections.open`` hands out: good once, for thirty seconds."""
        name = secrets.token_urlsafe(16)
        self._tickets[name] = self._real_time.now().timestamp() + TICKET_LIFE_S
        return name

    async def handle(self, request: web.Request) -> web.WebSocketResponse:
        """One connection of the app, until it ends."""
        good_until = self._tickets.pop(request.query.get("ticket", ""), 0.0)
        if good_until < self._real_time.now().timestamp():
            raise web.HTTPForbidden(text="this ticket is not good")
        socket = web.WebSocketResponse(heartbeat=10.0)
        await socket.prepare(request)
        reason = self.refuse or ("too_many_websockets" if len(self.connections) >= MOST_CONNECTIONS else "")
        if reason:
            await socket.send_json({"type": "disconnect", "reason": reason})
            await socket.close()
            return socket
        await self._serve(Connection(socket, request))
        return socket

    async def _serve(self, connection: Connection) -> None:
        self.connections.append(connection)
        self.opened += 1
        hello = {"type": "hello", "num_connections": len(self.connections), "connection_info": {"app_id": "A0SIGNOFF1"}}
        try:
            await connection.socket.send_json(hello)
            async for message in connection.socket:
                if message.type is WSMsgType.TEXT:
                    _acknowledge(connection, message.data)
        finally:
            self.connections.remove(connection)
            for future in connection.waiting.values():
                future.cancel()

    async def deliver(self, kind: str, payload: Mapping[str, Any], **retry: Any) -> Answer:
        """Send one envelope and wait for its acknowledgement. ``kind``: interactive, slash_commands, events_api."""
        usable = [one for one in self.connections if not one.is_leaving]
        if not usable:
            return Answer(None, b"", 0.0, "connection_failed")
        connection = random.choice(usable)  # noqa: S311  # which one is chance
        envelope_id = secrets.token_hex(16)
        answered = payload.get("type") in _ANSWERED or kind in _ANSWERED
        envelope = {"envelope_id": envelope_id, "type": kind, "payload": payload, "accepts_response_payload": answered}
        future = connection.waiting[envelope_id] = asyncio.get_running_loop().create_future()
        begun = self._real_time.now()
        try:
            await connection.socket.send_json(envelope | retry)
            async with asyncio.timeout(self.deadline_s):
                told = await future
            status, body, problem = 200, json.dumps(told).encode() if told else b"", ""
        except TimeoutError:
            status, body, problem = None, b"", "http_timeout"
        except (ConnectionError, asyncio.CancelledError):
            status, body, problem = None, b"", "connection_failed"
        finally:
            connection.waiting.pop(envelope_id, None)
        return Answer(status, body, (self._real_time.now() - begun).total_seconds(), problem)

    async def refresh(self, reason: str = "refresh_requested", *, closes: bool = True) -> None:
        """Announce the end of every connection, as Slack does every few hours, and close them a moment later."""
        for one in list(self.connections):
            one.is_leaving = True
            await one.socket.send_json({"type": "disconnect", "reason": reason})
        if closes:
            asyncio.get_running_loop().call_later(1.0, self.drop, list(self.connections))

    def forget(self, some: list[Connection] | None = None) -> None:
        """Go on answering pings over connections, and send nothing over them any more."""
        for one in self.connections if some is None else some:
            one.is_leaving = True

    def drop(self, some: list[Connection] | None = None) -> None:
        """Cut connections without a word."""
        for one in self.connections[:] if some is None else some:
            if one.request.transport is not None:
                one.request.transport.abort()

    async def close(self) -> None:
        """End every connection."""
        for one in list(self.connections):
            await one.socket.close()


def _acknowledge(connection: Connection, text: str) -> None:
    """What is no acknowledgement of something that waits is ignored, as in Slack."""
    try:
        told = json.loads(text)
    except ValueError:
        return
    future = connection.waiting.get(str(told.get("envelope_id"))) if isinstance(told, dict) else None
    if future is not None and not future.done():
        payload = told.get("payload")
        future.set_result(payload if isinstance(payload, dict) else {})
