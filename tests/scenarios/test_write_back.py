"""The way of a decision into Odoo when not all goes well: nothing is lost, done twice, or claimed too early."""

from __future__ import annotations

import asyncio

import pytest

from tests.scenarios.story import ANN, BOB, Story

both_odoos = pytest.mark.parametrize("odoo_version", ["18.0", "19.0"])


async def test_an_answer_lost_after_the_write_is_confirmed_without_a_second_call(story: Story) -> None:
    order = await story.order()
    story.odoo.faults.lose_answer(method="button_approve", applied=True)
    await story.approve(order)
    await story.card(order, "Confirmed in Odoo")
    await story.rest()
    assert (story.state(order), story.calls("button_approve", order)) == ("purchase", 1)
    assert len(story.notes(order)) == 1


@both_odoos
async def test_a_count_whose_answer_was_lost_after_the_write_is_confirmed_by_its_move(
    story: Story, odoo_version: str
) -> None:
    count = await story.count(counted=60)
    story.odoo.faults.lose_answer(method="action_apply_inventory", applied=True)
    await story.approve(count)
    await story.card(count, "Confirmed in Odoo")
    await story.rest()
    assert (story.field(count, "quantity"), story.calls("action_apply_inventory", count)) == (60.0, 1), odoo_version


@both_odoos
async def test_what_odoo_planned_for_the_bot_is_done_with_the_decision_and_what_it_planned_for_people_is_not(
    quick_story: Story, odoo_version: str
) -> None:
    story = quick_story
    order, other = await story.order(), await story.order()
    for who, record in (("bot", order), ("purm", order), ("bot", other)):
        values = {"user_id": story.odoo.uid(who), "summary": f"for {who}"}
        await story.odoo.as_user("purm").call(order.model, "activity_schedule", [record.id], **values)
    await story.approve(order)
    await story.card(order, "Confirmed in Odoo")
    await story.rest()
    open_ones = [story.odoo.record("mail.activity", one) for one in story.odoo.engine.store.ids("mail.activity")]
    planned = sorted((one["summary"], one["res_id"]) for one in open_ones if one["active"])
    assert planned == [("for bot", other.id), ("for purm", order.id)], odoo_version
    assert len([one for one in story.notes(order) if "[Signoff #" in one]) == 1


async def test_a_repeatable_write_that_got_lost_on_its_way_is_repeated_once_after_the_settling_time(
    story: Story,
) -> None:
    order = await story.order()
    story.odoo.faults.lose_answer(method="button_approve", applied=False)
    await story.approve(order)
    await story.card(order, "The answer of Odoo was lost; the bot is looking")
    story.advance(minutes=4)
    await story.quiet()
    assert (story.state(order), story.calls("button_approve", order)) == ("to approve", 0)
    story.advance(minutes=1)
    await story.card(order, "Confirmed in Odoo")
    assert (story.state(order), story.calls("button_approve", order)) == ("purchase", 1)


async def test_a_count_that_got_lost_is_never_repeated_by_the_bot_alone(story: Story) -> None:
    count = await story.count()
    story.odoo.faults.lose_answer(method="action_apply_inventory", applied=False)
    await story.approve(count)
    await story.card(count, "The answer of Odoo was lost; the bot is looking")
    story.advance(minutes=5)
    card = await story.card(count, "a person has to look")
    story.advance(days=2)
    await story.reconcile()
    await story.rest()
    assert (story.field(count, "quantity"), story.calls("action_apply_inventory", count)) == (100.0, 0)
    (retry,) = [button for button in card.buttons if button.text == "Retry"]
    assert "may do it twice" in retry.confirm
    await story.click(card, "Retry", by=BOB)
    await story.card(count, "Confirmed in Odoo")
    assert (story.field(count, "quantity"), story.calls("action_apply_inventory", count)) == (60.0, 1)


