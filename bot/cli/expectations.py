"""``signoff test``: the customer's expectations of the own config, for the customer's CI."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from bot.cli.options import config_option, json_option, load_rules
from bot.clock import Clock
from bot.config.expectations import Outcome, judge
from bot.odoo.catalog import models_of


@click.command(name="test")
@config_option
@json_option
@click.argument("files", type=click.Path(path_type=Path, exists=True, dir_okay=False), nargs=-1, required=True)
def test(config_path: Path | None, files: tuple[Path, ...], *, as_json: bool) -> None:
    """Hold the config against expectation FILES: events, and what must follow from each.

    Secrets are not needed. Exits 1 if an expectation is not met or a file cannot be read.
    """
    rules, now = load_rules(config_path), Clock().now()
    models = models_of(rules.config.types)
    outcomes: list[tuple[Path, Outcome]] = []
    problems: list[str] = []
    for file in files:
        for found in judge(file.read_text(encoding="utf-8"), rules, models, now):
            if isinstance(found, Outcome):
                outcomes.append((file, found))
            else:
                problems.append(found.told(str(file)))
    failed = sum(bool(outcome.differences) for _, outcome in outcomes)
    if as_json:
        click.echo(json.dumps(_data(outcomes, problems), indent=2))
    else:
        click.echo("\n".join([*problems, *_lines(outcomes), f"{len(outcomes) - failed} as expected, {failed} not."]))
    sys.exit(1 if failed or problems else 0)


def _lines(outcomes: list[tuple[Path, Outcome]]) -> list[str]:
    lines: list[str] = []
    for file, outcome in outcomes:
        if outcome.differences:
            lines.append(f"FAILED {file}:{outcome.line}: {outcome.name}")
            lines += [f"  {difference}" for difference in outcome.differences]
        else:
            lines.append(f"ok     {outcome.name}")
    return lines


def _data(outcomes: list[tuple[Path, Outcome]], problems: list[str]) -> dict[str, object]:
    cases = [
        {"file": str(file), "line": one.line, "name": one.name, "ok": not one.differences, "found": one.differences}
        for file, one in outcomes
    ]
    return {"ok": not problems and all(one["ok"] for one in cases), "problems": problems, "cases": cases}
