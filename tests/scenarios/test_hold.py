"""Held records through the app: released to a person with the figures that were released, and no others."""

from __future__ import annotations

from decimal import Decimal

import httpx
import pytest

from bot.config.model import Secret
from bot.odoo.setup.run import Administrator, Asked, set_up
from bot.sandbox.odoo.errors import OdooError
from tests import odoo_code
from tests.scenarios.story import SALE, Record, Story

VERSIONS = pytest.mark.parametrize("odoo_version", ["18.0", "19.0"])


@pytest.fixture
async def held(quick_story: Story) -> Story:
    """A story in whose Odoo large quotations are held."""
    quick_story.odoo.engine.coder = odoo_code.run
    source = quick_story.world.config.sources["main"]
    asked = Asked(hold=("sale.value",), limits={"sale.value": Decimal(5000)})
    async with httpx.AsyncClient() as http:
        outcome = await set_up(source, Administrator("admin", Secret("admin")), asked, http)
    assert outcome.problems == []
    return quick_story


async def _confirm(story: Story, quotation: Record) -> None:
    await story.odoo.as_user("saleu").call(SALE, "action_confirm", [quotation.id])


@VERSIONS
async def test_a_person_goes_on_once_the_quotation_is_released(held: Story) -> None:
    quotation = await held.quotation(12_500)
    card = await held.card(quotation, "Waiting")
    assert card.says("Odoo lets nobody but Signoff")
    with pytest.raises(OdooError, match="Signoff holds quotations"):
        await _confirm(held, quotation)
    await held.approve(quotation)
    await held.card(quotation, "Confirmed in Odoo")
    await _confirm(held, quotation)
    assert (held.state(quotation), len(held.notes(quotation))) == ("sale", 1)


async def test_a_release_falls_off_when_the_quotation_changes(held: Story) -> None:
    quotation = await held.quotation(12_500)
    await held.approve(quotation)
    await held.card(quotation, "Confirmed in Odoo")
    held.odoo.webhooks.muted = True
    (line,) = held.field(quotation, "order_line")
    await held.odoo.as_user("saleu").call("sale.order.line", "write", [line], {"price_unit": 9_999.0})
    with pytest.raises(OdooError, match="Signoff holds quotations"):
        await _confirm(held, quotation)
    assert held.state(quotation) == "sent"


async def test_a_rejection_releases_nothing(held: Story) -> None:
    quotation = await held.quotation(12_500)
    await held.reject(quotation)
    await held.card(quotation, "Confirmed in Odoo")
    with pytest.raises(OdooError, match="Signoff holds quotations"):
        await _confirm(held, quotation)


async def test_a_type_that_nothing_holds_says_that_it_is_detective(quick_story: Story) -> None:
    quotation = await quick_story.quotation(12_500)
    card = await quick_story.card(quotation, "Waiting")
    assert card.says("detective")
