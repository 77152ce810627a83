"""What stands on the machine during one figure: the neighbours, the program under test, and a fresh database.

The program is ``python -m bot serve`` as anybody starts it. Each is a process of its own, so that processor time and
memory are those of the program alone.
"""

from __future__ import annotations

import asyncio
import json
import os
import socket
import sys
import tempfile
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Any

import aiohttp
import psutil

from bot.clock import Clock
from bot.sandbox.slack.delivery import FORM, sign
from bot.settings import Address
from tests.bench.databases import Database, Databases
from tests.bench.load import post

_TOKEN = "bench-webhook-token"
_CONFIG = Path(__file__).with_name("signoff.yaml")
_STARTS_WITHIN = 60.0
_LOOK_S = 0.02
#: Between looks at every single card, which cost the neighbours more.
_LOOK_AT_ALL_S = 0.25


@dataclass(frozen=True, slots=True)
class Shown:
    """A card: times are seconds since 1970."""

    record: int
    posted_at: float
    confirmed_at: float | None


@dataclass(frozen=True, slots=True)
class Written:
    """An order on which ``button_approve`` was called."""

    record: int
    calls: int
    read_back_at: float | None  #: when Odoo was asked for it again, after the call
    is_approved: bool


class Neighbours:
    """The neighbours' process, by its orders."""

    def __init__(self, http: aiohttp.ClientSession, told: Mapping[str, str]) -> None:
        self._http = http
        self.told = told

    async def order(self, what: str, **details: Any) -> Any:
        """Give one order and wait for what it brings."""
        async with self._http.post(f"{self.told['control']}/{what}", json=details) as answer:
            answer.raise_for_status()
            return await answer.json()

    async def records(self, count: int) -> list[int]:
        """New orders that wait for approval."""
        return [int(one) for one in await self.order("records", count=count)]

    async def cards(self) -> list[Shown]:
        """Every card so far."""
        return [Shown(*one) for one in await self.order("cards")]

    async def until_shown(self, records: Collection[int], *, within: float) -> None:
        """Wait until each of these records has a card."""
        wanted, deadline = set(records), perf_counter() + within
        while perf_counter() < deadline:
            if wanted <= {one.record for one in await self.cards()}:
                return
            await asyncio.sleep(_LOOK_AT_ALL_S)

    async def written(self) -> list[Written]:
        """Every order on which the approval was called."""
        return [Written(*one) for one in await self.order("written")]

    async def until(self, what: str, count: int, *, within: float) -> int:
        """Wait until there are ``count`` of "cards" or "confirmed", and return how many there are then."""
        deadline = perf_counter() + within
        while True:
            there = int((await self.order("progress"))[what])
            if there >= count or perf_counter() > deadline:
                return there
            await asyncio.sleep(_LOOK_S)


class Program:
    """``signoff serve``, started, stopped and killed."""

    def __init__(self, directory: Path, environment: Mapping[str, str], address: Address) -> None:
        self.address = address
        self._directory = directory
        self._environment = environment
        self._process: Process | None = None

    async def start(self) -> None:
        """Start it and wait until it listens. Raises RuntimeError with its last words when it does not."""
        with (self._directory / "serve.log").open("ab") as log:
            command = (sys.executable, "-m", "bot", "serve", "--config", str(self._directory / "signoff.yaml"))
            environment = {**os.environ, **self._environment}
            self._process = await asyncio.create_subprocess_exec(
                *command, env=environment, stdin=DEVNULL, stdout=log, stderr=log
            )
        for _ in range(int(_STARTS_WITHIN / _LOOK_S)):
            if self._process.returncode is not None:
                break
            try:
                _, writer = await asyncio.open_connection(self.address.host, self.address.port)
            except OSError:
                await asyncio.sleep(_LOOK_S)
                continue
            writer.close()
            return
        raise RuntimeError((self._directory / "serve.log").read_text(encoding="utf-8")[-2000:])

    async def stop(self) -> None:
        """Ask it to stop, and wait."""
        if self._process is not None and self._process.returncode is None:
            self._process.terminate()
            await self._process.wait()

    async def kill(self) -> None:
        """kill -9."""
        if self._process is not None and self._process.returncode is None:
            self._process.kill()
            await self._process.wait()

    def cpu_seconds(self) -> float:
        """Processor time so far, of the program and of the kernel on its behalf."""
        times = self._measured().cpu_times()
        return float(times.user + times.system)

    def megabytes(self) -> float:
        """Resident memory."""
        return float(self._measured().memory_info().rss / 1e6)

    def _measured(self) -> psutil.Process:
        assert self._process is not None, "start() first"
        return psutil.Process(self._process.pid)


