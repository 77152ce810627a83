"""``python -m tests.bench``: measure, print the table, and exit 1 where something was lost or doubled."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter
from typing import Protocol

import uvloop

from tests.bench import yardsticks
from tests.bench.databases import Databases, PostgresServer, SqliteFiles, private_postgres, server_of
from tests.bench.figures import (
    click_to_confirmed,
    config,
    deadlines,
    event_to_card,
    intake,
    killed,
    memory,
    odoo_down,
    sent_twice,
    slack_busy,
    storm,
    supervisors,
)
from tests.bench.report import Figure, Report
from tests.bench.size import FULL, QUICK, Size


class Measure(Protocol):
    """A figure's module."""

    async def measure(self, databases: Databases, size: Size) -> list[Figure]:
        """Its lines of the table."""
        ...


FIGURES: dict[str, Measure] = {
    "intake": intake,
    "event_to_card": event_to_card,
    "click_to_confirmed": click_to_confirmed,
    "config": config,
    "deadlines": deadlines,
    "supervisors": supervisors,
    "memory": memory,
    "killed": killed,
    "sent_twice": sent_twice,
    "slack_busy": slack_busy,
    "storm": storm,
    "odoo_down": odoo_down,
}


def main() -> int:
    """The command line."""
    asked = _options()
    with _databases(asked) as databases:
        report = uvloop.run(_measure(databases, QUICK if asked.quick else FULL, asked.only or list(FIGURES)))
    print(report.as_table())
    if asked.json:
        Path(asked.json).write_text(json.dumps(report.as_json(), indent=1) + "\n", encoding="utf-8")
    for figure in report.wrong:
        print(f"WRONG: {figure.name.strip()}: {figure.value:g} and not {figure.must_be:g}", file=sys.stderr)
    return 1 if report.wrong else 0


async def _measure(databases: Databases, size: Size, names: list[str]) -> Report:
    if isinstance(databases, PostgresServer) and databases.is_private:
        await databases.make_durable()
    told = await yardsticks.measure(size)
    figures: list[Figure] = []
    for name in names:
        begun = perf_counter()
        print(f"{name} ...", file=sys.stderr, end="", flush=True)
        figures += await FIGURES[name].measure(databases, size)
        print(f" {perf_counter() - begun:.0f} s", file=sys.stderr)
    return Report(databases.name, told, figures)


@contextmanager
def _databases(asked: argparse.Namespace) -> Iterator[Databases]:
    if asked.database_url:
        yield PostgresServer(server_of(asked.database_url), is_private=False)
    elif asked.postgres:
        with private_postgres() as server:
            yield PostgresServer(server, is_private=True)
    else:
        yield SqliteFiles()


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench", description="What Signoff achieves on this machine.")
    parser.add_argument("--quick", action="store_true", help="about a minute, with smaller counts")
    parser.add_argument("--json", metavar="FILE", help="write the figures to FILE as well")
    parser.add_argument("--only", action="append", choices=list(FIGURES), help="one figure; may be given again")
    engine = parser.add_mutually_exclusive_group()
    engine.add_argument("--postgres", action="store_true", help="on a private PostgreSQL server")
    engine.add_argument("--database-url", metavar="URL", help="on this PostgreSQL server (its role creates databases)")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
