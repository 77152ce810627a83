"""The composition root: builds everything once, and owns the order of starting and stopping.

Nothing here decides anything; reading it from top to bottom shows who knows whom.
"""

from __future__ import annotations

import asyncio
import os
import secrets
import socket
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import IO, Any

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from slack_bolt.async_app import AsyncApp

from bot import claims, db, homes, inbox, lock, outbox, presence
from bot.alarms import Ears
from bot.audit.witness import Places, Witness
from bot.capacity import HOUSEKEEPING, POSTING, TICKING
from bot.cases import due_rows, store
from bot.cases.planning import Rules
from bot.cases.service import Service
from bot.claims import Choice
from bot.clock import Clock
from bot.coalesce import Coalescer
from bot.config.model import Config
from bot.db import Database
from bot.delegations import Delegations
from bot.effects import EffectKind, Lane
from bot.errors import SignoffError
from bot.escalation.due import DueCases
from bot.escalation.runner import Runner
from bot.evidence import evidence
from bot.front import Front, bolt_for
from bot.group_commit import GroupCommit
from bot.group_watch import GroupWatch, readers_of
from bot.groups import Groups
from bot.handlers import register, slash_commands
from bot.handlers.counter import Counter
from bot.handlers.delegations import DelegationDesk
from bot.handlers.health import Admin
from bot.handlers.odoo_events import OdooEvents
from bot.identities import Identities
from bot.listening import Listener
from bot.lock import Purpose
from bot.odoo import lanes
from bot.odoo.accounts import AccountWatch
from bot.odoo.activities import Activities
from bot.odoo.books import DailyBooks
from bot.odoo.catalog import traits_of
from bot.odoo.intake import Intake
from bot.odoo.reconcile import Reconcile
from bot.odoo.sources import OdooSource, models_of
from bot.odoo.transport import connections
from bot.odoo.writeback import WriteBack
from bot.posting import posting
from bot.relay import Relay
from bot.reload import Origin, Reload
from bot.reports.weekly import WeeklyReports
from bot.settings import Address, Settings
from bot.slack import messages, paces, unreachable
from bot.slack.board import Board
from bot.slack.gateway import SlackGateway
from bot.slack.people import People
from bot.watch import Watch

log = structlog.get_logger(__name__)


