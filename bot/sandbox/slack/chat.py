"""The chat.* methods: who may post where, what a message may hold, what an edit does.

Owns Slack's rules for messages of an app. Every function takes the workspace and the arguments and answers the JSON,
or raises SlackRefusal.
"""

from __future__ import annotations

from typing import Any

from bot.sandbox.slack.arguments import Arguments
from bot.sandbox.slack.blocks import Block, message_blocks
from bot.sandbox.slack.conversations import known_channel, ts_order, writable_channel
from bot.sandbox.slack.errors import Code, SlackRefusal
from bot.sandbox.slack.model import Channel, Message
from bot.sandbox.slack.wording import Json, message_json
from bot.sandbox.slack.workspace import Workspace

#: Longer text of a new message is cut, of an edit refused.
LONGEST_POST = 40_000
LONGEST_UPDATE = 4_000
#: Not documented; Slack says only that there is a limit.
LONGEST_METADATA = 16_000


def content(arguments: Arguments) -> tuple[str, list[Block]]:
    """Text and blocks of a message. Raises SlackRefusal: ``no_text``, ``invalid_blocks``, ``msg_blocks_too_long``."""
    if arguments.nested("attachments", Code.INVALID_ATTACHMENTS):
        raise SlackRefusal(Code.INVALID_ATTACHMENTS, ["[ERROR] the sandbox draws blocks only, not legacy attachments"])
    blocks = arguments.nested("blocks", Code.INVALID_BLOCKS_FORMAT)
    text = arguments.text("text")
    if not text and not blocks:
        raise SlackRefusal(Code.NO_TEXT)
    return text, message_blocks(blocks) if blocks is not None else []


def post_message(workspace: Workspace, arguments: Arguments) -> Json:
    """chat.postMessage. There is no idempotency key: the same call twice is two messages."""
    channel = writable_channel(workspace, arguments.needed("channel"))
    text, blocks = content(arguments)
    thread_ts = thread_of(channel, arguments)
    message = workspace.post(
        channel,
        workspace.bot,
        text=text[:LONGEST_POST],
        blocks=blocks,
        thread_ts=thread_ts,
        broadcast=arguments.flag("reply_broadcast"),
        metadata=_metadata(arguments),
    )
    told = message_json(workspace, message, with_metadata=True)
    return {"channel": channel.id, "ts": message.ts, "message": told}


def update(workspace: Workspace, arguments: Arguments) -> Json:
    """chat.update. Text without blocks removes the blocks; metadata stays unless given."""
    channel = known_channel(workspace, arguments.needed("channel"))
    message = _own_message(workspace, channel, arguments.needed("ts"), Code.CANT_UPDATE_MESSAGE)
    if channel.is_archived:
        raise SlackRefusal(Code.IS_INACTIVE)
    text, blocks = content(arguments)
    if len(text) > LONGEST_UPDATE:
        raise SlackRefusal(Code.MSG_TOO_LONG)
    metadata = _metadata(arguments)
    if metadata is not None:
        message.metadata = metadata
    workspace.edit(message, text=text, blocks=blocks)
    told = message_json(workspace, message, with_metadata=True)
    return {"channel": channel.id, "ts": message.ts, "text": text, "message": told}


def delete(workspace: Workspace, arguments: Arguments) -> Json:
    """chat.delete, of the app's own messages."""
    channel = known_channel(workspace, arguments.needed("channel"))
    message = _own_message(workspace, channel, arguments.needed("ts"), Code.CANT_DELETE_MESSAGE)
    workspace.delete(message)
    return {"channel": channel.id, "ts": message.ts}


def post_ephemeral(workspace: Workspace, arguments: Arguments) -> Json:
    """chat.postEphemeral. The answer's ``message_ts`` is good for nothing, as in Slack."""
    channel = writable_channel(workspace, arguments.needed("channel"))
    person_id = arguments.needed("user")
    text, blocks = content(arguments)
    if person_id not in channel.members:
        raise SlackRefusal(Code.USER_NOT_IN_CHANNEL)
    thread_ts = thread_of(channel, arguments)
    ephemeral = workspace.whisper(channel.id, person_id, text=text, blocks=blocks, thread_ts=thread_ts)
    return {"message_ts": ephemeral.ts}


def get_permalink(workspace: Workspace, arguments: Arguments) -> Json:
    """chat.getPermalink."""
    channel = known_channel(workspace, arguments.needed("channel"))
    message = _message(channel, arguments.needed("message_ts"))
    link = f"{workspace.site_url}/archives/{channel.id}/p{message.ts.replace('.', '')}"
    if message.is_reply:
        link += f"?thread_ts={message.thread_ts}&cid={channel.id}"
    return {"channel": channel.id, "permalink": link}


def thread_of(channel: Channel, arguments: Arguments) -> str | None:
    """The parent that ``thread_ts`` names. Raises SlackRefusal: ``thread_not_found``, ``cannot_reply_to_message``."""
    thread_ts = arguments.text("thread_ts")
    if not thread_ts:
        return None
    ts_order(thread_ts)
    parent = channel.messages.get(thread_ts)
    if parent is None:
        raise SlackRefusal(Code.THREAD_NOT_FOUND)
    if parent.is_reply:
        raise SlackRefusal(Code.CANNOT_REPLY_TO_MESSAGE)
    return thread_ts


def _message(channel: Channel, ts: str) -> Message:
    message = channel.messages.get(ts)
    if message is None or message.is_deleted:
        raise SlackRefusal(Code.MESSAGE_NOT_FOUND)
    return message


def _own_message(workspace: Workspace, channel: Channel, ts: str, refusal: Code) -> Message:
    message = _message(channel, ts)
    if message.author_id != workspace.bot.id:
        raise SlackRefusal(refusal)
    return message


def _metadata(arguments: Arguments) -> dict[str, Any] | None:
    """Message metadata: values are scalars, or one level of objects and arrays."""
    metadata = arguments.nested("metadata", Code.INVALID_METADATA_FORMAT)
    if metadata is None:
        return None
    match metadata:
        case {"event_type": str(kind), "event_payload": dict(payload)} if kind:
            if len(str(payload)) > LONGEST_METADATA:
                raise SlackRefusal(Code.METADATA_TOO_LARGE)
            if any(_is_deep(value) for value in payload.values()):
                raise SlackRefusal(Code.INVALID_METADATA_SCHEMA)
            return {"event_type": kind, "event_payload": payload}
        case _:
            raise SlackRefusal(Code.INVALID_METADATA_FORMAT)


def _is_deep(value: Any) -> bool:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return any(isinstance(item, dict | list) for item in inner)
