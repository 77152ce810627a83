"""The books: every record of Odoo is accounted for, and what is not is named, in Slack and on the command line."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import text

from bot.cli import signoff
from bot.odoo.books import Account, Books
from bot.sandbox.slack import Conversation
from tests.scenarios.conftest import told
from tests.scenarios.story import CONFIG, Story


@pytest.fixture
async def story(sqlite_url: str, odoo_version: str) -> AsyncIterator[Story]:
    """A world whose admins have a channel."""
    async with told(sqlite_url, odoo_version, config=f'{CONFIG}admin_channel: "#signoff-admin"\n') as story:
        yield story


async def _closed(story: Story) -> Books:
    await story.world.app.books.close()
    (books,) = story.world.app.books.newest
    return books


async def test_every_record_is_in_its_account(story: Story) -> None:
    waiting, released = await story.order(), await story.quotation(12_500)
    await story.quotation(900)
    gone = await story.order()
    await story.card(waiting)
    await story.approve(released)
    await story.card(released, "Confirmed in Odoo")
    await story.people.cancel_purchase(gone.id)
    await story.rest()
    books = await _closed(story)
    assert {one: books.total(one) for one in Account} == {
        Account.OPEN: 1,
        Account.COVERED: 1,
        Account.IMMATERIAL: 1,
        Account.LEFT_OUT: 0,
        Account.WAITING: 0,
        Account.UNEXPLAINED: 0,
    }
    assert (books.total(), books.balanced) == (3, True)
    parts = "1 open + 1 covered + 1 below materiality + 0 left out by a rule + 0 still to be read"
    assert f"3 found in Odoo = {parts}; 0 unexplained" in books.lines()[0]


async def test_what_a_rule_leaves_out_is_in_an_account_of_its_own(sqlite_url: str) -> None:
    rule = "{name: dear, match: {event_type: sale.value}, over: 30000 USD, decide: ignore, reason: the board has it}"
    ignoring = CONFIG.replace("rules:\n", f"rules:\n  - {rule}\n")
    async with told(sqlite_url, "18.0", config=ignoring) as story:
        await story.quotation(40_000)
        await story.quotation(6_000)
        await story.rest()
        books = await _closed(story)
        assert (books.total(Account.LEFT_OUT), books.total(Account.OPEN), books.balanced) == (1, 1, True)


async def test_a_record_that_nobody_has_heard_of_is_named_to_the_admins(story: Story) -> None:
    story.odoo.webhooks.muted = True
    order = await story.order()
    books = await _closed(story)
    assert ([str(ref) for ref in books.unexplained], books.balanced) == ([f"main:purchase.order:{order.id}"], False)
    await story.quiet()
    (channel,) = [one for one in story.slack.workspace.channels.values() if one.name == "signoff-admin"]
    (message,) = [one for one in Conversation(channel).messages if one.says("Daily books")]
    assert message.says("escalations: no step was missed in the last day")
    assert (message.says("do NOT balance"), message.says(f"purchase.order:{order.id}")) == (True, True)
    await story.reconcile()
    await story.rest()
    assert (await _closed(story)).balanced


async def test_a_case_that_was_lost_is_found_by_the_books(story: Story) -> None:
    """Whoever closes it in the database, past the program, does not go unseen."""
    order = await story.order()
    await story.card(order)
    await story.rest()
    async with story.world.app.database.write() as session:
        await session.execute(text("update cases set closed_at = opened_at, status = 'withdrawn'"))
    books = await _closed(story)
    async with story.world.app.database.write() as session:
        await session.execute(text("update cases set closed_at = null, status = 'pending'"))
    assert [ref.id for ref in books.unexplained] == [order.id]


async def test_books_that_cannot_be_closed_say_why(story: Story) -> None:
    story.odoo.faults.down()
    books = await _closed(story)
    story.odoo.faults.up()
    assert (books.balanced, "the books could not be closed" in books.lines()[0]) == (False, True)


@pytest.mark.parametrize(("left", "told"), [(29, True), (60, False)])
async def test_the_admins_hear_weeks_before_that_the_key_ends(story: Story, left: int, *, told: bool) -> None:
    end = story.world.clock.now() + timedelta(days=left)
    admin = story.odoo.as_user("admin")
    keys = await admin.call("res.users.apikeys", "search", [["name", "=", "signoff"]])
    await admin.call("res.users.apikeys", "write", keys, {"expiration_date": f"{end:%Y-%m-%d %H:%M:%S}"})
    await story.world.app.books.close()
    await story.quiet()
    (message,) = [one for one in story.slack.channel("signoff-admin").messages if one.says("Daily books")]
    assert message.says("API key") is told
    assert message.says("make the next one as bot") is told


async def test_the_command_line_says_the_same(story: Story, sqlite_url: str, tmp_path: Path) -> None:
    story.odoo.webhooks.muted = True
    order = await story.order()
    written = CONFIG.replace("https://erp.example.com", story.odoo.url).replace("login: bot@example.com", "login: bot")
    file = tmp_path / "signoff.yaml"
    file.write_text(written.replace("database: prod", f"database: {story.odoo.database}"), encoding="utf-8")
    env = {
        "ODOO_API_KEY": story.odoo.api_key(),
        "ODOO_HOOK_TOKEN": "a-token-of-enough-letters",
        "SIGNOFF_DATABASE_URL": sqlite_url,
    }
    asked = ["report", "reconcile", "--json", "--config", str(file)]
    answer = await asyncio.to_thread(CliRunner().invoke, signoff, asked, env=env)
    (told_books,) = json.loads(answer.stdout)
    assert (answer.exit_code, told_books["unexplained"]) == (1, [f"main:purchase.order:{order.id}"])
    await story.reconcile()
    await story.rest()
    answer = await asyncio.to_thread(CliRunner().invoke, signoff, [one for one in asked if one != "--json"], env=env)
    assert (answer.exit_code, "1 found in Odoo = 1 open" in answer.stdout) == (0, True)
