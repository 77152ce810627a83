"""``signoff report``: what the program can tell about itself, for people and for programs."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from difflib import get_close_matches
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import click

from bot import logs
from bot.cases.planning import Rules
from bot.cli.options import config_option, json_option, load_config, load_rules
from bot.clock import Clock
from bot.config.model import Config
from bot.db import Database, require_schema
from bot.odoo.books import Account, Bookkeeper, Books
from bot.odoo.catalog import traits_of
from bot.odoo.sources import OdooSource
from bot.odoo.transport import connections
from bot.reports.asked import Asked
from bot.reports.charts import charts_of
from bot.reports.data import as_csv, as_json
from bot.reports.markdown import as_markdown
from bot.reports.observed import Observed, observed, summary, told
from bot.reports.period import WEEK, Period, instant, zone_of
from bot.reports.report import Report, make
from bot.reports.studio import NotDrawn, draw
from bot.settings import database_url

_SHAPES: Mapping[str, Callable[[Report], str]] = {"md": as_markdown, "json": as_json, "csv": as_csv}


@click.group(invoke_without_command=True)
@config_option
@click.option("--format", "shape", type=click.Choice([*_SHAPES, "png"]), default="md", show_default=True)
@click.option("--from", "since", help="First day (or time) that is in it; else seven days before the end.")
@click.option("--to", "until", help="First day (or time) that is not in it any more; else now.")
@click.option("--site", "sites", multiple=True, help="Only this site; may be given again.")
@click.option("--type", "types", multiple=True, help="Only this event type, or a glob; may be given again.")
@click.option("--timezone", help="In which days begin; else that of the one site, of the default calendar, or UTC.")
@click.option("--output", type=click.Path(path_type=Path), help="A file to write; of png the folder.")
@click.pass_context
def report(ctx: click.Context, /, config_path: Path | None, **asked: Any) -> None:
    """What happened in the last seven days, and what stands now; or one of the commands."""
    if ctx.invoked_subcommand is not None:
        return
    logs.set_up(level="ERROR", as_json=False)
    shape, output = asked.pop("shape"), asked.pop("output")
    figures = asyncio.run(_figures(*_wanted(load_rules(config_path), Clock().now(), **asked)))
    if shape == "png":
        _save_pictures(figures, output or Path())
    elif output is None:
        click.echo(_SHAPES[shape](figures), nl=False)
    else:
        output.write_text(_SHAPES[shape](figures), encoding="utf-8", newline="")


def _save_pictures(figures: Report, folder: Path) -> None:
    """One file a picture; printed are its name and what it says."""
    try:
        pictures = asyncio.run(draw(charts_of(figures)))
    except NotDrawn as error:
        click.echo(error.sentence, err=True)
        sys.exit(1)
    folder.mkdir(parents=True, exist_ok=True)
    for one in pictures:
        file = folder / f"signoff-{one.name}.png"
        file.write_bytes(one.png)
        click.echo(f"{file}: {one.alt}")
    if not pictures:
        click.echo("Nothing happened, and nothing is open: there is nothing to draw.")


def _wanted(
    rules: Rules, now: datetime, *, sites: Sequence[str], types: Sequence[str], **asked: Any
) -> tuple[Asked, Period]:
    """Everything, as far as it is asked about: whoever reads the database may see all of it."""
    for site in sites:
        if site not in rules.config.sites:
            raise click.BadParameter(_unknown("site", site, rules.config.sites), param_hint="--site")
    found = frozenset(one for one in rules.traits if any(fnmatchcase(one, pattern) for pattern in types))
    if types and not found:
        raise click.BadParameter(_unknown("event type", types[0], rules.traits), param_hint="--type")
    zone = _zone(asked["timezone"]) if asked["timezone"] else zone_of(rules.config, sites)
    until = _instant(asked["until"], zone, "--to") or now
    period = Period(_instant(asked["since"], zone, "--from") or until - WEEK, until, zone)
    if not period.since < period.until:
        msg = "the end must be after the beginning; of days, --to is the first that is not in it any more"
        raise click.BadParameter(msg, param_hint="--to")
    return Asked(period.since, period.until, now, sites=frozenset(sites), event_types=found), period


def _unknown(what: str, name: str, known: Iterable[str]) -> str:
    near = get_close_matches(name, list(known), n=1)
    return f"there is no {what} {name!r}" + (f"; did you mean {near[0]}?" if near else "")


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        msg = f"{name!r} is no time zone such as America/Chicago"
        raise click.BadParameter(msg, param_hint="--timezone") from None


def _instant(text: str | None, zone: ZoneInfo, option: str) -> datetime | None:
    try:
        return instant(text, zone) if text else None
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint=option) from None


async def _figures(asked: Asked, period: Period) -> Report:
    database = Database(database_url(os.environ))
    try:
        await require_schema(database)
        async with database.read() as session:
            return await make(session, asked, period)
    finally:
        await database.close()


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
        async with connections() as http:
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
