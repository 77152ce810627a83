"""Exceptions through the whole app: somebody takes one, gives it away, puts it off, settles it, opens it again."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.scenarios.conftest import told
from tests.scenarios.story import BOB, Record, Story

CONFIG = Path(__file__).with_name("exceptions.yaml").read_text(encoding="utf-8")
PICKING, BOLT, CYD = "stock.picking", "BOLT-M8", "cyd@example.com"


@pytest.fixture
async def story(sqlite_url: str, odoo_version: str) -> AsyncIterator[Story]:
    """A world with exceptions."""
    async with told(sqlite_url, odoo_version, config=CONFIG) as story:
        yield story


def late_receipt(story: Story, days: int = 2) -> Record:
    """A receipt that was planned for some days ago."""
    number = story.odoo.add_transfer("incoming", (BOLT, 10.0))
    story.odoo.plan(number, scheduled=story.world.clock.now() - timedelta(days=days))
    return Record(PICKING, number, str(story.odoo.record(PICKING, number)["name"]))


async def test_a_late_receipt_is_taken_and_resolved_and_odoo_is_told(story: Story) -> None:
    receipt = late_receipt(story)
    await story.reconcile()
    card = await story.card(receipt, "Nobody has it in hand yet")
    assert card.says("expected 2 days ago, and not received")
    assert "Approve" not in card.labels
    await story.click(card, "I’m on it")
    await story.card(receipt, "Ann has it in hand")
    view = await story.slack.opened(await story.click(await story.card(receipt), "Resolve", by=BOB))
    chosen = {"cause": "supplier late", "resolution": "new date agreed with the supplier", "text": "Friday, they say"}
    assert not (await story.slack.submit(view, chosen, by=BOB)).errors
    card = await story.card(receipt, "Resolved by Bob: new date agreed with the supplier, cause: supplier late")
    await story.card(receipt, "Confirmed in Odoo: note on the record")
    (note,) = story.notes(receipt)
    (resolved,) = await story.audited("exception.resolved")
    assert resolved.mark in note
    assert "Resolved in Slack by Bob" in note
    assert resolved.detail["root_cause"] == "supplier late"
