"""The report of the week: owed once when its time has come, whatever the number of replicas, and posted by the relay.

When it was owed last stands in ``facts``; what it says is read when it is posted. The text goes out first: pictures
that cannot be had cost it nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import product
from zoneinfo import ZoneInfo

import structlog

from bot.cases.service import Service
from bot.clock import Clock
from bot.config.match import channel_for
from bot.config.model import Config, Weekly
from bot.db import Database
from bot.effects import Effect, EffectKind
from bot.errors import PermanentError
from bot.once import is_first, is_told
from bot.outbox import Claimed, enqueue
from bot.reports.asked import Asked
from bot.reports.charts import charts_of
from bot.reports.message import message, without_pictures
from bot.reports.period import Period, week_before, zone_of
from bot.reports.report import Report, make
from bot.reports.studio import draw
from bot.slack.gateway import Posted, SlackGateway
from bot.slack.marks import is_report_of, report_mark
from bot.slack.uploading import has_files, post_below, share

log = structlog.get_logger(__name__)

#: How often it is looked whether one is due, in seconds.
EVERY_S = 15
_DAYS = 7


@dataclass(frozen=True, slots=True)
class Due:
    """One report of one week."""

    weekly: Weekly
    at: datetime  #: when its time came, UTC
    zone: ZoneInfo

    @property
    def fact(self) -> str:
        """Where it stands when the last one was owed."""
        return f"weekly report {hashlib.sha256(self.weekly.channel.encode()).hexdigest()[:32]}"

    @property
    def mark(self) -> str:
        """By which its message is known."""
        return self.at.isoformat()

    @property
    def period(self) -> Period:
        """The seven days before its day."""
        return week_before(self.at, self.zone)


def newest_due(weekly: Weekly, config: Config, now: datetime) -> Due:
    """The last one whose time has come by ``now``."""
    zone = ZoneInfo(weekly.timezone) if weekly.timezone else zone_of(config, weekly.sites)
    local = now.astimezone(zone)
    back = (local.weekday() - weekly.day) % _DAYS
    at = datetime.combine(local.date() - timedelta(days=back), weekly.at, zone).astimezone(UTC)
    if at > now:
        at = datetime.combine(local.date() - timedelta(days=back + _DAYS), weekly.at, zone).astimezone(UTC)
    return Due(weekly, at, zone)


def may_show_values(weekly: Weekly, config: Config) -> bool:
    """Whether amounts may be told in the channel: not where a role is asked that may not see them."""
    places = product((None, *config.sites.values()), (role.name for role in config.roles.values() if role.hides_values))
    hidden = {channel_for(config, role, site=site, company="") for site, role in places}
    return weekly.shows_values and weekly.channel not in hidden


class WeeklyReports:
    """Notices when one is due, and posts it."""

    def __init__(self, gateway: SlackGateway, service: Service, database: Database, clock: Clock) -> None:
        self._gateway = gateway
        self._service = service
        self._database = database
        self._clock = clock

    def jobs(self) -> Iterator[tuple[str, Callable[[], Awaitable[None]], float]]:
        """(name, job, seconds between two runs)."""
        yield "weekly reports", self.look, EVERY_S

    async def look(self) -> None:
        """Owe what is due and was not owed yet. Of several weeks that were missed the last one is told."""
        now, config = self._clock.now(), self._service.rules.config
        due = [newest_due(one, config, now) for one in config.weekly]
        if not due:
            return
        async with self._database.read() as session:
            fresh = [one for one in due if not await is_told(session, one.fact, one.mark)]
        if not fresh:
            return
        async with self._database.write() as session:
            # A schedule that is new begins with its next time: nobody wants last week's because the file was changed.
            owed = [one for one in fresh if await is_first(session, one.fact, one.mark, told_before=one.mark)]
            await enqueue(session, [Effect(EffectKind.POST_REPORT, 0, one.weekly.channel) for one in owed], now)

    async def post(self, claimed: Claimed) -> None:
        """The sender of POST_REPORT. A second run looks for the message, and for its pictures, before it posts."""
        config = self._service.rules.config
        wanted = next((one for one in config.weekly if one.channel == claimed.target), None)
        if wanted is None:
            return  # nobody wants it any more
        due = newest_due(wanted, config, claimed.created_at)
        report = await self._report(due, config)
        posted = await self._earlier(claimed, due) if claimed.attempts > 1 else None
        if posted is None:
            said = message(report, shows_values=may_show_values(wanted, config))
            posted = await self._gateway.post_marked(claimed.target, said, report_mark(due.mark))
        elif await has_files(self._gateway, posted):
            return
        await self._add_pictures(posted, report)

    async def _report(self, due: Due, config: Config) -> Report:
        period = due.period
        asked = Asked(
            period.since,
            period.until,
            self._clock.now(),
            sites=due.weekly.sites,
            values=may_show_values(due.weekly, config),
        )
        async with self._database.read() as session:
            return await make(session, asked, period)

    async def _earlier(self, claimed: Claimed, due: Due) -> Posted | None:
        return await self._gateway.find_marked(
            claimed.target, claimed.created_at, lambda metadata: is_report_of(due.mark, metadata)
        )

    async def _add_pictures(self, posted: Posted, report: Report) -> None:
        try:
            pictures = await draw(charts_of(report))
            await share(self._gateway, posted, pictures)
        except PermanentError as error:
            log.warning("weekly report without pictures", why=error.sentence)
            await post_below(self._gateway, posted, without_pictures(error.sentence))
