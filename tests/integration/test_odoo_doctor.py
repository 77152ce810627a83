"""The doctor: what it finds in a healthy Odoo and in a sick one, and that every finding says how to mend it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from aiohttp import web
from click.testing import CliRunner

from bot.cli import signoff as program
from bot.config.model import Secret, Site, Source
from bot.findings import Check, Verdict
from bot.odoo import places
from bot.odoo.client import OdooClient
from bot.odoo.doctor import examine
from bot.odoo.findings import Visit
from bot.odoo.setup.run import Administrator, Asked, set_up
from bot.sandbox.odoo import PretendOdoo

ADMIN = Administrator("admin", Secret("admin"))
OK, WARN, BAD, UNKNOWN = Verdict.OK, Verdict.WARN, Verdict.BAD, Verdict.UNKNOWN
PURCHASE_RULE = "Signoff main: purchase.order"


@dataclass
class Clinic:
    """An Odoo that was set up, a program that runs, and the doctor."""

    odoo: PretendOdoo
    source: Source
    http: httpx.AsyncClient
    compared_at: datetime
    healthy: bool = True

    async def find(self, *, now: datetime | None = None, administrator: Administrator | None = None) -> list[Check]:
        """Examine."""
        client = OdooClient(self.source, self.http)
        at = now or datetime.now(UTC)
        return await examine(Visit(self.source, client, self.http, at, administrator, self.source.signoff_url))

    async def about(self, name: str, **how: datetime) -> list[Check]:
        """The findings of one name."""
        return [check for check in await self.find(**how) if check.name == name]  # type: ignore[arg-type]  # only now

    async def change(self, model: str, name: str, values: dict[str, object]) -> None:
        """Somebody with Settings rights changes what is called so."""
        admin = self.odoo.as_user("admin")
        ids = await admin.call(model, "search", [["name", "=like", f"{name}%"]], context={"active_test": False})
        assert isinstance(ids, list)
        assert ids
        await admin.call(model, "write", ids, values)


@pytest.fixture
async def clinic(request: pytest.FixtureRequest) -> AsyncIterator[Clinic]:
    """On the version that the test asks for, or 19.0."""
    odoo = PretendOdoo(getattr(request, "param", "19.0"))
    await odoo.start()
    async with httpx.AsyncClient() as http:
        events = ("inventory.count_variance", "purchase.approval")
        key, token = Secret(odoo.api_key()), Secret("t" * 20)
        source = Source("main", odoo.url, odoo.database, "bot", key, (token,), events)
        here = Clinic(odoo, source, http, datetime.now(UTC))
        runner = await _program(here)
        port = runner.addresses[0][1]
        here.source = replace(source, signoff_url=f"http://127.0.0.1:{port}")
        assert (await set_up(here.source, ADMIN, Asked(guard=True), http)).problems == []
        yield here
        await runner.cleanup()
    await odoo.stop()


async def _program(clinic: Clinic) -> web.AppRunner:
    """What the running program answers the doctor."""

    async def healthz(_request: web.Request) -> web.Response:
        return web.Response(status=200 if clinic.healthy else 502)

    async def metrics(_request: web.Request) -> web.Response:
        at = clinic.compared_at.timestamp()
        return web.Response(text=f'signoff_reconcile_finished_timestamp_seconds{{source="main"}} {at:.9e}\n')

    app = web.Application()
    app.router.add_get("/healthz", healthz)
    app.router.add_get("/metrics", metrics)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    return runner


@pytest.mark.parametrize("clinic", ["18.0", "19.0"], indirect=True)
@pytest.mark.parametrize("administrator", [None, ADMIN], ids=["bot alone", "with an administrator"])
async def test_nothing_is_wrong_after_the_set_up(clinic: Clinic, administrator: Administrator | None) -> None:
    found = await clinic.find(administrator=administrator)
    assert {check.verdict for check in found} == {OK}
    names = {"version", "login", "clock", "key", "rights", "activities", "people", "rules", "guard", "hold", "webhook"}
    names |= {"comparison"}
    assert {check.name for check in found} == names


@pytest.mark.parametrize(("left", "verdict"), [(89, OK), (31, OK), (30, WARN), (8, WARN), (7, BAD), (-1, BAD)])
async def test_a_key_is_warned_of_weeks_before_it_ends(clinic: Clinic, left: int, verdict: Verdict) -> None:
    end = datetime.now(UTC) + timedelta(days=left)
    await clinic.change("res.users.apikeys", "signoff", {"expiration_date": f"{end:%Y-%m-%d %H:%M:%S}"})
    (check,) = await clinic.about("key", now=end - timedelta(days=left))
    assert (check.verdict, bool(check.mend)) == (verdict, verdict is not OK)


async def test_a_bot_without_an_address_is_told_because_odoo_refuses_its_notes(clinic: Clinic) -> None:
    await clinic.odoo.as_user("admin").call("res.users", "write", [clinic.odoo.uid("bot")], {"email": False})
    found = await clinic.find()
    (check,) = [one for one in found if one.verdict is BAD]
    assert ("e-mail" in check.says, "e-mail" in check.mend, len(found) > 6) == (True, True, True)


async def test_whose_people_cannot_be_told_in_odoo_while_slack_is_away_is_named(clinic: Clinic) -> None:
    clinic.odoo.put_into("bot", "base.group_user", "stock.group_stock_user")
    (check,) = await clinic.about("activities")
    assert (check.verdict, "inventory.count_variance" in check.says) == (WARN, True)
    assert "stock.group_stock_manager" in check.mend


async def test_two_users_with_one_address_are_told(clinic: Clinic) -> None:
    for login, written in (("puru", "ann@example.com"), ("accu", "Ann@Example.com")):
        await clinic.odoo.as_user("admin").call("res.users", "write", [clinic.odoo.uid(login)], {"login": written})
    (check,) = await clinic.about("people")
    assert (check.verdict, "ann@example.com is the address of Odoo user" in check.says) == (BAD, True)


async def test_a_login_that_is_refused_ends_the_examination_of_odoo(clinic: Clinic) -> None:
    clinic.source = replace(clinic.source, api_key=Secret("no-such-key"))
    found = await clinic.find()
    assert [(check.name, check.verdict) for check in found] == [
        ("version", OK),
        ("login", BAD),
        ("webhook", OK),
        ("comparison", OK),
    ]


async def test_a_server_that_is_away_is_said_to_be(clinic: Clinic) -> None:
    await clinic.odoo.refuse()
    found = await clinic.find()
    assert (found[0].name, found[0].verdict) == ("version", BAD)
    assert "cannot be reached" in found[0].says


async def test_a_right_that_is_missing_is_named_with_the_types_that_need_it(clinic: Clinic) -> None:
    bot = clinic.odoo.people_by_id[clinic.odoo.uid("bot")]
    bot.groups = bot.groups - {"purchase.group_purchase_manager"}
    found = {check.says: check for check in await clinic.about("rights") if check.verdict is BAD}
    (check,) = found.values()
    assert "purchase.approval" in check.says
    assert "purchase.group_purchase_manager" in check.mend


@pytest.mark.parametrize(
    ("values", "says"), [({"active": False}, "switched off"), ({"name": "Signoff main: renamed by me"}, "missing")]
)
async def test_a_rule_that_does_not_work_is_seen_by_the_bot_alone(
    clinic: Clinic, values: dict[str, object], says: str
) -> None:
    await clinic.change("base.automation", PURCHASE_RULE, values)
    (check,) = [check for check in await clinic.about("rules") if check.verdict is not OK]
    assert (check.verdict, says in check.says, "signoff odoo setup" in check.mend) == (BAD, True, True)


async def test_code_that_somebody_changed_is_seen_with_an_administrator(clinic: Clinic) -> None:
    await clinic.change("ir.actions.server", "Signoff main guard: purchase.order", {"code": "action = True"})
    assert {check.verdict for check in await clinic.find()} == {OK}
    (check,) = [check for check in await clinic.find(administrator=ADMIN) if check.verdict is not OK]
    assert (check.verdict, "was changed in Odoo: code" in check.says) == (BAD, True)


async def test_a_guard_of_another_release_is_not_in_use(clinic: Clinic) -> None:
    name = "Signoff main guard: purchase.order"
    await clinic.change("ir.actions.server", name, {"name": f"{name} 00000000"})
    (check,) = [check for check in await clinic.about("guard") if check.verdict is not OK]
    assert (check.verdict, "another release" in check.says) == (WARN, True)


async def test_a_hold_is_told_of_and_so_is_what_is_not_held(clinic: Clinic) -> None:
    await set_up(clinic.source, ADMIN, Asked(hold=("purchase.approval",)), clinic.http)
    held, loose = await clinic.about("hold")
    assert (held.verdict, "purchase.approval is held" in held.says) == (OK, True)
    assert (loose.verdict, loose.says.endswith("found afterwards: inventory.count_variance")) == (OK, True)
    await clinic.change("base.automation", "Signoff main hold: purchase.approval", {"active": False})
    assert [check.verdict for check in await clinic.about("hold")] == [BAD, OK]


async def test_clocks_that_differ_are_told(clinic: Clinic) -> None:
    (check,) = await clinic.about("clock", now=datetime.now(UTC) + timedelta(seconds=60))
    assert (check.verdict, "differ by" in check.says) == (WARN, True)


async def test_a_bot_that_may_administer_odoo_is_warned_of(clinic: Clinic) -> None:
    bot = clinic.odoo.people_by_id[clinic.odoo.uid("bot")]
    bot.groups = bot.groups | {"base.group_system"}
    assert [check.verdict for check in await clinic.about("login")] == [OK, WARN]


async def test_a_program_that_does_not_answer_or_has_not_compared_is_told(clinic: Clinic) -> None:
    clinic.healthy = False
    clinic.compared_at -= timedelta(minutes=5)
    found = {check.name: check for check in await clinic.find()}
    assert (found["webhook"].verdict, "502" in found["webhook"].says) == (BAD, True)
    assert (found["comparison"].verdict, "last compared" in found["comparison"].says) == (BAD, True)


async def test_before_any_set_up_the_bot_cannot_see_the_rules(clinic: Clinic) -> None:
    await set_up(clinic.source, ADMIN, Asked(remove=True), clinic.http)
    (rules,) = await clinic.about("rules")
    assert (rules.verdict, rules.mend) == (UNKNOWN, "run signoff odoo setup")
    assert all("without a guard" in check.says for check in await clinic.about("guard"))


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
    signoff_url: {signoff}
roles: {{buyers: {{channel: "#buyers", members: [ann@example.com, bob@example.com]}}}}
policies: {{purchase: {{stages: [{{any_of: [buyers]}}]}}}}
rules: [{{name: all, policy: purchase}}]
"""


