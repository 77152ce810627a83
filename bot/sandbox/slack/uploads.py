"""How an app gives Slack files: an address for the bytes, the bytes, and the message that shows them.

https://docs.slack.dev/reference/methods/files.getUploadURLExternal and files.completeUploadExternal. A file that was
not completed is nobody's and shows nowhere.
"""

from __future__ import annotations

from typing import Any

from aiohttp import web

from bot.sandbox.slack.arguments import Arguments
from bot.sandbox.slack.conversations import writable_channel
from bot.sandbox.slack.errors import Code, SlackRefusal
from bot.sandbox.slack.model import Upload
from bot.sandbox.slack.wording import Json, file_json
from bot.sandbox.slack.workspace import Workspace

_LONGEST_ALT = 1000
#: Files of one call.
_MOST = 10


def get_upload_url(workspace: Workspace, arguments: Arguments) -> Json:
    """files.getUploadURLExternal."""
    name, length, alt = arguments.needed("filename"), arguments.needed("length"), arguments.text("alt_txt")
    if not length.isascii() or not length.isdigit() or not int(length) or len(alt) > _LONGEST_ALT:
        raise SlackRefusal(Code.INVALID_ARGUMENTS)
    upload = workspace.add_file(workspace.bot, name, b"")
    upload.expected, upload.alt = int(length), alt
    return {"upload_url": f"{workspace.files_url}/upload/v1/{upload.id}", "file_id": upload.id}


def complete_upload(workspace: Workspace, arguments: Arguments) -> Json:
    """files.completeUploadExternal: one message with all of them."""
    wanted = arguments.nested("files", Code.INVALID_ARGUMENTS)
    if not isinstance(wanted, list) or not 1 <= len(wanted) <= _MOST:
        raise SlackRefusal(Code.INVALID_ARGUMENTS)
    uploads = [_given(workspace, one) for one in wanted]
    channel_id = arguments.text("channel_id")
    if channel_id:
        channel = writable_channel(workspace, channel_id)
        thread_ts = arguments.text("thread_ts") or None
        if thread_ts is not None and thread_ts not in channel.messages:
            raise SlackRefusal(Code.INVALID_ARGUMENTS)
        message = workspace.post(
            channel, workspace.bot, text=arguments.text("initial_comment"), blocks=[], thread_ts=thread_ts
        )
        message.files = tuple(one.id for one in uploads)
        workspace.changed()
    return {"files": [file_json(workspace, one) for one in uploads]}


def _given(workspace: Workspace, wanted: Any) -> Upload:
    upload = workspace.files.get(wanted.get("id", "")) if isinstance(wanted, dict) else None
    if upload is None or len(upload.content) != upload.expected or not upload.content:
        raise SlackRefusal(Code.FILE_NOT_FOUND)
    upload.title = str(wanted.get("title") or upload.name)
    return upload


async def take(request: web.Request, workspace: Workspace) -> web.Response:
    """The bytes, of exactly the length that was announced; no token is asked for, and none should be sent."""
    upload = workspace.files.get(request.match_info["file"])
    content = await request.read()
    if upload is None or upload.content or len(content) != upload.expected or "Authorization" in request.headers:
        return web.Response(status=400, text="bad upload")
    upload.content = content
    return web.Response(text=f"OK - {len(content)}")
