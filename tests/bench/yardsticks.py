"""What the machine itself can do: a bare aiohttp server, and durable SQLite commits one after the other."""

from __future__ import annotations

import json
import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path
from time import perf_counter

from bot.settings import Address
from tests.bench.load import post, saturate
from tests.bench.report import Yardsticks
from tests.bench.size import Size
from tests.bench.stage import child


async def measure(size: Size) -> Yardsticks:
    """Both, in this run."""
    return Yardsticks(await _echoes(size.echoes), _commits(size.commits))


async def _echoes(count: int) -> float:
    async with child("tests.bench.echo") as port:
        address = Address("127.0.0.1", int(port))
        body = json.dumps({"_action": "Signoff(#471)", "_id": 471, "_model": "purchase.order"}).encode()
        request = post(address, "/", body, {"Content-Type": "application/json"})
        run = await saturate(address, [request] * count)
    return run.accepted / run.seconds


def _commits(count: int) -> float:
    with tempfile.TemporaryDirectory(prefix="signoff-bench-") as directory:
        path = Path(directory) / "commits.db"
        with closing(sqlite3.connect(path, isolation_level=None)) as connection:
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute("PRAGMA synchronous=FULL")
            connection.execute("CREATE TABLE kept (id INTEGER PRIMARY KEY, body TEXT)")
            begun = perf_counter()
            for _ in range(count):
                connection.execute("INSERT INTO kept (body) VALUES (?)", ("x" * 200,))
            return count / (perf_counter() - begun)
