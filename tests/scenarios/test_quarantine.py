"""Resolutions that send goods to quarantine, or back: Odoo gets a transfer, or another destination, once."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.sandbox.odoo.model import Row
from bot.sandbox.slack import Card
from tests.scenarios.conftest import told
from tests.scenarios.story import ANN, Record, Story

CONFIG = (
    Path(__file__)
    .with_name("exceptions.yaml")
    .read_text(encoding="utf-8")
    .replace("events: [", "events: [inventory.count_variance, ")
    .replace("{event_type: inventory.negative}", "{event_type: inventory.count_variance}")
    .replace("debounce: 10m", "resolutions: [recounted, move to quarantine]")
    .replace(
        "roles:",
        "sites:\n  CHI: {match: {warehouse: CHI}, quarantine: CHI/Set apart}\nroles:",
        1,
    )
)
PICKING, QUANT, BOLT = "stock.picking", "stock.quant", "BOLT-M8"


@pytest.fixture
async def story(sqlite_url: str, odoo_version: str) -> AsyncIterator[Story]:
    """A world in which counts and receipts are looked after."""
    async with told(sqlite_url, odoo_version, config=CONFIG) as story:
        yield story


async def _resolve(story: Story, record: Record, resolution: str) -> Card:
    view = await story.slack.opened(await story.click(await story.card(record), "Resolve"))
    chosen = {"cause": "damage in house", "resolution": resolution}
    assert not (await story.slack.submit(view, chosen, by=ANN)).errors
    return await story.card(record, "Resolved by Ann")


def _made(story: Story) -> list[Row]:
    """The transfers that carry a mark of ours."""
    found = [story.odoo.record(PICKING, one) for one in story.odoo.engine.store.ids(PICKING)]
    return [one for one in found if "[Signoff #" in str(one["origin"])]


@pytest.mark.parametrize("odoo_version", ["18.0", "19.0"])
async def test_stock_goes_to_quarantine_by_one_transfer_whose_answer_was_lost(story: Story, odoo_version: str) -> None:
    count = await story.count(counted=60, on_hand=100, product=BOLT)
    story.odoo.add_place("Quarantine")
    place = story.odoo.add_place("Set apart")
    story.odoo.faults.lose_answer(method="create")
    await _resolve(story, count, "move to quarantine")
    await story.card(count, "the bot is looking")
    story.advance(seconds=5)
    card = await story.card(count, "Confirmed in Odoo: transfer INT/")
    assert card.says("ready, the goods are still to be moved by a person")
    (made,) = _made(story)
    (resolved,) = await story.audited("exception.resolved")
    assert made["origin"] == f"move to quarantine, Ann {resolved.mark}", odoo_version
    assert (made["state"], made["location_dest_id"][0]) == ("assigned", place)
    assert (story.field(count, "quantity"), story.field(count, "reserved_quantity")) == (100.0, 100.0)


async def test_what_others_have_reserved_is_for_a_person_to_choose(story: Story) -> None:
    count = await story.count(counted=60, on_hand=100, product=BOLT)
    story.odoo.add_place("Set apart")
    delivery = story.odoo.add_transfer("outgoing", (BOLT, 30.0))
    await _resolve(story, count, "move to quarantine")
    card = await story.card(count, "30 of 100 are reserved for other transfers")
    assert not _made(story)
    await story.odoo.as_user("stocku").call(PICKING, "action_cancel", [delivery])
    await story.click(card, "Retry")
    await story.card(count, "Confirmed in Odoo: transfer INT/")
    assert len(_made(story)) == 1


async def test_a_receipt_goes_to_quarantine_and_is_not_found_again(story: Story) -> None:
    number = story.odoo.add_transfer("incoming", (BOLT, 10.0))
    story.odoo.pick(number, {BOLT: 7.0})
    receipt = Record(PICKING, number, str(story.odoo.record(PICKING, number)["name"]))
    await story.reconcile()
    await _resolve(story, receipt, "receive into quarantine")
    card = await story.card(receipt, "no internal place called CHI/Set apart")
    place = story.odoo.add_place("Set apart")
    await story.click(card, "Retry")
    await story.card(receipt, "Confirmed in Odoo: the receipt goes to quarantine")
    assert story.field(receipt, "location_dest_id")[0] == place
    await story.reconcile()
    await story.quiet()
    assert len(story.cards(receipt)) == 1
    assert len(story.notes(receipt)) == 1
