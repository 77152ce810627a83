"""A config changes while a case is open: the case keeps its plan until somebody reroutes it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from bot.sandbox.slack import Card
from tests.scenarios.conftest import told
from tests.scenarios.story import ANN, CONFIG, Story

CLERK = "clerk@example.com"


@pytest.fixture
async def routed(sqlite_url: str) -> AsyncIterator[Story]:
    """A world whose clerks may reroute."""
    async with told(sqlite_url, config=CONFIG + "reroute_by: clerks\n") as story:
        yield story


async def test_a_case_is_rerouted_by_hand_and_its_late_card_decides_nothing(routed: Story) -> None:
    order = await routed.order()
    late = (await routed.card(order, "Waiting")).history[0]
    service = routed.world.app.service
    config = service.rules.config
    first = replace(config.rules[0], policy="triage")
    service.rules = replace(service.rules, config=replace(config, rules=(first, *config.rules[1:])))

    await routed.slack.command("/signoff reroute 1", by=ANN, channel="#purchasing")
    await routed.told(ANN, "you are not in that role")
    await routed.slack.command("/signoff reroute 1 clerks do it now", by=CLERK, channel="#triage")
    await routed.told(CLERK, "asked in #triage")

    def asking() -> list[Card]:
        """The cards with buttons to answer, once the one of before has lost its own."""
        gone = any(one.says("not decided here any more") for one in routed.cards(order))
        return [one for one in routed.cards(order) if gone and "Approve" in one.labels]

    (card,) = await routed.until(asking, "a card that asks the clerks alone")
    await routed.click(late, "Approve")
    await routed.told(ANN, "This is decided by clerks")
    await routed.click(card, "Approve", by=CLERK)
    await routed.card(order, "Confirmed in Odoo")
    (entry,) = await routed.audited("case.rerouted")
    assert (entry.detail["reason"], entry.detail["policy"]) == ("clerks do it now", "triage")
