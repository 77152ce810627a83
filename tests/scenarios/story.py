"""The verbs of a story: a warehouse's people in Odoo and Slack, around the real program.

Thin words over ``bot.sandbox.world``. Nothing here asserts; a verb that waits is bounded, and moves the clock of the
world while it waits, so that hours of retries pass in moments.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import func, or_, select

from bot.audit import log as audit
from bot.audit.chain import Entry, Sealed
from bot.db import Database
from bot.outbox import State
from bot.sandbox.slack import Acted, Card, Conversation, Submitted, View
from bot.sandbox.world import World
from bot.slack.marks import CARD
from bot.tables import cases, effects, signals

Seen = TypeVar("Seen")

CONFIG_FILE = Path(__file__).with_name("signoff.yaml")
CONFIG = CONFIG_FILE.read_text(encoding="utf-8")

PURCHASE, QUANT, SALE = "purchase.order", "stock.quant", "sale.order"

#: Deciders of the story's config; the buyers decide on purchases, the leads on counts and on sales.
ANN, BOB = "ann@example.com", "bob@example.com"


def under(**policies: str) -> str:
    """The stories' config with more keys in some policies: ``under(purchase="tolerance: {value: 2%}")``."""
    text = CONFIG
    for name, keys in policies.items():
        assert f"  {name}: {{" in text
        text = text.replace(f"  {name}: {{", f"  {name}: {{{keys}, ")
    return text


#: The clock is moved by so much when nothing has happened for a moment of real time.
STEP = timedelta(seconds=1)
_MOMENT_S = 0.1
#: Longest wait for work that is due, in real seconds: a loaded machine is slow, and nothing here measures speed.
_PATIENCE_S = 30.0


@dataclass(frozen=True, slots=True)
class Record:
    """A record in the pretend Odoo, and the words by which its cards are known."""

    model: str
    id: int
    words: str


@dataclass(frozen=True, slots=True)
class Audited:
    """An audit entry as a story reads it."""

    sealed: Sealed
    detail: Mapping[str, Any]

    @property
    def entry(self) -> Entry:
        """What was entered."""
        return self.sealed.entry

    @property
    def mark(self) -> str:
        """How notes in Odoo name it."""
        return f"[Signoff #{self.sealed.seq} {self.sealed.hash[:8]}]"


async def read_audit(database: Database, action: str = "") -> list[Audited]:
    """The audit entries of one action, or all, in their order."""
    found = [one async for one in audit.entries(database)]
    told = [Audited(one, json.loads(one.detail_text or "{}")) for one in found]
    return [one for one in told if action in ("", one.entry.action)]


