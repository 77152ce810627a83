"""What one person sees of the workspace, as JSON for the page.

Reads the workspace and changes nothing but the marks of what was read. Texts go out as they are: the page sets text,
never HTML.
"""

from __future__ import annotations

from typing import Any

from bot.sandbox.slack.model import Channel, ChannelKind, Ephemeral, Message, Person, View
from bot.sandbox.slack.workspace import Workspace

Json = dict[str, Any]
#: The page shows the end of a conversation; nobody scrolls through ten thousand cards.
MOST_SHOWN = 200
#: The name under which the page asks for the Home tab, among the ids of channels.
HOME = "home"


class Picture:
    """The eyes of everybody: who sees which channels, and what is new to whom."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._read: dict[tuple[str, str], str] = {}

    def of(self, person: Person, channel_id: str, thread_ts: str) -> Json:
        """The whole screen of a person with one channel and maybe one thread open."""
        visible = self.visible(person)
        if channel_id == HOME:
            return self._around(person, visible) | self._home(person)
        channel = next((each for each in visible if each.id == channel_id), visible[0] if visible else None)
        shown: Json = {}
        if channel is not None:
            self._mark_read(person, channel)
            shown = self._conversation(person, channel, thread_ts)
        return self._around(person, visible) | shown

    def _home(self, person: Person) -> Json:
        """The Home tab in place of a conversation; empty before the app has filled it."""
        view = self._workspace.modals.homes.get(person.id)
        return {"channel": HOME, "messages": [], "thread": [], "home": _view_json(view, 0) if view else {"blocks": []}}

    def _around(self, person: Person, visible: list[Channel]) -> Json:
        """Everything but the conversation."""
        modals = self._workspace.modals.of(person.id)
        return {
            "workspace": {"name": self._workspace.name, "bot": self._workspace.bot.id},
            "me": _person_json(person),
            "people": [_person_json(each) for each in self._workspace.people.values() if not each.deleted],
            "groups": [{"id": each.id, "name": each.handle} for each in self._workspace.user_groups.values()],
            "channels": [self._channel_json(person, each) for each in visible],
            "modal": _view_json(modals[-1], len(modals)) if modals else None,
            "now": self._workspace.clock.now().timestamp(),
            "version": self._workspace.version,
        }

    def visible(self, person: Person) -> list[Channel]:
        """The conversations in a person's sidebar: public ones (guests: only their own), and those they are in."""
        return [
            channel
            for channel in self._workspace.channels.values()
            if person.id in channel.members or not (channel.is_private or person.is_restricted)
        ]

    def _mark_read(self, person: Person, channel: Channel) -> None:
        if channel.messages:
            self._read[person.id, channel.id] = next(reversed(channel.messages))

    def _unread(self, person: Person, channel: Channel) -> int:
        seen = self._read.get((person.id, channel.id), "")
        count = 0
        for ts in reversed(channel.messages):
            if ts <= seen:
                break
            message = channel.messages[ts]
            count += not (message.is_reply or message.is_deleted or message.author_id == person.id)
        return count

    def _channel_json(self, person: Person, channel: Channel) -> Json:
        others = [self._workspace.people[each] for each in channel.members if each != person.id]
        return {
            "id": channel.id,
            "name": ", ".join(each.real_name for each in others) if channel.is_direct else channel.name,
            "isDirect": channel.is_direct,
            "isPrivate": channel.kind is ChannelKind.PRIVATE,
            "isArchived": channel.is_archived,
            "isMember": person.id in channel.members,
            "members": len(channel.members),
            "unread": self._unread(person, channel),
        }

    def _conversation(self, person: Person, channel: Channel, thread_ts: str) -> Json:
        messages = [message for message in channel.messages.values() if not message.is_reply or message.broadcast]
        own = [
            each for each in self._workspace.ephemerals if each.person_id == person.id and each.channel_id == channel.id
        ]
        told = [self._message_json(message) for message in messages[-MOST_SHOWN:]]
        told += [_ephemeral_json(self._workspace, each) for each in own if not each.thread_ts]
        parent = channel.messages.get(thread_ts)
        thread: list[Json] = []
        if parent is not None:
            thread = [self._message_json(each) for each in (parent, *(channel.messages[ts] for ts in parent.replies))]
            thread += [_ephemeral_json(self._workspace, each) for each in own if each.thread_ts == thread_ts]
        return {
            "channel": channel.id,
            "messages": sorted(told, key=lambda message: str(message["ts"])),
            "thread": sorted(thread, key=lambda message: str(message["ts"])),
        }

    def _message_json(self, message: Message) -> Json:
        files = (self._workspace.files[one] for one in message.files)
        return _message_json(message) | {"files": [{"id": one.id, "title": one.title, "alt": one.alt} for one in files]}


def _person_json(person: Person) -> Json:
    return {
        "id": person.id,
        "name": person.real_name,
        "handle": person.name,
        "title": person.title,
        "tz": person.tz,
        "isBot": person.is_bot,
        "isGuest": person.is_restricted,
    }


def _message_json(message: Message) -> Json:
    return {
        "ts": message.ts,
        "author": message.author_id,
        "text": message.text,
        "blocks": message.blocks,
        "isDeleted": message.is_deleted,
        "isEdited": message.edited,
        "isReply": message.is_reply,
        "replies": len(message.replies),
        "lastReply": message.replies[-1] if message.replies else None,
    }


def _ephemeral_json(workspace: Workspace, ephemeral: Ephemeral) -> Json:
    return {
        "ts": ephemeral.ts,
        "author": workspace.bot.id,
        "text": ephemeral.text,
        "blocks": ephemeral.blocks,
        "isEphemeral": True,
    }


def _view_json(view: View, depth: int) -> Json:
    content = view.content
    return {
        "id": view.id,
        "hash": view.hash,
        "title": view.title,
        "submit": content.get("submit", {}).get("text", ""),
        "close": content.get("close", {}).get("text", "Cancel"),
        "blocks": view.blocks,
        "values": view.values,
        "errors": view.errors,
        "trouble": view.trouble,
        "depth": depth,
    }