async def test_a_count_that_took_effect_late_is_found_and_not_applied_again(quick_story: Story) -> None:
    """The answer was lost, the settling time over, and only then does the move of the first call appear."""
    story = quick_story
    count = await story.count()
    story.odoo.faults.lose_answer(method="action_apply_inventory", applied=False)
    await story.approve(count)
    await story.card(count, "The answer of Odoo was lost; the bot is looking")
    story.advance(minutes=5)
    card = await story.card(count, "a person has to look")
    mark = (await story.audited("case.approved"))[0].mark
    await story.odoo.as_user("bot").call(
        "stock.quant", "action_apply_inventory", [count.id], context={"inventory_name": f"Approved {mark}"}
    )
    await story.click(card, "Retry")
    await story.card(count, "Confirmed in Odoo")
    assert (story.field(count, "quantity"), story.calls("action_apply_inventory", count)) == (60.0, 1)


@pytest.mark.parametrize("name", ["LockNotAvailable", "SerializationFailure"])
async def test_what_odoo_rolled_back_itself_is_tried_again(quick_story: Story, name: str) -> None:
    story = quick_story
    order = await story.order()
    story.odoo.faults.error(name=f"psycopg2.errors.{name}", message="could not", method="button_approve", times=2)
    await story.approve(order)
    await story.card(order, "Not yet written to Odoo")
    await story.card(order, "Confirmed in Odoo")
    assert story.state(order) == "purchase"


REFUSED = "Unable to approve: the vendor is blocked."


async def test_what_odoo_refuses_is_told_in_its_words_and_a_person_has_it_tried_again(story: Story) -> None:
    order = await story.order()
    story.odoo.faults.error(name="odoo.exceptions.UserError", message=REFUSED, method="button_approve")
    await story.approve(order)
    card = await story.card(order, "NOT written to Odoo")
    assert (REFUSED in card.plain, card.labels[:3]) == (True, ["Retry", "Done by hand", "Give up"])
    await story.click(card, "Retry", by=BOB)
    await story.card(order, "Confirmed in Odoo")
    (entry,) = await story.audited("write_back.retried")
    assert (entry.detail["email"], story.state(order)) == (BOB, "purchase")


@pytest.mark.parametrize("odoo_version", ["19.0"])  # 18.0 knows no lock of an order that is not confirmed
async def test_a_locked_order_is_not_cancelled_before_somebody_unlocks_it(quick_story: Story) -> None:
    story = quick_story
    order = await story.order()
    await story.card(order, "Waiting")
    await story.odoo.as_user("purm").call(order.model, "write", [order.id], {"locked": True})
    await story.reject(order)
    card = await story.card(order, "NOT written to Odoo")
    assert ("You must first unlock them" in card.plain, story.state(order)) == (True, "to approve")
    await story.odoo.as_user("purm").call(order.model, "button_unlock", [order.id])
    await story.click(card, "Retry", by=BOB)
    await story.card(order, "Confirmed in Odoo")
    assert story.state(order) == "cancel"


@pytest.mark.parametrize(
    ("button", "action", "words"),
    [("Done by hand", "write_back.by_hand", "Done in Odoo by hand"), ("Give up", "write_back.given_up", "Not carried")],
)
async def test_a_person_ends_what_odoo_refuses_with_a_reason(
    quick_story: Story, button: str, action: str, words: str
) -> None:
    story = quick_story
    order = await story.order()
    story.odoo.faults.error(name="odoo.exceptions.UserError", message=REFUSED, method="button_approve")
    await story.approve(order)
    card = await story.card(order, "NOT written to Odoo")
    blank = await story.answer(card, button, "  ", by=BOB)
    assert list(blank.errors) == ["reason"]
    await story.answer(card, button, "settled by phone", by=BOB)
    ended = await story.card(order, words)
    await story.reconcile()
    await story.rest()
    (entry,) = await story.audited(action)
    assert (entry.detail["reason"], ended.labels, len(story.cards(order))) == ("settled by phone", ["Open in Odoo"], 1)
    assert story.calls("button_approve", order) == 0


