"""``signoff explain``: what the config makes of an event, and why."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TextIO

import click

from bot.cases.planning import Rules
from bot.cli.options import config_option, json_option, load_rules
from bot.clock import Clock
from bot.config.described import Described, describe, names_of
from bot.config.document import parse
from bot.config.explain import explain as explained
from bot.config.explain_text import as_data, as_text
from bot.config.problems import ConfigProblem
from bot.odoo.catalog import models_of

_SUCH_AS = "2026-03-02T09:00+01:00"


@click.command()
@config_option
@json_option
@click.option(
    "--at", "instant", metavar="INSTANT", help="When the event comes, such as 2026-03-02T09:00+01:00; else now."
)
@click.argument("event", type=click.File(encoding="utf-8"))
def explain(config_path: Path | None, instant: str | None, event: TextIO, *, as_json: bool) -> None:
    """Explain which rule an event falls under, and who may decide it and who may not.

    EVENT is a JSON or YAML file (- reads standard input) such as
    {"event_type": "purchase.approval", "value": "30000 USD", "warehouse": "CHI", "makers": ["buyer1@example.com"]}.
    Secrets are not needed. Exits 1 if the event cannot be read.
    """
    rules = load_rules(config_path)
    described = _read(event.read(), rules)
    if not isinstance(described, Described):
        click.echo("\n".join(problem.told(event.name) for problem in described), err=True)
        sys.exit(1)
    built = described.build(rules.config, models_of(rules.config.types))
    told = explained(replace(built, choices=rules.traits[built.event_type].choices), rules, _when(instant, described))
    click.echo(json.dumps(as_data(told), indent=2) if as_json else as_text(told, rules.config.path))


def _read(text: str, rules: Rules) -> Described | list[ConfigProblem]:
    document = parse(text)
    if document.problems:
        return list(document.problems)
    return describe(document, document.data, (), names_of(rules.config, models_of(rules.config.types)))


def _when(instant: str | None, described: Described) -> datetime:
    if instant is None:
        return described.at or Clock().now()
    try:
        at = datetime.fromisoformat(instant)
    except ValueError as error:
        msg = f"write it as {_SUCH_AS}"
        raise click.BadParameter(msg, param_hint="--at") from error
    if at.tzinfo is None:
        msg = f"an instant needs its distance from UTC: {_SUCH_AS}"
        raise click.BadParameter(msg, param_hint="--at")
    return at
