"""``signoff check``: what the config file would do wrong, before it does."""

from __future__ import annotations

import asyncio
import json
import os
import re
import sys
from collections.abc import Mapping
from dataclasses import asdict, replace
from pathlib import Path

import click

from bot import logs
from bot.cli.online import Insiders, ask
from bot.cli.options import config_file, config_option, json_option
from bot.clock import Clock
from bot.config.document import parse
from bot.config.load import check_without_secrets
from bot.config.model import Config
from bot.config.problems import Report, written
from bot.findings import Check, Verdict, as_lines
from bot.odoo.catalog import CATALOG

#: The doctors name the places of the file so.
_PLACES = re.compile(r"\(([\w.\[\]@, -]+)\)")


@click.command()
@config_option
@json_option
@click.option("--online", is_flag=True, help="Ask Slack and Odoo too: are channels and people there, may the bot in?")
@click.option("--strict", is_flag=True, help="Exit 1 for warnings, too.")
def check(config_path: Path | None, *, as_json: bool, online: bool, strict: bool) -> None:
    """Check the config file: every problem with its file and line. Exits 1 if there is an error.

    Secrets that are not set are warnings here, so that the file can be checked where they are not known. With --online
    SLACK_BOT_TOKEN and the secrets of the file are needed; nothing is changed anywhere.
    """
    path = config_file(config_path)
    now = Clock().now()
    report = check_without_secrets(path, os.environ, event_types=CATALOG.keys(), now=now)
    found: Mapping[str, list[Check]] = {}
    if online and report.config is not None:
        found, insiders = _asked(report.config, path)
        report = check_without_secrets(path, os.environ, event_types=CATALOG.keys(), now=now, insiders=insiders)
    click.echo(_as_json(report, found) if as_json else _as_text(report, found))
    bad = any(one.verdict is Verdict.BAD for checks in found.values() for one in checks)
    sys.exit(1 if report.errors or bad or (strict and report.problems) else 0)


def _asked(config: Config, path: Path) -> tuple[dict[str, list[Check]], Insiders]:
    """What Slack and each source say, by their addresses; and who is in the groups that could be read."""
    logs.set_up(level="CRITICAL", as_json=False)
    found, insiders = asyncio.run(ask(config))
    lines = {written(place): line for place, line in parse(path.read_text(encoding="utf-8")).lines.items()}
    told = {
        name: [replace(one, says=_with_lines(one.says, path, lines)) for one in said] for name, said in found.items()
    }
    return told, insiders


def _with_lines(says: str, path: Path, lines: Mapping[str, int]) -> str:
    """``(roles.finance.channel)`` with the file and line in front of it."""

    def told(found: re.Match[str]) -> str:
        places = found[1].split(", ")
        known = [f"{path}:{lines[place]}: {place}" if place in lines else place for place in places]
        return f"({', '.join(known)})"

    return _PLACES.sub(told, says)


def _as_text(report: Report, found: Mapping[str, list[Check]]) -> str:
    told = report.as_text() or f"{report.file}: nothing is wrong."
    return "\n\n".join((told, *(as_lines(name, checks) for name, checks in found.items())))


def _as_json(report: Report, found: Mapping[str, list[Check]]) -> str:
    if not found:
        return report.as_json()
    whole = json.loads(report.as_json())
    online = [{"where": name, **asdict(one)} for name, checks in found.items() for one in checks]
    return json.dumps({**whole, "online": online}, indent=2, ensure_ascii=False)
