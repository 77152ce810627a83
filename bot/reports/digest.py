"""What a site hears at the start of each shift: owed once when the shift begins, read when it is posted.

That it was owed stands in ``facts``; a shift that began while nobody was at work is told as long as it lasts. What is
told is what the roles may see that are asked in the channel, and its figures are those of ``kpis``.
"""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

import structlog
from sqlalchemy import ColumnElement, func, select

from bot.approvals.sight import View, channel_view
from bot.cases import store
from bot.cases.model import Case, Kind, Status
from bot.cases.service import Service
from bot.clock import Clock
from bot.config.model import Calendar, Config, Digest, Site
from bot.db import Database, Read
from bot.effects import Effect, EffectKind
from bot.errors import PermanentError
from bot.escalation.calendar import shift
from bot.once import is_first, is_told
from bot.outbox import Claimed, enqueue
from bot.reports.asked import Asked, Numbers
from bot.reports.kpis import AT_RISK, BACKLOG, OVERDUE, measure
from bot.reports.register import as_seen, visible
from bot.slack.digest import Shift, Tally, digest
from bot.slack.gateway import SlackGateway
from bot.slack.marks import digest_mark
from bot.slack.messages import address_of, refs_of
from bot.slack.turns import POST, Turns
from bot.tables import cases

log = structlog.get_logger(__name__)

#: Seconds between looks for shifts that have begun.
LOOK = 15
#: Cases that are ranked for one digest, those that are due first.
_LOOKED_AT = 60

_OPEN = cases.c.closed_at.is_(None)


@dataclass(frozen=True, slots=True)
class Begun:
    """A shift that is under way."""

    site: Site
    wanted: Digest
    opens: datetime
    closes: datetime

    @property
    def fact(self) -> str:
        """Where it stands for which shift the last one was owed."""
        return f"digest {hashlib.sha256(self.site.name.encode()).hexdigest()[:40]}"

    @property
    def mark(self) -> str:
        """Which shift it is; later ones are greater."""
        return f"{self.opens:%Y-%m-%dT%H:%M:%S}"

    def view(self, config: Config) -> View:
        """What may be told."""
        return channel_view(config, self.site, self.wanted.channel, values=self.wanted.shows_values)


def begun(config: Config, now: datetime) -> Iterator[Begun]:
    """Every shift under way of which something is to be told."""
    for site in config.sites.values():
        calendar = _calendar(config, site)
        found = shift(calendar, now) if site.digest is not None and calendar is not None else None
        if found is not None and site.digest is not None and found[0] <= now:
            yield Begun(site, site.digest, *found)


def _calendar(config: Config, site: Site) -> Calendar | None:
    return config.calendars.get(site.calendar or config.calendar or "")


class Digests:
    """Notices when a shift begins, and tells its site."""

    def __init__(
        self, gateway: SlackGateway, service: Service, *, database: Database, clock: Clock, turns: Turns
    ) -> None:
        self._gateway = gateway
        self._service = service
        self._database = database
        self._clock = clock
        self._turns = turns

    def jobs(self) -> Iterator[tuple[str, Callable[[], Awaitable[None]], int]]:
        """Name, what is to be run, and after how many seconds again."""
        yield "digests", self.look, LOOK

    async def look(self) -> None:
        """Owe what was not owed yet for a shift that has begun."""
        now = self._clock.now()
        found = list(begun(self._service.rules.config, now))
        if not found:
            return
        async with self._database.read() as session:
            fresh = [one for one in found if not await is_told(session, one.fact, one.mark)]
        if not fresh:
            return
        async with self._database.write() as session:
            owed = [one for one in fresh if await is_first(session, one.fact, one.mark)]
            await enqueue(session, [Effect(EffectKind.POST_DIGEST, 0, one.site.name) for one in owed], now)

    async def post(self, claimed: Claimed) -> None:
        """The sender of POST_DIGEST. A second run finds what the first has posted; what is over is told no more."""
        config, now = self._service.rules.config, self._clock.now()
        due = next((one for one in begun(config, now) if one.site.name == claimed.target), None)
        if due is None or await self._was_posted(due):
            return
        async with self._database.read() as session:
            told = await _read(session, due, config, now)
            refs = await refs_of(session, [case.id for case in told.cases])
        if not told.whole.open and due.wanted.is_silent:
            return
        url = (await self._gateway.identity()).url
        links = {number: address_of(url, some, channel=due.wanted.channel) for number, some in refs.items()}
        card = digest(Shift(told.site, told.opens, told.closes, told.whole, told.by_type, told.cases, links), now)
        post = self._gateway.post_marked(due.wanted.channel, card, digest_mark(due.site.name, due.mark))
        await self._turns.take(POST, due.wanted.channel, claimed, post)

    async def _was_posted(self, due: Begun) -> bool:
        mark = digest_mark(due.site.name, due.mark)
        try:
            found = await self._gateway.find_marked(due.wanted.channel, due.opens, lambda metadata: metadata == mark)
        except PermanentError as error:
            log.warning("cannot look for an earlier digest", error=error.kind)
            return False
        return found is not None


_WAITING = (Status.PENDING, Status.OPEN, Status.ACKNOWLEDGED)


async def _read(session: Read, due: Begun, config: Config, now: datetime) -> Shift:
    view, site = due.view(config), due.site.name
    numbers = await measure(
        session, Asked(now, now, now, view=view, sites=frozenset({site})), (BACKLOG, OVERDUE, AT_RISK)
    )
    here = (_OPEN, cases.c.site == site, visible(view))
    coming = await _by_type(session, *here, cases.c.answer_due_at >= now, cases.c.answer_due_at < due.closes)
    nobody = cases.c.kind == Kind.EXCEPTION, cases.c.status == Status.OPEN, cases.c.owner.is_(None)
    unowned = await _by_type(session, *here, *nobody)
    wanted = select(cases.c.id).where(*here, cases.c.status.in_(_WAITING), cases.c.kind != Kind.LIST)
    first = wanted.order_by(cases.c.answer_due_at.asc().nulls_last(), cases.c.id).limit(_LOOKED_AT)
    known = await store.by_id(session, (await session.execute(first)).scalars())
    shown = tuple(as_seen(case, view) for case in known.values() if _is_told(case))
    by_type = {
        name: _tally(numbers.of_type(name), coming.get(name, 0), unowned.get(name, 0)) for name in numbers.event_types()
    }
    all_of_it = _tally(numbers, sum(coming.values()), sum(unowned.values()))
    return Shift(site, due.opens, due.closes, all_of_it, by_type, shown, {})


def _is_told(case: Case) -> bool:
    """What is only observed asks nobody, and a member of a group is told with its group."""
    return not case.plan.observe and not (case.care is not None and case.care.parent)


async def _by_type(session: Read, *wanted: ColumnElement[bool]) -> Mapping[str, int]:
    rows = await session.execute(
        select(cases.c.event_type, func.count().label("number")).where(*wanted).group_by(cases.c.event_type)
    )
    return {row.event_type: row.number for row in rows}


def _tally(numbers: Numbers, due: int, unowned: int) -> Tally:
    money = numbers.values(AT_RISK.name)
    return Tally(
        open=numbers.count(BACKLOG.name),
        late=numbers.count(OVERDUE.name),
        due=due,
        unowned=unowned,
        at_risk=tuple((currency, total) for currency, total in money.items() if total),
    )
