"""The response URLs of interactions and commands: five uses within thirty minutes, no token needed.

Owns their limits and what they may do: answer, replace or delete the message they came from.
"""

from __future__ import annotations

from aiohttp import web

from bot.sandbox.slack.arguments import Arguments
from bot.sandbox.slack.chat import content, thread_of
from bot.sandbox.slack.errors import Code, SlackRefusal
from bot.sandbox.slack.model import Message, ResponseUrl
from bot.sandbox.slack.workspace import RESPONSE_URL_LIFE, Workspace

MOST_USES = 5


class ResponseUrls:
    """Serves ``/response/{token}``."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    async def handle(self, request: web.Request) -> web.Response:
        """Answer one use."""
        body = await request.read()
        try:
            right = self._right(request.match_info["token"])
            arguments = Arguments.parse({}, request.content_type, body)
            self._use(right, arguments)
        except SlackRefusal as refusal:
            gone = refusal.code in {"used_url", "expired_url"}
            return web.json_response(refusal.body(), status=404 if gone else 200)
        return web.Response(text="ok")

    def _right(self, token: str) -> ResponseUrl:
        right = self._workspace.response_urls.get(token)
        if right is None or self._workspace.clock.now() - right.at > RESPONSE_URL_LIFE:
            raise SlackRefusal(Code.EXPIRED_URL)
        if right.uses >= MOST_USES:
            raise SlackRefusal(Code.USED_URL)
        return right

    def _use(self, right: ResponseUrl, arguments: Arguments) -> None:
        channel = self._workspace.channels[right.channel_id]
        original = channel.messages.get(right.message_ts or "")
        right.uses += 1
        replaces = arguments.flag("replace_original")
        if arguments.flag("delete_original"):
            self._remove(right, original)
            return
        text, blocks = content(arguments)
        thread_ts = thread_of(channel, arguments)
        if replaces and original is not None:
            self._workspace.edit(original, text=text, blocks=blocks)
        elif arguments.text("response_type") == "in_channel":
            self._workspace.post(channel, self._workspace.bot, text=text, blocks=blocks, thread_ts=thread_ts)
        else:
            if replaces:
                self._remove(right, original)
            self._workspace.whisper(channel.id, right.person_id, text=text, blocks=blocks, thread_ts=thread_ts)

    def _remove(self, right: ResponseUrl, original: Message | None) -> None:
        """Take away what the person used: a message, or an ephemeral that nobody else can edit."""
        if original is not None:
            self._workspace.delete(original)
        elif right.message_ts is not None:
            self._workspace.dismiss(right.message_ts)