class Story:
    """One world, told from outside."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.slack = world.slack
        self.odoo = world.odoo
        self.people = world.odoo.people

    # In Odoo

    async def order(self, amount: float = 12_500.0, *, by: str = "puru", **more: Any) -> Record:
        """A purchase order above the limit: it waits for approval."""
        return self.purchase(await self.people.request_purchase(by=by, amount=amount, **more))

    def purchase(self, number: int) -> Record:
        """A purchase order by its id."""
        return Record(PURCHASE, number, str(self.odoo.record(PURCHASE, number)["name"]))

    async def count(self, counted: float = 60.0, *, on_hand: float = 100.0, product: str = "PIPE-20") -> Record:
        """A count that differs from the system, at a cost of 10 a piece."""
        quant = self.odoo.add_count(product=product, on_hand=on_hand)
        await self.people.count(quant, counted=counted)
        return Record(QUANT, quant, product)

    async def quotation(self, amount: float = 12_500.0) -> Record:
        """A quotation that was sent to the customer."""
        number = await self.people.send_quotation(amount=amount)
        return Record(SALE, number, str(self.odoo.record(SALE, number)["name"]))

    def name(self, login: str) -> str:
        """The name of a user of Odoo, as cards tell it."""
        return str(self.odoo.record("res.users", self.odoo.uid(login))["name"])

    def field(self, record: Record, name: str) -> Any:
        """What Odoo holds now."""
        return self.odoo.record(record.model, record.id)[name]

    def state(self, record: Record) -> str:
        """An order's state in Odoo."""
        return str(self.field(record, "state"))

    def notes(self, record: Record) -> list[str]:
        """The notes that the bot left on a record."""
        bot = self.odoo.uid("bot")
        told = self.odoo.messages(record.model, record.id)
        return [str(one["body"]) for one in told if one["body"] and one["create_uid"] and one["create_uid"][0] == bot]

    def calls(self, method: str, record: Record) -> int:
        """How often the bot called a method on a record."""
        return len(self.odoo.calls.of(method, login="bot", record_id=record.id))

    # In Slack

    def cards(self, record: Record | None = None) -> list[Card]:
        """Every card of a record (or of all), in any channel, the oldest first; not what only mentions it."""
        channels = [Conversation(one) for one in self.slack.workspace.channels.values() if not one.is_direct]
        found = [
            card for channel in channels for card in channel.messages if (card.metadata or {}).get("event_type") == CARD
        ]
        return [card for card in found if record is None or record.words in card.headline]

    async def card(self, record: Record, words: str = "") -> Card:
        """The newest card of a record, once it says ``words``."""
        return await self.until(lambda: self._newest(record, words), f"a card of {record.words} that says {words!r}")

    async def letter(self, who: str, record: Record, words: str = "") -> Card:
        """The card of a record in somebody's direct messages, once it says ``words``."""

        def newest() -> Card | None:
            person = self.slack.person(who).id
            mine = [one for one in self.slack.workspace.channels.values() if one.is_direct and person in one.members]
            cards = [card for one in mine for card in Conversation(one).messages if card.says(record.words)]
            return cards[-1] if cards and cards[-1].says(words) else None

        return await self.until(newest, f"a card of {record.words} to {who} that says {words!r}")

    async def all_say(self, records: Iterable[Record], words: str) -> None:
        """Wait until the cards of all these records say ``words``."""
        wanted = {record.words for record in records}

        def said() -> bool:
            saying = [card.text for card in self.cards() if card.says(words)]
            return all(any(name in text for text in saying) for name in wanted)

        await self.until(said, f"{words!r} on {len(wanted)} cards", within_s=30)

    async def click(self, card: Card | View, name: str, *, by: str = ANN) -> Acted:
        """Press a button."""
        return await self.slack.click(card, name, by=by)

    async def approve(self, record: Record, *, by: str = ANN) -> Acted:
        """Press Approve on a record's card once it is there."""
        return await self.click(await self.card(record, "Waiting"), "Approve", by=by)

    async def reject(self, record: Record, reason: str = "too dear", *, by: str = ANN) -> Submitted:
        """Press Reject, and say why."""
        return await self.answer(await self.card(record, "Waiting"), "Reject", reason, by=by)

    async def answer(self, card: Card, name: str, reason: str, *, by: str = ANN) -> Submitted:
        """Press a button that asks for a reason, and give it."""
        view = await self.slack.opened(await self.click(card, name, by=by))
        return await self.slack.submit(view, {"reason": reason}, by=by)

    async def told(self, who: str, words: str) -> str:
        """What the bot told one person alone, once it holds ``words``."""
        return await self.until(
            lambda: next((one.text for one in self.slack.ephemerals(who) if words in one.text), ""),
            f"{words!r} told to {who}, who read {[one.text for one in self.slack.ephemerals(who)]}",
        )

    # In the program

    async def reconcile(self) -> None:
        """The next interval has passed: Odoo is compared with the open cases."""
        await self.world.app.reconcile.run("main")

    async def audited(self, action: str = "") -> list[Audited]:
        """The audit entries of one action, or all."""
        return await read_audit(self.world.app.database, action)

    async def compared(self) -> None:
        """The comparison at the start is over, so that it meets nothing of what the story goes on to do."""
        async with asyncio.timeout(_PATIENCE_S):
            while self.world.app.reconcile.trouble["main"]:
                await self._a_moment()

    # Time

    def advance(self, **by: float) -> None:
        """Time passes: ``minutes=5``."""
        self.world.advance(timedelta(**by))

    async def until(self, holds: Callable[[], Seen | None], what: str, *, within_s: float = 8.0) -> Seen:
        """What ``holds`` answers once it is true; the clock moves a second at every moment without it."""
        for _ in range(int(within_s / _MOMENT_S)):
            with suppress(TimeoutError):
                seen = await self.slack.until(holds, within_s=_MOMENT_S)
                assert seen is not None
                return seen
            self.world.advance(STEP)
        msg = f"never seen: {what}; the cards say {[card.plain for card in self.cards()][-5:]}"
        raise TimeoutError(msg)

    async def quiet(self) -> None:
        """Everything that is due has been done; what is only due later is left for later."""
        try:
            async with asyncio.timeout(_PATIENCE_S):
                while await self._at_work():
                    await self._a_moment()
        except TimeoutError:
            msg = "the program never came to rest"
            raise TimeoutError(msg) from None

    async def rest(self) -> None:
        """Hours pass, and all that was owed is done: nothing is left to happen by itself."""
        for _ in range(60):
            await self.quiet()
            due = await self._next_due()
            if due is None:
                return
            self.world.advance(max(due - self.world.clock.now(), timedelta(0)))
        msg = "the program always finds something more to do"
        raise TimeoutError(msg)

    async def _a_moment(self) -> None:
        with suppress(TimeoutError):
            await self.slack.until(lambda: False, within_s=0.02)

    async def _at_work(self) -> int:
        now = self.world.clock.now()
        waiting = or_(
            effects.c.state == State.IN_FLIGHT, (effects.c.state == State.PENDING) & (effects.c.due_at <= now)
        )
        async with self.world.app.database.read() as session:
            owed = await session.execute(select(func.count()).select_from(effects).where(waiting))
            unread = await session.execute(
                select(func.count())
                .select_from(signals)
                .where(or_(signals.c.due_at <= now, signals.c.lease_until.is_not(None)))
            )
            timed = await session.execute(select(func.count()).select_from(cases).where(cases.c.due_at <= now))
            return int(owed.scalar_one()) + int(unread.scalar_one()) + int(timed.scalar_one())

    async def _next_due(self) -> datetime | None:
        async with self.world.app.database.read() as session:
            pending = select(func.min(effects.c.due_at)).where(effects.c.state == State.PENDING)
            found = [
                (await session.execute(pending)).scalar(),
                (await session.execute(select(func.min(signals.c.due_at)))).scalar(),
                (await session.execute(select(func.min(cases.c.due_at)))).scalar(),
            ]
        return min((one for one in found if one is not None), default=None)

    def _newest(self, record: Record, words: str) -> Card | None:
        found = self.cards(record)
        return found[-1] if found and found[-1].says(words) else None
