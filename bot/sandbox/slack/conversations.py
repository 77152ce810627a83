"""The conversations.* methods, and how an app's word for a channel is understood.

Owns membership and visibility: a private channel the bot is not in does not exist for it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.sandbox.slack.arguments import Arguments
from bot.sandbox.slack.errors import Code, SlackRefusal, missing
from bot.sandbox.slack.model import Channel, ChannelKind, Message
from bot.sandbox.slack.paging import page
from bot.sandbox.slack.wording import Json, channel_json, message_json
from bot.sandbox.slack.workspace import Workspace

#: What may be asked for at once, of messages, channels or members.
MOST = 999
MOST_IN_GROUP = 8
_USERS = "users"
_TS = re.compile(r"(\d{1,12})(?:\.(\d{1,6}))?")


def known_channel(workspace: Workspace, name: str) -> Channel:
    """A channel the bot can see, by id. Raises SlackRefusal: ``channel_not_found``."""
    channel = workspace.channels.get(name)
    if channel is None or (channel.is_private and workspace.bot.id not in channel.members):
        raise SlackRefusal(Code.CHANNEL_NOT_FOUND)
    return channel


def joined_channel(workspace: Workspace, name: str) -> Channel:
    """A channel the bot is a member of. Raises SlackRefusal: ``not_in_channel``, ``channel_not_found``."""
    channel = known_channel(workspace, name)
    if workspace.bot.id not in channel.members:
        raise SlackRefusal(Code.NOT_IN_CHANNEL)
    return channel


def writable_channel(workspace: Workspace, name: str) -> Channel:
    """Where a message may go: an id, a #name, or a person's id (their direct messages)."""
    person = workspace.people.get(name)
    if person is not None:
        if person.deleted:
            raise SlackRefusal(Code.USER_DISABLED)
        return workspace.direct_channel([person])
    if name not in workspace.channels:
        plain = name.removeprefix("#")
        name = next((channel.id for channel in workspace.channels.values() if channel.name == plain), name)
    channel = joined_channel(workspace, name)
    if channel.is_archived:
        raise SlackRefusal(Code.IS_ARCHIVED)
    return channel


def ts_order(ts: str) -> int:
    """A timestamp in microseconds, for comparing. Raises SlackRefusal: ``invalid_ts``."""
    parts = _TS.fullmatch(ts)
    if parts is None:
        raise SlackRefusal(Code.INVALID_TS)
    return int(parts[1]) * 1_000_000 + int((parts[2] or "").ljust(6, "0"))


def open_conversation(workspace: Workspace, arguments: Arguments) -> Json:
    """conversations.open: the same conversation for the same people, every time."""
    if arguments.text("channel"):
        channel = known_channel(workspace, arguments.text("channel"))
        return {"channel": {"id": channel.id}, "no_op": True, "already_open": True}
    users = arguments.get(_USERS)
    ids = [part.strip() for part in users.split(",") if part.strip()] if isinstance(users, str) else list(users or [])
    if not ids:
        raise missing(_USERS)
    if len(ids) > MOST_IN_GROUP:
        raise SlackRefusal(Code.TOO_MANY_USERS)
    people = [workspace.people.get(person_id) for person_id in ids]
    found = [person for person in people if person is not None]
    if len(found) < len(people):
        raise SlackRefusal(Code.USER_NOT_FOUND)
    if any(person.deleted for person in found):
        raise SlackRefusal(Code.USER_DISABLED)
    known = len(workspace.channels)
    channel = workspace.direct_channel(found)
    told = channel_json(workspace, channel) if arguments.flag("return_im") else {"id": channel.id}
    existed = len(workspace.channels) == known
    return {"channel": told, "no_op": existed, "already_open": existed}


def list_conversations(workspace: Workspace, arguments: Arguments) -> Json:
    """conversations.list, by default public channels only."""
    kinds = {part.strip() for part in arguments.text("types", ChannelKind.PUBLIC).split(",")}
    if kinds - set(ChannelKind):
        raise SlackRefusal(Code.INVALID_TYPES)
    visible = [
        channel
        for channel in workspace.channels.values()
        if channel.kind in kinds
        and not (channel.is_private and workspace.bot.id not in channel.members)
        and not (channel.is_archived and arguments.flag("exclude_archived"))
    ]
    shown, metadata = page(visible, arguments, default=100, most=MOST)
    return {"channels": [channel_json(workspace, channel) for channel in shown], "response_metadata": metadata}


def info(workspace: Workspace, arguments: Arguments) -> Json:
    """conversations.info."""
    told = channel_json(workspace, known_channel(workspace, arguments.needed("channel")))
    if not arguments.flag("include_num_members"):
        told.pop("num_members", None)
    return {"channel": told}


def members(workspace: Workspace, arguments: Arguments) -> Json:
    """conversations.members."""
    channel = known_channel(workspace, arguments.needed("channel"))
    shown, metadata = page(list(channel.members), arguments, default=100, most=MOST)
    return {"members": shown, "response_metadata": metadata}


def join(workspace: Workspace, arguments: Arguments) -> Json:
    """conversations.join: public channels only."""
    channel = known_channel(workspace, arguments.needed("channel"))
    if channel.kind is not ChannelKind.PUBLIC:
        raise SlackRefusal(Code.METHOD_NOT_SUPPORTED_FOR_CHANNEL_TYPE)
    if channel.is_archived:
        raise SlackRefusal(Code.IS_ARCHIVED)
    channel.members[workspace.bot.id] = None
    workspace.changed()
    return {"channel": channel_json(workspace, channel)}


def history(workspace: Workspace, arguments: Arguments) -> Json:
    """conversations.history, newest first, without the replies of threads."""
    channel = joined_channel(workspace, arguments.needed("channel"))
    newest_first = (channel.messages[ts] for ts in reversed(channel.messages))
    wanted = [message for message in _within(newest_first, arguments) if not message.is_reply or message.broadcast]
    return _told(workspace, wanted, arguments, default=100)


def replies(workspace: Workspace, arguments: Arguments) -> Json:
    """conversations.replies: the parent, then the replies, oldest first."""
    channel = joined_channel(workspace, arguments.needed("channel"))
    parent = channel.messages.get(arguments.needed("ts"))
    if parent is None:
        raise SlackRefusal(Code.THREAD_NOT_FOUND)
    thread = [parent, *(channel.messages[ts] for ts in parent.replies)]
    kept = {message.ts for message in _within(reversed(thread), arguments)}
    return _told(workspace, [each for each in thread if each.ts in kept], arguments, default=MOST)


def _within(newest_first: Iterator[Message], arguments: Arguments) -> Iterator[Message]:
    oldest = ts_order(arguments.text("oldest", "0"))
    latest = ts_order(arguments.text("latest", "999999999999"))
    inclusive = arguments.flag("inclusive")
    for message in newest_first:
        at = ts_order(message.ts)
        if at < oldest:
            return
        if oldest < at < latest or (inclusive and at in {oldest, latest}):
            yield message


def _told(workspace: Workspace, messages: list[Message], arguments: Arguments, *, default: int) -> Json:
    shown, metadata = page(messages, arguments, default=default, most=MOST)
    with_metadata = arguments.flag("include_all_metadata")
    return {
        "messages": [message_json(workspace, message, with_metadata=with_metadata) for message in shown],
        "has_more": bool(metadata["next_cursor"]),
        "response_metadata": metadata,
    }
