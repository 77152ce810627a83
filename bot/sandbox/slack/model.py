"""What a workspace consists of: people, user groups, channels, messages with every version, views, triggers.

Plain records without behaviour. ``workspace`` changes them; ``wording`` tells them to the app as JSON.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from bot.sandbox.slack.blocks import Block


@dataclass(frozen=True, slots=True)
class Person:
    """A member of the workspace, or of a foreign one in a shared channel (another ``team_id``)."""

    id: str
    name: str
    real_name: str
    email: str
    team_id: str
    title: str = ""
    tz: str = "Europe/Berlin"
    locale: str = "en-US"
    is_restricted: bool = False
    is_stranger: bool = False  #: of another organisation, met in a shared channel alone
    deleted: bool = False
    is_bot: bool = False


@dataclass(slots=True)
class UserGroup:
    """People who are mentioned together, by ``@handle``. ``members`` are ids, in the order of joining."""

    id: str
    handle: str
    name: str
    created: datetime
    members: list[str] = field(default_factory=list)
    is_disabled: bool = False
    is_external: bool = False


class ChannelKind(StrEnum):
    """How a conversation is shared."""

    PUBLIC = "public_channel"
    PRIVATE = "private_channel"
    GROUP = "mpim"
    DIRECT = "im"


@dataclass(slots=True)
class Upload:
    """A file that a person gave to the workspace; tests change its fields to have it behave badly."""

    id: str
    name: str
    content: bytes
    person_id: str
    kind: str = "image/png"  #: what Slack says it is
    url: str = ""  #: another address than Slack's own, as of a file that another service keeps
    redirect_to: str = ""  #: where the private address leads instead
    status: int = 200
    is_deleted: bool = False
    fetched: int = 0  #: how often the app was handed the bytes
    expected: int = 0  #: bytes that the app has announced
    title: str = ""
    alt: str = ""  #: for whoever does not see it


@dataclass(frozen=True, slots=True)
class Version:
    """How a message read from ``at`` on."""

    at: datetime
    text: str
    blocks: tuple[Block, ...]


@dataclass(slots=True)
class Message:
    """A posted message. ``versions`` holds every wording, the last one is shown."""

    ts: str
    channel_id: str
    author_id: str
    versions: list[Version]
    thread_ts: str | None = None
    broadcast: bool = False
    metadata: dict[str, Any] | None = None
    edited: bool = False
    is_deleted: bool = False
    replies: list[str] = field(default_factory=list)
    files: tuple[str, ...] = ()  #: that it shows

    @property
    def text(self) -> str:
        """Top-level text: what screen readers and notifications say."""
        return self.versions[-1].text

    @property
    def blocks(self) -> tuple[Block, ...]:
        """What is drawn."""
        return self.versions[-1].blocks

    @property
    def is_reply(self) -> bool:
        """It lives in a thread below another message."""
        return self.thread_ts is not None and self.thread_ts != self.ts


@dataclass(slots=True)
class Channel:
    """A conversation. ``members`` keeps the order of joining; ``messages`` the order of posting, by ts."""

    id: str
    name: str
    kind: ChannelKind
    created: datetime
    members: dict[str, None] = field(default_factory=dict)
    is_archived: bool = False
    previous_names: list[str] = field(default_factory=list)
    messages: dict[str, Message] = field(default_factory=dict)

    @property
    def is_private(self) -> bool:
        """Only members know that it exists."""
        return self.kind is not ChannelKind.PUBLIC

    @property
    def is_direct(self) -> bool:
        """A direct message, with one person or a group."""
        return self.kind in {ChannelKind.DIRECT, ChannelKind.GROUP}


@dataclass(slots=True)
class Ephemeral:
    """A message that one person sees, until it is dismissed. Slack does not keep it."""

    ts: str
    channel_id: str
    person_id: str
    text: str
    blocks: tuple[Block, ...] = ()
    thread_ts: str | None = None


@dataclass(frozen=True, slots=True)
class Notice:
    """What Slack itself tells a person when the app did not answer."""

    person_id: str
    text: str
    at: datetime
    channel_id: str | None = None


@dataclass(slots=True)
class View:
    """A modal or an App Home tab as one person has it. ``values`` is view.state.values."""

    id: str
    person_id: str
    content: dict[str, Any]
    hash: str
    root_id: str
    previous_id: str | None = None
    trigger_id: str | None = None
    values: dict[str, dict[str, Any]] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    is_open: bool = True
    trouble: str = ""

    @property
    def title(self) -> str:
        """The title of a modal, empty for a home tab."""
        title: dict[str, str] = self.content.get("title", {})
        return title.get("text", "")

    @property
    def callback_id(self) -> str:
        """The app's name for this kind of view."""
        return str(self.content.get("callback_id", ""))

    @property
    def blocks(self) -> list[Block]:
        """What is drawn."""
        blocks: list[Block] = self.content["blocks"]
        return blocks


@dataclass(slots=True)
class Trigger:
    """The right to open one modal, for three seconds. ``view_id`` when it came from inside a modal."""

    id: str
    person_id: str
    at: datetime
    view_id: str | None = None
    is_used: bool = False


@dataclass(slots=True)
class ResponseUrl:
    """The right to answer an interaction five times within thirty minutes."""

    token: str
    person_id: str
    channel_id: str
    at: datetime
    message_ts: str | None = None
    uses: int = 0