@dataclass(frozen=True, slots=True)
class Stage:
    """Everything a figure needs."""

    neighbours: Neighbours
    program: Program
    database: Database

    def webhooks(self, records: Sequence[int]) -> list[bytes]:
        """The requests by which Odoo would tell of these records."""
        path, headers = f"/odoo/main/{_TOKEN}", {"Content-Type": "application/json"}
        bodies = [{"_action": "Signoff(#471)", "_id": one, "_model": "purchase.order"} for one in records]
        return [post(self.program.address, path, json.dumps(body).encode(), headers) for body in bodies]

    async def clicks(self, records: Sequence[int]) -> list[bytes]:
        """The signed requests by which Slack would tell of clicks on Approve; good for five minutes."""
        bodies = [str(one).encode() for one in await self.neighbours.order("clicks", records=records)]
        at, secret = str(int(Clock().now().timestamp())), self.neighbours.told["slack_secret"]
        return [
            post(
                self.program.address,
                "/slack/events",
                body,
                {
                    "Content-Type": FORM,
                    "X-Slack-Request-Timestamp": at,
                    "X-Slack-Signature": sign(secret, at, body),
                },
            )
            for body in bodies
        ]


@asynccontextmanager
async def staged(databases: Databases) -> AsyncIterator[Stage]:
    """A stage on which everything has started; all of it is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="signoff-bench-") as name:
        directory = Path(name)
        async with databases.fresh(directory) as database, neighbours() as other:
            address = _free_address()
            config = _CONFIG.read_text(encoding="utf-8").replace("https://erp.example.com", other.told["odoo_url"])
            (directory / "signoff.yaml").write_text(config, encoding="utf-8")
            program = Program(directory, _environment(other.told, database.url, address), address)
            try:
                await program.start()
                yield Stage(other, program, database)
            finally:
                await program.kill()


@asynccontextmanager
async def neighbours() -> AsyncIterator[Neighbours]:
    """The neighbours, in a process that ends with ours."""
    async with child("tests.bench.neighbours") as told, aiohttp.ClientSession() as http:
        yield Neighbours(http, json.loads(told))


@asynccontextmanager
async def child(module: str) -> AsyncIterator[str]:
    """Run a module of ours that says one line when it is ready and ends when its standard input does."""
    process = await asyncio.create_subprocess_exec(sys.executable, "-m", module, stdin=PIPE, stdout=PIPE)
    assert process.stdout is not None
    assert process.stdin is not None
    try:
        yield (await process.stdout.readline()).decode()
    finally:
        process.stdin.close()
        try:
            await asyncio.wait_for(process.wait(), timeout=5)
        except TimeoutError:
            process.kill()
            await process.wait()


def _environment(told: Mapping[str, str], database_url: str, address: Address) -> dict[str, str]:
    return {
        "SLACK_API_URL": told["slack_url"],
        "SIGNOFF_SLACK_PACE": "off",
        "SLACK_BOT_TOKEN": told["slack_token"],
        "SLACK_SIGNING_SECRET": told["slack_secret"],
        "ODOO_API_KEY": told["odoo_key"],
        "ODOO_HOOK_TOKEN": _TOKEN,
        "SIGNOFF_DATABASE_URL": database_url,
        "SIGNOFF_LISTEN": str(address),
        "SIGNOFF_ADMIN_LISTEN": "127.0.0.1:0",
    }


def _free_address() -> Address:
    """An address that is free now, and that a restarted program can have again."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return Address("127.0.0.1", probe.getsockname()[1])
