"""The hold in the pretend Odoo: whom it refuses, what it lets pass, and which types it cannot be for."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from decimal import Decimal

import httpx
import pytest
from click.testing import CliRunner

from bot.cli import signoff as program
from bot.config.model import Secret, Source
from bot.odoo.catalog import CATALOG
from bot.odoo.setup.pieces import Do, Kind
from bot.odoo.setup.run import Administrator, Asked, Outcome, set_up
from bot.sandbox.odoo import PretendOdoo
from bot.sandbox.odoo.errors import OdooError
from tests import odoo_code

ADMIN = Administrator("admin", Secret("admin"))
PURCHASE, SALE = "purchase.order", "sale.order"
HELD = ("purchase.approval", "sale.value")


@pytest.fixture(params=["18.0", "19.0"])
async def odoo(request: pytest.FixtureRequest) -> AsyncIterator[PretendOdoo]:
    """A server of each version where purchases and sales are held."""
    server = PretendOdoo(request.param)
    server.engine.coder = odoo_code.run
    await server.start()
    assert (await run(server, Asked(hold=HELD, limits={"sale.value": Decimal(5000)}))).problems == []
    yield server
    await server.stop()


async def run(odoo: PretendOdoo, asked: Asked) -> Outcome:
    """One run of the set-up."""
    source = Source(
        "main", odoo.url, odoo.database, "bot", Secret(odoo.api_key()), (Secret("t" * 20),),
        ("inventory.count_variance", *HELD), signoff_url="http://127.0.0.1:9",
    )  # fmt: skip
    async with httpx.AsyncClient() as http:
        return await set_up(source, ADMIN, asked, http)


async def test_a_person_is_refused_with_a_sentence_that_names_signoff_and_nothing_has_happened(
    odoo: PretendOdoo,
) -> None:
    order = await odoo.people.request_purchase(by="puru", amount=12_500.0)
    with pytest.raises(OdooError, match="Signoff holds purchase orders"):
        await odoo.as_user("purm").call(PURCHASE, "button_approve", [order])
    kept = odoo.record(PURCHASE, order)
    assert (kept["state"], kept["picking_ids"]) == ("to approve", [])


async def test_a_managers_own_confirmation_past_the_approval_is_refused_too(odoo: PretendOdoo) -> None:
    order = odoo.add_purchase(amount=12_500.0)
    with pytest.raises(OdooError, match="Signoff holds"):
        await odoo.as_user("purm").call(PURCHASE, "button_confirm", [order])
    assert odoo.record(PURCHASE, order)["state"] == "draft"


async def test_the_bot_passes(odoo: PretendOdoo) -> None:
    order = await odoo.people.request_purchase(by="puru", amount=12_500.0)
    await odoo.as_user("bot").call(PURCHASE, "button_approve", [order])
    assert odoo.record(PURCHASE, order)["state"] == "purchase"


async def test_what_nobody_is_asked_about_passes_and_later_writes_are_not_disturbed(odoo: PretendOdoo) -> None:
    order = odoo.add_purchase(amount=900.0)
    await odoo.as_user("purm").call(PURCHASE, "button_confirm", [order])
    await odoo.as_user("purm").call(PURCHASE, "write", [order], {"partner_ref": "later"})
    assert odoo.record(PURCHASE, order)["state"] == "purchase"


async def test_quotations_are_held_from_the_materiality_on(odoo: PretendOdoo) -> None:
    small, large = odoo.add_sale(amount=4_999.0), odoo.add_sale(amount=5_000.0)
    await odoo.as_user("saleu").call(SALE, "action_confirm", [small])
    with pytest.raises(OdooError, match="Signoff holds quotations"):
        await odoo.as_user("saleu").call(SALE, "action_confirm", [large])
    assert [odoo.record(SALE, one)["state"] for one in (small, large)] == ["sale", "draft"]


async def test_a_hold_stays_until_it_is_removed_and_follows_the_config(odoo: PretendOdoo) -> None:
    changed = await run(odoo, Asked(limits={"sale.value": Decimal(9000)}))
    assert [(step.do, step.piece.subject, step.differs) for step in changed.done] == [
        (Do.CHANGE, "sale.value", ("code",))
    ]
    removed = await run(odoo, Asked(remove=True, hold=("sale.value",)))
    assert [(step.do, step.piece.kind, step.piece.subject) for step in removed.done] == [
        (Do.REMOVE, Kind.HOLD, "sale.value")
    ]
    assert (await run(odoo, Asked(limits={"sale.value": Decimal(9000)}))).done == []


CONFIG = """
version: 1
odoo:
  main:
    url: {url}
    database: demo
    login: bot
    api_key: ${{KEY}}
    webhook_tokens: ["${{TOKEN}}"]
    events: [purchase.approval, sale.value, inventory.count_variance]
    signoff_url: http://127.0.0.1:9
roles: {{buyers: {{channel: "#buyers", members: [ann@example.com, bob@example.com]}}}}
policies:
  all: {{tolerance: {{value: 2%}}, stages: [{{any_of: [buyers]}}]}}
rules: [{{name: all, policy: all}}]
"""


@pytest.mark.parametrize(
    ("event_type", "why"),
    [
        ("inventory.count_variance", "no change of state"),
        ("sale.value", "policy all has a tolerance"),
        ("shipment.backorder", "cannot be held"),
        ("no.such_type", "cannot be held"),
    ],
)
async def test_what_cannot_be_held_is_refused_with_the_reason(
    odoo: PretendOdoo, tmp_path_factory: pytest.TempPathFactory, event_type: str, why: str
) -> None:
    path = tmp_path_factory.mktemp("config") / "signoff.yaml"
    path.write_text(CONFIG.format(url=odoo.url), encoding="utf-8")
    env = {
        "SIGNOFF_CONFIG": str(path),
        "KEY": odoo.api_key(),
        "TOKEN": "t" * 20,
        "SIGNOFF_ODOO_ADMIN_LOGIN": "admin",
        "SIGNOFF_ODOO_ADMIN_KEY": "admin",
    }
    answer = await asyncio.to_thread(CliRunner(env=env).invoke, program, ["odoo", "setup", "--hold", event_type])
    assert (answer.exit_code, why in answer.stderr) == (2, True)


def test_what_nobody_decides_about_is_not_held() -> None:
    held = {name for name, entry in CATALOG.items() if entry.hold is not None}
    assert not any(CATALOG[name].is_exception for name in held)
    assert held == {
        "inventory.scrap", "purchase.approval", "purchase.bill_variance", "purchase.emergency", "sale.discount",
        "sale.margin", "sale.value", "shipment.release",
    }  # fmt: skip
