"""Activities for records that Odoo has none for: they are on the product, and done with the case."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import replace

import httpx
import pytest

from bot.cases.model import Case, Event, RecordRef, Seen, Status
from bot.clock import Clock
from bot.coalesce import Coalescer
from bot.config.model import Secret, Source
from bot.effects import EffectKind
from bot.errors import PermanentError
from bot.odoo.activities import Activities
from bot.odoo.catalog import CATALOG
from bot.odoo.sources import OdooSource
from bot.outbox import Claimed
from bot.sandbox.odoo import PretendOdoo
from tests.factories import NOW, a_case, an_event

EFFECT = Claimed(1, EffectKind.KEEP_ACTIVITIES, "k", 1, "", 1, NOW, NOW)
STOCKM = "stockm@example.com"


@pytest.fixture(params=["18.0", "19.0"])
async def odoo(request: pytest.FixtureRequest) -> AsyncIterator[PretendOdoo]:
    """A server of each version."""
    server = PretendOdoo(request.param)
    await server.start()
    yield server
    await server.stop()


async def keep(odoo: PretendOdoo, case: Case) -> None:
    """Perform what is owed for the case."""

    async def load(ids: Sequence[int]) -> dict[int, Case]:
        return dict.fromkeys(ids, case)

    key, users = Secret(odoo.api_key()), {"stockm": STOCKM}
    settings = Source("main", odoo.url, odoo.database, "bot", key, (), tuple(CATALOG), users=users)
    async with httpx.AsyncClient() as http:
        sources = {"main": OdooSource(settings, http, Clock())}
        await Activities(sources, cases=Coalescer(load)).keep(EFFECT)


def told_of(odoo: PretendOdoo, model: str, event_type: str, number: int) -> Case:
    """A case of which Stock Manager is to be told."""
    product = str(odoo.record(model, number)["product_id"][0])
    event = an_event(
        event_type=event_type,
        record=RecordRef("main", model, number),
        seen=(Seen("product_id", "Product", product, "Bolt"),),
    )
    return a_case(event=event, activities=(STOCKM,))


def a_scrap(odoo: PretendOdoo) -> Case:
    """A scrap order."""
    return told_of(odoo, "stock.scrap", "inventory.scrap", odoo.add_scrap("BOLT-M8", 4.0))


def a_count(odoo: PretendOdoo) -> Case:
    """A count."""
    quant = odoo.add_count(product="BOLT-M8", counted=60.0)
    return told_of(odoo, "stock.quant", "inventory.count_variance", quant)


def planned(odoo: PretendOdoo, model: str) -> list[str]:
    """The summaries of activities on such records that are not done."""
    rows = [odoo.record("mail.activity", number) for number in odoo.engine.store.ids("mail.activity")]
    return [str(one["summary"]) for one in rows if one["res_model"] == model and one["active"]]


@pytest.mark.parametrize("made", [a_scrap, a_count])
async def test_it_is_told_of_on_its_product_once_and_done_with_the_case(
    odoo: PretendOdoo, made: Callable[[PretendOdoo], Case]
) -> None:
    case = made(odoo)
    await keep(odoo, case)
    await keep(odoo, case)
    (summary,) = planned(odoo, "product.product")
    assert summary.endswith(f"[Signoff case 1: {case.record.model} {case.record.id}]")
    await keep(odoo, replace(case, status=Status.APPROVED, activities=()))
    assert planned(odoo, "product.product") == []


async def test_who_may_not_edit_products_is_told_what_is_missing(odoo: PretendOdoo) -> None:
    case = a_scrap(odoo)
    odoo.put_into("bot", "base.group_user", "stock.group_stock_user")
    with pytest.raises(PermanentError, match="Inventory / Administrator"):
        await keep(odoo, case)


async def test_a_model_without_activities_is_no_trouble(odoo: PretendOdoo) -> None:
    event: Event = an_event(event_type="my.own", record=RecordRef("main", "res.users", 2))
    await keep(odoo, a_case(event=event, activities=(STOCKM,)))
    assert planned(odoo, "res.users") == []
