"""Several stages over HTTP: whose turn it is, who is heard, and what is said when Odoo is used past the case."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from bot.config.model import Config, Stage
from bot.money import Money
from bot.sandbox.slack import Card
from bot.sandbox.world import World
from tests.scenarios.conftest import told
from tests.scenarios.story import ANN, BOB, Record, Story


class Graded(World):
    """Purchases are approved by a buyer, and above 10,000 by a sales lead as well; Bob decides up to 20,000."""

    @property
    def config(self) -> Config:
        """The usual config with two stages for purchases."""
        usual = super().config
        stages = (Stage(("buyers",)), Stage(("sales_leads",), over=Money.parse("10000 USD")))
        policies = {**usual.policies, "purchase": replace(usual.policies["purchase"], stages=stages)}
        return replace(usual, policies=policies, limits={BOB: Money.parse("20000 USD")})


@pytest.fixture
async def graded_story(sqlite_url: str) -> AsyncIterator[Story]:
    """A world with two stages, on each engine."""
    async with told(sqlite_url, "18.0", kind=Graded) as story:
        yield story


def _asking(story: Story, order: Record, words: str) -> Card | None:
    """The copy with live buttons, once it says ``words``."""
    return next((card for card in story.cards(order) if "Approve" in card.labels and card.says(words)), None)


async def test_the_second_stage_is_asked_in_its_own_channel_by_another_person(graded_story: Story) -> None:
    story = graded_story
    order = await story.order(12_500)
    card = await story.card(order, "Stage 1 of 2")
    await story.click(card, "Approve", by=ANN)
    second = await story.until(lambda: _asking(story, order, "Stage 2 of 2. Waiting for sales leads"), "the next card")
    assert story.state(order) == "to approve"
    await story.click(second, "Approve", by=ANN)
    await story.told(ANN, "You have answered already")
    await story.click(second, "Approve", by=BOB)
    await story.all_say([order], "Confirmed in Odoo")
    await story.quiet()
    assert (story.state(order), len(story.cards(order))) == ("purchase", 2)
    (note,) = story.notes(order)
    assert "buyers" in note
    assert "sales leads" in note


async def test_a_small_value_is_one_stage_and_a_large_one_is_beyond_a_limit(graded_story: Story) -> None:
    story = graded_story
    small, large = await story.order(6_000), await story.order(30_000)
    await story.approve(small, by=BOB)
    await story.card(small, "Confirmed in Odoo")
    await story.click(await story.card(large, "Waiting"), "Approve", by=BOB)
    await story.told(BOB, "above your limit")
    assert story.state(large) == "to approve"


async def test_an_approval_in_odoo_past_the_case_is_a_control_breach(graded_story: Story) -> None:
    story = graded_story
    order = await story.order(12_500)
    await story.card(order, "Stage 1 of 2")
    await story.odoo.as_user("purm").call("purchase.order", "button_approve", [order.id])
    card = await story.card(order, "control breach")
    assert "Approve" not in card.labels
    (breach,) = await story.audited("case.control_breach")
    assert breach.entry.actor == f"odoo:main:{story.odoo.uid('purm')}"
    assert breach.detail["breach"] == "not_enough_people"
    assert breach.detail["mention"]


async def test_who_might_have_decided_it_has_decided_it_in_odoo(quick_story: Story) -> None:
    story = quick_story
    order = await story.order()
    await story.card(order)
    await story.odoo.as_user("purm").call("purchase.order", "button_approve", [order.id])
    await story.card(order, "approved in Odoo by")
    assert len(await story.audited("case.decided_in_odoo")) == 1
    assert await story.audited("case.control_breach") == []
