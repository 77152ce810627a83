"""Every finding about goods and bills: its one card, what an approval does in Odoo, and what Odoo wants done first."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from tests.scenarios.conftest import told
from tests.scenarios.story import ANN, BOB, Record, Story

CONFIG = Path(__file__).with_name("every_type.yaml").read_text(encoding="utf-8")
RELEASING = CONFIG.replace("match: {company: Nobody}", "match: {model: stock.picking}")
PICKING, SCRAP, BILL, BOLT = "stock.picking", "stock.scrap", "account.move", "BOLT-M8"
both_odoos = pytest.mark.parametrize("odoo_version", ["18.0", "19.0"])


@pytest.fixture
async def story(sqlite_url: str, odoo_version: str) -> AsyncIterator[Story]:
    """A world in which every type is watched and carried out."""
    async with told(sqlite_url, odoo_version, config=CONFIG) as story:
        yield story


def _transfer(story: Story, number: int) -> Record:
    return Record(PICKING, number, str(story.odoo.record(PICKING, number)["name"]))


def _delivery(story: Story, *, in_stock: float = 10.0) -> Record:
    story.odoo.set_stock(BOLT, in_stock)
    return _transfer(story, story.odoo.add_transfer("outgoing", (BOLT, 10.0)))


def _ready(story: Story) -> Record:
    return _delivery(story)


def _partly(story: Story) -> Record:
    return _delivery(story, in_stock=4.0)


def _sent_back(story: Story) -> Record:
    return _transfer(story, story.odoo.add_return((BOLT, 3.0)))


def _miscounted(story: Story) -> Record:
    receipt = _transfer(story, story.odoo.add_transfer("incoming", (BOLT, 10.0)))
    story.odoo.pick(receipt.id, {BOLT: 7.0})
    return receipt


def _to_dallas(story: Story) -> Record:
    story.odoo.set_stock(BOLT, 10.0)
    return _transfer(story, story.odoo.add_transfer("internal", (BOLT, 5.0), to=story.odoo.stock_place("DAL")))


def _out_of_quarantine(story: Story) -> Record:
    place = story.odoo.add_place("Quarantine")
    story.odoo.set_stock(BOLT, 5.0, place=place)
    return _transfer(story, story.odoo.add_transfer("internal", (BOLT, 5.0), source=place))


Made = Callable[[Story], Record]
TRANSFERS: dict[Made, str] = {
    _ready: "ready, waits for its release",
    _sent_back: "a customer sends goods back",
    _miscounted: "differs from what was ordered: 7 of 10",
    _to_dallas: "leaves its warehouse",
    _out_of_quarantine: "takes blocked stock out of CHI/Quarantine",
}


@both_odoos
async def test_each_approved_transfer_is_validated_once_it_is_picked(story: Story, odoo_version: str) -> None:
    """One after the other in one world: what one leaves behind must not disturb the next."""
    for make, words in TRANSFERS.items():
        transfer = make(story)
        story.odoo.pick(transfer.id)
        await story.reconcile()
        await story.card(transfer, words)
        await story.approve(transfer)
        await story.card(transfer, "Confirmed in Odoo")
        await story.rest()
        await story.reconcile()
        await story.rest()
        assert (story.state(transfer), story.calls("button_validate", transfer)) == ("done", 1), (odoo_version, words)
        assert (len(story.cards(transfer)), len(story.notes(transfer))) == (1, 1), words


@both_odoos
async def test_what_nobody_has_picked_is_not_validated_by_an_approval(story: Story, odoo_version: str) -> None:
    delivery = _ready(story)
    await story.reconcile()
    await story.approve(delivery)
    card = await story.card(delivery, "Not every line of the transfer is picked")
    assert (story.state(delivery), story.calls("button_validate", delivery)) == ("assigned", 0), odoo_version
    story.odoo.pick(delivery.id)
    await story.click(card, "Retry")
    await story.card(delivery, "Confirmed in Odoo")
    assert story.state(delivery) == "done"


async def test_a_rejected_delivery_is_cancelled_where_the_policy_says_so(story: Story) -> None:
    delivery = _ready(story)
    await story.reconcile()
    await story.reject(delivery)
    await story.card(delivery, "Confirmed in Odoo: transfer cancelled")
    assert story.state(delivery) == "cancel"


#: What is chosen for the rest, by which button: what the card says then, state, demand of the one move, calls.
CHOSEN = {
    "Approve": ("the rest in a backorder", "done", 4.0, 1),
    "Approve, cancel the rest": ("the rest cancelled", "done", 10.0, 1),
    "Approve, wait for all of it": ("waits until all of it is there", "confirmed", 10.0, 0),
}


@both_odoos
async def test_what_is_chosen_for_the_rest_of_a_delivery_is_what_odoo_does(story: Story, odoo_version: str) -> None:
    """Read back in Odoo, told on the card, in the note and the audit trail, and not asked about again."""
    for button, (words, state, moved, calls) in CHOSEN.items():
        delivery = _partly(story)
        story.odoo.pick(delivery.id)
        await story.reconcile()
        card = await story.card(delivery, "only partly available: 4 of 10")
        await story.click(card, button)
        card = await story.card(
            delivery, f"Confirmed in Odoo: {'the delivery' if not calls else 'transfer done,'} {words}"
        )
        await story.rest()
        await story.reconcile()
        await story.rest()
        (move,) = [story.odoo.record("stock.move", one) for one in story.field(delivery, "move_ids")]
        found = (story.state(delivery), move["product_uom_qty"], move["quantity"])
        assert found == (state, moved, 4.0), (odoo_version, button)
        assert (story.calls("button_validate", delivery), len(story.cards(delivery))) == (calls, 1)
        rest = [story.odoo.record(PICKING, one) for one in story.field(delivery, "backorder_ids")]
        assert len(rest) == (1 if button == "Approve" else 0)
        (note,) = story.notes(delivery)
        decided = (await story.audited("case.approved"))[-1].detail
        assert (f"Chosen: {decided['chosen']}." in note, card.says(decided["chosen"])) == (True, True), note
    assert [one.detail["choice"] for one in await story.audited("case.approved")] == [
        "backorder",
        "cancel_rest",
        "wait",
    ]


async def test_the_choice_is_asked_for_binds_the_next_stage_and_survives_a_lost_answer(sqlite_url: str) -> None:
    """Nothing is taken by itself; the second one sees what was chosen, and cannot choose otherwise."""
    asking = CONFIG.replace(
        "on_reject: cancel, stages: [{any_of: [deciders]}]",
        "default_choice: ask, bulk: 99999 USD, stages: [{any_of: [deciders], count: 2}]",
    )
    async with told(sqlite_url, "18.0", config=asking) as story:
        deliveries = [_partly(story), _delivery(story, in_stock=8.0)]
        first = deliveries[0]
        for one in deliveries:
            story.odoo.pick(one.id)
        await story.reconcile()
        card = await story.card(first, "“Approve” asks which of these it is to be")
        await story.card(deliveries[1], "Waiting")
        listed = await story.slack.opened(await story.slack.command("/approvals bulk", by=BOB, channel="#decisions"))
        sent = await story.slack.submit(listed, {}, by=BOB)
        assert "Please say on its card which it is to be" in str(sent.view.blocks if sent.view else "")
        view = await story.slack.opened(await story.click(card, "Approve"))
        await story.slack.submit(view, {"choose": "cancel_rest"}, by=ANN)
        card = await story.card(first, "Approved so far with “cancel the rest”")
        old = card.history[0]
        await story.click(old, "Approve, backorder the rest", by=BOB)
        await story.told(BOB, "It was approved with “cancel the rest” since this card was drawn")
        assert [one for one in card.labels if one.startswith("Approve")] == ["Approve"]
        story.odoo.faults.lose_answer(method="button_validate")
        await story.click(card, "Approve", by=BOB)
        await story.card(first, "Confirmed in Odoo: transfer done, the rest cancelled")
        assert (story.calls("button_validate", first), story.field(first, "backorder_ids")) == (1, [])


async def test_a_delivery_that_is_short_only_at_the_write_is_left_to_a_person(story: Story) -> None:
    """Approved in full, so Odoo's question about a backorder is not one that the approval has answered."""
    delivery = _ready(story)
    story.odoo.pick(delivery.id)
    await story.reconcile()
    await story.card(delivery, "ready")
    story.odoo.webhooks.muted = True
    story.odoo.pick(delivery.id, {BOLT: 6.0})
    await story.approve(delivery)
    card = await story.card(delivery, "please decide again")
    assert (card.says("6 of 10"), story.state(delivery)) == (True, "assigned")


