"""Checkpoints outside the database: when they are taken, and what they show of a database whose owner is the forger."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from bot.audit import log
from bot.audit.chain import Entry, entry_hash
from bot.audit.checkpoint import Signer, read
from bot.audit.erasure import Which, erase
from bot.audit.witness import EVERY, Places, Witness
from bot.cli import signoff as program
from bot.config.model import Secret
from bot.db import Database
from bot.errors import ConfigError
from bot.slack.gateway import SlackGateway
from tests.factories import NOW
from tests.integration.stack import Stack, stack

SIGNER = Signer.fresh()


def witness(one: Stack, path: Path | None, signer: Signer | None = SIGNER) -> Witness:
    nowhere = SlackGateway(Secret("xoxb-of-a-test"), "http://127.0.0.1:1/api/")
    return Witness(signer, Places(path), database=one.database, gateway=nowhere, clock=one.clock)


async def write(database: Database, *names: str) -> None:
    """An approval by each of these people."""
    async with database.write() as session:
        made = [Entry("case.approved", f"slack:T1:{name}", NOW, 1, detail={"name": name}) for name in names]
        await log.append(session, made)


async def signoff(url: str, *words: str, typed: str | None = None, **env: str) -> Result:
    runner = CliRunner(env={"SIGNOFF_DATABASE_URL": url, **env})
    return await asyncio.to_thread(runner.invoke, program, list(words), typed)


def kept(path: Path) -> list[int]:
    """The entries that the file's checkpoints attest."""
    found, problems = read(path.read_text().splitlines())
    assert problems == []
    return [one.entry for one in found]


async def test_one_is_taken_at_the_start_every_hour_and_at_the_end(database_url: str, tmp_path: Path) -> None:
    path = tmp_path / "checkpoints.jsonl"
    async with stack(database_url) as one:
        await write(one.database, "ANN", "BOB")
        watching = witness(one, path)
        watching.start()
        await watching.tick()
        assert kept(path) == [2]
        await write(one.database, "CARL")
        one.clock.advance(EVERY - timedelta(seconds=30))
        await watching.tick()
        assert kept(path) == [2]
        one.clock.advance(timedelta(seconds=30))
        await watching.tick()
        assert kept(path) == [2, 3]
        await write(one.database, "DORA")
        await watching.finish()
        assert kept(path) == [2, 3, 4]


async def test_a_trail_in_which_nothing_is_new_gets_no_second_one(database_url: str, tmp_path: Path) -> None:
    path = tmp_path / "checkpoints.jsonl"
    async with stack(database_url) as one:
        watching = witness(one, path)
        watching.start()
        await watching.tick()
        await watching.finish()
        assert path.read_text() == ""
        await write(one.database, "ANN")
        for _ in range(3):
            one.clock.advance(EVERY)
            await watching.tick()
        assert kept(path) == [1]


async def test_without_a_key_there_are_none(sqlite_url: str, tmp_path: Path) -> None:
    path = tmp_path / "checkpoints.jsonl"
    async with stack(sqlite_url) as one:
        await write(one.database, "ANN")
        watching = witness(one, path, None)
        watching.start()
        await watching.tick()
        await watching.finish()
        assert not path.exists()


async def test_a_file_that_cannot_be_written_is_told_at_the_start_and_later_on_the_readiness_page(
    sqlite_url: str, tmp_path: Path
) -> None:
    async with stack(sqlite_url) as one:
        await write(one.database, "ANN")
        with pytest.raises(ConfigError, match=r"SIGNOFF_CHECKPOINTS: .* cannot be written"):
            witness(one, tmp_path / "gone" / "checkpoints.jsonl").start()
        folder = tmp_path / "folder"
        folder.mkdir()
        watching = witness(one, folder / "checkpoints.jsonl")
        watching.start()
        (folder / "checkpoints.jsonl").unlink()
        folder.rmdir()
        await watching.tick()
        assert watching.trouble == "no checkpoint of the audit trail could be kept: FileNotFoundError"
        folder.mkdir()
        one.clock.advance(timedelta(minutes=1))
        await watching.tick()
        assert (watching.trouble, kept(folder / "checkpoints.jsonl")) == ("", [1])


# The owner of the database takes the guards away, and is careful.
LOOSE = {
    "sqlite": [
        *("DROP TRIGGER audit_entries_no_update", "DROP TRIGGER audit_entries_no_delete"),
        *("DROP TRIGGER audit_details_no_delete", "DROP TRIGGER audit_head_forward"),
    ],
    "postgresql": ["SET session_replication_role = replica"],
}


async def as_owner(url: str, *statements: tuple[str, dict[str, Any]]) -> None:
    engine = create_async_engine(url)
    try:
        async with engine.begin() as connection:
            for guard in LOOSE[engine.dialect.name]:
                await connection.execute(text(guard))
            for statement, parameters in statements:
                await connection.execute(text(statement), parameters)
    finally:
        await engine.dispose()


