"""The config's way into a running program: on SIGHUP and whenever the file changes.

In two phases. First the file is read and checked whole, beside the event loop; a file that is refused changes
nothing, and is told. Then the activation is written to the audit trail, and from that commit on commands are judged
by the new config, each by one of them whole. Running cases keep their plans. Nothing here decides what is wrong.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import structlog
from watchfiles import awatch

from bot.audit import log as trail
from bot.audit.chain import Entry
from bot.cases.due_rows import look_again
from bot.cases.service import Service
from bot.clock import Clock
from bot.config.compare import differences, fixed_differences, roles_touched
from bot.config.model import Config
from bot.config.problems import Report
from bot.db import Database
from bot.effects import Effect, EffectKind
from bot.metrics import CONFIG_ACTIVATED, CONFIG_IN_STEP, CONFIG_RELOADS
from bot.outbox import Claimed, enqueue
from bot.slack.config_news import config_news
from bot.slack.gateway import SlackGateway

log = structlog.get_logger(__name__)

ACTIVATED, REFUSED = "config.activated", "config.refused"

#: Lines of differences that an entry holds; a rewritten file has thousands.
_LINES = 200
#: Milliseconds without a further change before a file is read: editors and mounts write in steps.
_QUIET_MS = 300


#: Milliseconds between looks at the file where nobody told of a change.
_LOOK_MS = 1_000
#: A case that is looked at so long after the commit is judged by the new config, in every replica that saw the file.
_TAKEN_OVER = timedelta(seconds=1)
#: Seconds after which a reload that the database stood in the way of is tried again.
_AGAIN_S = 5.0


@dataclass(frozen=True, slots=True)
class Origin:
    """Where the config comes from."""

    path: Path
    check: Callable[[], Report]  #: reads the file anew; slow, and run beside the loop
    revision: Callable[[], str]  #: SIGNOFF_CONFIG_REVISION as it is now; empty where nobody set it


class Reload:
    """Keeps the service's config in step with the file."""

    def __init__(self, origin: Origin, service: Service, database: Database, clock: Clock) -> None:
        self._origin = origin
        self._service = service
        self._database = database
        self._clock = clock
        self._asked = asyncio.Event()
        self._stop = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        #: What was refused last, by its digest and words: told once.
        self._refused: tuple[str, str] | None = None
        #: Why the file is not what is active; empty when it is.
        self.trouble = ""

    @property
    def active(self) -> Config:
        """What commands are judged by."""
        return self._service.rules.config

    async def start(self) -> None:
        """Record what is active, unless the newest activation says so already, and begin to watch."""
        config = self.active
        async with self._database.read() as session:
            newest = await trail.newest(session, (ACTIVATED,))
        if newest is None or newest.entry.config != config.digest:
            await self._record(self._entry(ACTIVATED, config, {"how": "start"}), tell=False, touched=None)
        self._is_in_step()
        self._tasks = [asyncio.create_task(self._watch()), asyncio.create_task(self._follow())]

    async def stop(self) -> None:
        """Watch no longer; a reload under way is finished."""
        self._stop.set()
        self._asked.set()
        for task in self._tasks:
            with suppress(asyncio.CancelledError):
                await task

    def ask(self) -> None:
        """Have the file read anew, soon; asking many times is asking once."""
        self._asked.set()

    async def _watch(self) -> None:
        # The directory, because a file is often replaced by another one of its name, or its link led elsewhere.
        changes = awatch(
            self._origin.path.absolute().parent,
            recursive=False,
            stop_event=self._stop,
            step=_QUIET_MS,
            rust_timeout=_LOOK_MS,
            yield_on_timeout=True,
        )
        seen: tuple[int, ...] | None = None
        try:
            async for _ in changes:
                # Looked at in any case: a change before the watch began, or on a mount that tells nobody, counts too.
                if (now := _stamp(self._origin.path)) != seen:
                    seen = now
                    self.ask()
        except OSError as error:
            log.warning("the config file is not watched; SIGHUP has it read anew", error=str(error))

    async def _wait(self, seconds: float) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(self._stop.wait(), seconds)

    async def _follow(self) -> None:
        while not self._stop.is_set():
            await self._asked.wait()
            self._asked.clear()
            if self._stop.is_set():
                return
            try:
                await self._reload()
            except Exception as error:  # the database is away: what is active stays, and the next look tries again
                self._is_out_of_step(f"the config could not be reloaded: {type(error).__name__}")
                log.exception("config not reloaded")
                await self._wait(_AGAIN_S)
                self.ask()

    async def _reload(self) -> None:
        report = await asyncio.to_thread(self._origin.check)
        after = report.config
        if after is None:
            await self._refuse(report.file, "\n".join(error.told(report.file) for error in report.errors))
            return
        before = self.active
        if after.digest == before.digest and after == before:
            self._refused = None
            self._is_in_step()
            return
        if fixed := fixed_differences(before, after):
            said = "is read when the program starts, so the rest was not taken over either: restart it"
            await self._refuse(report.file, "\n".join(f"{report.file}: {path}: {said}" for path in fixed))
            return
        await self._activate(before, after)

    async def _activate(self, before: Config, after: Config) -> None:
        found = differences(before, after)
        detail = {
            "how": "reload",
            "before": before.digest,
            "changed": [str(one) for one in found[:_LINES]],
            "more": max(0, len(found) - _LINES),
            "power": any(one.concerns_power for one in found),
        }
        await self._record(self._entry(ACTIVATED, after, detail), tell=True, touched=roles_touched(before, after))
        self._service.rules = replace(self._service.rules, config=after)
        self._refused = None
        self._is_in_step()
        CONFIG_RELOADS.labels("activated").inc()
        log.info("config activated", digest=after.digest[:12], before=before.digest[:12], changed=len(found))

    async def _refuse(self, file: str, words: str) -> None:
        CONFIG_RELOADS.labels("refused").inc()
        if self._refused == (file, words):
            self._is_out_of_step(words)
            return
        log.error("config refused, the one before stays active", problems=words)
        entry = self._entry(REFUSED, self.active, {"file": file, "problems": words.splitlines()[:_LINES]})
        await self._record(entry, tell=True)
        self._refused = file, words
        self._is_out_of_step(words)

    def _entry(self, action: str, config: Config, detail: dict[str, object]) -> Entry:
        told = {**detail, "path": config.path, "digest": config.digest, "git": self._origin.revision()}
        return Entry(action, "admin", self._clock.now(), origin="admin", config=config.digest, detail=told)

    async def _record(self, entry: Entry, *, tell: bool, touched: frozenset[str] | None = frozenset()) -> None:
        """Write ``entry``; cases that ask a role in ``touched`` (None: any) are looked at: too few may be left."""
        channel = self.active.admin_channel
        async with self._database.write() as session:
            if tell and channel:
                await enqueue(session, [Effect(EffectKind.POST_CONFIG_NEWS, 0, channel)], self._clock.now())
            if touched is None or touched:
                await look_again(session, touched, self._clock.now() + _TAKEN_OVER)
            await trail.append(session, [entry])

    def _is_in_step(self) -> None:
        self.trouble = ""
        CONFIG_IN_STEP.set(1)
        CONFIG_ACTIVATED.set(self._clock.now().timestamp())

    def _is_out_of_step(self, words: str) -> None:
        self.trouble = f"the file is not what is active: {words.splitlines()[0]}"
        CONFIG_IN_STEP.set(0)


def _stamp(path: Path) -> tuple[int, ...]:
    """What changes with a file's content; empty where there is no file."""
    try:
        found = path.stat()
    except OSError:
        return ()
    return found.st_ino, found.st_mtime_ns, found.st_size


class ConfigNews:
    """Tells the admin channel what became of the config."""

    def __init__(self, gateway: SlackGateway, database: Database) -> None:
        self._gateway = gateway
        self._database = database

    async def post(self, claimed: Claimed) -> None:
        """Tell what became of it last: the sender of POST_CONFIG_NEWS. A second run is harmless: it says the same."""
        async with self._database.read() as session:
            newest = await trail.newest(session, (ACTIVATED, REFUSED))
        if newest is not None and newest.detail_text is not None:
            detail = json.loads(newest.detail_text)
            await self._gateway.say(claimed.target, config_news(detail, is_refused=newest.entry.action == REFUSED))


__all__ = ["ACTIVATED", "REFUSED", "ConfigNews", "Origin", "Reload"]