async def test_who_may_not_decide_may_not_mend_either(quick_story: Story) -> None:
    story = quick_story
    order = await story.order()
    story.odoo.faults.error(name="odoo.exceptions.UserError", message=REFUSED, method="button_approve")
    await story.approve(order)
    card = await story.card(order, "NOT written to Odoo")
    await story.click(card, "Retry", by="sales@example.com")
    await story.told("sales@example.com", "not in that role")
    assert (await story.click(card, "Give up", by="buyer@example.com")).view is None
    await story.told("buyer@example.com", "You asked for this")
    await story.quiet()
    assert story.calls("button_approve", order) == 0


@both_odoos
async def test_a_count_that_the_stock_has_overtaken_is_applied_as_people_saw_it(
    quick_story: Story, odoo_version: str
) -> None:
    """Odoo asks whether the count or the difference stands; the approval has answered that."""
    story = quick_story
    count = await story.count(counted=60, on_hand=100)
    story.odoo.move_stock(count.id, by=-5)
    await story.reconcile()
    card = await story.card(count, "95 Units")
    assert card.says("The stock moved after the count")
    await story.approve(count)
    await story.card(count, "Confirmed in Odoo")
    assert (story.field(count, "quantity"), story.calls("action_apply_inventory", count)) == (60.0, 1), odoo_version


async def test_a_bot_without_the_right_is_found_out_by_reading_back(story: Story) -> None:
    """Odoo answers ``{}`` to a user who may not approve, as if all were well."""
    order = await story.order()
    story.odoo.faults.ignore_writes(method="button_approve", times=1)
    await story.approve(order)
    card = await story.card(order, "NOT written to Odoo")
    assert ("the record did not change" in card.plain, story.state(order)) == (True, "to approve")
    await story.click(card, "Retry")
    await story.card(order, "Confirmed in Odoo")


async def test_what_changed_between_decision_and_write_is_not_written_and_is_asked_again(story: Story) -> None:
    order = await story.order(12_500)
    await story.card(order)
    story.odoo.webhooks.muted = True
    await story.people.reprice_purchase(order.id, amount=20_000)
    await story.approve(order)
    asked = await story.card(order, "please decide again")
    await story.quiet()
    old, new = story.cards(order)
    assert "12,500.00 USD → 20,000.00 USD" in asked.plain
    assert ("Nothing was written" in old.plain, old.labels) == (True, ["Open in Odoo"])
    assert (story.state(order), story.calls("button_approve", order)) == ("to approve", 0)
    await story.click(new, "Approve")
    await story.card(order, "Confirmed in Odoo")
    assert story.calls("button_approve", order) == 1


async def test_what_was_cancelled_between_decision_and_write_stays_cancelled(story: Story) -> None:
    """button_approve would bring a cancelled order back to life."""
    order = await story.order()
    await story.card(order)
    story.odoo.webhooks.muted = True
    await story.people.cancel_purchase(order.id)
    await story.approve(order)
    card = await story.card(order, f"Nothing was written: cancelled in Odoo by {story.name('puru')}")
    assert (story.state(order), story.calls("button_approve", order)) == ("cancel", 0)
    assert card.labels == ["Open in Odoo"]


async def test_what_somebody_has_brought_about_meanwhile_is_confirmed_without_a_call(quick_story: Story) -> None:
    story = quick_story
    order = await story.order()
    await story.card(order)
    story.odoo.webhooks.muted = True
    await story.people.approve_purchase(order.id)
    await story.approve(order)
    await story.card(order, "Confirmed in Odoo")
    assert story.calls("button_approve", order) == 0


async def test_what_was_approved_meanwhile_with_other_figures_is_not_called_ours(quick_story: Story) -> None:
    story = quick_story
    order = await story.order(12_500)
    await story.card(order)
    story.odoo.webhooks.muted = True
    await story.people.reprice_purchase(order.id, amount=90_000)
    await story.people.approve_purchase(order.id)
    await story.approve(order)
    card = await story.card(order, "with other figures than were decided on")
    assert ("Confirmed" in card.plain, story.calls("button_approve", order)) == (False, 0)


@both_odoos
async def test_a_count_whose_stock_moved_meanwhile_is_not_applied(quick_story: Story, odoo_version: str) -> None:
    story = quick_story
    count = await story.count(counted=60, on_hand=100)
    await story.card(count)
    story.odoo.move_stock(count.id, by=-5)
    await story.approve(count)
    await story.card(count, "please decide again")
    assert story.calls("action_apply_inventory", count) == 0, odoo_version
    assert story.field(count, "quantity") == 95.0


