"""A database that is not there, or is none, is told in a sentence; one that hangs does not hold the program."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import text

from bot import lock
from bot.cli import MISUSE
from bot.db import Database, require_schema, upgrade
from bot.errors import ConfigError
from bot.lock import Purpose

NOWHERE = "postgresql+asyncpg://signoff:hunter2@127.0.0.1:1/signoff"
IN_MEMORY = "a database in memory would be gone with each connection; name a file"


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        pytest.param(NOWHERE, "signoff:***@127.0.0.1:1/signoff cannot be reached: Conn", id="no server"),
        pytest.param("sqlite+aiosqlite:///:memory:", IN_MEMORY, id="in memory"),
        pytest.param("sqlite+aiosqlite://", IN_MEMORY, id="no file"),
        pytest.param("sqlite+aiosqlite:///file:x?mode=memory&uri=true", IN_MEMORY, id="in memory by its query"),
        pytest.param("signoff.db", "is no database URL; it must begin with sqlite+aiosqlite://", id="a bare name"),
        pytest.param("postgresql+asyncpg://u:hunter2@h:port/x", "is no database URL", id="a port that is none"),
        pytest.param("mysql+aiomysql://u:hunter2@h/x", "begins with mysql+aiomysql://; it must", id="another engine"),
        pytest.param(
            "sqlite+aiosqlite:///{folder}/text", "cannot be reached: file is not a database", id="a text file"
        ),
    ],
)
async def test_what_is_no_database_is_said_in_a_sentence(url: str, sentence: str, tmp_path: Path) -> None:
    (tmp_path / "text").write_text("no database\n" * 99)
    with pytest.raises(ConfigError) as refused:
        await upgrade(url.format(folder=tmp_path))
    assert sentence in refused.value.sentence
    assert "hunter2" not in refused.value.sentence
    assert "\n" not in refused.value.sentence


@pytest.mark.parametrize("words", [("db", "upgrade"), ("audit", "verify"), ("outbox", "list"), ("serve",)])
def test_every_verb_says_so_and_ends_as_for_any_wrong_setting(words: tuple[str, ...], tmp_path: Path) -> None:
    config = Path(__file__).resolve().parents[1] / "configs" / "good" / "smallest.yaml"
    env = {
        **os.environ,
        "SIGNOFF_DATABASE_URL": NOWHERE,
        "SIGNOFF_CONFIG": str(config),
        "SIGNOFF_CHECKPOINTS": str(tmp_path / "checkpoints.jsonl"),
        "SLACK_BOT_TOKEN": "xoxb-1",
        "SLACK_SIGNING_SECRET": "hush",
        "ODOO_API_KEY": "a-key",
        "ODOO_HOOK_TOKEN": "a-token-that-is-long",
    }
    said = subprocess.run(
        [sys.executable, "-m", "bot", *words], env=env, capture_output=True, text=True, check=False, timeout=60
    )
    assert (said.returncode, "Traceback" in said.stderr) == (MISUSE, False), said.stderr
    assert "cannot be reached: Conn" in said.stderr


async def test_a_file_may_be_called_memory(tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path}/memory.db"
    await upgrade(url)
    database = Database(url)
    await require_schema(database)
    await database.close()


@pytest.mark.postgres
async def test_a_password_that_is_wrong_and_a_database_that_is_missing_are_told_apart(postgres_url: str) -> None:
    with pytest.raises(ConfigError, match=r'cannot be reached: .*database "elsewhere" does not exist'):
        await upgrade(postgres_url.replace(postgres_url.partition("?")[0].rpartition("/")[2], "elsewhere"))


@pytest.mark.postgres
async def test_no_statement_and_no_idle_transaction_lasts_for_ever(postgres_url: str) -> None:
    database = Database(postgres_url)
    try:
        async with database.read() as session:
            limits = [
                (await session.execute(text(f"SHOW {name}"))).scalar()
                for name in ("statement_timeout", "idle_in_transaction_session_timeout")
            ]
        assert limits == ["30s", "1min"]
    finally:
        await database.close()


@pytest.mark.postgres
async def test_replicas_that_start_together_on_an_empty_database_agree(postgres_url: str) -> None:
    database = Database(postgres_url)
    first_has_written, second_has_asked = asyncio.Event(), asyncio.Event()

    async def first() -> None:
        async with database.write() as session:
            await lock.claim(session, Purpose.SERVE)
            first_has_written.set()
            await second_has_asked.wait()
            await asyncio.sleep(0.2)  # the second one waits in the database, where nothing tells of it

    async def second() -> None:
        await first_has_written.wait()
        async with database.write() as session:
            second_has_asked.set()
            await lock.claim(session, Purpose.SERVE)

    try:
        await asyncio.gather(first(), second())
        async with database.write() as session:
            with pytest.raises(ConfigError, match="belongs to signoff serve"):
                await lock.claim(session, Purpose.SANDBOX)
    finally:
        await database.close()
