"""``signoff odoo``: setting Odoo up over RPC, and finding out what is wrong between it and Signoff."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import click
import httpx

from bot import logs
from bot.cli.options import config_option, json_option, load_config
from bot.config.model import Source
from bot.errors import ConfigError
from bot.odoo.setup.by_hand import instructions
from bot.odoo.setup.pieces import Do, Step
from bot.odoo.setup.run import Administrator, Asked, Outcome, set_up
from bot.odoo.setup.wanted import wanted, watched
from bot.settings import odoo_administrator

#: What every step of the set-up needs in Odoo.
NEEDS = "Administration: Settings"

source_option = click.option(
    "--source", "names", multiple=True, help="Only this source of the config; may be repeated."
)


@click.group()
def odoo() -> None:
    """The Odoo databases of the config."""


@odoo.command()
@config_option
@source_option
@click.option("--dry-run", is_flag=True, help="Show what would be done, and do nothing. Exits 1 if there is something.")
@click.option("--guard", is_flag=True, help="Also the guards: check, write and note in one transaction of Odoo.")
@click.option("--remove", is_flag=True, help="Take away what earlier runs have made; with --guard, the guards alone.")
@json_option
def setup(
    config_path: Path | None, names: tuple[str, ...], *, dry_run: bool, guard: bool, remove: bool, as_json: bool
) -> None:
    """Make the automation rules in Odoo that tell Signoff of changes, and the bot's group.

    Needs SIGNOFF_ODOO_ADMIN_LOGIN and SIGNOFF_ODOO_ADMIN_KEY (or ..._KEY_FILE): somebody with Settings rights in
    Odoo, used for this run only. Running it again changes nothing. Exits 1 if something is left to do.
    """
    logs.set_up(level="ERROR", as_json=False)
    sources = chosen(load_config(config_path).sources, names)
    untold = [source.name for source in sources if not source.signoff_url]
    if untold:
        msg = f"odoo.{untold[0]}.signoff_url is missing: the address under which that Odoo reaches Signoff"
        raise ConfigError(msg)
    administrator = Administrator(*odoo_administrator(os.environ))
    asked = Asked(remove=remove, dry_run=dry_run, guard=guard)
    outcomes = asyncio.run(_set_up(sources, administrator, asked))
    click.echo(
        json.dumps([_told(one) for one in outcomes], indent=2) if as_json else _text(outcomes, sources, dry_run=dry_run)
    )
    sys.exit(1 if any(one.problems or one.owed for one in outcomes) else 0)


def chosen(sources: Mapping[str, Source], names: Sequence[str]) -> list[Source]:
    """The sources that are meant. Raises UsageError for an unknown name."""
    unknown = [name for name in names if name not in sources]
    if unknown:
        msg = f"the config has no source {unknown[0]!r}; it has {', '.join(sources)}"
        raise click.UsageError(msg)
    return [source for name, source in sources.items() if not names or name in names]


async def _set_up(sources: Sequence[Source], administrator: Administrator, asked: Asked) -> list[Outcome]:
    async with httpx.AsyncClient() as http:
        return [await set_up(source, administrator, asked, http) for source in sources]


def _text(outcomes: Sequence[Outcome], sources: Sequence[Source], *, dry_run: bool) -> str:
    return "\n\n".join(
        "\n".join(_lines(outcome, source, dry_run=dry_run)) for outcome, source in zip(outcomes, sources, strict=True)
    )


def _lines(outcome: Outcome, source: Source, *, dry_run: bool) -> Iterator[str]:
    yield f"{outcome.source} ({source.url})"
    for step in outcome.steps:
        yield f"  {step.line()}{'' if step.do is Do.KEEP else _state(step, outcome)}"
    if outcome.steps and all(step.do is Do.KEEP for step in outcome.steps):
        yield "  Everything stands as it should."
    if dry_run and outcome.owed:
        yield f"  Nothing was done. Each step needs {NEEDS} in Odoo."
    yield from (f"  note: {note}" for note in outcome.notes)
    yield from (f"  PROBLEM: {problem}" for problem in outcome.problems)
    if outcome.by_hand:
        known = {
            model: frozenset(name for one in entries for name in one.trigger_fields)
            for model, entries in watched(source).items()
        }
        yield ""
        yield instructions(wanted(source, known))


def _state(step: Step, outcome: Outcome) -> str:
    return "  done" if step in outcome.done else ""


def _told(outcome: Outcome) -> dict[str, object]:
    return {
        "source": outcome.source,
        "steps": [
            {
                "do": step.do,
                "kind": step.piece.kind,
                "name": step.piece.name,
                "differs": step.differs,
                "done": step in outcome.done,
                "needs": None if step.do is Do.KEEP else NEEDS,
            }
            for step in outcome.steps
        ],
        "notes": outcome.notes,
        "problems": outcome.problems,
    }
