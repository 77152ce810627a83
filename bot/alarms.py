"""Looks now and then for what is wrong with Signoff itself, and has it owned: a case each, opened and withdrawn by it.

Asks those who notice such things anyway: the self-audit, the books, the reload, the outbox, the webhooks. What is told
of is up to the config; a look without news writes nothing. Must not count its own cases.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from bot import alarm_questions as ask
from bot import once
from bot.cases import store
from bot.cases.commands import Over
from bot.cases.event import RecordRef, Related
from bot.cases.model import Case
from bot.cases.service import Service
from bot.clock import Clock
from bot.config.durations import write_duration
from bot.config.model import Alarm, Config, System
from bot.db import Database, Read
from bot.effects import Lane
from bot.escalation.calendar import elapsed
from bot.exceptions import alarms
from bot.exceptions.alarms import Noticed
from bot.exceptions.commands import Tracked
from bot.odoo.books import DailyBooks
from bot.reload import Reload

#: Records that nobody can explain are looked at again so often.
_BOOKS_AGAIN: Final = timedelta(hours=1)

_OVER = Over("it is no longer so")
_UNWANTED = Over("the config asks nobody about it any more")
_MINUTE: Final = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Ears:
    """What others know, asked when it is looked."""

    books: DailyBooks
    heard: Mapping[str, datetime]  #: source -> when its last webhook came to this process
    reload: Reload | None  #: whether the file is what is active, and why not

    @property
    def refused(self) -> str:
        """Why the config file is not what is active; empty when it is."""
        return self.reload.trouble if self.reload is not None else ""


class Alarms:
    """Answers ``notice`` (for every case that the self-audit goes through), ``noticed`` (after it) and ``run``."""

    def __init__(self, service: Service, database: Database, clock: Clock, ears: Ears) -> None:
        self._service = service
        self._database = database
        self._clock = clock
        self._ears = ears
        self._started_at = clock.now()
        self._stuck: list[tuple[Related, bool]] = []
        self._told_stuck: tuple[tuple[Related, bool], ...] | None = None
        #: Sources of open cases that are no longer in the config; None: not looked yet.
        self._gone: tuple[str, ...] | None = None
        #: Whether this process itself found the file refused; None: not looked yet. Replicas have files of their own.
        self._refused: bool | None = None

    def notice(self, case: Case) -> None:
        """One of the cases that wait for people."""
        alarm = self._alarm(System.STUCK_APPROVAL)
        if alarm is not None and len(self._stuck) < alarms.MOST and alarms.is_stuck(case, alarm, self._clock.now()):
            self._stuck.append((alarms.related([case])[0], alarms.nobody_can(case)))

    def noticed(self) -> None:
        """Every case has been gone through."""
        self._told_stuck, self._stuck = tuple(self._stuck), []

    async def run(self) -> None:
        """Look once."""
        await self._look_at_books()
        now, config = self._clock.now(), self._service.rules.config
        await self._keep_heard(config, now)
        async with self._database.read() as session:
            if self._gone is None:
                known_sources = await ask.sources_of_open_cases(session)
                self._gone = tuple(sorted(set(known_sources) - set(config.sources)))
            found = {one.place: one for one in await self._all(session, config, now)}
            places = {alarms.place_of(name, source): name for name in System for source in self._sources(config)}
            known = await store.exceptions_of(session, places)
        for place, name in places.items():
            if (command := self._command(place, name, found.get(place), known.get((place, name)), config)) is not None:
                await self._service.execute(command)
        self._refused = bool(self._ears.refused)

    def _command(
        self, place: RecordRef, name: System, noticed: Noticed | None, known: Case | None, config: Config
    ) -> Tracked | None:
        if noticed is not None:
            event = alarms.event_of(noticed, several=len(self._sources(config)) > 1)
            return Tracked(place, name, event) if alarms.is_news(known, event) else None
        if known is None:
            return None
        if name not in config.alarms:
            return Tracked(place, name, _UNWANTED)
        return Tracked(place, name, _OVER) if self._can_tell(name, place.source) else None

    def _can_tell(self, name: System, source: str) -> bool:
        """Whether this process would know if it still were so."""
        match name:
            case System.STUCK_APPROVAL:
                return self._told_stuck is not None
            case System.CONFIG_REJECTED:
                return self._refused is not False
            case System.ORPHAN:
                return source in (self._gone or ()) or any(
                    one.source == source and not one.trouble for one in self._ears.books.newest
                )
            case _:
                return True

    def _alarm(self, name: System) -> Alarm | None:
        return self._service.rules.config.alarms.get(name)

    def _sources(self, config: Config) -> tuple[str, ...]:
        return (*sorted(config.sources), *(self._gone or ()))

    async def _all(self, session: Read, config: Config, now: datetime) -> Sequence[Noticed]:
        """Everything that is the matter and that the config wants told; what concerns no source is under the first."""
        first = min(config.sources)
        found: list[Noticed] = []
        for name, alarm in config.alarms.items():
            match System(name):
                case System.STUCK_APPROVAL:
                    found += self._stuck_approvals(first, alarm)
                case System.WEBHOOK_SILENT:
                    found += [
                        one for source in config.sources for one in await self._silent(session, source, alarm, now)
                    ]
                case System.QUEUE_BACKLOG:
                    found += await _backlog(session, first, now, now - alarm.after.amount)
                case System.WRITEBACK_FAILED:
                    found += await _failed(session, first, now - alarm.after.amount)
                case System.ORPHAN:
                    found += [*self._unexplained(), *await self._abandoned(session)]
                case System.CONFIG_REJECTED:
                    found += self._rejected(first)
        return found

    def _stuck_approvals(self, source: str, alarm: Alarm) -> list[Noticed]:
        stuck = self._told_stuck or ()
        if not stuck:
            return []
        helpless = sum(nobody_can for _, nobody_can in stuck)
        unable = f", {helpless} of them with nobody left who could" if helpless else ""
        text = f"{_many(len(stuck), 'approval')} without an answer for {write_duration(alarm.after.amount)}{unable}"
        newest = sorted((one for one, _ in stuck), key=lambda one: -one.case_id)
        return [Noticed(System.STUCK_APPROVAL, source, text, _numbers(newest), tuple(newest))]

    async def _keep_heard(self, config: Config, now: datetime) -> None:
        """Have it known after a restart, and to other replicas, when the last webhook came: to the minute."""
        if System.WEBHOOK_SILENT not in config.alarms:
            return
        heard = self._ears.heard
        async with self._database.read() as session:
            told = await ask.told_facts(session, [_fact(source) for source in heard])
        new = {source: at for source, at in heard.items() if told.get(_fact(source), "") < _mark(at)}
        if new:
            async with self._database.write() as session:
                for source, at in new.items():
                    await once.is_first(session, _fact(source), _mark(at))

    async def _silent(self, session: Read, source: str, alarm: Alarm, now: datetime) -> list[Noticed]:
        told = (await ask.told_facts(session, [_fact(source)])).get(_fact(source))
        # While the program was not there, nobody could be heard.
        since = max(self._started_at, datetime.fromisoformat(told) + _MINUTE if told else self._started_at)
        config = self._service.rules.config
        calendar = config.calendars[config.calendar] if config.calendar else None
        if elapsed(calendar, since, now, wall=alarm.after.wall) < alarm.after.amount:
            return []
        if not await ask.opened_after(session, source, since + timedelta(seconds=ask.OWING_TO_IT)):
            return []
        length = write_duration(alarm.after.amount)
        text = f"none of {source} for {length}, and the comparison with Odoo found new records meanwhile"
        look = (("What to look at", "signoff odoo doctor: the rules in Odoo, and the way from Odoo to here"),)
        return [Noticed(System.WEBHOOK_SILENT, source, text, (f"{since:%Y-%m-%d %H:%M} UTC",), context=look)]

    async def _look_at_books(self) -> None:
        """What nobody could explain may have been explained since: that is not left to the next morning."""
        books = self._ears.books
        if self._alarm(System.ORPHAN) is None or not any(one.unexplained for one in books.newest):
            return
        if self._clock.now() - min(one.at for one in books.newest) >= _BOOKS_AGAIN:
            await books.close_again()

    def _unexplained(self) -> list[Noticed]:
        return [
            Noticed(
                System.ORPHAN,
                one.source,
                f"{_many(len(one.unexplained), 'record')} in Odoo without a case, and nobody can say why",
                tuple(map(str, one.unexplained)),
            )
            for one in self._ears.books.newest
            if one.unexplained and not one.trouble
        ]

    async def _abandoned(self, session: Read) -> list[Noticed]:
        found: list[Noticed] = []
        for source in self._gone or ():
            if numbers := await ask.open_cases_of(session, source):
                listed = alarms.related((await store.by_id(session, numbers[:8])).values())
                text = f"{_many(len(numbers), 'open case')} about {source}, which is no longer in the config"
                found.append(Noticed(System.ORPHAN, source, text, tuple(map(str, numbers)), listed))
        return found

    def _rejected(self, source: str) -> list[Noticed]:
        why = self._ears.refused
        return [Noticed(System.CONFIG_REJECTED, source, "the one before stays active", (why,))] if why else []


async def _backlog(session: Read, source: str, now: datetime, since: datetime) -> list[Noticed]:
    late = await ask.late_work(session, since)
    dead = await ask.given_up(session, Lane.SLACK, since)
    if not late and not dead:
        return []
    about = [*ask.names(late), *(["messages that were given up"] if dead else [])]
    told = [f"{one.number} × {one.what}, the oldest for {_since(now - one.oldest)}" for one in late]
    told += [f"{len(dead)} × messages that were given up (signoff outbox list)"] if dead else []
    return [Noticed(System.QUEUE_BACKLOG, source, "; ".join(told), tuple(about))]


async def _failed(session: Read, source: str, since: datetime) -> list[Noticed]:
    numbers = dict.fromkeys(await ask.stuck_write_backs(session, since))
    letters = await ask.given_up(session, Lane.ODOO, since)
    numbers |= dict.fromkeys(case for _, case in letters if case)
    if not numbers:
        return []
    newest = sorted(numbers, reverse=True)
    listed = (await store.by_id(session, newest[:8])).values()
    text = f"{_many(len(newest), 'case')} whose outcome Odoo refused or may have lost"
    shown = alarms.related(sorted(listed, key=lambda one: -one.id))
    return [Noticed(System.WRITEBACK_FAILED, source, text, tuple(map(str, newest)), shown)]


def _numbers(listed: Sequence[Related]) -> tuple[str, ...]:
    return tuple(str(one.case_id) for one in listed)


def _many(number: int, noun: str) -> str:
    at_least = "at least " if number >= alarms.MOST else ""
    return f"{at_least}{number} {noun}{'' if number == 1 else 's'}"


def _since(span: timedelta) -> str:
    return write_duration(max(_MINUTE, timedelta(minutes=span // _MINUTE)))


def _fact(source: str) -> str:
    return f"webhook {source}"[:64]


def _mark(at: datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%M}+00:00"


__all__ = ["Alarms", "Ears"]
