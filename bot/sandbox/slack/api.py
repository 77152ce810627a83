"""The Web API over HTTP: token, faults, rate limits, the call, the answer.

Owns the table of methods and the log of calls. What a method does is in chat, conversations, users and views.
"""

from __future__ import annotations

import asyncio
import json
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from aiohttp import web

from bot.sandbox.slack import chat, conversations, files, uploads, usergroups, users, views
from bot.sandbox.slack.arguments import Arguments
from bot.sandbox.slack.errors import SlackRefusal
from bot.sandbox.slack.faults import Fault, Faults, Kind
from bot.sandbox.slack.limits import Limits, Tier
from bot.sandbox.slack.scopes import INSTALLED, require
from bot.sandbox.slack.wording import Json
from bot.sandbox.slack.workspace import Workspace

Method = Callable[[Workspace, Arguments], Json]

METHODS: dict[str, tuple[Method, Tier]] = {
    "auth.test": (users.auth_test, Tier.POSTING),
    "chat.postMessage": (chat.post_message, Tier.POSTING),
    "chat.update": (chat.update, Tier.THREE),
    "chat.delete": (chat.delete, Tier.THREE),
    "chat.postEphemeral": (chat.post_ephemeral, Tier.FOUR),
    "chat.getPermalink": (chat.get_permalink, Tier.POSTING),
    "conversations.open": (conversations.open_conversation, Tier.THREE),
    "conversations.list": (conversations.list_conversations, Tier.TWO),
    "conversations.info": (conversations.info, Tier.THREE),
    "conversations.members": (conversations.members, Tier.FOUR),
    "conversations.history": (conversations.history, Tier.THREE),
    "conversations.replies": (conversations.replies, Tier.THREE),
    "conversations.join": (conversations.join, Tier.THREE),
    "users.info": (users.info, Tier.FOUR),
    "users.lookupByEmail": (users.lookup_by_email, Tier.THREE),
    "users.list": (users.list_users, Tier.TWO),
    "usergroups.list": (usergroups.list_groups, Tier.TWO),
    "usergroups.users.list": (usergroups.list_users, Tier.TWO),
    "files.info": (files.info, Tier.FOUR),
    "files.getUploadURLExternal": (uploads.get_upload_url, Tier.FOUR),
    "files.completeUploadExternal": (uploads.complete_upload, Tier.FOUR),
    "views.open": (views.open_view, Tier.FOUR),
    "views.push": (views.push, Tier.FOUR),
    "views.update": (views.update, Tier.FOUR),
    "views.publish": (views.publish, Tier.FOUR),
}
#: Asked with the app token, which no other method takes.
CONNECTIONS_OPEN = "apps.connections.open"
_KEPT_CALLS = 50_000


@dataclass(frozen=True, slots=True)
class Call:
    """One call of the app: what it asked, when, and Slack's word for the outcome (``ok``, an error, a fault)."""

    method: str
    arguments: dict[str, Any]
    at: datetime
    outcome: str


class WebApi:
    """Serves ``/api/{method}``."""

    def __init__(
        self,
        workspace: Workspace,
        faults: Faults,
        limits: Limits,
        *,
        bot_token: str,
        connections: Callable[[str], str],
    ) -> None:
        self._connections = connections
        self._workspace = workspace
        self._faults = faults
        self._limits = limits
        self._bot_token = bot_token
        #: What the token may; tests take some away.
        self.scopes = INSTALLED
        self.calls: deque[Call] = deque(maxlen=_KEPT_CALLS)

    async def handle(self, request: web.Request) -> web.Response:
        """Answer one call, or lose it, as planned."""
        method = request.match_info["method"]
        body = await request.read()
        fault = self._faults.next_for(method)
        arguments, token, malformed = _read(request, body)
        if fault is not None and fault.kind is not Kind.SLOW and fault.kind is not Kind.LOST_AFTER:
            self._log(method, arguments, fault.kind.name.lower())
            return _faulty(request, fault)
        answer = malformed.body() if malformed else {}
        wait = 0
        if not malformed:
            answer, wait = self._call(method, arguments, token)
        self._log(method, arguments, "ok" if answer.get("ok") else answer["error"])
        if fault is not None and fault.kind is Kind.LOST_AFTER:
            return _dropped(request)
        if fault is not None:
            await asyncio.sleep(fault.seconds)
        return _too_many(wait) if wait else _json(answer, headers={"X-OAuth-Scopes": self.scopes})

    def _call(self, method: str, arguments: Arguments, token: str) -> tuple[Json, int]:
        """The answer, and the seconds to wait when there were too many calls."""
        if method == CONNECTIONS_OPEN:
            url = self._connections(token)
            return ({"ok": True, "url": url} if url else {"ok": False, "error": "invalid_auth"}), 0
        if method not in METHODS:
            return {"ok": False, "error": "unknown_method", "req_method": method}, 0
        if token != self._bot_token:
            return {"ok": False, "error": "invalid_auth" if token else "not_authed"}, 0
        call, tier = METHODS[method]
        wait = self._limits.wait(method, tier, arguments, self._workspace.clock.now())
        if wait:
            return {"ok": False, "error": "ratelimited"}, wait
        try:
            require(self._workspace, method, arguments, self.scopes)
            return {"ok": True, **call(self._workspace, arguments)}, 0
        except SlackRefusal as refusal:
            return refusal.body(), 0

    def _log(self, method: str, arguments: Arguments, outcome: str) -> None:
        self.calls.append(Call(method, arguments, self._workspace.clock.now(), outcome))
        self._workspace.changed()


def _read(request: web.Request, body: bytes) -> tuple[Arguments, str, SlackRefusal | None]:
    try:
        arguments = Arguments.parse(request.query, request.content_type, body)
    except SlackRefusal as refusal:
        return Arguments(), "", refusal
    field = str(arguments.pop("token", ""))
    scheme, _, bearer = request.headers.get("Authorization", "").partition(" ")
    return arguments, bearer.strip() if scheme.casefold() == "bearer" else field, None


def _faulty(request: web.Request, fault: Fault) -> web.Response:
    match fault.kind:
        case Kind.RATE_LIMITED:
            return _too_many(int(fault.seconds))
        case Kind.REFUSED:
            return _json({"ok": False, "error": fault.code})
        case Kind.HTTP:
            headers = {"Retry-After": f"{fault.seconds:g}"} if fault.seconds else {}
            status, kind = int(fault.code), fault.content_type
            return web.Response(status=status, text=fault.body, content_type=kind, headers=headers)
        case _:
            return _dropped(request)


def _dropped(request: web.Request) -> web.Response:
    """Cut the connection: the app sees a reset instead of an answer."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response()


def _too_many(seconds: int) -> web.Response:
    return _json({"ok": False, "error": "ratelimited"}, status=429, headers={"Retry-After": str(seconds)})


def _json(body: Json, *, status: int = 200, headers: dict[str, str] | None = None) -> web.Response:
    return web.Response(
        body=json.dumps(body).encode(),
        status=status,
        content_type="application/json",
        charset="utf-8",
        headers=headers,
    )
