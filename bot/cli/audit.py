"""``signoff audit``: proof that nothing was altered, the trail for others to read, and the key of its checkpoints."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import IO

import click

from bot.audit import checkpoint, log
from bot.audit.checkpoint import Checkpoint, Signer
from bot.audit.erasure import Which, erase
from bot.audit.export import Form, heading, writer
from bot.audit.verify import Verdict, verify, verify_lines
from bot.cli.options import json_option
from bot.clock import Clock
from bot.db import Database, require_schema
from bot.errors import ConfigError
from bot.settings import audit_signer, database_url

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group()
def audit() -> None:
    """The audit trail."""


@audit.command(name="verify")
@click.option("--file", "path", type=_FILE, help="Verify an exported file instead of the database.")
@click.option(
    "--checkpoint",
    "checkpoints",
    type=_FILE,
    multiple=True,
    help="A file of checkpoints that was kept elsewhere; shows what was rewritten or cut off up to the newest one.",
)
@click.option(
    "--key",
    "keys",
    multiple=True,
    metavar="PUBLIC",
    help="A public key to trust, as signoff audit key shows it; else that of SIGNOFF_AUDIT_KEY, where it is set.",
)
@json_option
def verify_command(path: Path | None, checkpoints: Sequence[Path], keys: Sequence[str], *, as_json: bool) -> None:
    """Go through the whole chain. Exits 1 if an entry was altered, is missing, or was cut off."""
    known, problems = _checkpoints(checkpoints, keys)
    if path is not None:
        with path.open(encoding="utf-8") as lines:
            verdict = verify_lines(lines, known)
    else:
        verdict = asyncio.run(_verify_database(database_url(os.environ), known))
    problems += verdict.problems
    signers = list(dict.fromkeys(one.key for one in known))
    found = {**asdict(verdict), "problems": problems, "signers": signers}
    click.echo(json.dumps(found) if as_json else _told(verdict, problems, signers))
    sys.exit(1 if problems else 0)


def _checkpoints(paths: Iterable[Path], keys: Sequence[str]) -> tuple[list[Checkpoint], list[str]]:
    """Every checkpoint of the files, and what is wrong with them."""
    found: list[Checkpoint] = []
    problems: list[str] = []
    for path in paths:
        some, wrong = checkpoint.read(path.read_text(encoding="utf-8", errors="replace").splitlines())
        found += some
        problems += [f"{path}: {one}" for one in wrong]
    own = audit_signer(os.environ) if found and not keys else None
    return found, problems + checkpoint.strangers(found, keys or ([own.public] if own else []))


async def _verify_database(url: str, known: Sequence[Checkpoint]) -> Verdict:
    database = Database(url)
    try:
        await require_schema(database)
        # The head first: entries that are added meanwhile lie behind it and would look like a cut end.
        async with database.read() as session:
            head = await log.head(session)
        return await verify(log.entries(database, until=head[0]), head, known)
    finally:
        await database.close()


def _told(verdict: Verdict, problems: Sequence[str], signers: Sequence[str]) -> str:
    if problems:
        return "\n".join(("The audit chain is broken:", *(f"  - {one}" for one in problems)))
    erased = f", {verdict.erased} details erased on purpose" if verdict.erased else ""
    lines = [f"The audit chain is sound: {verdict.entries} entries{erased}."]
    if signers:
        lines.append(f"As the checkpoints say up to #{verdict.vouched}; signed with {', '.join(signers)}.")
    return "\n".join((*lines, f"Newest: #{verdict.newest} {verdict.head}"))


@audit.command()
@click.option("--format", "form", type=click.Choice([one.value for one in Form]), default="jsonl", show_default=True)
@click.option(
    "--case", "case_id", type=int, help="Only the entries of one case (such a part cannot be verified alone)."
)
@click.option(
    "--output", type=click.File("w", encoding="utf-8"), default="-", help="A file; standard output by default."
)
def export(form: str, case_id: int | None, output: IO[str]) -> None:
    """Write the trail, oldest first.

    jsonl: one JSON object a line, with hash and detail; signoff audit verify --file takes it. csv: for a spreadsheet.
    """
    asyncio.run(_export(database_url(os.environ), Form(form), case_id, output))


async def _export(url: str, form: Form, case_id: int | None, output: IO[str]) -> None:
    database = Database(url)
    line = writer(form)
    try:
        await require_schema(database)
        output.write(heading(form))
        async for one in log.entries(database, case_id=case_id):
            output.write(line(one))
    finally:
        await database.close()


@audit.command(name="erase")
@click.argument("entries", type=click.IntRange(min=1), nargs=-1)
@click.option("--case", "case_id", type=int, help="The details of every entry of this case.")
@click.option("--actor", default="", help="The details of everything that this person did, e.g. slack:T0123:U0456.")
@click.option("--reason", required=True, help="Why; it stands in the trail.")
@click.option("--yes", is_flag=True, help="Do not ask.")
def erase_command(entries: tuple[int, ...], case_id: int | None, actor: str, reason: str, *, yes: bool) -> None:
    """Erase names and free text of audit ENTRIES for good. The chain stays verifiable; who did what and when stays.

    The erasure is an entry of the trail itself. On PostgreSQL only the owner of the database can.
    """
    if (bool(entries), case_id is not None, bool(actor)).count(True) != 1 or not reason.strip():
        msg = "say which: numbers of entries, --case or --actor; and give a --reason"
        raise click.UsageError(msg)
    if not yes:
        click.confirm("What is erased cannot be brought back. Go on?", abort=True)
    erased = asyncio.run(_erase(database_url(os.environ), Which(entries, case_id, actor), reason.strip()))
    if not erased:
        click.echo("There was no such detail; nothing was erased.")
        sys.exit(1)
    click.echo(f"Erased the details of {len(erased)} entries.")


async def _erase(url: str, which: Which, reason: str) -> tuple[int, ...]:
    database = Database(url)
    try:
        await require_schema(database)
        return await erase(database, which, reason=reason, now=Clock().now())
    finally:
        await database.close()


@audit.command()
@click.argument("path", type=click.Path(dir_okay=False, path_type=Path))
def key(path: Path) -> None:
    """Make a key that signs checkpoints, in the file PATH, and show its public part.

    Where the file is there already, only the public part is shown. Keep the file away from the database.
    """
    try:
        if not path.exists():
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "w", encoding="ascii") as file:
                file.write(Signer.fresh().pem)
        signer = Signer.parse(path.read_text(encoding="utf-8"))
    except OSError as error:
        msg = f"{path}: {error.strerror}"
        raise ConfigError(msg) from error
    except ValueError as error:
        msg = f"{path} {error}"
        raise ConfigError(msg) from error
    click.echo(f"Public key: {signer.public}\nSign with it: SIGNOFF_AUDIT_KEY_FILE={path}")
