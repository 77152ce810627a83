"""Messages as tests and stories read them: buttons by their words, texts, every earlier version.

Read-only windows on the workspace; they show the present state unless they stand for an old version.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.sandbox.slack.blocks import Block, elements_of
from bot.sandbox.slack.model import Channel, Ephemeral, Message, Version


@dataclass(frozen=True, slots=True)
class Button:
    """A button as people see it, with what it carries."""

    text: str
    action_id: str
    block_id: str
    value: str = ""
    url: str = ""
    style: str = ""
    confirm: str = ""


def texts(value: Any) -> list[str]:
    """Every text in blocks, in reading order; confirm dialogs are not on the card."""
    if isinstance(value, list | tuple):
        return [text for item in value for text in texts(item)]
    if not isinstance(value, dict):
        return []
    found: list[str] = []
    for key, item in value.items():
        if key in {"text", "alt_text"} and isinstance(item, str):
            found.append(item)
        elif key != "confirm":
            found.extend(texts(item))
    return found


def buttons_in(blocks: Iterable[Block]) -> list[Button]:
    """The buttons of blocks, in reading order."""
    return [
        Button(
            text=element["text"]["text"],
            action_id=element["action_id"],
            block_id=block["block_id"],
            value=element.get("value", ""),
            url=element.get("url", ""),
            style=element.get("style", ""),
            confirm="\n".join(texts(element.get("confirm", {}))),
        )
        for block in blocks
        for element in elements_of(block)
        if element["type"] == "button"
    ]


@dataclass(frozen=True, slots=True)
class Card:
    """A message, an ephemeral, or one old version of a message."""

    surface: Message | Ephemeral
    pinned: Version | None = None

    @property
    def ts(self) -> str:
        """Its timestamp, unique in the channel."""
        return self.surface.ts

    @property
    def channel_id(self) -> str:
        """The conversation it is in."""
        return self.surface.channel_id

    @property
    def thread_ts(self) -> str | None:
        """The parent, for a reply."""
        return self.surface.thread_ts

    @property
    def text(self) -> str:
        """Top-level text: what screen readers and notifications say."""
        return self.pinned.text if self.pinned else self.surface.text

    @property
    def blocks(self) -> tuple[Block, ...]:
        """The blocks as the app sent them."""
        return self.pinned.blocks if self.pinned else self.surface.blocks

    @property
    def plain(self) -> str:
        """All text of the blocks, a line each."""
        return "\n".join(texts(self.blocks))

    @property
    def headline(self) -> str:
        """The text of its header; empty without one."""
        return next((str(block["text"]["text"]) for block in self.blocks if block["type"] == "header"), "")

    @property
    def buttons(self) -> list[Button]:
        """The buttons that can be pressed."""
        return buttons_in(self.blocks)

    @property
    def labels(self) -> list[str]:
        """The words on the buttons."""
        return [button.text for button in self.buttons]

    @property
    def metadata(self) -> dict[str, Any] | None:
        """Message metadata."""
        return self.surface.metadata if isinstance(self.surface, Message) else None

    @property
    def history(self) -> list[Card]:
        """Every version, the first one first; each can still be clicked, as from a client that has not refreshed."""
        if isinstance(self.surface, Ephemeral):
            return [self]
        return [Card(self.surface, version) for version in self.surface.versions]

    @property
    def at(self) -> datetime | None:
        """When this version appeared."""
        version = self.pinned or (self.surface.versions[-1] if isinstance(self.surface, Message) else None)
        return version.at if version else None

    def says(self, words: str) -> bool:
        """Whether the words stand anywhere on it."""
        return words in self.text or any(words in text for text in texts(self.blocks))


@dataclass(frozen=True, slots=True)
class Conversation:
    """A channel or a direct conversation as tests read it."""

    channel: Channel

    @property
    def id(self) -> str:
        """Slack's id."""
        return self.channel.id

    @property
    def messages(self) -> list[Card]:
        """Everything outside threads, the oldest first."""
        present = self.channel.messages.values()
        return [Card(message) for message in present if not (message.is_reply or message.is_deleted)]

    def thread(self, card: Card) -> list[Card]:
        """The replies below a message, the oldest first."""
        parent = self.channel.messages[card.ts]
        return [Card(self.channel.messages[ts]) for ts in parent.replies]

    def cards(self, contains: str = "") -> list[Card]:
        """The messages that say these words, the oldest first."""
        return [card for card in self.messages if card.says(contains)]

    def card(self, contains: str = "") -> Card:
        """The newest message that says these words. Raises LookupError with what is there instead."""
        for message in reversed(self.channel.messages.values()):
            if not (message.is_reply or message.is_deleted) and Card(message).says(contains):
                return Card(message)
        there = [card.text for card in self.messages[-10:]]
        msg = f"no message in #{self.channel.name} says {contains!r}; the last ones say {there}"
        raise LookupError(msg)