async def test_while_odoo_is_down_clicks_are_taken_the_cards_say_waiting_and_each_is_written_once(
    story: Story,
) -> None:
    orders = [await story.order(6_000 + number) for number in range(12)]
    cards = [await story.card(order) for order in orders]
    await story.quiet()
    story.odoo.faults.down()
    clicks = await asyncio.gather(*(story.click(card, "Approve") for card in cards))
    await story.all_say(orders, "Not yet written to Odoo")
    for _ in range(6):
        story.advance(seconds=10)
        await story.quiet()
    assert not any("Confirmed" in card.plain for card in story.cards())
    story.odoo.faults.up()
    await story.all_say(orders, "Confirmed in Odoo")
    assert {click.status for click in clicks} == {200}
    assert [story.calls("button_approve", order) for order in orders] == [1] * 12


async def test_clicks_are_taken_while_odoo_refuses_connections(quick_story: Story) -> None:
    story = quick_story
    order = await story.order()
    await story.card(order)
    await story.odoo.refuse()
    assert (await story.approve(order)).status == 200
    await story.card(order, "Not yet written to Odoo")
    await story.odoo.accept()
    await story.card(order, "Confirmed in Odoo")


async def test_a_note_whose_answer_was_lost_is_posted_once(story: Story) -> None:
    order = await story.order()
    story.odoo.faults.lose_answer(method="message_post", applied=True)
    await story.approve(order)
    await story.card(order, "Confirmed in Odoo")
    await story.rest()
    assert (len(story.notes(order)), story.calls("message_post", order)) == (1, 1)


async def test_a_release_whose_answer_was_lost_is_noted_once(quick_story: Story) -> None:
    story = quick_story
    sale = await story.quotation()
    story.odoo.faults.lose_answer(method="message_post", applied=True)
    await story.approve(sale)
    await story.card(sale, "Confirmed in Odoo")
    await story.rest()
    assert len(story.notes(sale)) == 1


async def test_an_answer_to_the_reading_back_that_was_lost_does_not_write_again(quick_story: Story) -> None:
    story = quick_story
    order = await story.order()
    await story.card(order)
    story.odoo.faults.slow(0.2, method="button_approve", times=1)
    await story.approve(order)
    await story.until(lambda: story.odoo.calls.of("read", login="bot") or None, "the first reading")
    story.odoo.faults.lose_answer(method="read", times=3)
    await story.card(order, "Confirmed in Odoo")
    assert story.calls("button_approve", order) == 1
    assert ANN in str((await story.audited("case.approved"))[0].detail["email"])


@pytest.mark.parametrize(
    ("method", "words"),
    [("button_approve", "Confirmed in Odoo: order approved by "), ("button_cancel", "Nothing was written")],
)
async def test_what_somebody_makes_in_odoo_of_a_refused_write_ends_the_case(
    quick_story: Story, method: str, words: str
) -> None:
    story = quick_story
    order = await story.order()
    story.odoo.faults.error(name="odoo.exceptions.UserError", message=REFUSED, method="button_approve")
    await story.approve(order)
    await story.card(order, "NOT written to Odoo")
    await story.odoo.as_user("purm").call("purchase.order", method, [order.id])
    await story.reconcile()
    card = await story.card(order, words)
    assert card.labels == ["Open in Odoo"]


async def test_a_count_that_people_settle_in_odoo_after_a_lost_answer_is_not_applied_again(story: Story) -> None:
    count = await story.count()
    story.odoo.faults.lose_answer(method="action_apply_inventory", applied=False)
    await story.approve(count)
    await story.card(count, "The answer of Odoo was lost; the bot is looking")
    story.advance(minutes=5)
    await story.card(count, "a person has to look")
    await story.people.clear_count(count.id)
    await story.reconcile()
    await story.card(count, "Overtaken")
    assert story.calls("action_apply_inventory", count) == 0
