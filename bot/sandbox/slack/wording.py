"""The workspace told as JSON, in the forms of Slack's documents.

Pure functions from records to dictionaries. As in Slack, literal text comes back entity-escaped, so an app that
rebuilds a card from what it is sent here corrupts it here too.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

from bot.sandbox.slack.model import Channel, ChannelKind, Message, Person, Upload, View
from bot.sandbox.slack.workspace import Workspace

Json = dict[str, Any]
_SCALARS = (str, int, float, type(None))


def escaped(text: str) -> str:
    """The three characters that Slack escapes."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def echoed(value: Any) -> Any:
    """Blocks as they come back in payloads and history: plain_text escaped."""
    if isinstance(value, dict):
        told = {key: item if isinstance(item, _SCALARS) else echoed(item) for key, item in value.items()}
        if told.get("type") == "plain_text":
            told["text"] = escaped(value["text"])
        return told
    return [item if isinstance(item, _SCALARS) else echoed(item) for item in value]


def person_json(person: Person, now: datetime) -> Json:
    """A user object of users.info."""
    offset = now.astimezone(ZoneInfo(person.tz)).utcoffset()
    names = {"real_name": person.real_name, "display_name": person.name, "real_name_normalized": person.real_name}
    return {
        "id": person.id,
        "team_id": person.team_id,
        "name": person.name,
        "real_name": person.real_name,
        "deleted": person.deleted,
        "tz": person.tz,
        "tz_label": person.tz,
        "tz_offset": int(offset.total_seconds()) if offset else 0,
        "profile": {**names, "title": person.title, "email": person.email, "team": person.team_id},
        "is_admin": False,
        "is_owner": False,
        "is_bot": person.is_bot,
        "is_app_user": False,
        "is_restricted": person.is_restricted,
        "is_ultra_restricted": False,
        **({"is_stranger": True} if person.is_stranger else {}),
        "updated": int(now.timestamp()),
    }


def channel_json(workspace: Workspace, channel: Channel) -> Json:
    """A conversation object of conversations.info."""
    about: Json = {
        "id": channel.id,
        "created": int(channel.created.timestamp()),
        "is_archived": channel.is_archived,
        "is_im": channel.kind is ChannelKind.DIRECT,
        "is_mpim": channel.kind is ChannelKind.GROUP,
        "is_private": channel.is_private,
        "is_member": workspace.bot.id in channel.members,
        "context_team_id": workspace.team_id,
    }
    if channel.kind is ChannelKind.DIRECT:
        return about | {"user": next(person for person in channel.members if person != workspace.bot.id)}
    return about | {
        "name": channel.name,
        "name_normalized": channel.name,
        "previous_names": list(channel.previous_names),
        "is_channel": True,
        "is_group": channel.kind is ChannelKind.PRIVATE,
        "is_general": False,
        "num_members": len(channel.members),
        "topic": {"value": "", "creator": "", "last_set": 0},
        "purpose": {"value": "", "creator": "", "last_set": 0},
    }


def file_json(workspace: Workspace, upload: Upload) -> Json:
    """A file object (https://docs.slack.dev/reference/objects/file-object), as much of it as apps look at."""
    place = f"{workspace.team_id}-{upload.id}/{quote(upload.name)}"
    private = upload.url or f"{workspace.files_url}/files-pri/{place}"
    return {
        "id": upload.id,
        "name": upload.name,
        "title": upload.title or upload.name,
        "mimetype": upload.kind,
        "size": len(upload.content),
        "user": upload.person_id,
        "mode": "external" if upload.url else "hosted",
        "is_external": bool(upload.url),
        "url_private": private,
        "url_private_download": private,
        **({"alt_txt": upload.alt} if upload.alt else {}),
    }


def message_json(workspace: Workspace, message: Message, *, with_metadata: bool = False) -> Json:
    """A message as history, answers and payloads carry it."""
    if message.is_deleted:
        told: Json = {"type": "message", "subtype": "tombstone", "text": "This message was deleted.", "ts": message.ts}
        return told | {"user": "USLACKBOT", "hidden": True} | _thread_json(workspace, message)
    told = {
        "type": "message",
        "user": message.author_id,
        "ts": message.ts,
        "text": message.text,
        "team": workspace.team_id,
    }
    if message.author_id == workspace.bot.id:
        told |= {"bot_id": workspace.bot_id, "app_id": workspace.app_id, "bot_profile": _bot_profile(workspace)}
    if message.blocks:
        told["blocks"] = echoed(message.blocks)
    if message.files:
        told["files"] = [file_json(workspace, workspace.files[one]) for one in message.files]
    if message.edited:
        told["edited"] = {"user": message.author_id, "ts": message.ts}
    if with_metadata and message.metadata is not None:
        told["metadata"] = message.metadata
    return told | _thread_json(workspace, message)


def view_json(workspace: Workspace, view: View) -> Json:
    """A view as answers and payloads carry it."""
    content = view.content
    return {
        "private_metadata": "",
        "callback_id": "",
        "external_id": "",
        "title": None,
        "submit": None,
        "close": None,
        "clear_on_close": False,
        "notify_on_close": False,
        **content,
        "blocks": echoed(content["blocks"]),
        "id": view.id,
        "team_id": workspace.team_id,
        "app_id": workspace.app_id,
        "app_installed_team_id": workspace.team_id,
        "bot_id": workspace.bot_id,
        "hash": view.hash,
        "root_view_id": view.root_id,
        "previous_view_id": view.previous_id,
        "state": {"values": view.values},
    }


def _bot_profile(workspace: Workspace) -> Json:
    return {
        "id": workspace.bot_id,
        "app_id": workspace.app_id,
        "name": workspace.bot.real_name,
        "team_id": workspace.team_id,
        "deleted": False,
    }


def _thread_json(workspace: Workspace, message: Message) -> Json:
    if message.is_reply:
        return {"thread_ts": message.thread_ts}
    if not message.replies:
        return {}
    replies = [workspace.channels[message.channel_id].messages[ts] for ts in message.replies]
    return {
        "thread_ts": message.ts,
        "reply_count": len(replies),
        "reply_users": list(dict.fromkeys(reply.author_id for reply in replies)),
        "latest_reply": replies[-1].ts,
    }
