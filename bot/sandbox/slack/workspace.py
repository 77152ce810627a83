"""The state of the pretend workspace and every change to it.

Owns identities, timestamps and the news that something changed. Judges nothing: the Web API decides what an app may
do, the interactions what a person may do.
"""

from __future__ import annotations

import asyncio
import secrets
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TypeVar

from bot.clock import Clock
from bot.sandbox.slack.blocks import Block
from bot.sandbox.slack.modal_stack import ModalStack
from bot.sandbox.slack.model import (
    Channel,
    ChannelKind,
    Ephemeral,
    Message,
    Notice,
    Person,
    ResponseUrl,
    Trigger,
    Upload,
    UserGroup,
    Version,
)

TRIGGER_LIFE = timedelta(seconds=3)
RESPONSE_URL_LIFE = timedelta(minutes=30)
_KEPT = 10_000

_Right = TypeVar("_Right", Trigger, ResponseUrl)


class Workspace:
    """One Slack workspace with one installed app."""

    def __init__(self, clock: Clock, *, name: str = "Northwind Supply", domain: str = "northwind-sandbox") -> None:
        self.clock = clock
        self.name = name
        self.domain = domain
        #: Where permalinks lead: the page sets its own address, so that they work in the demo.
        self.site_url = f"https://{domain}.slack.com"
        self.team_id = "T0SANDBOX1"
        self.app_id = "A0SIGNOFF1"
        self.bot_id = "B0SIGNOFF1"
        self.people: dict[str, Person] = {}
        self.user_groups: dict[str, UserGroup] = {}
        self.channels: dict[str, Channel] = {}
        self.ephemerals: deque[Ephemeral] = deque(maxlen=_KEPT)
        self.notices: deque[Notice] = deque(maxlen=_KEPT)
        self.triggers: dict[str, Trigger] = {}
        self.response_urls: dict[str, ResponseUrl] = {}
        self.files: dict[str, Upload] = {}
        #: Where the private addresses of files begin; set by the server once it listens.
        self.files_url = ""
        self.version = 0
        self._listeners: set[asyncio.Event] = set()
        self._last_ts = 0
        self._serial = 0
        self.modals = ModalStack(self.changed)
        self.bot = self.add_person("", name="signoff", real_name="Signoff", is_bot=True)

    # News

    def changed(self) -> None:
        """Tell everybody who listens that the state is not what it was."""
        self.version += 1
        for event in self._listeners:
            event.set()

    def listen(self, event: asyncio.Event) -> None:
        """Set ``event`` on every change, until ``unlisten``."""
        self._listeners.add(event)

    def unlisten(self, event: asyncio.Event) -> None:
        """Stop setting ``event``."""
        self._listeners.discard(event)

    # People and channels

    def add_person(
        self,
        email: str,
        *,
        name: str = "",
        real_name: str = "",
        title: str = "",
        tz: str = "Europe/Berlin",
        team_id: str = "",
        is_bot: bool = False,
    ) -> Person:
        """A new member of the workspace, or of the foreign ``team_id``."""
        handle = name or email.partition("@")[0]
        person = Person(
            id=self._identity("U"),
            name=handle,
            real_name=real_name or handle.replace(".", " ").title(),
            email=email,
            team_id=team_id or self.team_id,
            title=title,
            tz=tz,
            is_bot=is_bot,
        )
        self.people[person.id] = person
        self.changed()
        return person

    def change_person(self, person: Person, **fields: str | bool) -> Person:
        """Replace fields of a person, such as ``deleted=True``."""
        changed = replace(person, **fields)  # type: ignore[arg-type]  # the fields are those of Person, by name
        self.people[person.id] = changed
        self.changed()
        return changed

    def add_user_group(self, handle: str, members: Iterable[Person] = ()) -> UserGroup:
        """People who can be mentioned together."""
        name = handle.replace("-", " ").title()
        group = UserGroup(self._identity("S"), handle, name, self.clock.now(), [person.id for person in members])
        self.user_groups[group.id] = group
        self.changed()
        return group

    def add_channel(
        self, name: str, members: Iterable[Person] = (), *, kind: ChannelKind = ChannelKind.PUBLIC
    ) -> Channel:
        """A new conversation with these members, in this order."""
        prefix = {ChannelKind.DIRECT: "D", ChannelKind.GROUP: "G"}.get(kind, "C")
        channel = Channel(self._identity(prefix), name, kind, self.clock.now())
        channel.members.update(dict.fromkeys(person.id for person in members))
        self.channels[channel.id] = channel
        self.changed()
        return channel

    def direct_channel(self, people: Sequence[Person]) -> Channel:
        """The direct conversation of the bot with these people: the same one every time."""
        wanted = {person.id for person in people} | {self.bot.id}
        for channel in self.channels.values():
            if channel.is_direct and channel.members.keys() == wanted:
                return channel
        kind = ChannelKind.DIRECT if len(people) == 1 else ChannelKind.GROUP
        return self.add_channel("-".join(person.name for person in people), [*people, self.bot], kind=kind)

    # Messages

    def next_ts(self) -> str:
        """A timestamp that no earlier message has: seconds and microseconds as text."""
        now = self.clock.now()
        self._last_ts = max(self._last_ts + 1, int(now.timestamp()) * 1_000_000 + now.microsecond)
        return f"{self._last_ts // 1_000_000}.{self._last_ts % 1_000_000:06d}"

    def post(
        self,
        channel: Channel,
        author: Person,
        *,
        text: str,
        blocks: Sequence[Block] = (),
        thread_ts: str | None = None,
        broadcast: bool = False,
        metadata: dict[str, object] | None = None,
    ) -> Message:
        """Add a message to a channel or to a thread of it."""
        first = Version(self.clock.now(), text, tuple(blocks))
        message = Message(self.next_ts(), channel.id, author.id, [first], thread_ts, broadcast, metadata)
        channel.messages[message.ts] = message
        if thread_ts is not None:
            channel.messages[thread_ts].replies.append(message.ts)
        self.changed()
        return message

    def add_file(self, person: Person, name: str, content: bytes) -> Upload:
        """A person uploads a file."""
        upload = Upload(self._identity("F"), name, content, person.id)
        self.files[upload.id] = upload
        return upload

    def edit(self, message: Message, *, text: str, blocks: Sequence[Block] = ()) -> None:
        """Give a message a new wording; the earlier ones stay readable."""
        message.versions.append(Version(self.clock.now(), text, tuple(blocks)))
        message.edited = not blocks
        self.changed()

    def delete(self, message: Message) -> None:
        """Delete a message. With replies a tombstone stays, so that the thread can still be read."""
        message.is_deleted = True
        if not message.replies:
            del self.channels[message.channel_id].messages[message.ts]
        if message.is_reply and message.thread_ts is not None:
            self.channels[message.channel_id].messages[message.thread_ts].replies.remove(message.ts)
        self.changed()

    def whisper(
        self,
        channel_id: str,
        person_id: str,
        *,
        text: str,
        blocks: Sequence[Block] = (),
        thread_ts: str | None = None,
    ) -> Ephemeral:
        """Show a message to one person only."""
        ephemeral = Ephemeral(self.next_ts(), channel_id, person_id, text, tuple(blocks), thread_ts)
        self.ephemerals.append(ephemeral)
        self.changed()
        return ephemeral

    def dismiss(self, ts: str) -> None:
        """Take an ephemeral message away."""
        for ephemeral in [each for each in self.ephemerals if each.ts == ts]:
            self.ephemerals.remove(ephemeral)
        self.changed()

    def notify(self, person_id: str, text: str, channel_id: str | None = None) -> None:
        """Slack's own error message for a person."""
        self.notices.append(Notice(person_id, text, self.clock.now(), channel_id))
        self.changed()

    # Rights that run out

    def new_trigger(self, person_id: str, view_id: str | None = None) -> Trigger:
        """The right to open one modal within three seconds."""
        now = self.clock.now()
        _forget(self.triggers, now - timedelta(minutes=1))
        identity = f"{secrets.randbelow(10**13)}.{secrets.randbelow(10**13)}.{secrets.token_hex(16)}"
        trigger = Trigger(identity, person_id, now, view_id)
        self.triggers[trigger.id] = trigger
        return trigger

    def new_response_url(self, person_id: str, channel_id: str, message_ts: str | None = None) -> ResponseUrl:
        """The right to answer five times within thirty minutes."""
        now = self.clock.now()
        _forget(self.response_urls, now - 2 * RESPONSE_URL_LIFE)
        token = f"{self.team_id}/{secrets.randbelow(10**13)}/{secrets.token_urlsafe(18)}"
        self.response_urls[token] = ResponseUrl(token, person_id, channel_id, now, message_ts)
        return self.response_urls[token]

    def _identity(self, prefix: str) -> str:
        self._serial += 1
        return f"{prefix}0SBX{self._serial:05d}"


def _forget(rights: dict[str, _Right], before: datetime) -> None:
    """Drop what ran out long ago; insertion order is order of age."""
    while rights and next(iter(rights.values())).at < before:
        del rights[next(iter(rights))]
