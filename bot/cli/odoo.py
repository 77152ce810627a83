"""``signoff odoo``: setting Odoo up over RPC, and finding out what is wrong between it and Signoff."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from decimal import Decimal
from fnmatch import fnmatchcase
from pathlib import Path

import click

from bot import logs
from bot.approvals.holders import groups_of
from bot.cli.options import config_option, json_option, load_config
from bot.clock import Clock
from bot.config.model import Config, Execution, Rule, Source
from bot.errors import ConfigError
from bot.findings import Check, Verdict, as_lines
from bot.odoo import places
from bot.odoo.catalog import CATALOG
from bot.odoo.catalog.entry import EventType, Hold
from bot.odoo.client import OdooClient
from bot.odoo.doctor import examine
from bot.odoo.findings import Visit
from bot.odoo.setup.by_hand import instructions
from bot.odoo.setup.pieces import Do, Step
from bot.odoo.setup.run import Administrator, Asked, Outcome, set_up
from bot.odoo.setup.wanted import wanted, watched
from bot.odoo.transport import connections
from bot.settings import admin_listen, odoo_administrator

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
@click.option(
    "--hold", "held", multiple=True, help="Refuse this event type's step in Odoo to all but the bot; may be repeated."
)
@click.option("--remove", is_flag=True, help="Take away what earlier runs made; with --guard or --hold, only that.")
@json_option
def setup(
    config_path: Path | None,
    names: tuple[str, ...],
    held: tuple[str, ...],
    *,
    dry_run: bool,
    guard: bool,
    remove: bool,
    as_json: bool,
) -> None:
    """Make the automation rules in Odoo that tell Signoff of changes, and the bot's group.

    Needs SIGNOFF_ODOO_ADMIN_LOGIN and SIGNOFF_ODOO_ADMIN_KEY (or ..._KEY_FILE): somebody with Settings rights in
    Odoo, used for this run only. Running it again changes nothing. Exits 1 if something is left to do.
    """
    logs.set_up(level="ERROR", as_json=False)
    config = load_config(config_path)
    sources = chosen(config.sources, names)
    if not remove:
        _refuse_holds(config, held)
    untold = [source.name for source in sources if not source.signoff_url]
    if untold:
        msg = f"odoo.{untold[0]}.signoff_url is missing: the address under which that Odoo reaches Signoff"
        raise ConfigError(msg)
    administrator = Administrator(*odoo_administrator(os.environ))
    asked = Asked(remove=remove, dry_run=dry_run, guard=guard, hold=held, limits=_limits(config))
    outcomes = asyncio.run(_set_up(sources, administrator, asked))
    click.echo(
        json.dumps([_told(one) for one in outcomes], indent=2) if as_json else _text(outcomes, sources, dry_run=dry_run)
    )
    sys.exit(1 if any(one.problems or one.owed for one in outcomes) else 0)


@odoo.command()
@config_option
@source_option
@json_option
def doctor(config_path: Path | None, names: tuple[str, ...], *, as_json: bool) -> None:
    """Find out what is wrong between Signoff and Odoo, and how to mend it. Changes nothing.

    With SIGNOFF_ODOO_ADMIN_LOGIN and SIGNOFF_ODOO_ADMIN_KEY everything that setup makes is compared exactly.
    Exits 1 if something does not work.
    """
    logs.set_up(level="CRITICAL", as_json=False)
    config = load_config(config_path)
    sources = chosen(config.sources, names)
    given = bool(os.environ.get("SIGNOFF_ODOO_ADMIN_LOGIN"))
    administrator = Administrator(*odoo_administrator(os.environ)) if given else None
    found = asyncio.run(_examine(config, sources, administrator))
    if as_json:
        told = [{"source": name, **asdict(check)} for name, checks in found.items() for check in checks]
        click.echo(json.dumps(told, indent=2))
    else:
        click.echo("\n\n".join(as_lines(f"{source.name} ({source.url})", found[source.name]) for source in sources))
    sys.exit(exit_code(found))


def exit_code(found: Mapping[str, Sequence[Check]]) -> int:
    """1 where something does not work; a warning or what could not be found out is none."""
    return int(any(check.verdict is Verdict.BAD for checks in found.values() for check in checks))


async def _examine(
    config: Config, sources: Sequence[Source], administrator: Administrator | None
) -> dict[str, list[Check]]:
    admin_url, found = f"http://{admin_listen(os.environ)}", {}
    async with connections() as http:
        for source in sources:
            client = OdooClient(source, http)
            groups = tuple(group.name for group in groups_of(config) if group.source == source.name)
            told = await examine(
                Visit(
                    source,
                    client,
                    http,
                    Clock().now(),
                    administrator,
                    admin_url,
                    deciders=deciders(config),
                    groups=groups,
                    limits=_limits(config),
                )
            )
            found[source.name] = [*told, *await places.examined(client, source, config.sites.values())]
    return found


def deciders(config: Config) -> tuple[str, ...]:
    """The addresses of everybody who holds a role by name, anywhere."""
    overlays = (overlay.members or () for site in config.sites.values() for overlay in site.roles.values())
    named = (*(role.members for role in config.roles.values()), *overlays)
    return tuple(sorted({email for some in named for email in some}))


def chosen(sources: Mapping[str, Source], names: Sequence[str]) -> list[Source]:
    """The sources that are meant. Raises UsageError for an unknown name."""
    unknown = [name for name in names if name not in sources]
    if unknown:
        msg = f"the config has no source {unknown[0]!r}; it has {', '.join(sources)}"
        raise click.UsageError(msg)
    return [source for name, source in sources.items() if not names or name in names]


def _refuse_holds(config: Config, held: Sequence[str]) -> None:
    """Raises UsageError for a type that cannot be held, or whose approvals would leave the step to a person."""
    for name in held:
        entry = CATALOG.get(name)
        if entry is None or entry.hold is None:
            able = ", ".join(sorted(one.name for one in CATALOG.values() if one.hold is not None))
            msg = f"{name} cannot be held: its step is no change of state that Odoo could refuse; {able} can"
            raise click.UsageError(msg)
        if said := _unreleased(config, entry, entry.hold):
            msg = f"{name} cannot be held: {said}"
            raise click.UsageError(msg)


def _unreleased(config: Config, entry: EventType, hold: Hold) -> str:
    """Why a person could be left standing before the hold after a release; empty where nobody could."""
    releasing = _releasing(config, entry)
    if releasing and not hold.figures:
        return f"policy {releasing[0]} releases it to a person, whom the hold would refuse"
    tolerant = next((name for name in releasing if config.policies[name].manner.tolerance is not None), None)
    if tolerant is not None:
        return f"policy {tolerant} has a tolerance, and a release holds for the very figures that were released"
    return ""


def _limits(config: Config) -> dict[str, Decimal]:
    return {name: least.amount for name, least in config.materiality.items()}


def _releasing(config: Config, entry: EventType) -> list[str]:
    """The policies that a rule may give ``entry`` and that do not carry it out."""
    met: list[str] = []
    for rule in config.rules:
        if _may_meet(rule, entry.name):
            met.append(rule.policy)
            if not (rule.match.keys() - {"event_type"} or rule.over or rule.under or rule.when):
                break  # nothing gets past it
    executions = {name: config.policies[name].execution or entry.execution for name in dict.fromkeys(met)}
    return [name for name, execution in executions.items() if execution is not Execution.CARRY_OUT]


def _may_meet(rule: Rule, event_type: str) -> bool:
    patterns = rule.match.get("event_type", ("*",))
    return any(fnmatchcase(event_type, pattern) for pattern in patterns)


async def _set_up(sources: Sequence[Source], administrator: Administrator, asked: Asked) -> list[Outcome]:
    async with connections() as http:
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