async def test_nobody_is_sent_a_text_message_because_somebody_approved(story: Story) -> None:
    partner = story.odoo.add_partner("Phone Owners")
    await story.odoo.as_user("admin").call("res.partner", "write", [partner], {"phone": "+1 312 555 0100"})
    story.odoo.set_stock(BOLT, 10.0)
    delivery = _transfer(story, story.odoo.add_transfer("outgoing", (BOLT, 10.0), partner="Phone Owners"))
    story.odoo.pick(delivery.id)
    await story.reconcile()
    await story.approve(delivery)
    await story.card(delivery, "Confirmed in Odoo")


async def test_a_tracked_product_without_its_lot_is_told_in_odoos_words(story: Story) -> None:
    story.odoo.add_product("LOTTED", name="Lotted", tracking="lot")
    receipt = _transfer(story, story.odoo.add_transfer("incoming", ("LOTTED", 10.0)))
    story.odoo.pick(receipt.id, {"LOTTED": 8.0})
    await story.reconcile()
    await story.approve(receipt)
    card = await story.card(receipt, "NOT written to Odoo")
    assert card.says("You need to supply a Lot/Serial Number")


async def test_a_released_delivery_gets_a_note_and_is_not_asked_about_again(sqlite_url: str) -> None:
    async with told(sqlite_url, "18.0", config=RELEASING) as story:
        delivery = _ready(story)
        await story.reconcile()
        await story.approve(delivery)
        await story.card(delivery, "Confirmed in Odoo: release note on the record")
        await story.reconcile()
        await story.rest()
        assert (story.state(delivery), len(story.notes(delivery)), len(story.cards(delivery))) == ("assigned", 1, 1)


