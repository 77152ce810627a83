"""How Slack hands out files that people uploaded: files.info, and the private address of the bytes.

Whoever shows no good token at the private address gets a sign-in page with status 200, as from Slack itself.
"""

from __future__ import annotations

from collections.abc import Iterable

from aiohttp import web

from bot.sandbox.slack.arguments import Arguments
from bot.sandbox.slack.errors import Code, SlackRefusal
from bot.sandbox.slack.wording import Json, file_json
from bot.sandbox.slack.workspace import Workspace

_SIGN_IN = "<!DOCTYPE html><html><head><title>Sign in to Slack</title></head><body>Sign in</body></html>"


def files_json(workspace: Workspace, ids: Iterable[str]) -> list[Json]:
    """The file objects of ids. Raises LookupError for one that does not exist."""
    return [file_json(workspace, workspace.files[one]) for one in ids]


def info(workspace: Workspace, arguments: Arguments) -> Json:
    """files.info."""
    upload = workspace.files.get(arguments.needed("file"))
    if upload is None:
        raise SlackRefusal(Code.FILE_NOT_FOUND)
    if upload.is_deleted:
        raise SlackRefusal(Code.FILE_DELETED)
    return {"file": file_json(workspace, upload)}


class FileHost:
    """The private addresses."""

    def __init__(self, workspace: Workspace, *, bot_token: str) -> None:
        self._workspace = workspace
        self._bot_token = bot_token

    async def handle(self, request: web.Request) -> web.Response:
        """The bytes, for whoever shows the bot's token."""
        upload = self._workspace.files.get(request.match_info["file"].partition("-")[2])
        if upload is None or request.headers.get("Authorization") != f"Bearer {self._bot_token}":
            return web.Response(text=_SIGN_IN, content_type="text/html")
        upload.fetched += 1
        if upload.redirect_to:
            raise web.HTTPFound(upload.redirect_to)
        return web.Response(body=upload.content, status=upload.status, content_type=upload.kind)