async def altered(one: Stack) -> None:
    """Entry 3 is put on another person, and every hash from there on, and the head, computed anew."""
    chain = [each async for each in log.entries(one.database)]
    previous, deeds = chain[1].hash, []
    for each in chain[2:]:
        actor = "slack:T1:EVE" if each.seq == 3 else each.entry.actor
        entry = Entry(each.entry.action, actor, each.entry.at, 1)
        fresh = entry_hash(entry, seq=each.seq, previous=previous, detail_hash=each.detail_hash)
        new = {"actor": actor, "previous": previous, "hash": fresh, "seq": each.seq}
        deeds.append(
            ("UPDATE audit_entries SET actor = :actor, previous = :previous, hash = :hash WHERE seq = :seq", new)
        )
        previous = fresh
    await as_owner(one.database.url, *deeds, ("UPDATE audit_head SET hash = :hash", {"hash": previous}))


async def missing(one: Stack) -> None:
    """Entry 3 is taken out."""
    await as_owner(
        one.database.url,
        ("DELETE FROM audit_details WHERE seq = 3", {}),
        ("DELETE FROM audit_entries WHERE seq = 3", {}),
    )


async def cut_off(one: Stack) -> None:
    """Everything after entry 3 is taken away, and the head put there."""
    await as_owner(
        one.database.url,
        ("UPDATE audit_head SET seq = 3, hash = (SELECT hash FROM audit_entries WHERE seq = 3)", {}),
        ("DELETE FROM audit_details WHERE seq > 3", {}),
        ("DELETE FROM audit_entries WHERE seq > 3", {}),
    )


async def tampered(one: Stack, path: Path) -> tuple[Result, Result, Result]:
    """What verify says without a checkpoint, with it, and with it on an export."""
    url, export = one.database.url, path.with_name("export.jsonl")
    exported = await signoff(url, "audit", "export", "--output", str(export))
    assert exported.exit_code == 0
    return (
        await signoff(url, "audit", "verify"),
        await signoff(url, "audit", "verify", "--checkpoint", str(path)),
        await signoff(
            "sqlite+aiosqlite:///none.db", "audit", "verify", "--file", str(export), "--checkpoint", str(path)
        ),
    )


async def attested(one: Stack, path: Path) -> None:
    await write(one.database, "ANN", "BOB", "CARL", "DORA", "EMIL")
    watching = witness(one, path)
    watching.start()
    await watching.tick()


async def test_what_nobody_touched_is_as_its_checkpoint_says(database_url: str, tmp_path: Path) -> None:
    path = tmp_path / "kept.jsonl"
    async with stack(database_url) as one:
        await attested(one, path)
        await write(one.database, "FAY")
        for said in (await tampered(one, path))[1:]:
            assert (said.exit_code, "As the checkpoints say up to #5" in said.output) == (0, True)


async def test_an_altered_entry_is_found_though_every_hash_was_computed_anew(database_url: str, tmp_path: Path) -> None:
    path = tmp_path / "kept.jsonl"
    async with stack(database_url) as one:
        await attested(one, path)
        await altered(one)
        alone, with_checkpoint, offline = await tampered(one, path)
        assert alone.exit_code == 0
        for said in (with_checkpoint, offline):
            assert (said.exit_code, "entry 5 is not the one that the checkpoint of" in said.output) == (1, True)


async def test_a_missing_entry_is_found(database_url: str, tmp_path: Path) -> None:
    path = tmp_path / "kept.jsonl"
    async with stack(database_url) as one:
        await attested(one, path)
        await missing(one)
        for said in await tampered(one, path):
            assert (said.exit_code, "entries 3 to 3 are missing" in said.output) == (1, True)


async def test_a_cut_off_end_is_found_though_the_head_was_put_back(database_url: str, tmp_path: Path) -> None:
    path = tmp_path / "kept.jsonl"
    async with stack(database_url) as one:
        await attested(one, path)
        await cut_off(one)
        alone, with_checkpoint, offline = await tampered(one, path)
        assert alone.exit_code == 0
        for said in (with_checkpoint, offline):
            assert (said.exit_code, "knows entry 5, the newest entry is 3: the end was cut off" in said.output) == (
                1,
                True,
            )


