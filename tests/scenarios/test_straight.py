"""What a rule approves alone goes into Odoo without anybody being asked; beyond its quota people are."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.scenarios.conftest import told
from tests.scenarios.story import CONFIG, Story

RULE = """\
rules:
  - {name: small buys, match: {event_type: purchase.approval}, under: 9000 USD, decide: approve, quota: {per_day: 1}}
"""


@pytest.fixture
async def straight(sqlite_url: str) -> AsyncIterator[Story]:
    """A world in which one small order a day needs nobody."""
    async with told(sqlite_url, config=CONFIG.replace("rules:\n", RULE)) as story:
        yield story


async def test_a_rule_approves_as_far_as_its_quota_goes_and_says_so_in_odoo(straight: Story) -> None:
    first = await straight.order(8_000)
    await straight.until(lambda: straight.state(first) == "purchase", "the order approved in Odoo")
    await straight.until(lambda: straight.notes(first), "a note")
    second = await straight.order(8_100)
    await straight.card(second, "Waiting")
    assert straight.state(second) == "to approve"
    (card,) = straight.cards()
    assert second.words in card.headline
    (entry,) = await straight.audited("case.approved")
    (note,) = straight.notes(first)
    assert "Approved by rule “small buys” (straight-through)" in note
    assert entry.mark in note
    assert entry.detail["quota"]["small buys"]["per_day"] == "1 of 1"
