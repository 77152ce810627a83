"""``signoff check``: what the config file would do wrong, before it does."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from bot.cli.options import config_file, config_option, json_option
from bot.config.load import check as check_file
from bot.odoo.catalog import CATALOG


@click.command()
@config_option
@json_option
def check(config_path: Path | None, *, as_json: bool) -> None:
    """Check the config file: every problem with its file and line. Exits 1 if there is an error."""
    report = check_file(config_file(config_path), os.environ, event_types=CATALOG.keys())
    click.echo(report.as_json() if as_json else report.as_text() or f"{report.file}: nothing is wrong.")
    sys.exit(1 if report.errors else 0)
