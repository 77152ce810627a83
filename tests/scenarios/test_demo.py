"""The demo as it is started from the command line: what it shows, what it finds, and what it refuses."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from click.testing import CliRunner

from bot.cli import signoff
from bot.db import Database
from bot.errors import ConfigError
from bot.lock import Purpose, claim, hold
from bot.sandbox.demo import claim_fresh, is_loopback, started, until_work

DEMO = (sys.executable, "-m", "bot", "demo")

#: What must never get into a demo, as a machine that runs the real thing has it.
REAL = {
    "SLACK_BOT_TOKEN": "xoxb-real",
    "SLACK_API_URL": "https://slack.invalid/api/",
    "SIGNOFF_DATABASE_URL": "postgresql+asyncpg://nobody@database.invalid/real",
    "SIGNOFF_CONFIG": "/nowhere/signoff.yaml",
    "ODOO_API_KEY": "real-key",
}


def run(*options: str) -> subprocess.CompletedProcess[str]:
    """``signoff demo`` with these options, to its end."""
    return subprocess.run((*DEMO, *options), capture_output=True, text=True, check=False, timeout=90)


def side_by_side(runs: Iterable[list[str]]) -> list[subprocess.CompletedProcess[str]]:
    """Several of them at once: they wait more than they work."""
    with ThreadPoolExecutor() as threads:
        return list(threads.map(lambda options: run(*options), runs))


@contextmanager
def running(*options: str) -> Iterator[tuple[str, list[str]]]:
    """A demo in a process of its own: the address that it printed, and the lines before it."""
    command = (*DEMO, *options)
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env={**os.environ, **REAL}) as process:
        assert process.stdout is not None
        before: list[str] = []
        try:
            for line in process.stdout:
                if found := re.search(r"http://\S+", line):
                    yield found.group(), before
                    break
                before.append(line.strip())
        finally:
            process.send_signal(signal.SIGINT)
            assert process.wait(timeout=10) == 0
            assert process.stdout.read() == ""


def ask(url: str, **headers: str) -> tuple[int, bytes]:
    """Status and body of one request."""
    try:
        with urlopen(Request(url, headers=headers), timeout=10) as answer:  # noqa: S310  # of this machine
            return int(answer.status), bytes(answer.read())
    except HTTPError as refused:
        with refused:
            return refused.code, refused.read()


@pytest.fixture
def sqlite_file(tmp_path: Path) -> str:
    """A database that nobody has used."""
    return f"sqlite+aiosqlite:///{tmp_path}/played.db"


# The check


#: What is told of a write that Odoo ignores, of a card that is there twice, and of an audit entry that was altered.
BROKEN = (
    "Odoo does not hold the outcome (it is in state “to approve”)",
    "P00003 has 2 cards in #purchasing",
    "FAILED  No card has live buttons any more",
    "FAILED  The audit trail in the database is whole",
    "FAILED  The exported",
    "was altered",
)


@pytest.mark.slow
def test_the_check_finds_everything_as_it_should_be_on_either_odoo_over_either_transport() -> None:
    ways = (["--odoo", "18.0"], ["--odoo", "19.0", "--sockets"])
    for checked in side_by_side(["--check", *way] for way in ways):
        assert checked.returncode == 0, checked.stdout + checked.stderr
        assert "FAILED" not in checked.stdout
        assert checked.stdout.endswith("All 16 steps are as they should be.\n")


@pytest.mark.slow
def test_the_check_names_what_is_broken() -> None:
    checked = run("--check", "--break", "odoo", "--break", "slack", "--break", "audit")
    assert checked.returncode == 1, checked.stdout + checked.stderr
    assert [sentence for sentence in BROKEN if sentence not in checked.stdout] == []
    assert checked.stdout.endswith("5 of 16 steps FAILED.\n")


# The page


def test_it_prints_one_address_and_leaves_real_settings_alone() -> None:
    with running("--port", "0") as (url, before):
        assert before == []
        assert url.startswith("http://127.0.0.1:")
        status, body = ask(f"{url}sandbox/api/state")
        state = json.loads(body)
    assert status == 200
    assert [channel["name"] for channel in state["channels"]] == [
        *("chi-floor", "dal-floor", "finance-approvals", "ops", "purchasing", "sales-approvals", "signoff-admin"),
    ]
    assert (state["me"]["name"], state["me"]["title"]) == ("Olivia Grant", "Operations manager")
    assert len(state["scenario"]) == 15


def test_a_taken_port_is_named_and_another_one_used() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with running("--port", str(port)) as (url, before):
            assert before == [f"Port {port} cannot be used, so the page takes a free one."]
            assert f":{port}/" not in url
            assert ask(url)[0] == 200


def test_a_foreign_host_is_refused() -> None:
    with running("--port", "0") as (url, _):
        assert ask(f"{url}sandbox/api/state", Host="evil.example")[0] == 403


def test_an_exposed_page_needs_its_random_token() -> None:
    with running("--port", "0", "--expose", "0.0.0.0") as (url, _):  # noqa: S104  # what is tested
        found = re.fullmatch(r"http://[^/]+:(\d+)/#token=([\w-]{32})", url)
        assert found, url
        state = f"http://127.0.0.1:{found[1]}/sandbox/api/state"
        assert ask(state)[0] == 403
        assert ask(state, **{"X-Sandbox-Token": "guess"})[0] == 403
        assert ask(state, **{"X-Sandbox-Token": found[2]})[0] == 200


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("127.0.0.1", True),
        ("127.8.8.8", True),
        ("::1", True),
        ("localhost", True),
        ("0.0.0.0", False),  # noqa: S104  # what is tested
        ("::", False),
        ("192.168.1.7", False),
        ("warehouse.local", False),
    ],
)
def test_only_loopback_goes_without_a_token(address: str, *, expected: bool) -> None:
    assert is_loopback(address) is expected


@pytest.mark.parametrize(
    ("now", "hours"),
    [
        pytest.param("2026-11-20T14:00", 0, id="at work"),
        pytest.param("2026-11-20T21:59", 0, id="just before the end of the day"),
        pytest.param("2026-11-20T11:30", 2, id="before the morning"),
        pytest.param("2026-11-20T23:30", 62, id="Friday evening, until Monday"),
        pytest.param("2026-11-22T13:30", 24, id="Sunday morning"),
    ],
)
def test_the_day_begins_when_people_are_at_work(now: str, hours: int) -> None:
    assert until_work(datetime.fromisoformat(now).replace(tzinfo=UTC)).total_seconds() == hours * 3600


# Which database


async def test_a_database_of_serve_is_refused(sqlite_file: str) -> None:
    await claim_fresh(sqlite_file)  # makes the tables
    store = Database(sqlite_file)
    async with store.write() as session:
        await session.connection.exec_driver_sql("DELETE FROM facts")
        await claim(session, Purpose.SERVE)
    await store.close()
    refused = run("--check", "--database", sqlite_file)
    assert refused.returncode == 2
    assert refused.stderr == "this database belongs to signoff serve; play and real decisions never share one\n"


async def test_a_database_in_use_is_refused(sqlite_file: str) -> None:
    held = hold(sqlite_file)
    assert held is not None
    with held, pytest.raises(ConfigError, match="another signoff serves"):
        await claim_fresh(sqlite_file)


async def test_an_earlier_demo_is_not_continued(sqlite_file: str) -> None:
    async with started(CONFIG, sqlite_file, file="own.yaml", odoo_version="18.0") as world:
        await world.odoo.people.request_purchase(amount=9_000.0)
        await world.slack.until(lambda: world.slack.channel("#purchasing").messages)
    with pytest.raises(ConfigError, match="holds an earlier demo"):
        await claim_fresh(sqlite_file)


# A config of one's own

CONFIG = """
version: 1
odoo:
  main:
    url: https://erp.example.com
    database: prod
    login: signoff@example.com
    api_key: ${REAL_KEY}
    webhook_tokens: ["${NEW_TOKEN}", "${OLD_TOKEN}"]
