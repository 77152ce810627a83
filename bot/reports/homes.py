"""App Homes: drawn for whoever opens one, and kept true for those who did lately.

Owns what makes a Home untrue, and its drawing. It is compared with what is true every few minutes whatever was
noticed, so that nothing lost on the way (a publish, a change that concerned somebody before) lasts for longer.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Final

import structlog

from bot.approvals.sight import seen_by
from bot.audit import log as trail
from bot.cases import store
from bot.cases.model import Person
from bot.cases.rules_now import rules_now
from bot.cases.service import Service
from bot.clock import Clock
from bot.db import Database, Read
from bot.errors import PermanentError
from bot.group_commit import GroupCommit
from bot.homes import ForgetHome, Home, HomeDrawn, OweHomes, home_of, recent
from bot.outbox import Claimed
from bot.reports.desk import read_desk
from bot.slack.gateway import SlackGateway
from bot.slack.home import digest, home, nobody
from bot.slack.modals import View
from bot.slack.people import People
from bot.slack.turns import PUBLISH, Turns

log = structlog.get_logger(__name__)

#: No Home of somebody who looks is wrong for longer, besides the wait for Slack.
REFRESHED: Final = timedelta(minutes=5)
#: Seconds between looks for what has changed.
LOOK: Final = 2
#: Audit entries between two looks that are gone through; after more every Home is drawn.
_MOST = 300


class Homes:
    """Looks for Homes that are not true any more, and draws them."""

    def __init__(
        self,
        gateway: SlackGateway,
        people: People,
        service: Service,
        *,
        database: Database,
        writer: GroupCommit,
        clock: Clock,
        turns: Turns,
    ) -> None:
        self._gateway = gateway
        self._people = people
        self._service = service
        self._database = database
        self._writer = writer
        self._clock = clock
        self._turns = turns
        #: Up to which audit entry was looked; None after a start: nobody knows what happened meanwhile.
        self._seen: int | None = None

    def jobs(self) -> Iterator[tuple[str, Callable[[], Awaitable[None]], int]]:
        """Name, what is to be run, and after how many seconds again."""
        yield "homes", self.look, LOOK

    async def look(self) -> None:
        """Owe every Home that may have become untrue since the last look, or was not compared for long."""
        now = self._clock.now()
        async with self._database.read() as session:
            watched = await recent(session, now)
            entry, _ = await trail.head(session)
            concerned = await self._concerned(session, watched, entry, now) if watched else frozenset()
        self._seen = entry
        old = {one.user_id for one in watched if one.looked_at <= now - REFRESHED}
        if concerned or old:
            await self._writer.submit(OweHomes(concerned | old, now))

    async def publish(self, claimed: Claimed) -> None:
        """The sender of PUBLISH_HOME. A second run is harmless: it shows what is true then, or finds that it does."""
        async with self._database.read() as session:
            known = await home_of(session, claimed.target)
        if known is None:
            return
        person = await self._people.person(known.user_id, known.team_id)
        view = await self._drawn(person)
        shown = digest(view)
        try:
            if shown != known.shown:
                publish = self._gateway.publish_home(known.user_id, view)
                await self._turns.take(PUBLISH, known.user_id, claimed, publish)
        except PermanentError as error:
            # The tab is off, or the person is gone: nobody misses it, and whoever opens it has it tried again.
            log.warning("home not taken", error=error.kind)
            await self._writer.submit(ForgetHome(known.user_id))
            return
        await self._writer.submit(HomeDrawn(known.user_id, person.email, shown, self._clock.now()))

    async def _drawn(self, person: Person) -> View:
        if person.foreign or person.guest or person.deactivated or not person.email:
            return nobody()
        now = self._clock.now()
        async with self._database.read() as session:
            return home(await read_desk(session, person, self._service.rules, now), now)

    async def _concerned(self, session: Read, watched: Sequence[Home], entry: int, now: datetime) -> frozenset[str]:
        """Those to whom something of what happened since the last look could matter."""
        everybody = frozenset(one.user_id for one in watched)
        if self._seen is None:
            return everybody
        touched = await trail.touched(session, after=self._seen, until=entry, limit=_MOST)
        if touched is None:
            return everybody
        if not touched:
            return frozenset()
        rules = await rules_now(session, self._service.rules, now)
        changed = await store.by_id(session, touched)
        people = frozenset[str]().union(*(seen_by(case, rules, now) for case in changed.values()))
        return frozenset(one.user_id for one in watched if one.email in people or not one.email)
