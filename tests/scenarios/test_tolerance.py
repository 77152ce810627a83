"""A price that moves a little: what was approved stands inside the policy's tolerance, and nowhere outside it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.scenarios.conftest import told
from tests.scenarios.story import BOB, Story, under

TWO_BUYERS = under(purchase="tolerance: {value: 2%}").replace(
    "stages: [{any_of: [buyers]}]", "stages: [{any_of: [buyers], count: 2}]"
)


@pytest.fixture
async def tolerant(sqlite_url: str) -> AsyncIterator[Story]:
    """Two buyers decide, within two percent of what the first one approved."""
    async with told(sqlite_url, config=TWO_BUYERS) as story:
        yield story


async def test_an_edit_within_the_tolerance_leaves_the_first_approval_standing(tolerant: Story) -> None:
    story = tolerant
    order = await story.order(12_500)
    await story.approve(order)
    await story.card(order, "1 of 2 approvals given")
    await story.people.reprice_purchase(order.id, amount=12_700)
    card = await story.card(order, "12,500.00 USD → 12,700.00 USD")
    assert card.says("within the tolerance of 2 %")
    assert card.says("1 of 2 approvals given")
    await story.approve(order, by=BOB)
    await story.card(order, "Confirmed in Odoo")
    assert story.state(order) == "purchase"


async def test_edits_that_creep_out_of_the_tolerance_ask_both_again(tolerant: Story) -> None:
    story = tolerant
    order = await story.order(12_500)
    await story.approve(order)
    await story.card(order, "1 of 2 approvals given")
    await story.people.reprice_purchase(order.id, amount=12_700)
    await story.card(order, "within the tolerance")
    await story.people.reprice_purchase(order.id, amount=12_800)
    card = await story.card(order, "earlier answers are void")
    assert card.says("0 of 2 approvals given")
    assert story.state(order) == "to approve"


@pytest.mark.parametrize(("amount", "state"), [(12_700, "purchase"), (12_800, "to approve")])
async def test_the_write_back_holds_to_the_same_tolerance(tolerant: Story, amount: int, state: str) -> None:
    story = tolerant
    order = await story.order(12_500)
    story.odoo.faults.error(
        name="psycopg2.errors.SerializationFailure", message="could not", method="button_approve", times=1
    )
    await story.approve(order)
    await story.card(order, "1 of 2 approvals given")
    await story.approve(order, by=BOB)
    await story.card(order, "Not yet written to Odoo")
    await story.people.reprice_purchase(order.id, amount=amount)
    await story.card(order, "Confirmed in Odoo" if state == "purchase" else "please decide again")
    await story.quiet()
    assert story.state(order) == state
