"""An event type that only the config knows, and one of the catalog that it narrows: from Odoo to Slack and back."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.scenarios.conftest import told
from tests.scenarios.story import Story
from tests.scenarios.test_order_types import CONFIG

_TYPES = """
types:
  planning.rush:
    model: purchase.order
    where: [["state", "=", "draft"], ["origin", "ilike", "rush"]]
    why: a planner wants it at once
    title: name
    watch: {partner_id: Vendor, amount_total: Total}
    value: amount_total
    company: company_id
    warehouse: picking_type_id.warehouse_id
    makers: [user_id]
    approve: {method: button_confirm, done: [["state", "in", ["purchase", "done"]]], repeatable: true}
    reject: {method: button_cancel, done: [["state", "=", "cancel"]], repeatable: true}
  purchase.emergency:
    where: [["partner_id.name", "ilike", "trusted"]]
"""
_EVENTS = "    events: [planning.rush, purchase.emergency]\n"
OWN = CONFIG.replace("    reconcile: 1h\n", f"    reconcile: 1h\n{_EVENTS}") + _TYPES
both_odoos = pytest.mark.parametrize("odoo_version", ["18.0", "19.0"])


@pytest.fixture
async def story(sqlite_url: str, odoo_version: str) -> AsyncIterator[Story]:
    """A world whose config brings a type of its own."""
    async with told(sqlite_url, odoo_version, config=OWN) as story:
        yield story


async def _rush(story: Story, amount: float = 900.0) -> int:
    number = story.odoo.add_purchase(amount=amount)
    await story.odoo.as_user("puru").call("purchase.order", "write", [number], {"origin": "RUSH/7"})
    await story.reconcile()
    return number


@both_odoos
async def test_a_type_of_the_config_gets_its_card_and_is_carried_out(story: Story, odoo_version: str) -> None:
    order = story.purchase(await _rush(story))
    card = await story.card(order, "a planner wants it at once")
    assert (card.says("900.00 USD"), card.says("Great Lakes Fasteners"), card.says("CHI")) == (True, True, True)
    await story.approve(order)
    await story.card(order, "Confirmed in Odoo")
    await story.rest()
    assert (story.state(order), len(story.notes(order))) == ("purchase", 1), odoo_version


async def test_a_rejection_calls_the_configs_method(story: Story) -> None:
    order = story.purchase(await _rush(story))
    await story.reject(order)
    await story.card(order, "Confirmed in Odoo")
    assert story.state(order) == "cancel"


async def test_what_changed_meanwhile_is_not_written(story: Story) -> None:
    order = story.purchase(await _rush(story))
    await story.card(order)
    story.odoo.webhooks.muted = True
    await story.people.reprice_purchase(order.id, amount=990.0)
    await story.approve(order)
    await story.card(order, "please decide again")
    assert story.calls("button_confirm", order) == 0


async def test_a_narrowed_type_leaves_out_what_its_domain_leaves_out(story: Story) -> None:
    trusted = story.purchase(story.odoo.add_purchase(amount=50.0, urgent=True, vendor="Trusted Tools"))
    other = story.purchase(story.odoo.add_purchase(amount=50.0, urgent=True))
    await story.reconcile()
    await story.card(trusted, "an urgent request")
    await story.rest()
    assert story.cards(other) == []
