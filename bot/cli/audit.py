"""``signoff audit``: proof that nothing was altered, and the trail for others to read."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from dataclasses import asdict
from pathlib import Path
from typing import IO

import click

from bot.audit import log
from bot.audit.verify import Verdict, export_line, verify, verify_lines
from bot.cli.options import json_option
from bot.db import Database, require_schema
from bot.settings import database_url


@click.group()
def audit() -> None:
    """The audit trail."""


@audit.command(name="verify")
@click.option(
    "--file",
    "path",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Verify an exported file instead of the database; needs nothing else.",
)
@json_option
def verify_command(path: Path | None, *, as_json: bool) -> None:
    """Go through the whole chain. Exits 1 if an entry was altered, is missing, or was cut off."""
    if path is not None:
        with path.open(encoding="utf-8") as lines:
            verdict = verify_lines(lines)
    else:
        verdict = asyncio.run(_verify_database(database_url(os.environ)))
    click.echo(json.dumps(asdict(verdict)) if as_json else _told(verdict))
    sys.exit(0 if verdict.sound else 1)


async def _verify_database(url: str) -> Verdict:
    database = Database(url)
    try:
        await require_schema(database)
        # The head first: entries that are added meanwhile lie behind it and would look like a cut end.
        async with database.read() as session:
            head = await log.head(session)
        return await verify(log.entries(database, until=head[0]), head)
    finally:
        await database.close()


def _told(verdict: Verdict) -> str:
    if not verdict.sound:
        return "\n".join(("The audit chain is broken:", *(f"  - {one}" for one in verdict.problems)))
    erased = f", {verdict.erased} details erased on purpose" if verdict.erased else ""
    return f"The audit chain is sound: {verdict.entries} entries{erased}.\nNewest: #{verdict.newest} {verdict.head}"


@audit.command()
@click.option("--format", "form", type=click.Choice(["jsonl"]), default="jsonl", show_default=True)
@click.option(
    "--case", "case_id", type=int, help="Only the entries of one case (such a part cannot be verified alone)."
)
@click.option(
    "--output", type=click.File("w", encoding="utf-8"), default="-", help="A file; standard output by default."
)
def export(form: str, case_id: int | None, output: IO[str]) -> None:
    """Write the trail, oldest first: one JSON object a line, with hash and detail."""
    asyncio.run(_export(database_url(os.environ), case_id, output))


async def _export(url: str, case_id: int | None, output: IO[str]) -> None:
    database = Database(url)
    try:
        await require_schema(database)
        async for one in log.entries(database, case_id=case_id):
            output.write(export_line(one) + "\n")
    finally:
        await database.close()
