"""Setting Odoo up over RPC: from nothing, again, after somebody's changes, and away; by an administrator alone."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import replace

import httpx
import pytest
from click.testing import CliRunner

from bot.cli import signoff as program
from bot.config.model import Secret, Source
from bot.errors import ConfigError
from bot.odoo.setup.pieces import Do
from bot.odoo.setup.run import Administrator, Asked, Outcome, set_up
from bot.sandbox.odoo import PretendOdoo

ADMIN = Administrator("admin", Secret("admin"))
TOKEN = "a-token-that-must-not-be-shown"
RULES = ["Signoff main: purchase.order", "Signoff main: sale.order", "Signoff main: stock.quant"]


@pytest.fixture(params=["18.0", "19.0"])
async def odoo(request: pytest.FixtureRequest) -> AsyncIterator[PretendOdoo]:
    """A server of each version."""
    server = PretendOdoo(request.param)
    await server.start()
    yield server
    await server.stop()


def source_of(odoo: PretendOdoo) -> Source:
    """The bot's source on it."""
    return Source(
        "main",
        odoo.url,
        odoo.database,
        "bot",
        Secret(odoo.api_key()),
        (Secret(TOKEN), Secret("an-older-token-on-its-way-out")),
        ("inventory.count_variance", "purchase.approval", "sale.value"),
        signoff_url="http://127.0.0.1:9",
    )


async def run(odoo: PretendOdoo, asked: Asked = Asked(), *, by: Administrator = ADMIN) -> Outcome:  # noqa: B008
    """One run of the set-up."""
    async with httpx.AsyncClient() as http:
        return await set_up(source_of(odoo), by, asked, http)


def done(outcome: Outcome) -> list[tuple[Do, str]]:
    """What a run did."""
    return [(step.do, step.piece.name) for step in outcome.done]


async def admin(odoo: PretendOdoo, model: str, method: str, *args: object) -> object:
    """Somebody else with Settings rights."""
    return await odoo.as_user("admin").call(model, method, *args)


def rule(odoo: PretendOdoo, name: str) -> int:
    """The id of a rule by its name."""
    found = odoo.engine.begin(odoo.people_by_id[2])
    return next(one for one in found.tx.ids("base.automation") if found.row("base.automation", one)["name"] == name)


async def test_the_first_run_makes_everything_and_the_second_changes_nothing(odoo: PretendOdoo) -> None:
    first = await run(odoo)
    assert (first.problems, done(first)) == ([], [(Do.CREATE, name) for name in ("Signoff main", *RULES)])
    again = await run(odoo)
    assert (again.problems, done(again), {step.do for step in again.steps}) == ([], [], {Do.KEEP})


async def test_one_change_of_an_order_is_one_webhook_to_the_address_of_the_source(odoo: PretendOdoo) -> None:
    await run(odoo)
    order = await odoo.people.request_purchase(by="puru", amount=12_500.0)
    odoo.webhooks.sent.clear()
    await odoo.as_user("puru").call("purchase.order", "write", [order], {"origin": "unwatched"})
    assert odoo.webhooks.sent == []
    await odoo.as_user("purm").call("purchase.order", "button_approve", [order])
    (signal,) = odoo.webhooks.sent
    assert (signal.url, signal.body["_id"]) == (f"http://127.0.0.1:9/odoo/main/{TOKEN}", order)


async def test_a_dry_run_tells_what_is_owed_and_does_nothing(odoo: PretendOdoo) -> None:
    told = await run(odoo, Asked(dry_run=True))
    assert ([step.do for step in told.owed], told.done) == ([Do.CREATE] * 4, [])
    assert [step.do for step in (await run(odoo, Asked(dry_run=True))).owed] == [Do.CREATE] * 4


@pytest.mark.parametrize(
    ("values", "named"),
    [
        ({"active": False}, ("active",)),
        ({"trigger_field_ids": [[5, 0, 0]]}, ("fields",)),
        ({"filter_domain": "[('id', '>', 5)]"}, ("after",)),
        ({"trigger": "on_create"}, ("trigger",)),
        ({"action_server_ids": [[5, 0, 0]]}, ("address",)),
    ],
)
async def test_what_somebody_changed_in_a_rule_is_named_and_put_right(
    odoo: PretendOdoo, values: dict[str, object], named: tuple[str, ...]
) -> None:
    await run(odoo)
    await admin(odoo, "base.automation", "write", [rule(odoo, RULES[0])], values)
    (step,) = (await run(odoo)).done
    assert (step.do, step.piece.name, step.differs) == (Do.CHANGE, RULES[0], named)
    assert (await run(odoo)).done == []