async def test_the_command_prints_each_finding_with_its_cure_and_exits_1(
    clinic: Clinic, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("config") / "signoff.yaml"
    path.write_text(CONFIG.format(url=clinic.odoo.url, signoff=clinic.source.signoff_url), encoding="utf-8")
    env = {
        "SIGNOFF_CONFIG": str(path),
        "KEY": clinic.odoo.api_key(),
        "TOKEN": "t" * 20,
        "SIGNOFF_ADMIN_LISTEN": clinic.source.signoff_url.removeprefix("http://"),
    }

    async def doctor(*words: str) -> tuple[int, str]:
        answer = await asyncio.to_thread(CliRunner(env=env).invoke, program, ["odoo", "doctor", *words])
        return answer.exit_code, answer.stdout

    assert (await doctor())[0] == 0
    await clinic.change("base.automation", PURCHASE_RULE, {"active": False})
    code, text = await doctor()
    assert (code, "switched off" in text, "-> run signoff odoo setup" in text) == (1, True, True)
    code, text = await doctor("--json")
    assert (code, [one["name"] for one in json.loads(text) if one["verdict"] == "bad"]) == (1, ["rules"])


async def test_the_places_for_goods_set_apart_are_looked_for_by_their_whole_name(clinic: Clinic) -> None:
    clinic.odoo.add_place("Quarantine")
    client = OdooClient(clinic.source, clinic.http)
    sites = [
        Site(name, frozenset({warehouse}), frozenset(), {}, quarantine=place)
        for name, warehouse, place in (
            ("CHI", "CHI", "CHI/Quarantine"),
            ("DAL", "DAL", "DAL/Quarantine"),
            ("elsewhere", "PAR", "PAR/Quarantine"),
        )
    ]
    found = await places.examined(client, replace(clinic.source, quarantine="Quarantine"), sites)
    assert [(check.verdict, check.says.partition(":")[0]) for check in found] == [
        (BAD, "odoo.main"),
        (OK, "sites.CHI"),
        (BAD, "sites.DAL"),
    ]
