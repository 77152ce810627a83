"""What a bot token may: the scopes that it was installed with, and which of them a call needs.

Owns the table (https://docs.slack.dev/reference/scopes) and its refusal.
"""

from __future__ import annotations

from collections.abc import Mapping

from bot.sandbox.slack.arguments import Arguments
from bot.sandbox.slack.errors import Code, SlackRefusal
from bot.sandbox.slack.model import ChannelKind
from bot.sandbox.slack.workspace import Workspace

#: What the sandbox's app was installed with: what the manifest asks for.
INSTALLED = (
    "chat:write,commands,users:read,users:read.email,im:write,channels:read,groups:read,"
    "channels:history,groups:history,im:history,files:read,files:write,usergroups:read"
)

_NEEDED: Mapping[str, str] = {
    "chat.postMessage": "chat:write",
    "chat.update": "chat:write",
    "chat.delete": "chat:write",
    "chat.postEphemeral": "chat:write",
    "conversations.open": "im:write",
    "users.info": "users:read",
    "users.list": "users:read",
    "users.lookupByEmail": "users:read.email",
    "files.info": "files:read",
    "files.getUploadURLExternal": "files:write",
    "files.completeUploadExternal": "files:write",
    "usergroups.list": "usergroups:read",
    "usergroups.users.list": "usergroups:read",
}
_OF_A_KIND = {"conversations.history": "history", "conversations.replies": "history", "conversations.info": "read"}
_PREFIX = {
    ChannelKind.PUBLIC: "channels",
    ChannelKind.PRIVATE: "groups",
    ChannelKind.DIRECT: "im",
    ChannelKind.GROUP: "mpim",
}


def require(workspace: Workspace, method: str, arguments: Arguments, granted: str) -> None:
    """Let a call pass whose scope is among ``granted``. Raises SlackRefusal: ``missing_scope``."""
    for scope in _needed(workspace, method, arguments):
        if scope not in granted.split(","):
            raise SlackRefusal(Code.MISSING_SCOPE, extra={"needed": scope, "provided": granted})


def _needed(workspace: Workspace, method: str, arguments: Arguments) -> list[str]:
    if method == "conversations.list":
        kinds = {part.strip() for part in arguments.text("types", ChannelKind.PUBLIC).split(",")}
        return [f"{prefix}:read" for kind, prefix in _PREFIX.items() if kind in kinds]
    if method in _OF_A_KIND:
        channel = workspace.channels.get(arguments.text("channel"))
        return [f"{_PREFIX[channel.kind]}:{_OF_A_KIND[method]}"] if channel is not None else []
    return [_NEEDED[method]] if method in _NEEDED else []
