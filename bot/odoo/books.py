"""The books: every record that qualifies in Odoo is accounted for, by kind, and what nobody can explain is named.

Found = open + covered by a closed case + below materiality + left out by a rule + still to be read + unexplained.
Reads alone: what is unexplained is told to the admins, and reconcile goes on as always.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import ClassVar

import structlog

from bot import inbox
from bot.audit import log as audit
from bot.cases.model import Case, Event, RecordRef
from bot.cases.planning import Rules, event_types, ignoring_rule, material_part
from bot.cases.service import Service
from bot.cases.store import by_record, exceptions_of
from bot.cases.ticking import GAP
from bot.clock import Clock
from bot.config.model import Config
from bot.db import Database
from bot.effects import Effect, EffectKind
from bot.errors import SignoffError
from bot.exceptions.parts import approval_part, exception_parts
from bot.metrics import BOOKS
from bot.odoo.domains import any_of, as_of
from bot.odoo.keys import warning
from bot.odoo.sources import OdooSource, Sources
from bot.once import is_first
from bot.outbox import Claimed, enqueue
from bot.slack.cards import Card
from bot.slack.gateway import SlackGateway
from bot.slack.text import plain, preformatted

log = structlog.get_logger(__name__)

#: The fact that says for which day (UTC) the books were told last.
_TOLD = "books told"

#: Records looked at in one go.
PAGE = 200

#: Unexplained records that are named; the rest is counted.
NAMED = 10

_DAY = timedelta(days=1)


class Account(StrEnum):
    """Where a qualifying record stands."""

    OPEN = "open"  #: a case is under way
    COVERED = "covered"  #: a closed case is the answer to its present figures
    IMMATERIAL = "below materiality"
    LEFT_OUT = "left out by a rule"
    WAITING = "still to be read"  #: a signal for it is stored
    UNEXPLAINED = "unexplained"


#: A record, and the event type that somebody owns; empty for what is decided about it.
_Place = tuple[RecordRef, str]


@dataclass(frozen=True, slots=True)
class _Part:
    """What of a record has a case of its own."""

    event: Event
    owned: str

    @property
    def place(self) -> _Place:
        return self.event.record, self.owned


@dataclass(frozen=True, slots=True)
class Books:
    """One source, accounted for."""

    source: str
    at: datetime
    tally: Mapping[tuple[str, Account], int]  #: (event type, account) -> records
    unexplained: tuple[RecordRef, ...] = ()
    trouble: str = ""  #: why the books could not be closed; nothing else counts then

    def total(self, *accounts: Account) -> int:
        """Records in any of ``accounts``; all that were found without one."""
        return sum(number for (_, account), number in self.tally.items() if not accounts or account in accounts)

    @property
    def balanced(self) -> bool:
        """Whether everything is explained."""
        return not self.trouble and not self.unexplained

    def lines(self) -> list[str]:
        """For people: the whole in one sentence, then each event type, then what is unexplained."""
        if self.trouble:
            return [f"{self.source}: the books could not be closed. {self.trouble}"]
        parts = " + ".join(f"{self.total(one)} {one}" for one in Account if one is not Account.UNEXPLAINED)
        told = [f"{self.source}: {self.total()} found in Odoo = {parts}; {len(self.unexplained)} unexplained"]
        for event_type in sorted({name for name, _ in self.tally}):
            of_type = [(one, self.tally.get((event_type, one), 0)) for one in Account]
            told.append(f"  {event_type}: " + ", ".join(f"{number} {one}" for one, number in of_type if number))
        told += [f"  unexplained: {ref}" for ref in self.unexplained[:NAMED]]
        if len(self.unexplained) > NAMED:
            told.append(f"  and {len(self.unexplained) - NAMED} more")
        return told


class Bookkeeper:
    """Closes the books of the sources, once a day and whenever asked."""

    def __init__(self, sources: Sources, *, database: Database, rules: Callable[[], Rules], clock: Clock) -> None:
        self._sources = sources
        self._database = database
        self._rules = rules
        self._clock = clock

    async def close_all(self) -> list[Books]:
        """The books of every source, one after the other. Never raises for what Odoo does."""
        return [await self.close(name) for name in self._sources]

    async def close(self, name: str) -> Books:
        """The books of one source."""
        tally: Counter[tuple[str, Account]] = Counter()
        unexplained: list[RecordRef] = []
        source = self._sources[name]
        try:
            for model in source.by_model:
                async for events in self._pages(source, model):
                    await self._enter(source, events, tally, unexplained)
        except SignoffError as error:
            return Books(name, self._clock.now(), {}, trouble=error.sentence)
        books = Books(name, self._clock.now(), tally, tuple(unexplained))
        for account in Account:
            BOOKS.labels(name, account).set(books.total(account))
        log.info("books closed", source=name, found=books.total(), unexplained=len(unexplained))
        return books

    async def _pages(self, source: OdooSource, model: str) -> AsyncIterator[list[Event]]:
        """What qualifies in full, a page of records at a time."""
        after = 0
        domain = as_of(any_of([entry.domain for entry in source.by_model[model]]), self._clock.now())
        while True:
            ids = await source.client.search(model, [*domain, ("id", ">", after)], limit=PAGE, order="id")
            yield await _events(source, model, ids)
            if len(ids) < PAGE:
                return
            after = ids[-1]

    async def _enter(
        self,
        source: OdooSource,
        events: Sequence[Event],
        tally: Counter[tuple[str, Account]],
        unexplained: list[RecordRef],
    ) -> None:
        accounts = await self._accounts(events)
        odd = [one for one in events if any(accounts[part.place] is Account.UNEXPLAINED for part in self._parts([one]))]
        if odd:
            # Decided, or gone, between the two looks: read once more before anybody is alarmed.
            await asyncio.sleep(0)
            again = await _events(source, odd[0].record.model, [one.record.id for one in odd])
            accounts |= await self._accounts(again)
            gone = {one.record for one in odd} - {one.record for one in again}
            events = [one for one in events if one.record not in gone]
        for part in self._parts(events):
            account = accounts[part.place]
            tally[part.event.event_type, account] += 1
            if account is Account.UNEXPLAINED:
                unexplained.append(part.event.record)

    def _parts(self, events: Iterable[Event]) -> list[_Part]:
        """What of each record is owed a decision, and what an owner."""
        rules = self._rules()
        found: list[_Part] = []
        for event in events:
            decided = approval_part(event, rules)
            found += [_Part(decided, "")] if decided else []
            found += [_Part(one, one.event_type) for one in exception_parts(event, rules)]
        return found

    async def _accounts(self, events: Iterable[Event]) -> dict[_Place, Account]:
        parts = self._parts(events)
        refs = {part.event.record for part in parts}
        async with self._database.read() as session:
            approvals, exceptions = await by_record(session, refs), await exceptions_of(session, refs)
            waiting = await inbox.waiting(session, refs)
        cases = {**{(ref, ""): case for ref, case in approvals.items()}, **exceptions}
        config = self._rules().config
        return {
            part.place: _account(part.event, cases.get(part.place), config, is_waiting=part.event.record in waiting)
            for part in parts
        }


def _account(event: Event, case: Case | None, config: Config, *, is_waiting: bool) -> Account:
    if case is not None and case.closed_at is None:
        return Account.OPEN
    if material_part(event, config) is None:
        ignored = any(ignoring_rule(replace(event, event_type=kind), config) for kind in event_types(event))
        return Account.LEFT_OUT if ignored else Account.IMMATERIAL
    if case is not None and case.covers and event.fingerprint in _answered(case):
        return Account.COVERED
    return Account.WAITING if is_waiting else Account.UNEXPLAINED


def _answered(case: Case) -> set[str]:
    """The figures that a closed case is about: as agreed on, and as Odoo had them before."""
    before = case.revision.in_odoo
    return {case.event.fingerprint, *([before.figures.fingerprint] if before else [])}


async def _events(source: OdooSource, model: str, ids: Sequence[int]) -> list[Event]:
    """The records of ``ids`` that qualify in full."""
    records = await asyncio.gather(*(source.read(model, one) for one in ids))
    found = (source.interpret(model, record) for record in records if record is not None)
    return [one for one in found if isinstance(one, Event)]


class DailyBooks:
    """Closes the books once a day and has them told in the admin channel."""

    HOUR: ClassVar[int] = 6  #: of the day, UTC

    def __init__(
        self, sources: Sources, service: Service, *, database: Database, gateway: SlackGateway, clock: Clock
    ) -> None:
        self._sources = sources
        self._keeper = Bookkeeper(sources, database=database, rules=lambda: service.rules, clock=clock)
        self._service = service
        self._database = database
        self._gateway = gateway
        self._clock = clock
        #: The newest ones; empty until they were closed once.
        self.newest: list[Books] = []

    async def close(self) -> None:
        """Close them, and owe the admins the news, once a day whatever the number of replicas."""
        self.newest = await self._keeper.close_all()
        if channel := self._service.rules.config.admin_channel:
            now = self._clock.now()
            async with self._database.write() as session:
                if await is_first(session, _TOLD, f"{now:%Y-%m-%d}"):
                    await enqueue(session, [Effect(EffectKind.POST_BOOKS, 0, channel)], now)

    async def close_again(self) -> None:
        """Close them once more, for those who want to know whether something has been explained since."""
        self.newest = await self._keeper.close_all()

    async def post(self, claimed: Claimed) -> None:
        """The sender of POST_BOOKS: tells the newest books, closed anew where a restart has lost them.

        A second run is harmless: it says the same, or what is true by now.
        """
        books = self.newest or await self._keeper.close_all()
        async with self._database.read() as session:
            missed = await audit.cases_with(session, GAP, self._clock.now() - _DAY)
        keys = [
            await warning(name, one.client, one.settings.login, self._clock.now())
            for name, one in self._sources.items()
        ]
        await self._gateway.say(claimed.target, message(books, [escalation_line(missed), *filter(None, keys)]))


def escalation_line(missed: Sequence[int]) -> str:
    """What the self-audit found in a day, a case each time."""
    if not missed:
        return "escalations: no step was missed in the last day"
    named = ", ".join(map(str, sorted(set(missed))[:NAMED]))
    return f"escalations: steps were MISSED {len(missed)} times in the last day (case {named}) and were done late"


def message(books: Sequence[Books], more: Sequence[str]) -> Card:
    """Names of sources, types, models and keys, shown literally."""
    balanced = all(one.balanced for one in books)
    head = "Daily books: every record in Odoo is accounted for." if balanced else "Daily books: they do NOT balance."
    text = "\n".join([*(line for one in books for line in one.lines()), *more])
    return Card(head, ({"type": "header", "text": plain(head, 150)}, preformatted(text, 2500)))
