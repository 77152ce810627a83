"""``signoff report``: what the program can tell about itself, for people and for programs."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from datetime import timedelta
from pathlib import Path

import click
import httpx

from bot import logs
from bot.cases.planning import Rules
from bot.cli.options import config_option, json_option, load_config
from bot.clock import Clock
from bot.config.model import Config
from bot.db import Database
from bot.odoo.books import Account, Bookkeeper, Books
from bot.odoo.catalog import traits_of
from bot.odoo.sources import OdooSource
from bot.reports.observed import Observed, observed, summary, told
from bot.settings import database_url


@click.group()
def report() -> None:
    """Reports."""


@report.command()
@config_option
@json_option
def reconcile(config_path: Path | None, *, as_json: bool) -> None:
    """Account for every record that qualifies in Odoo: open, covered, below materiality, left out, still to be read.

    Exits 1 if something is unexplained, or a source could not be asked.
    """
    logs.set_up(level="ERROR", as_json=False)
    closed = asyncio.run(_close(load_config(config_path)))
    if as_json:
        click.echo(json.dumps([_told(one) for one in closed], indent=2))
    else:
        click.echo("\n".join(line for one in closed for line in one.lines()))
    sys.exit(0 if all(one.balanced for one in closed) else 1)


@report.command()
@json_option
@click.option("--days", type=click.IntRange(1, 3660), default=30, show_default=True, help="Cases opened since then.")
def observe(days: int, *, as_json: bool) -> None:
    """What would have happened: the cases under `mode: observe`, who would have been asked, and how they went."""
    logs.set_up(level="ERROR", as_json=False)
    found = asyncio.run(_observed(days))
    if as_json:
        click.echo(json.dumps([told(one) for one in found], indent=2))
    else:
        click.echo("\n".join((*summary(found), *(one.line() for one in found))) or "Nothing was observed.")


async def _observed(days: int) -> list[Observed]:
    database = Database(database_url(os.environ))
    try:
        return await observed(database, Clock().now() - timedelta(days=days))
    finally:
        await database.close()


async def _close(config: Config) -> list[Books]:
    clock, database = Clock(), Database(database_url(os.environ))
    try:
        async with httpx.AsyncClient() as http:
            sources = {name: OdooSource(one, http, clock) for name, one in config.sources.items()}
            keeper = Bookkeeper(
                sources, database=database, rules=lambda: Rules(config, traits_of(config.types)), clock=clock
            )
            return await keeper.close_all()
    finally:
        await database.close()


def _told(books: Books) -> dict[str, object]:
    return {
        "source": books.source,
        "at": books.at.isoformat(),
        "found": books.total(),
        "accounts": {one.value: books.total(one) for one in Account},
        "unexplained": [str(ref) for ref in books.unexplained],
        "trouble": books.trouble,
        "balanced": books.balanced,
    }