class App:
    """The whole program, as started by ``signoff serve``, by the sandbox and by the tests."""

    def __init__(
        self,
        settings: Settings,
        config: Config,
        clock: Clock | None = None,
        *,
        purpose: Purpose = Purpose.SERVE,
        origin: Origin | None = None,
    ) -> None:
        self.settings = settings
        self.config = config
        self.clock = clock or Clock()
        self.database = Database(settings.database_url)
        self._purpose = purpose
        self._origin = origin
        self.writer = GroupCommit(self.database)
        self._lock: IO[str] | None = None
        self._scheduler = AsyncIOScheduler(timezone="UTC", job_defaults={"misfire_grace_time": None, "coalesce": True})
        self._build()

    def _build(self) -> None:
        settings, config, clock, writer, database = self.settings, self.config, self.clock, self.writer, self.database
        for room in (inbox, messages, outbox, paces, claims, due_rows, unreachable, homes):
            for kind, apply in room.ROUTES:
                writer.route(kind, apply)
        self._delegations, known_groups = Delegations(writer, clock, lambda: self.service.rules), Groups(writer, clock)
        identities = Identities(writer, clock)
        # The service goes last: its audit entries are the last statements of a transaction.
        self.service = Service(writer, clock, Rules(config, traits_of(config.types)))
        worker, bell = f"{socket.gethostname()}-{os.getpid()}-{secrets.token_hex(3)}", database.bell
        self._http = {name: connections() for name in config.sources}
        self.sources = {name: OdooSource(one, self._http[name], clock) for name, one in config.sources.items()}
        self.reconcile = Reconcile(self.sources, database=database, writer=writer, clock=clock)
        self.accounts = AccountWatch(self.sources, identities, self.service, database, again=self.reconcile.again)
        common: dict[str, Any] = {"database": database, "writer": writer, "clock": clock, "worker": worker}
        known = Coalescer(store.loading(database))
        write_back = WriteBack(self.sources, self.service, cases=known, database=database, clock=clock)
        self.slack = SlackGateway(settings.slack_bot_token, settings.slack_api_url)
        self.people = People(self.slack, clock)
        self.groups = GroupWatch(
            readers_of(self.sources, self.slack, clock), known_groups, self.service, database=database, clock=clock
        )
        self.posted = posting(
            self.slack, self.people, self.service, identities, database=database, writer=writer, clock=clock
        )
        places = Places(settings.checkpoints, config.admin_channel)
        self._witness = Witness(settings.audit_signer, places, database=database, gateway=self.slack, clock=clock)
        self.books = DailyBooks(self.sources, self.service, database=database, gateway=self.slack, clock=clock)
        self.weekly = WeeklyReports(self.slack, self.service, database, clock)
        self.reload = None if self._origin is None else Reload(self._origin, self.service, database, clock)
        shown = self._evidence = evidence(settings, self.slack, self.sources, self.service, cases=known)
        slack_lane = Relay(
            Lane.SLACK,
            {
                **self.posted.senders,
                EffectKind.POST_CHECKPOINT: self._witness.post,
                EffectKind.POST_BOOKS: self.books.post,
                EffectKind.POST_REPORT: self.weekly.post,
                EffectKind.FETCH_FILE: shown.fetching.fetch,
            },
            choice=Choice(pacer=paces.pace if settings.slack_pace else None),
            on_give_up=shown.fetching.given_up,
            **common,
        )
        to_odoo = {
            EffectKind.WRITE_BACK: write_back.carry_out,
            EffectKind.POST_NOTE: write_back.post_note,
            EffectKind.ATTACH_FILES: shown.attaching.attach,
            EffectKind.KEEP_ACTIVITIES: Activities(self.sources, cases=known).keep,
        }
        self._hooks = OdooEvents(config.sources, models_of(self.sources), writer=writer, clock=clock)
        self.watch = Watch(self.service, database, clock, self.slack, Ears(self.books, self._hooks.heard, self.reload))
        self._runners = [
            *lanes.runners(
                self.sources,
                lambda besides: Intake(self.sources, self.service, besides=besides, **common),
                lambda besides: Relay(
                    Lane.ODOO, to_odoo, on_give_up=write_back.given_up, choice=Choice(besides=besides), **common
                ),
                clock=clock,
                bell=bell,
            ),
            Runner(slack_lane, capacity=POSTING, clock=clock, bell=bell),
            Runner(DueCases(self.service, database, writer, clock), capacity=TICKING, clock=clock, bell=bell),
        ]
        self._listener = Listener(settings.database_url, bell, worker) if database.dialect == "postgresql" else None
        self._front = Front(settings, self.slack, self._hooks, Admin(database, clock, self.troubles, self.remarks))

    async def start(self) -> None:
        """Start in the order of dependence: the store, the writer, the ways in, and last what works through the rest.

        Raises ConfigError when another process holds the database. After a failure nothing is held or left running.
        """
        try:
            await self._begin()
        except BaseException:
            await self.stop()
            raise
        log.info("started", listen=str(self.address), admin=str(self.admin_address), config=self.config.digest[:12])

    async def _begin(self) -> None:
        self._lock = lock.hold(self.settings.database_url)
        if self.database.dialect == "sqlite":
            await db.upgrade(self.settings.database_url)
        await db.require_schema(self.database)
        async with self.database.write() as session:
            await lock.claim(session, self._purpose)
        if self.database.dialect == "sqlite":
            # Nobody else can be at work on this file, so whatever was in flight is ours to take up again at once.
            async with self.database.write() as session:
                await inbox.release(session)
                await outbox.release(session)
        await self.accounts.load()
        self._witness.start()
        await self.writer.start()
        await self.slack.start()
        await self._front.start(self._bolt())
        if self._listener is not None:
            self._listener.start()
        for runner in self._runners:
            runner.start()
        self._schedule()
        if self.reload is not None:
            await self.reload.start()

    async def stop(self) -> None:
        """Stop taking in, let what is under way finish, write the rest, close."""
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)
        if self.reload is not None:
            await self.reload.stop()
        await self._front.stop()
        await asyncio.gather(*(runner.stop() for runner in self._runners))
        if self._listener is not None:
            await self._listener.stop()
        await self.writer.stop()
        await self._witness.finish()
        await self.slack.close()
        for client in self._http.values():
            await client.aclose()
        await self.database.close()
        if self._lock is not None:
            self._lock.close()
        log.info("stopped")

    @property
    def address(self) -> Address:
        """Where Odoo and Slack reach it; with port 0 in the settings, the one that was free."""
        return self._front.address

    @property
    def admin_address(self) -> Address:
        """Where ``/readyz`` and ``/metrics`` are."""
        return self._front.admin_address

    async def troubles(self) -> dict[str, str]:
        """What is not ready, by name, with the reason."""
        found = {f"source {name}": said for name, said in self.reconcile.trouble.items() if said}
        try:
            await self.slack.identity()
        except SignoffError as error:
            found["slack"] = error.sentence
        ways = {"slack": self.slack.trouble, "slack sockets": self._front.trouble, "audit": self._witness.trouble}
        found |= self.groups.troubles() | self.watch.troubles() | {name: said for name, said in ways.items() if said}
        try:
            async with self.database.read() as session:
                await inbox.count(session)
        except Exception as error:  # whatever the engine raises, it is not ready
            found["database"] = type(error).__name__
        return found

    def remarks(self) -> dict[str, str]:
        """What is not as it should be although everything works, by name, with the reason."""
        return self.groups.remarks() | ({"config": self.reload.trouble} if self.reload and self.reload.trouble else {})

    def _bolt(self) -> AsyncApp:
        bolt = bolt_for(self.settings, self.slack)
        known = self.people, Board(self.database), self.writer, self.clock, self.groups.fresh
        counter = Counter(self.slack, self.service, *known)
        stand_ins = DelegationDesk(self.database, self._delegations, counter)
        commands = slash_commands(self.database, counter, self.troubles, stand_ins)
        register(bolt, self.database, counter, commands, stand_ins)
        return bolt

    def _schedule(self) -> None:
        """The scheduler only ticks; what is due stands in the database."""
        compared = [(self._compare, name, one.settings.reconcile_every) for name, one in self.sources.items()]
        for run, name, every in (*compared, *self.groups.turns()):  # at once, and then as often as the config says
            self._scheduler.add_job(_tick, args=[run, name])
            self._scheduler.add_job(_tick, "interval", [run, name], seconds=every.total_seconds())
        self._scheduler.add_job(_tick, "cron", [self.books.close], hour=DailyBooks.HOUR, id="books")
        self._scheduler.add_job(_tick, "interval", [self._look_after], seconds=HOUSEKEEPING, id="housekeeping")
        jobs = (
            *self.watch.jobs(),
            *self.weekly.jobs(),
            *self._evidence.jobs(self.database, self.clock),
            *self.posted.jobs(),
        )
        for job, look, seconds in jobs:
            self._scheduler.add_job(_tick, "interval", [look], seconds=seconds, id=job)
        self._scheduler.start()

    async def _compare(self, name: str) -> None:
        await self.accounts.run(name)  # first: a record that is read knows then whose making it is
        await self.reconcile.run(name)

    async def _look_after(self) -> None:
        async with self.database.read() as session:
            self._hooks.unread = await inbox.count(session)
        await self._witness.tick()
        if self.database.dialect == "postgresql":
            async with self.database.write() as session:
                dead = await presence.release_dead(session, self.clock.now())
            if dead:
                log.warning("took over from replicas that are gone", replicas=sorted(dead))


async def _tick(job: Callable[..., Awaitable[object]], *args: str) -> None:
    """One run of a job. The scheduler cancels it when the program stops, and would log that as a failure."""
    with suppress(asyncio.CancelledError):
        await job(*args)