@both_odoos
async def test_an_approved_scrap_order_is_scrapped_once(story: Story, odoo_version: str) -> None:
    quant = story.odoo.set_stock(BOLT, 10.0)
    scrap = Record(SCRAP, story.odoo.add_scrap(BOLT, 4.0), "Scrap of 4 Units")
    await story.reconcile()
    card = await story.card(scrap)
    assert card.says("50.00 USD")
    await story.approve(scrap)
    await story.card(scrap, "Confirmed in Odoo: goods scrapped")
    await story.rest()
    on_hand = story.odoo.record("stock.quant", quant)["quantity"]
    assert (story.state(scrap), on_hand, story.calls("action_validate", scrap)) == ("done", 6.0, 1), odoo_version


async def test_a_scrap_whose_answer_was_lost_is_never_repeated_by_the_bot_alone(story: Story) -> None:
    story.odoo.set_stock(BOLT, 10.0)
    scrap = Record(SCRAP, story.odoo.add_scrap(BOLT, 4.0), "Scrap of 4 Units")
    await story.reconcile()
    story.odoo.faults.lose_answer(method="action_validate", applied=False)
    await story.approve(scrap)
    await story.card(scrap, "The answer of Odoo was lost; the bot is looking")
    story.advance(minutes=5)
    await story.card(scrap, "a person has to look")
    assert story.calls("action_validate", scrap) == 0


@both_odoos
async def test_where_odoo_wants_to_ask_a_person_first_the_card_leads_there(story: Story, odoo_version: str) -> None:
    story.odoo.set_stock(BOLT, 1.0)
    scrap = Record(SCRAP, story.odoo.add_scrap(BOLT, 4.0), "Scrap of 4 Units")
    await story.reconcile()
    await story.approve(scrap)
    card = await story.card(scrap, "Odoo asks a person first")
    (link,) = [button for button in card.buttons if button.text == "Open in Odoo"]
    assert (f"res_id={scrap.id}" in link.url, card.says("less is in stock than")) == (True, True), odoo_version
    assert story.state(scrap) == "draft"


async def _billed(story: Story, *, price: float | None = None, received: bool = True, dated: bool = True) -> Record:
    story.odoo.add_product("VALVE", cost=100.0)
    order = story.odoo.add_purchase(lines=[("VALVE", 4.0, 100.0)])
    await story.people.confirm_purchase(order)
    if received:
        story.odoo.receive(order)
    bill = Record(BILL, story.odoo.add_bill(order, price=price, dated=dated), "Bill of Great Lakes Fasteners")
    await story.reconcile()
    return bill


@both_odoos
@pytest.mark.parametrize(
    ("price", "received", "words"),
    [(110.0, True, "10 % above the ordered price"), (None, False, "4 billed, 0 received")],
)
async def test_an_approved_bill_is_posted(
    story: Story, odoo_version: str, price: float | None, words: str, *, received: bool
) -> None:
    bill = await _billed(story, price=price, received=received)
    await story.card(bill, words)
    await story.approve(bill)
    await story.card(bill, "Confirmed in Odoo: bill posted")
    await story.rest()
    assert (story.state(bill), len(story.notes(bill))) == ("posted", 1), odoo_version


async def test_a_bill_as_ordered_and_received_asks_nobody(story: Story) -> None:
    bill = await _billed(story, price=102.0)
    await story.rest()
    assert story.cards(bill) == []


async def test_a_bill_without_its_date_is_refused_in_odoos_words(story: Story) -> None:
    bill = await _billed(story, price=150.0, dated=False)
    await story.approve(bill)
    card = await story.card(bill, "NOT written to Odoo")
    assert card.says("The Bill/Refund date is required")


async def test_a_bill_that_somebody_posted_meanwhile_is_not_cancelled_by_a_rejection(story: Story) -> None:
    bill = await _billed(story, price=150.0)
    await story.card(bill, "Waiting")
    story.odoo.webhooks.muted = True
    await story.odoo.as_user("accu").call(BILL, "action_post", [bill.id])
    await story.reject(bill)
    await story.card(bill, "Nothing was written: posted in Odoo")
    assert (story.state(bill), story.calls("button_cancel", bill)) == ("posted", 0)


async def test_a_rejected_bill_is_cancelled_where_the_policy_says_so(story: Story) -> None:
    bill = await _billed(story, price=150.0)
    await story.reject(bill)
    await story.card(bill, "Confirmed in Odoo: bill cancelled")
    assert story.state(bill) == "cancel"
