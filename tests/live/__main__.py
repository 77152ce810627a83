"""``python -m tests.live URL...``: play everything, print the matrix, and exit 1 where a row failed or was skipped.

Needs an administrator of each database in SIGNOFF_ODOO_ADMIN_LOGIN and SIGNOFF_ODOO_ADMIN_KEY. It makes a company,
users, documents, rules and guards there: for a database to try things with, never for one in use.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
import tempfile
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path

import httpx

from tests.live import answers, apart, exceptions, goods, held, orders, persons
from tests.live.company import Company, install, modules_missing
from tests.live.matrix import Matrix, Seen
from tests.live.play import Play, Way
from tests.live.server import Login, Refused, Server, new_key
from tests.live.stage import Stage

PLAYS: tuple[Play, ...] = (
    *orders.PLAYS,
    *goods.PLAYS,
    *answers.PLAYS,
    *exceptions.PLAYS,
    *apart.PLAYS,
    *persons.PLAYS,
    *held.PLAYS,
)
_JSON2_SINCE = 19
_PATIENCE_S = 120.0


def main() -> int:
    """The command line."""
    asked = _options()
    matrix = Matrix()
    try:
        asyncio.run(_every(asked, matrix))
    except (Refused, ValueError) as error:
        print(error, file=sys.stderr)
        return 2
    print("\n".join(matrix.lines()))
    for line in matrix.trouble:
        print(line, file=sys.stderr)
    return 0 if matrix.whole else 1


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make odoo-live", description=__doc__)
    parser.add_argument("urls", nargs="+", metavar="URL", help="such as http://127.0.0.1:8069/?db=test")
    parser.add_argument("--install", action="store_true", help="install the modules of Odoo that are missing")
    parser.add_argument("--only", action="append", help="only rows that hold these words; may be repeated")
    parser.add_argument("--way", action="append", choices=list(Way), help="only this way of writing; may be repeated")
    parser.add_argument("--api", action="append", choices=["JSON-RPC", "JSON-2"], help="only this API")
    parser.add_argument("--at-once", type=int, default=4, help="plays under way at once")
    return parser.parse_args()


async def _every(asked: argparse.Namespace, matrix: Matrix) -> None:
    for told in asked.urls:
        async with httpx.AsyncClient(trust_env=False, timeout=_PATIENCE_S) as http:
            await _server(Server.of(told), http, asked, matrix)


async def _server(server: Server, http: httpx.AsyncClient, asked: argparse.Namespace, matrix: Matrix) -> None:
    login, key = os.environ.get("SIGNOFF_ODOO_ADMIN_LOGIN", ""), os.environ.get("SIGNOFF_ODOO_ADMIN_KEY", "")
    with suppress(Refused):  # where it is a password, as a key it is checked sooner
        key = await new_key(server, login, key)
    admin = Login(server, http, login=login, key=key)
    version = await admin.version()
    missing = await modules_missing(admin)
    if missing and asked.install:
        await install(admin, missing)
    elif missing:
        msg = f"{server.url}: the modules {', '.join(missing)} are not installed (--install installs them)"
        raise Refused(msg)
    company = Company(server, http, admin, major=int(version.partition(".")[0]))
    await company.prepare()
    # The program takes JSON-2 wherever it is let.
    for api in ("JSON-2", "JSON-RPC") if company.major >= _JSON2_SINCE else ("JSON-RPC",):
        if asked.api and api not in asked.api:
            continue
        with tempfile.TemporaryDirectory(prefix="signoff-live-") as directory:
            stage = Stage(company, Path(directory))
            stage.between.no_json2 = api == "JSON-RPC"
            await _api(stage, f"{version} {api}", key, asked, matrix)


async def _api(stage: Stage, name: str, admin_key: str, asked: argparse.Namespace, matrix: Matrix) -> None:
    await stage.start()
    try:
        for way in Way:
            plays = [one for one in PLAYS if way in one.ways and _is_asked(one, asked.only)]
            if plays and (not asked.way or way in asked.way):
                await _set_up(stage, way, admin_key)
                await _play(stage, plays, f"{name}, {way}", asked.at_once, matrix)
    finally:
        await _command(stage, "odoo", "setup", "--remove", admin_key=admin_key)
        await stage.stop()


def _is_asked(play: Play, only: Sequence[str] | None) -> bool:
    return not only or any(words in play.row for words in only)


async def _set_up(stage: Stage, way: Way, admin_key: str) -> None:
    """As docs/odoo.md says, with the commands that it says; the program starts after it."""
    if stage.is_open:
        await stage.close()
    stage.configure(as_people=way is Way.PERSON)
    match way:
        case Way.PLAIN:
            words: Sequence[str] = ()
        case Way.GUARD | Way.PERSON:
            words = ("--guard",)
        case Way.HOLD:
            words = ("--guard", *(word for name in held.HELD for word in ("--hold", name)))
    await _command(stage, "odoo", "setup", *words, admin_key=admin_key)
    stage.guarded = way is not Way.PLAIN
    await stage.open()


async def _command(stage: Stage, *words: str, admin_key: str) -> None:
    code, told = await stage.signoff(*words, admin=admin_key)
    if code:
        msg = f"signoff {' '.join(words)} ended with {code}:\n{told}"
        raise Refused(msg)


async def _play(stage: Stage, plays: Iterable[Play], column: str, at_once: int, matrix: Matrix) -> None:
    slots = asyncio.Semaphore(at_once)
    ends: dict[str, tuple[Seen, str]] = {}

    async def one(play: Play) -> None:
        async with slots:
            ends[play.row] = await _end(stage, play)
            seen, why = ends[play.row]
            print(f"{seen} {column}: {play.row} {why}".rstrip(), file=sys.stderr, flush=True)

    await asyncio.gather(*(one(play) for play in plays if not play.alone))
    for play in plays:
        if play.alone:
            await one(play)
        matrix.put(play.row, column, *ends[play.row])


async def _end(stage: Stage, play: Play) -> tuple[Seen, str]:
    try:
        await play.run(stage)
    except (AssertionError, TimeoutError, Refused, httpx.HTTPError, LookupError) as error:
        return Seen.FAILED, f"{type(error).__name__} {error}".replace("\n", " ")[:600]
    return Seen.OK, ""


if __name__ == "__main__":
    sys.exit(main())