@pytest.mark.parametrize(
    ("words", "env", "accepted"),
    [
        pytest.param((), {}, True, id="no key named"),
        pytest.param(("--key", SIGNER.public), {}, True, id="its key"),
        pytest.param(("--key", Signer.fresh().public, "--key", SIGNER.public), {}, True, id="after a rotation"),
        pytest.param(("--key", Signer.fresh().public), {}, False, id="another key"),
        pytest.param((), {"SIGNOFF_AUDIT_KEY": SIGNER.pem}, True, id="the program's key"),
        pytest.param((), {"SIGNOFF_AUDIT_KEY": Signer.fresh().pem}, False, id="the program has another"),
    ],
)
async def test_only_a_trusted_key_vouches(
    sqlite_url: str, tmp_path: Path, words: Sequence[str], env: dict[str, str], *, accepted: bool
) -> None:
    path = tmp_path / "kept.jsonl"
    async with stack(sqlite_url) as one:
        await attested(one, path)
        said = await signoff(sqlite_url, "audit", "verify", "--json", "--checkpoint", str(path), *words, **env)
        told = json.loads(said.output)
        assert (said.exit_code == 0, told["signers"], told["vouched"]) == (accepted, [SIGNER.public], 5)


async def test_an_empty_checkpoint_file_is_no_proof(sqlite_url: str, tmp_path: Path) -> None:
    path = tmp_path / "kept.jsonl"
    path.write_text("")
    said = await signoff(sqlite_url, "audit", "verify", "--checkpoint", str(path))
    assert (said.exit_code, "there is no checkpoint in the file" in said.output) == (1, True)


async def test_erased_details_are_gone_named_in_the_trail_and_do_not_break_it(
    database_url: str, tmp_path: Path
) -> None:
    path = tmp_path / "kept.jsonl"
    async with stack(database_url) as one:
        await attested(one, path)
        asked = await signoff(database_url, "audit", "erase", "2", "4", "9", "--reason", "left us", typed="n")
        assert (asked.exit_code, (await one.audit()).erased) == (1, 0)
        said = await signoff(database_url, "audit", "erase", "2", "4", "9", "--reason", "left us", "--yes")
        assert (said.exit_code, said.output) == (0, "Erased the details of 2 entries.\n")
        verified = await signoff(database_url, "audit", "verify", "--checkpoint", str(path))
        assert (verified.exit_code, "6 entries, 2 details erased on purpose" in verified.output) == (0, True)
        (*before, newest) = [each async for each in log.entries(one.database)]
        assert [each.seq for each in before if each.detail_text is None] == [2, 4]
        assert (newest.entry.action, newest.entry.actor) == ("audit.erased", "admin")
        detail = json.loads(newest.detail_text or "")
        assert (detail["reason"], detail["entries"]) == ("left us", [[2, 2], [4, 4]])


async def test_erasing_twice_finds_nothing_and_adds_nothing(database_url: str) -> None:
    async with stack(database_url) as one:
        await write(one.database, "ANN", "BOB")
        assert await erase(one.database, Which(case_id=1), reason="x", now=NOW) == (1, 2)
        assert await erase(one.database, Which(case_id=1), reason="x", now=NOW) == ()
        said = await signoff(database_url, "audit", "erase", "--case", "1", "--reason", "x", "--yes")
        assert (said.exit_code, "nothing was erased" in said.output) == (1, True)
        assert ((await one.audit()).entries, (await one.audit()).erased) == (3, 2)


async def test_everything_that_one_person_did_can_be_erased(database_url: str) -> None:
    async with stack(database_url) as one:
        await write(one.database, "ANN", "BOB", "ANN")
        assert await erase(one.database, Which(actor="slack:T1:ANN"), reason="x", now=NOW) == (1, 3)
        left = [each.detail_text for each in [each async for each in log.entries(one.database)][:3]]
        assert [one_ is None for one_ in left] == [True, False, True]


async def test_erased_words_are_no_longer_in_the_sqlite_file(sqlite_url: str) -> None:
    async with stack(sqlite_url) as one:
        async with one.database.write() as session:
            await log.append(
                session, [Entry("case.rejected", "slack:T1:ANN", NOW, detail={"reason": "FORGET-ME" * 99})]
            )
        await erase(one.database, Which(entries=(1,)), reason="x", now=NOW)
    assert b"FORGET-ME" not in Path(sqlite_url.removeprefix("sqlite+aiosqlite:///")).read_bytes()


@pytest.mark.parametrize("words", [(), ("1", "--case", "1"), ("--case", "1", "--actor", "x")])
async def test_what_is_to_be_erased_is_said_in_one_way(sqlite_url: str, words: Sequence[str]) -> None:
    said = await signoff(sqlite_url, "audit", "erase", *words, "--reason", "x", "--yes")
    assert (said.exit_code, "say which" in said.output) == (2, True)


async def test_a_key_is_made_once_and_only_its_owner_can_read_it(tmp_path: Path) -> None:
    path = tmp_path / "audit.pem"
    first = await signoff("", "audit", "key", str(path))
    again = await signoff("", "audit", "key", str(path))
    assert (first.exit_code, first.output) == (0, again.output)
    assert Signer.parse(path.read_text()).public in first.output
    assert path.stat().st_mode & 0o777 == 0o600
