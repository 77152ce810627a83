"""Exceptions through the whole app: somebody takes one, gives it away, puts it off, settles it, opens it again."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from pathlib import Path

import pytest

from bot.sandbox.slack import Card
from tests.scenarios.conftest import told
from tests.scenarios.story import ANN, BOB, Record, Story

CONFIG = Path(__file__).with_name("exceptions.yaml").read_text(encoding="utf-8")
JPEG = b"\xff\xd8\xff\xe0" + b"a pallet at the gate" * 50
#: What people said and showed, as the audit trail has it.
SAID = ("case.commented", "evidence.offered", "evidence.received", "exception.resolved")
PICKING, BOLT, CYD = "stock.picking", "BOLT-M8", "cyd@example.com"


@pytest.fixture
async def story(
    sqlite_url: str, odoo_version: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Story]:
    """A world with exceptions; what is shown as evidence is kept in a folder of the test."""
    monkeypatch.chdir(tmp_path)
    async with told(sqlite_url, odoo_version, config=CONFIG) as story:
        yield story


def transfer(story: Story, kind: str, *, ago: float = 0.0, due_in: float = 0.0, to: int = 0) -> Record:
    """A transfer of ten boxes that was planned for some hours ago, or is due in some."""
    number = story.odoo.add_transfer(kind, (BOLT, 10.0), to=to)
    now = story.world.clock.now()
    scheduled = now - timedelta(hours=ago) if ago else None
    story.odoo.plan(number, scheduled=scheduled, deadline=now + timedelta(hours=due_in) if due_in else None)
    return Record(PICKING, number, str(story.odoo.record(PICKING, number)["name"]))


def _stocked(story: Story) -> Story:
    story.odoo.set_stock(BOLT, 100.0)
    return story


def _half_received(story: Story) -> Record:
    receipt = transfer(story, "incoming")
    story.odoo.pick(receipt.id, {BOLT: 7.0})
    return receipt


def _quant(story: Story, quantity: float, place: str = "") -> Record:
    number = story.odoo.set_stock(BOLT, quantity, place=story.odoo.add_place(place) if place else 0)
    return Record("stock.quant", number, BOLT)


def _unsupplied(story: Story) -> Record:
    return Record("stock.warehouse.orderpoint", story.odoo.add_rule(BOLT, 50.0), BOLT)


def _undelivered(story: Story) -> Record:
    number = story.odoo.add_purchase(amount=900.0, state="purchase")
    story.odoo.promise(number, story.world.clock.now() - timedelta(days=3))
    return story.purchase(number)


def _to_dallas(story: Story) -> Record:
    return transfer(_stocked(story), "internal", ago=2, to=story.odoo.stock_place("DAL"))


Made = Callable[[Story], Record]
TYPES: dict[str, tuple[Made, str]] = {
    "receiving.delay": (lambda story: transfer(story, "incoming", ago=30), "expected 1 day ago, and not received"),
    "receiving.variance": (_half_received, "differs from what was ordered: 7 of 10"),
    "pick.shortage": (lambda story: transfer(story, "outgoing"), "0 of 10 [BOLT-M8]"),
    "pick.delay": (lambda story: transfer(_stocked(story), "outgoing", ago=5), "ready to be picked, and overdue by 5"),
    "shipment.late": (lambda story: transfer(_stocked(story), "outgoing", due_in=-2), "promised to the customer 2"),
    "transfer.overdue": (_to_dallas, "between warehouses, and overdue by 2 hours"),
    "inventory.negative": (lambda story: _quant(story, -4.0), "-4 on hand"),
    "inventory.blocked": (lambda story: _quant(story, 4.0, "Quarantine"), "blocked stock"),
    "inventory.low_stock": (_unsupplied, "0 expected, 50 is the minimum"),
    "purchase.delay": (_undelivered, "promised 3 days ago: 0 of"),
}


@pytest.mark.parametrize("event_type", TYPES)
async def test_every_type_of_exception_is_found_shown_and_owned(story: Story, event_type: str) -> None:
    make, words = TYPES[event_type]
    record = make(story)
    await story.reconcile()
    if event_type == "inventory.negative":  # people are told only if it is still true after ten minutes
        await story.quiet()
        assert story.cards() == []
        story.advance(minutes=10)
    card = await story.card(record, words)
    opened = [one for one in await story.audited("case.opened") if one.detail["event_type"] == event_type]
    assert len(opened) == 1
    await story.click(card, "I’m on it")
    card = await story.card(record, "Ann has it in hand")
    view = await story.slack.opened(await story.click(card, "Resolve"))
    blocks = {block.get("block_id"): block for block in view.content["blocks"]}
    first = blocks["resolution"]["element"]["options"][0]["value"]
    assert not (await story.slack.submit(view, {"cause": "counting error", "resolution": first}, by=ANN)).errors
    await story.card(record, f"Resolved by Ann: {first}, cause: counting error")
    if event_type == "inventory.negative":
        await story.card(record, "Confirmed in Odoo: a count is asked for")
        assert story.field(record, "inventory_date") == f"{story.world.clock.now():%Y-%m-%d}"


async def test_a_late_receipt_is_taken_and_resolved_and_odoo_is_told(story: Story) -> None:
    receipt = transfer(story, "incoming", ago=49)
    await story.reconcile()
    card = await story.card(receipt, "Nobody has it in hand yet")
    assert card.says("expected 2 days ago, and not received")
    assert "Approve" not in card.labels
    await story.click(card, "I’m on it")
    card = await story.card(receipt, "Ann has it in hand")
    await story.answer(card, "Comment", "One pallet stands at the gate.", by=BOB)
    photo = story.slack.upload("gate.jpg", JPEG, by=ANN)
    view = await story.slack.opened(await story.click(card, "Add photo"))
    assert (await story.slack.submit(view, {"files": [photo.id]}, by=ANN)).closed
    card = await story.card(receipt, "gate.jpg")
    assert card.says("One pallet stands at the gate.")
    view = await story.slack.opened(await story.click(card, "Resolve", by=BOB))
    chosen = {"cause": "supplier late", "resolution": "new date agreed with the supplier", "text": "Friday, they say"}
    assert not (await story.slack.submit(view, chosen, by=BOB)).errors
    card = await story.card(receipt, "Resolved by Bob: new date agreed with the supplier, cause: supplier late")
    await story.card(receipt, "Confirmed in Odoo: note on the record")
    (note,) = story.notes(receipt)
    (resolved,) = await story.audited("exception.resolved")
    assert resolved.mark in note
    assert "Resolved in Slack by Bob" in note
    assert resolved.detail["root_cause"] == "supplier late"
    await story.rest()
    told = [one.entry.action for one in await story.audited()]
    assert [one for one in told if one in SAID] == list(SAID)
    attachments = [story.odoo.record("ir.attachment", one) for one in story.odoo.engine.store.ids("ir.attachment")]
    (kept,) = [one["checksum"] for one in attachments if (one["res_model"], one["res_id"]) == (PICKING, receipt.id)]
    assert kept == hashlib.sha1(JPEG, usedforsecurity=False).hexdigest()


async def test_a_storm_is_one_card_that_counts_and_is_handled_as_a_whole(story: Story) -> None:
    orders = [_undelivered(story) for _ in range(8)]
    await story.reconcile()
    await story.quiet()
    (card,) = story.cards()
    assert card.says("8 × purchase delay: Great Lakes Fasteners")
    assert card.says("8 of 8")
    orders.append(_undelivered(story))
    await story.reconcile()
    group = Record("signoff.group", 0, "× purchase delay")
    card = await story.card(group, "9 of 9")
    story.odoo.promise(orders[0].id, story.world.clock.now() + timedelta(days=5))
    await story.reconcile()
    card = await story.card(group, "8 of 9")
    view = await story.slack.opened(await story.click(card, "Show all"))
    listed = str(view.content["blocks"])
    assert orders[0].words not in listed
    assert all(order.words in listed for order in orders[1:])
    await story.click(card, "I’m on it")
    card = await story.card(group, "Ann has it in hand")
    view = await story.slack.opened(await story.click(card, "Resolve"))
    chosen = {"cause": "supplier late", "resolution": "new date agreed with the supplier"}
    assert not (await story.slack.submit(view, chosen, by=ANN)).errors
    card = await story.card(group, "Resolved by Ann")
    await story.quiet()
    for order in orders[1:]:
        assert len(story.notes(order)) == 1
    assert story.notes(orders[0]) == []
    assert len(story.cards()) == 1


async def test_what_is_said_of_a_storm_reaches_each_of_it_and_what_is_taken_out_stands_alone(story: Story) -> None:
    orders = [_undelivered(story) for _ in range(8)]
    await story.reconcile()
    group = Record("signoff.group", 0, "× purchase delay")
    view = await story.slack.opened(await story.click(await story.card(group, "8 of 8"), "Show all"))
    await story.slack.click(view, "Take out", by=ANN)
    card = await story.card(group, "7 of 7")
    await story.click(card, "I’m on it")
    (alone,) = [order for order in orders if story.cards(order)]
    await story.card(alone, "Nobody has it in hand yet")
    card = await story.card(group, "Ann has it in hand")
    await story.answer(card, "Comment", "Their truck broke down.", by=BOB)
    photo = story.slack.upload("truck.jpg", JPEG, by=ANN)
    view = await story.slack.opened(await story.click(card, "Add photo"))
    assert (await story.slack.submit(view, {"files": [photo.id]}, by=ANN)).closed
    view = await story.slack.opened(await story.click(await story.card(group, "truck.jpg"), "Resolve"))
    chosen = {"cause": "supplier late", "resolution": "new date agreed with the supplier"}
    assert not (await story.slack.submit(view, chosen, by=ANN)).errors
    await story.card(group, "Resolved by Ann")
    await story.rest()
    shown = [story.odoo.record("ir.attachment", one)["res_id"] for one in story.odoo.engine.store.ids("ir.attachment")]
    for order in orders:
        assert (len(story.notes(order)), shown.count(order.id)) == ((0, 0) if order == alone else (1, 1))
    assert len(await story.audited("case.commented")) == 8
    await story.card(alone, "Nobody has it in hand yet")


async def test_the_third_variance_of_a_supplier_asks_why(story: Story) -> None:
    receipts = [_half_received(story) for _ in range(3)]
    await story.reconcile()
    repeat = Record("signoff.group", 0, "Repeats: Great Lakes Fasteners")
    card = await story.card(repeat, "3 times within 30d")
    rich = [section for block in card.blocks if block["type"] == "rich_text" for section in block["elements"]]
    links = [part["url"] for section in rich for part in section["elements"] if part["type"] == "link"]
    assert [link.rpartition("=")[2] for link in links] == [str(receipt.id) for receipt in reversed(receipts)]
    assert all(card.says(receipt.words) for receipt in receipts)
    await story.card(Record("signoff.group", 0, "Repeats: CHI/Stock"))
    view = await story.slack.opened(await story.click(card, "Resolve", by=CYD))
    chosen = {"cause": "supplier short", "resolution": "supplier told"}
    assert not (await story.slack.submit(view, chosen, by=CYD)).errors
    await story.card(repeat, "Resolved by Cyd: supplier told, cause: supplier short")
    fourth = _half_received(story)
    await story.reconcile()
    await story.card(fourth)
    await story.quiet()
    assert len([card for card in story.cards() if card.says("Repeats:")]) == 2


async def _look_at_itself(story: Story) -> None:
    """What the program does every minute, now."""
    await story.world.app.watch.audit()
    await story.world.app.watch.alarms.run()


async def _request(story: Story, words: str) -> Card:
    """The card of what Ann asks for, which is named like the record of the exception, once it says ``words``."""

    def found() -> Card | None:
        asked = [card for card in story.cards() if card.says("Ann asks: buy 10 boxes")]
        return next((card for card in asked if card.says(words)), None)

    return await story.until(found, f"a request that says {words!r}")


async def test_an_exception_asks_for_an_approval_and_its_answer_comes_back(story: Story) -> None:
    receipt = transfer(story, "incoming", ago=49)
    await story.reconcile()
    view = await story.slack.opened(await story.click(await story.card(receipt), "Ask approval"))
    asked = {"policy": "bought_elsewhere", "text": "buy 10 boxes at the shop next door, 20 % dearer"}
    assert not (await story.slack.submit(view, asked, by=ANN)).errors
    await story.slack.command("/approvals mine", by=BOB, channel="#floor")
    await story.told(BOB, "nobody of floor has it, for")
    card = await _request(story, "Waiting for buyers")
    stuck = Record("signoff.group", 0, "Approvals that nobody answers")
    story.advance(minutes=21)
    await _look_at_itself(story)
    assert (await story.card(stuck, "1 approval without an answer for 20m")).says("Case 2:")
    await story.answer(card, "Approve", "go on", by=CYD)
    await _look_at_itself(story)
    await story.card(stuck, "it is no longer so")
    await _request(story, "Approved by Cyd (buyers). Case 1 has the answer.")
    card = next(one for one in story.cards(receipt) if "I’m on it" in one.labels)
    await story.until(lambda: card.says("The approval that was asked for: approved by Cyd: go on"), "the answer")
    view = await story.slack.opened(await story.click(card, "Ask approval"))
    assert not (await story.slack.submit(view, asked, by=ANN)).errors
    await story.until(lambda: card.says("An approval is asked for (case 4)"), "the second request")
    view = await story.slack.opened(await story.click(card, "Resolve"))
    chosen = {"cause": "supplier late", "resolution": "bought elsewhere"}
    assert not (await story.slack.submit(view, chosen, by=ANN)).errors
    await _request(story, "Nobody has to decide any more: case 1, which asked for it, is over")
