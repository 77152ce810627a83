"""``signoff demo``: the whole program to play with, in front of a pretend Slack and a pretend Odoo.

Nothing of the environment is read here: real secrets, sources and databases never get into a demo.
"""

from __future__ import annotations

import asyncio
import sys
from dataclasses import replace
from pathlib import Path

import click

from bot import logs
from bot.sandbox import demo as sandbox
from bot.sandbox.check import Break, check
from bot.sandbox.demo import PORT, Wishes


@click.command()
@click.option(
    "--port", default=PORT, show_default=True, type=click.IntRange(0, 65535), help="Of the page; else any free one."
)
@click.option(
    "--config",
    "config_path",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Try a config of your own: its people, channels and rules. Its sources and secrets are replaced.",
)
@click.option("--database", default="", metavar="URL", help="An empty database; by default a temporary SQLite file.")
@click.option(
    "--expose", metavar="ADDRESS", help="Listen on this address instead of 127.0.0.1; a random token then guards it."
)
@click.option(
    "--odoo",
    "odoo_version",
    default="18.0",
    show_default=True,
    type=click.Choice(["18.0", "19.0"]),
    help="Which Odoo is pretended.",
)
@click.option("--sockets", is_flag=True, help="Slack comes over Socket Mode instead of HTTP.")
@click.option("--check", "is_check", is_flag=True, help="Play the day without a page and say of each step if it is ok.")
@click.option(
    "--break",
    "broken",
    multiple=True,
    type=click.Choice([one.value for one in Break]),
    help="With --check: let one thing go wrong, to see that it is found; may be repeated.",
)
def demo(
    *,
    port: int,
    config_path: Path | None,
    database: str,
    expose: str | None,
    odoo_version: str,
    sockets: bool,
    is_check: bool,
    broken: tuple[str, ...],
) -> None:
    """Start the whole program against a pretend Slack and a pretend Odoo, and print the address of its page.

    --check exits 1 when a step is not as it should be.
    """
    logs.set_up(level="CRITICAL" if is_check else "ERROR", as_json=False)
    wishes = Wishes(port, database_url=database, config=config_path, odoo_version=odoo_version, sockets=sockets)
    if is_check:
        if config_path is not None:
            msg = "--check plays the demo's own day, so it takes no --config"
            raise click.UsageError(msg)
        sys.exit(0 if asyncio.run(check(wishes, frozenset(map(Break, broken)), click.echo)) else 1)
    if broken:
        msg = "--break goes with --check"
        raise click.UsageError(msg)
    if expose is not None:
        wishes = replace(wishes, address=expose)
    asyncio.run(sandbox.demo(wishes, click.echo))