async def test_a_second_rule_of_ours_and_one_for_a_type_no_longer_watched_go(odoo: PretendOdoo) -> None:
    await run(odoo)
    quants = [await admin(odoo, "ir.model", "search", [["model", "=", "res.partner"]])][0]
    assert isinstance(quants, list)
    for name in (RULES[0], "Signoff main: res.partner"):
        values = {"name": name, "model_id": quants[0], "trigger": "on_create"}
        await admin(odoo, "base.automation", "create", values)
    assert sorted(done(await run(odoo))) == [(Do.REMOVE, RULES[0]), (Do.REMOVE, "Signoff main: res.partner")]


async def test_remove_takes_away_what_was_made_and_nothing_else(odoo: PretendOdoo) -> None:
    await run(odoo)
    quants = await admin(odoo, "ir.model", "search", [["model", "=", "stock.quant"]])
    assert isinstance(quants, list)
    for name in ("Signoff other: stock.quant", "Ours: stock.quant"):
        await admin(odoo, "base.automation", "create", {"name": name, "model_id": quants[0], "trigger": "on_create"})
    assert len(done(await run(odoo, Asked(remove=True)))) == len(("group", *RULES))
    left = await admin(odoo, "base.automation", "search_read", [], ["name"])
    assert isinstance(left, list)
    assert [row["name"] for row in left] == ["Signoff other: stock.quant", "Ours: stock.quant"]


async def test_somebody_without_the_right_is_told_how_to_do_it_by_hand(odoo: PretendOdoo) -> None:
    outcome = await run(odoo, by=Administrator("purm", Secret("purm-pw1")))
    assert (outcome.by_hand, outcome.done, len(outcome.problems)) == (True, [], 1)


async def test_a_bot_user_that_does_not_exist_is_named(odoo: PretendOdoo) -> None:
    async with httpx.AsyncClient() as http:
        outcome = await set_up(replace(source_of(odoo), login="nobody@example.com"), ADMIN, Asked(), http)
    assert any("nobody@example.com" in problem for problem in outcome.problems)


CONFIG = """
version: 1
odoo:
  main:
    url: {url}
    database: demo
    login: bot
    api_key: ${{KEY}}
    webhook_tokens: ["${{TOKEN}}"]
    events: [purchase.approval]
    signoff_url: http://127.0.0.1:9
roles: {{buyers: {{channel: "#buyers", members: [ann@example.com, bob@example.com]}}}}
policies: {{purchase: {{stages: [{{any_of: [buyers]}}]}}}}
rules: [{{name: all, policy: purchase}}]
"""


@pytest.fixture
def environment(odoo: PretendOdoo, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What an admin's shell holds."""
    path = tmp_path_factory.mktemp("config") / "signoff.yaml"
    path.write_text(CONFIG.format(url=odoo.url), encoding="utf-8")
    return {
        "SIGNOFF_CONFIG": str(path),
        "KEY": odoo.api_key(),
        "TOKEN": TOKEN,
        "SIGNOFF_ODOO_ADMIN_LOGIN": "admin",
        "SIGNOFF_ODOO_ADMIN_KEY": "admin",
    }


async def command(environment: dict[str, str], *words: str) -> tuple[int, str]:
    """Type a command; its exit code and everything that it printed."""
    answer = await asyncio.to_thread(CliRunner(env=environment).invoke, program, ["odoo", *words])
    return answer.exit_code, answer.output + answer.stderr


async def test_the_command_shows_does_and_shows_again_without_the_token(environment: dict[str, str]) -> None:
    before = await command(environment, "setup", "--dry-run")
    made = await command(environment, "setup")
    after = await command(environment, "setup", "--dry-run", "--json")
    assert (before[0], made[0], after[0]) == (1, 0, 0)
    assert "create  webhook  Signoff main: purchase.order" in before[1]
    assert [step["do"] for step in json.loads(after[1])[0]["steps"]] == ["keep", "keep"]
    assert not any(TOKEN in output for _, output in (before, made, after))


async def test_the_command_prints_the_screens_of_odoo_for_somebody_without_the_right(
    environment: dict[str, str],
) -> None:
    code, output = await command(
        environment | {"SIGNOFF_ODOO_ADMIN_LOGIN": "puru", "SIGNOFF_ODOO_ADMIN_KEY": "puru-pw1"}, "setup"
    )
    assert code == 1
    assert "Automation Rules > New, name: Signoff main: purchase.order" in output
    assert "When updating: amount_total, " in output
    assert TOKEN not in output


async def test_the_command_says_which_setting_is_missing(environment: dict[str, str]) -> None:
    environment.pop("SIGNOFF_ODOO_ADMIN_KEY")
    answer = await asyncio.to_thread(CliRunner(env=environment).invoke, program, ["odoo", "setup"])
    assert isinstance(answer.exception, ConfigError)
    assert "SIGNOFF_ODOO_ADMIN_KEY is missing" in answer.exception.sentence
