"""A limit in another currency: the rate comes from Odoo; without one nobody whose limit it is decides."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.scenarios.conftest import told
from tests.scenarios.story import ANN, CONFIG, Story

LIMITED = CONFIG.replace('    channel: "#purchasing"\n', '    channel: "#purchasing"\n    limit: 12000 EUR\n')


@pytest.fixture
async def foreign(sqlite_url: str) -> AsyncIterator[Story]:
    """The buyers' limit is in euros, the company keeps its books in dollars, and a dollar buys 0.9 euros."""
    async with told(sqlite_url, config=LIMITED) as story:
        yield story


async def test_a_limit_in_euros_holds_for_orders_in_dollars(foreign: Story) -> None:
    within, above = await foreign.order(13_333), await foreign.order(13_334)
    card = await foreign.card(within, "11,999.70 EUR")
    await foreign.click(card, "Approve")
    await foreign.card(within, "Confirmed in Odoo")
    await foreign.click(await foreign.card(above, "Waiting"), "Approve")
    await foreign.told(ANN, "is above your limit")
    reads = [one for one in foreign.odoo.calls.of("read", login="bot") if one.model == "res.currency"]
    assert len([one for one in reads if "rate" in str(one)]) <= 1, "one company, one day: asked once"


async def test_a_currency_without_a_rate_is_not_one_to_one(foreign: Story) -> None:
    foreign.odoo.set_rate_date("EUR", None)
    order = await foreign.order(9_000)
    card = await foreign.card(order, "Waiting")
    assert not card.says("In other currencies")
    await foreign.click(card, "Approve")
    await foreign.told(ANN, "is above your limit")
    assert foreign.state(order) == "to approve"