roles:
  lead: {channel: "#{site}-leads", members: [kim.park@example.com, lee.ross@example.com]}
  buyers: {channel: "#purchasing", members: [kim.park@example.com, joe.hart@example.com]}
  board: {channel: C0123BOARD, members: [kim.park@example.com, lee.ross@example.com]}
sites:
  CHI: {match: {warehouse: CHI}}
policies:
  buy: {stages: [{any_of: [buyers]}]}
  look: {stages: [{any_of: [lead]}]}
rules:
  - {name: purchases, match: {event_type: purchase.approval}, policy: buy}
  - {name: rest, policy: look}
"""


async def test_people_and_channels_come_from_the_config(sqlite_file: str) -> None:
    async with started(CONFIG, sqlite_file, file="own.yaml", odoo_version="18.0") as world:
        names = {channel.name for channel in world.slack.workspace.channels.values()}
        assert names == {"chi-leads", "no-site-leads", "purchasing", "C0123BOARD"}
        assert world.slack.channel("C0123BOARD").id == "C0123BOARD"
        first = next(one for one in world.slack.workspace.people.values() if not one.is_bot)
        assert (first.email, first.real_name) == ("kim.park@example.com", "Kim Park")
        assert {source.url for source in world.config.sources.values()} == {world.odoo.url}
        await world.odoo.people.request_purchase(amount=9_000.0)
        card = await world.slack.until(lambda: next(iter(world.slack.channel("#purchasing").messages), None))
        assert card is not None
        assert card.says("Ana Ruiz")


def test_a_wrong_config_is_named_with_its_line(tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text(CONFIG.replace("any_of: [buyers]", "any_of: [buyer]"), encoding="utf-8")
    refused = run("--config", str(file))
    assert refused.returncode == 2
    assert f"{file}:17: policies.buy" in refused.stderr


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (("--break", "odoo"), "--break goes with --check"),
        (("--check", "--config", "signoff.example.yaml"), "takes no --config"),
        (("--check", "--break", "luck"), "'luck' is not one of 'odoo', 'slack', 'audit'"),
        (("--config", "nowhere.yaml"), "'nowhere.yaml' does not exist"),
    ],
)
def test_misuse_ends_with_2_and_a_sentence(options: tuple[str, ...], sentence: str) -> None:
    refused = CliRunner().invoke(signoff, ["demo", *options])
    assert refused.exit_code == 2, refused.output
    assert sentence in refused.output


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (("--database", "mysql://x"), "must begin with sqlite+aiosqlite:// or postgresql+asyncpg://"),
        (("--expose", "203.0.113.7"), "the page cannot listen on 203.0.113.7"),
    ],
)
def test_what_cannot_be_used_ends_with_2_and_one_sentence(options: tuple[str, ...], sentence: str) -> None:
    refused = run("--port", "0", *options)
    assert refused.returncode == 2
    assert sentence in refused.stderr
    assert refused.stderr.count("\n") == 1
