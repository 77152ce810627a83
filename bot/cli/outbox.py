"""``signoff outbox``: what could not be delivered, and replaying it."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from dataclasses import asdict
from pathlib import Path

import click

from bot.admin import dead_letters, replay
from bot.cli.options import config_option, json_option, load_config
from bot.letters import Letter
from bot.outbox import State
from bot.settings import database_url


@click.group()
def outbox() -> None:
    """Effects that wait, failed, or were given up."""


@outbox.command(name="list")
@click.option("--all", "every", is_flag=True, help="Everything that is owed, not only what has failed.")
@json_option
def list_command(*, every: bool, as_json: bool) -> None:
    """Show dead letters and effects that have failed so far."""
    letters = asyncio.run(dead_letters(database_url(os.environ), every=every))
    if as_json:
        click.echo(json.dumps([asdict(letter) for letter in letters], default=str))
        return
    if not letters:
        click.echo("Nothing has failed; the outbox is clear.")
    for letter in letters:
        click.echo(_line(letter))


def _line(letter: Letter) -> str:
    next_try = "given up" if letter.state is State.DEAD else f"next try {letter.due_at:%Y-%m-%d %H:%M:%S} UTC"
    return (
        f"#{letter.id}  {letter.kind.replace('_', ' ')}  case {letter.case_id}  {letter.target}  "
        f"{letter.attempts} tries, {next_try}\n      {letter.error or 'no error so far'}"
    )


@outbox.command()
@config_option
@click.argument("ids", type=int, nargs=-1)
@click.option("--all", "every", is_flag=True, help="Replay every dead letter.")
def retry(config_path: Path | None, ids: tuple[int, ...], *, every: bool) -> None:
    """Replay dead letters by their numbers. A write-back goes through the same checks as the card's Retry button.

    Exits 1 if one of them could not be replayed.
    """
    if bool(ids) == every:
        msg = "name the letters to replay, or say --all"
        raise click.UsageError(msg)
    results = asyncio.run(replay(database_url(os.environ), load_config(config_path), None if every else ids))
    for one in results:
        click.echo(f"#{one.id}  {one.sentence}")
    if not results:
        click.echo("There is no dead letter.")
    sys.exit(0 if all(one.accepted for one in results) else 1)
