"""What can be seen from outside: the pretend Odoo's records, the pretend Slack's messages, and nothing of our own.

``demand`` turns a difference into the sentence that names it. Owns no step of the day.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from bot.sandbox.day import PURCHASE, QUANT, SALE
from bot.sandbox.odoo import PretendOdoo
from bot.sandbox.slack import Card, Conversation, PretendSlack
from bot.sandbox.world import World

Seen = TypeVar("Seen")

#: What a card says once, and only once, Odoo holds the outcome.
CONFIRMED = "Confirmed in Odoo"

#: Buttons that change something; the link to Odoo stays for ever.
LIVE = frozenset({"Approve", "Reject", "Retry", "Done by hand", "Give up", "I’m on it", "Resolve"})

#: Seconds within which every effect must be seen, on a busy machine too.
PATIENCE_S = 15.0

_MARK = re.compile(r"\[Signoff #(\d+) ([0-9a-f]{8})\]")


class NotAsItShouldBe(Exception):
    """Something that was seen is not what it should be; the message names it."""


def demand(*, that: object, otherwise: str) -> None:
    """Raises NotAsItShouldBe unless ``that`` holds."""
    if not that:
        raise NotAsItShouldBe(otherwise)


@dataclass(slots=True)
class Subject:
    """A record of the day and how its outcome shows in it."""

    model: str
    id: int
    words: str  #: by which its cards are known
    #: Whether Odoo holds the outcome; nothing has been decided while it is never.
    is_done: Callable[[], bool] = field(default=lambda: False)


class Proofs:
    """Eyes on one world. ``subjects`` holds every record that a card is expected for."""

    def __init__(self, world: World) -> None:
        self.odoo: PretendOdoo = world.odoo
        self.slack: PretendSlack = world.slack
        self.subjects: list[Subject] = []
        #: Cards that claimed an outcome before Odoo held it.
        self.lies: list[str] = []
        self.slack.workspace.listen(_Witness(self))

    def about(self, model: str, record_id: int) -> Subject:
        """A record that a card is expected for from now on."""
        record = self.odoo.record(model, record_id)
        words = f"Count of {record['product_id'][1].partition(' ')[0]}" if model == QUANT else str(record["name"])
        subject = Subject(model, record_id, words)
        self.subjects.append(subject)
        return subject

    def value(self, subject: Subject, name: str) -> Any:
        """A field as Odoo holds it."""
        return self.odoo.record(subject.model, subject.id)[name]

    def calls(self, subject: Subject) -> list[str]:
        """The business methods that the bot called on a record, in order; reading and notes left out."""
        return [
            call.method
            for call in self.odoo.calls
            if call.login == "bot"
            and call.model == subject.model
            and subject.id in call.ids
            and call.method not in {"read", "search", "search_read", "message_post"}
        ]

    def moves(self, subject: Subject) -> list[dict[str, Any]]:
        """The corrections of a counted stock."""
        record = self.odoo.record(QUANT, subject.id)
        product, place = record["product_id"][1], record["location_id"][1]
        told = self.odoo.snapshot()["moves"]
        return [one for one in told if one["product"] == product and place in (one["from"], one["to"])]

    def cards(self, subject: Subject | None = None) -> list[Card]:
        """The cards of a record (or all), in every channel, the oldest first."""
        channels = [Conversation(one) for one in self.slack.workspace.channels.values() if not one.is_direct]
        found = [card for channel in channels for card in channel.messages if card.metadata]
        # By the headline: other cards may mention the record beside their own.
        return [card for card in found if subject is None or subject.words in card.headline]

    async def card(self, subject: Subject, channel: str, *, says: str = "") -> Card:
        """The one card of a record in ``channel``, once it says ``says``."""
        place = self.slack.channel(channel)

        def found() -> Card | None:
            here = [card for card in self.cards(subject) if card.channel_id == place.id]
            return here[-1] if here and here[-1].says(says) else None

        what = f"a card of {subject.words} in {channel}" + (f" that says “{says}”" if says else "")
        try:
            return await self.until(found, what)
        except NotAsItShouldBe as late:
            told = [card.text for card in self.cards(subject)]
            msg = f"{late}; " + (f"it says: {told[-1]}" if told else "there is none anywhere")
            raise NotAsItShouldBe(msg) from None

    async def until(self, holds: Callable[[], Seen | None], what: str) -> Seen:
        """What ``holds`` answers once it is true. Raises NotAsItShouldBe when it never is."""
        try:
            seen = await self.slack.until(holds, within_s=PATIENCE_S)
        except TimeoutError:
            seen = None
        if seen is None:
            msg = f"not seen within {PATIENCE_S:g} s: {what}"
            raise NotAsItShouldBe(msg)
        return seen

    def one_card_each(self) -> None:
        """Raises NotAsItShouldBe where a case has no card or more than one in a channel."""
        for subject in self.subjects:
            places = [self.slack.workspace.channels[card.channel_id].name for card in self.cards(subject)]
            demand(that=places, otherwise=f"{subject.words} has no card in Slack")
            twice = {name for name in places if places.count(name) > 1}
            demand(that=not twice, otherwise=f"{subject.words} has {len(places)} cards in #{', #'.join(sorted(twice))}")

    def no_live_buttons(self) -> None:
        """Raises NotAsItShouldBe where something can still be pressed that has been answered."""
        left = [card for card in self.cards() if LIVE & set(card.labels)]
        demand(that=not left, otherwise=f"live buttons are left on: {'; '.join(card.text for card in left)}")

    def nothing_claimed_early(self) -> None:
        """Raises NotAsItShouldBe where a card said "confirmed in Odoo" before Odoo held it."""
        demand(that=not self.lies, otherwise=f"claimed before Odoo held it: {'; '.join(self.lies)}")

    def marks(self) -> list[tuple[int, str]]:
        """The audit entries (number, beginning of the hash) that notes and corrections in Odoo name."""
        told = [str(one["reference"]) for one in self.odoo.snapshot()["moves"]]
        for subject in self.subjects:
            if subject.model in {PURCHASE, SALE}:
                told += [str(one["body"]) for one in self.odoo.messages(subject.model, subject.id)]
        return [(int(number), piece) for text in told for number, piece in _MARK.findall(text)]

    def look_for_lies(self) -> None:
        """Compare what the cards claim with what Odoo holds at this very moment."""
        for subject in self.subjects:
            if (
                subject.words not in self.lies
                and not subject.is_done()
                and any(card.says(CONFIRMED) for card in self.cards(subject))
            ):
                self.lies.append(subject.words)


class _Witness(asyncio.Event):
    """Is set by the workspace at every change, and looks then: a moment later the truth may have caught up."""

    def __init__(self, proofs: Proofs) -> None:
        super().__init__()
        self._proofs = proofs

    def set(self) -> None:
        """Something changed."""
        self._proofs.look_for_lies()
