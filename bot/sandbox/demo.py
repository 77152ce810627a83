"""``signoff demo``: the world, the day and the page, until Ctrl-C.

It impersonates by design, so: loopback only (another address gets a token), and only on a database that nothing
real has ever been decided in.
"""

from __future__ import annotations

import asyncio
import errno
import ipaddress
import secrets
import signal
import socket
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, closing, contextmanager, nullcontext
from dataclasses import dataclass
from datetime import datetime, time, timedelta, timezone
from functools import partial
from pathlib import Path

import structlog

from bot import db, lock
from bot.audit import log as audit
from bot.db import Database
from bot.errors import ConfigError
from bot.lock import Purpose
from bot.sandbox.day import STEPS, Day, opening
from bot.sandbox.gallery import Gallery
from bot.sandbox.odoo import lay_distributor
from bot.sandbox.pace import play
from bot.sandbox.page import SandboxPage, Surroundings
from bot.sandbox.records import Records
from bot.sandbox.world import World, demo_config

log = structlog.get_logger(__name__)

#: When the day begins, by Chicago's winter time (no time zone data is needed to play), and until when it may.
_MORNING, _AFTERNOON = time(7, 30), time(16)
_CHICAGO = timezone(timedelta(hours=-6))
_FRIDAY = 4

LOOPBACK = "127.0.0.1"
PORT = 8090

#: Taken by another program, or kept for the administrator.
_NOT_THIS_PORT = frozenset({errno.EADDRINUSE, errno.EACCES})

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Wishes:
    """What was asked for on the command line."""

    port: int = PORT
    address: str = LOOPBACK
    database_url: str = ""  #: empty: a file in a temporary directory, gone afterwards
    config: Path | None = None
    odoo_version: str = "18.0"
    sockets: bool = False  #: Slack comes over Socket Mode


@contextmanager
def database(wished: str) -> Iterator[str]:
    """The database's URL: the one that was wished for, or one that lasts as long as the block."""
    if wished:
        yield wished
        return
    with tempfile.TemporaryDirectory(prefix="signoff-demo-", ignore_cleanup_errors=True) as folder:
        yield f"sqlite+aiosqlite:///{folder}/signoff.db"


async def claim_fresh(url: str) -> None:
    """Take a database for play. Raises ConfigError for one of ``serve``, one in use, and one of an earlier demo."""
    held = lock.hold(url)
    with closing(held) if held is not None else nullcontext():
        await db.upgrade(url)
        store = Database(url)
        try:
            async with store.write() as session:
                await lock.claim(session, Purpose.SANDBOX)
            async with store.read() as session:
                entries, _ = await audit.head(session)
        finally:
            await store.close()
    if entries:
        # The records of that demo are gone with it; its cases would be taken for those of today's.
        msg = "this database holds an earlier demo; name another one, or leave --database away for a fresh one"
        raise ConfigError(msg)


@asynccontextmanager
async def started(
    config: str, url: str, *, file: str, odoo_version: str, sockets: bool = False
) -> AsyncIterator[World]:
    """A world on a fresh database, its Odoo that of a distributor. Raises ConfigError."""
    world = World(config, url, odoo_version=odoo_version, file=file, sockets=sockets)
    await claim_fresh(url)
    lay_distributor(world.odoo)
    async with world:
        yield world


async def demo(wishes: Wishes, say: Say) -> None:
    """Run until SIGINT or SIGTERM. Raises ConfigError for a config or database that cannot be used."""
    text = wishes.config.read_text(encoding="utf-8") if wishes.config else demo_config()
    file = str(wishes.config or "demo.yaml")
    with database(wishes.database_url) as url:
        playing = started(text, url, file=file, odoo_version=wishes.odoo_version, sockets=wishes.sockets)
        async with playing as world:
            world.advance(until_work(world.clock.now()))
            day = Day(world.odoo)
            page = _page(world, day, wishes.address)
            await _listen(page, wishes, say)
            say(f"Open {_reachable(page.url)} (Ctrl-C ends it)")
            arriving = asyncio.create_task(_begin(day))
            try:
                await _stopped()
            finally:
                arriving.cancel()
                await page.stop()


def until_work(now: datetime) -> timedelta:
    """How long until people are at work in Chicago; nothing when they are."""
    there = now.astimezone(_CHICAGO)
    if there.weekday() <= _FRIDAY and _MORNING <= there.time() < _AFTERNOON:
        return timedelta(0)
    mornings = (datetime.combine(there.date() + timedelta(days=ahead), _MORNING, _CHICAGO) for ahead in range(4))
    return next(begin - there for begin in mornings if begin > there and begin.weekday() <= _FRIDAY)


def is_loopback(address: str) -> bool:
    """Whether only this machine can reach it. A name is none unless it is localhost: it may lead anywhere."""
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return address == "localhost"


def _page(world: World, day: Day, address: str) -> SandboxPage:
    deeds = {step.id: step.do for step in STEPS}

    async def run(step: str) -> None:
        await deeds[step](day)

    around = Surroundings(
        odoo_snapshot=Records(world.odoo).shown,
        scenario=[{"id": step.id, "label": step.label} for step in STEPS],
        run_scenario=run,
        advance=partial(play, world),
        gallery=Gallery(world.config),
    )
    token = "" if is_loopback(address) else secrets.token_urlsafe(24)
    return SandboxPage(world.slack, around, expose_token=token)


async def _listen(page: SandboxPage, wishes: Wishes, say: Say) -> None:
    """On the port that was wished for, else on any free one. Raises ConfigError for an address that is not ours."""
    try:
        await _start(page, wishes.address, wishes.port)
    except OSError as error:
        if error.errno not in _NOT_THIS_PORT:
            msg = f"the page cannot listen on {wishes.address}: {error.strerror}"
            raise ConfigError(msg) from error
        say(f"Port {wishes.port} cannot be used, so the page takes a free one.")
        await _start(page, wishes.address, 0)


async def _start(page: SandboxPage, address: str, port: int) -> None:
    try:
        await page.start(address, port)
    except OSError:
        await page.stop()
        raise


def _reachable(url: str) -> str:
    """An address that a browser elsewhere can open too: every address of this machine is no address."""
    for everywhere in ("0.0.0.0", "[::]"):  # noqa: S104  # nothing is bound here
        url = url.replace(f"//{everywhere}:", f"//{socket.getfqdn()}:", 1)
    return url


async def _begin(day: Day) -> None:
    try:
        await opening(day)
    except Exception as error:  # the page still works, and its buttons say what is wrong
        log.exception("the day did not begin", error=type(error).__name__)


async def _stopped() -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    await stop.wait()
