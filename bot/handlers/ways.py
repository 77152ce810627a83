"""Which listener hears what, and what becomes of the rest: nothing that Slack sends is left without an answer.

Slack's library says 404 or 500 to what nobody listens to, or to what it cannot read; people then see a failure, and
Slack turns subscriptions off that mostly fail. Only what a listener was registered for is handed on to it.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from typing import Any

import structlog
from slack_bolt.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.middleware.async_middleware import AsyncMiddleware
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse

from bot.handlers import payloads, replies
from bot.handlers.counter import Counter
from bot.slack.modals import not_done

log = structlog.get_logger(__name__)

Listener = Callable[..., Awaitable[None]]


class Ways(AsyncMiddleware):
    """The listeners of one app, by what they are known by."""

    def __init__(self, bolt: AsyncApp, counter: Counter) -> None:
        self._bolt = bolt
        self._counter = counter
        self._actions: set[re.Pattern[str]] = set()
        self._views: set[str] = set()
        self._commands: set[str] = set()
        self._events: set[str] = set()
        bolt.middleware(self)

    def action(self, name: str | re.Pattern[str], listener: Listener) -> None:
        """A button or another element, by its action id, or by what all of it looks like."""
        self._actions.add(re.compile(re.escape(name)) if isinstance(name, str) else name)
        self._bolt.action(name)(listener)

    def view(self, name: str, listener: Listener) -> None:
        """A modal that is sent off, by its callback id."""
        self._views.add(name)
        self._bolt.view(name)(listener)

    def command(self, name: str, listener: Listener) -> None:
        """A slash command, by its name."""
        self._commands.add(name)
        self._bolt.command(name)(listener)

    def event(self, name: str, listener: Listener) -> None:
        """An event, by its type; of messages those alone whose subtype has no listener."""
        self._events.add(name)
        self._bolt.event(name)(listener)

    def message(self, subtype: str, listener: Listener) -> None:
        """A message of this subtype."""
        self._bolt.event({"type": "message", "subtype": subtype})(listener)

    async def async_process(
        self, *, req: AsyncBoltRequest, resp: BoltResponse, next: Callable[[], Awaitable[BoltResponse]]
    ) -> BoltResponse | None:
        """Hand on what is heard; Bolt's own name and arguments."""
        if self._is_heard(req.body):
            return await next()
        log.info("nobody listens to this", kind=str(req.body.get("type"))[:40])
        return await self._turn_away(req.context.ack, req.body)

    async def _turn_away(self, ack: AsyncAck, body: dict[str, Any]) -> BoltResponse:
        match body.get("type"):
            case "view_submission":
                return await ack(response_action="update", view=not_done(replies.NOT_UNDERSTOOD))
            case "block_suggestion":
                return await ack(options=[])
            case "block_actions" | "shortcut" | "message_action" | "interactive_message":
                answer = await ack()
                who = payloads.whom(body)
                if who is not None:
                    await self._counter.tell(who, replies.NOT_UNDERSTOOD)
                return answer
            case None if "command" in body:
                return await ack(text=replies.NO_SUCH_COMMAND, response_type="ephemeral")
            case None:
                return BoltResponse(status=404)
            case _:
                return await ack()

    def _is_heard(self, body: dict[str, Any]) -> bool:
        match body:
            case {"type": "block_actions", "actions": [{"action_id": str(name)}, *_]}:
                return any(one.fullmatch(name) for one in self._actions)
            case {"type": "view_submission", "view": {"type": "modal", "callback_id": str(name)}}:
                return name in self._views
            case {"type": "event_callback", "event": {"type": str(name)}}:
                return name in self._events
            case {"type": _}:
                return False
            case {"command": str(name)}:
                return name in self._commands
            case _:
                return False
