"""The doctor: what it finds in a healthy Odoo and in a sick one, and that every finding says how to mend it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, TypeAlias

import httpx
import pytest
from aiohttp import web
from click.testing import CliRunner

from bot.cli import signoff as program
from bot.cli.odoo import exit_code
from bot.config.model import Secret, Site, Source
from bot.findings import Check, Verdict, as_lines
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
    compared_at: datetime | None
    healthy: bool = True
    late: timedelta = timedelta(0)  #: by how much the clock here is ahead
    groups: tuple[str, ...] = ()
    deciders: tuple[str, ...] = ()
    admin_url: str = ""

    async def find(self, *, now: datetime | None = None, administrator: Administrator | None = None) -> list[Check]:
        """Examine."""
        client, at = OdooClient(self.source, self.http), now or datetime.now(UTC) + self.late
        visit = Visit(self.source, client, self.http, at, administrator, self.admin_url)
        return await examine(replace(visit, groups=self.groups, deciders=self.deciders))

    async def about(self, name: str, *, now: datetime | None = None) -> list[Check]:
        """The findings of one name."""
        return [check for check in await self.find(now=now) if check.name == name]

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
        here.admin_url = f"http://127.0.0.1:{port}"
        here.source = replace(source, signoff_url=here.admin_url)
        assert (await set_up(here.source, ADMIN, Asked(guard=True), http)).problems == []
        yield here
        await runner.cleanup()
    await odoo.stop()


async def _program(clinic: Clinic) -> web.AppRunner:
    """What the running program answers the doctor."""

    async def healthz(_request: web.Request) -> web.Response:
        return web.Response(status=200 if clinic.healthy else 502)

    async def metrics(_request: web.Request) -> web.Response:
        at = clinic.compared_at
        told = f'signoff_reconcile_finished_timestamp_seconds{{source="main"}} {at.timestamp():.9e}\n' if at else ""
        return web.Response(text=told)

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


Fault: TypeAlias = Callable[[Clinic], Awaitable[None]]


def written(model: str, called: str, **values: object) -> Fault:
    """An administrator writes to the user with that login, or to what is called so."""

    async def fault(clinic: Clinic) -> None:
        if model == "res.users":
            await clinic.odoo.as_user("admin").call(model, "write", [clinic.odoo.uid(called)], values)
        else:
            await clinic.change(model, called, values)

    return fault


def having(*groups: str) -> Fault:
    """The bot has these groups alone."""

    async def fault(clinic: Clinic) -> None:
        clinic.odoo.put_into("bot", *groups)

    return fault


def told(**source: Any) -> Fault:
    """The config says otherwise."""

    async def fault(clinic: Clinic) -> None:
        clinic.source = replace(clinic.source, **source)

    return fault


def here(**values: Any) -> Fault:
    """What is so around the examination."""

    async def fault(clinic: Clinic) -> None:
        for name, value in values.items():
            setattr(clinic, name, value)

    return fault


async def one_address_for_two(clinic: Clinic) -> None:
    for login, address in (("puru", "ann@example.com"), ("accu", "Ann@Example.com")):
        await written("res.users", login, login=address)(clinic)


async def no_key(clinic: Clinic) -> None:
    clinic.source = replace(clinic.source, api_key=Secret("bot-pw1"))
    keys = list(clinic.odoo.engine.begin(clinic.odoo.people_by_id[2]).tx.ids("res.users.apikeys"))
    await clinic.odoo.as_user("admin").call("res.users.apikeys", "unlink", keys)


async def ending_key(clinic: Clinic) -> None:
    end = datetime.now(UTC) + timedelta(days=20)
    await clinic.change("res.users.apikeys", "signoff", {"expiration_date": f"{end:%Y-%m-%d %H:%M:%S}"})


async def nothing_set_up(clinic: Clinic) -> None:
    await set_up(clinic.source, ADMIN, Asked(remove=True), clinic.http)


async def held_and_switched_off(clinic: Clinic) -> None:
    await set_up(clinic.source, ADMIN, Asked(hold=("purchase.approval",)), clinic.http)
    await clinic.change("base.automation", "Signoff main hold: purchase.approval", {"active": False})


async def held_as_people(clinic: Clinic) -> None:
    await set_up(clinic.source, ADMIN, Asked(hold=("purchase.approval",)), clinic.http)
    clinic.source = replace(clinic.source, act_as_user=True)


async def nobody_to_act_as(clinic: Clinic) -> None:
    clinic.source = replace(clinic.source, act_as_user=True, users={"admin": "ann@example.com"})
    await set_up(clinic.source, ADMIN, Asked(guard=True), clinic.http)
    clinic.deciders = ("ann@example.com", "bob@example.com")


PURCHASE_GUARD = "Signoff main guard: purchase.order"
NOWHERE = "http://127.0.0.1:9"


@pytest.mark.parametrize(
    ("fault", "name", "verdict", "says", "mend"),
    [
        pytest.param(*row, id=f"{row[1]}: {row[3]}")
        for row in (
            (told(url=NOWHERE), "version", BAD, "cannot be reached", f"mend the way to {NOWHERE}"),
            (told(api_key=Secret("no-such-key")), "login", BAD, "login refused", "make a key under Preferences"),
            (written("res.users", "bot", email=False), "login", BAD, "no e-mail address", "an e-mail address in Odoo"),
            (having("base.group_system"), "login", WARN, "may change settings", "take Administration: Settings away"),
            (here(late=timedelta(minutes=1)), "clock", WARN, "differ by", "follow a time server"),
            (ending_key, "key", WARN, "in 19 days", "make the next one as bot"),
            (no_key, "key", WARN, "with a password", "make an API key"),
            (
                having("stock.group_stock_manager", "purchase.group_purchase_user"),
                "rights", BAD, "purchase.approval: the bot is not in", "the group purchase.group_purchase_manager",
            ),
            (
                having("stock.group_stock_user", "purchase.group_purchase_manager"),
                "rights", WARN, "counts under which the stock has moved", "the group stock.group_stock_manager",
            ),
            (
                having("stock.group_stock_user", "purchase.group_purchase_manager"),
                "activities", WARN, "nobody is told in Odoo of inventory.count_variance", "stock.group_stock_manager",
            ),
            (one_address_for_two, "people", BAD, "ann@example.com is the address of Odoo user", "docs/odoo.md"),
            (here(groups=("no.such_group",)), "groups", BAD, "Odoo has no group no.such_group", "mend odoo_group"),
            (
                written("base.automation", PURCHASE_RULE, active=False),
                "rules", BAD, "is switched off", "run signoff odoo setup",
            ),
            (
                written("base.automation", PURCHASE_RULE, name="Signoff main: renamed by me"),
                "rules", BAD, "is missing", "run signoff odoo setup",
            ),
            (nothing_set_up, "rules", UNKNOWN, "may not see the automation rules", "run signoff odoo setup"),
            (
                written("ir.actions.server", PURCHASE_GUARD, name=f"{PURCHASE_GUARD} 00000000"),
                "guard", WARN, "of another release", "run signoff odoo setup",
            ),
            (told(act_as_user=True), "guard", BAD, "guard of purchase.order is of another", "odoo setup --guard"),
            (held_and_switched_off, "hold", BAD, "hold of purchase.approval is switched off", "run signoff odoo setup"),
            (held_as_people, "hold", BAD, "refuses those as whom", "--hold purchase.approval --remove"),
            (nobody_to_act_as, "act_as_user", WARN, "ann@example.com is an administrator", "an ordinary user of Odoo"),
            (nobody_to_act_as, "act_as_user", WARN, "Odoo has no user for bob@example.com", "an ordinary user of Odoo"),
            (here(healthy=False), "webhook", BAD, "answers with 502", "let the proxy pass /odoo/"),
            (told(signoff_url=NOWHERE), "webhook", BAD, "cannot be reached from here", "start Signoff"),
            (told(signoff_url=""), "webhook", UNKNOWN, "signoff_url is not set", "set it in the config"),
            (
                here(compared_at=datetime(2026, 1, 1, tzinfo=UTC)),
                "comparison", BAD, "was last compared", "look at /readyz",
            ),
            (here(compared_at=None), "comparison", BAD, "has not been compared whole", "look at /readyz"),
            (here(admin_url=NOWHERE), "comparison", UNKNOWN, "cannot be asked from here", "where Signoff runs"),
        )
    ],
)  # fmt: skip
async def test_each_trouble_is_said_with_how_to_mend_it(
    clinic: Clinic, fault: Fault, name: str, verdict: Verdict, says: str, mend: str
) -> None:
    await fault(clinic)
    found = await clinic.find()
    lines = [one for one in found if one.name == name and says in one.says]
    assert [(one.verdict, mend in one.mend) for one in lines] == [(verdict, True)], as_lines("main", found)
    assert all(one.mend for one in found if one.verdict is not OK), as_lines("main", found)
    worst = {one.verdict for one in found}
    assert exit_code({"main": found}) == int(BAD in worst)
    assert (BAD in worst) is (verdict is BAD)


@pytest.mark.parametrize(("left", "verdict"), [(89, OK), (31, OK), (30, WARN), (8, WARN), (7, BAD), (-1, BAD)])
async def test_a_key_is_warned_of_weeks_before_it_ends(clinic: Clinic, left: int, verdict: Verdict) -> None:
    end = datetime.now(UTC) + timedelta(days=left)
    await clinic.change("res.users.apikeys", "signoff", {"expiration_date": f"{end:%Y-%m-%d %H:%M:%S}"})
    (check,) = await clinic.about("key", now=end - timedelta(days=left))
    assert (check.verdict, bool(check.mend)) == (verdict, verdict is not OK)


async def test_a_login_that_is_refused_ends_the_examination_of_odoo(clinic: Clinic) -> None:
    clinic.source = replace(clinic.source, api_key=Secret("no-such-key"))
    found = await clinic.find()
    assert [(check.name, check.verdict) for check in found] == [
        ("version", OK),
        ("login", BAD),
        ("webhook", OK),
        ("comparison", OK),
    ]


async def test_code_that_somebody_changed_is_seen_with_an_administrator(clinic: Clinic) -> None:
    await clinic.change("ir.actions.server", "Signoff main guard: purchase.order", {"code": "action = True"})
    assert {check.verdict for check in await clinic.find()} == {OK}
    (check,) = [check for check in await clinic.find(administrator=ADMIN) if check.verdict is not OK]
    assert (check.verdict, "was changed in Odoo: code" in check.says) == (BAD, True)


async def test_a_hold_is_told_of_and_so_is_what_is_not_held(clinic: Clinic) -> None:
    await set_up(clinic.source, ADMIN, Asked(hold=("purchase.approval",)), clinic.http)
    held, loose = await clinic.about("hold")
    assert (held.verdict, "purchase.approval is held" in held.says) == (OK, True)
    assert (loose.verdict, loose.says.endswith("found afterwards: inventory.count_variance")) == (OK, True)
    await clinic.change("base.automation", "Signoff main hold: purchase.approval", {"active": False})
    assert [check.verdict for check in await clinic.about("hold")] == [BAD, OK]


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
