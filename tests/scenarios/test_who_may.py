"""Who may decide: the refused are told why in private, it is audited, and nothing happens in Odoo."""

from __future__ import annotations

import pytest

from tests.scenarios.story import ANN, Story

#: Who tries, what Slack says of them, the words they read, and the reason in the audit trail.
BARRED: list[tuple[str, dict[str, str | bool], str, str]] = [
    ("sales@example.com", {}, "not in that role", "not_in_role"),
    ("guest@example.com", {"is_restricted": True}, "Guests", "guest"),
    ("gone@example.com", {"deleted": True}, "deactivated", "deactivated"),
    ("foreign@example.com", {"team_id": "T0ELSEWHERE"}, "this workspace", "foreign_workspace"),
    ("mute@example.com", {"email": ""}, "e-mail", "unknown_person"),
    ("buyer@example.com", {}, "You asked for this", "own_request"),
]


@pytest.mark.parametrize("name", ["Approve", "Reject"])
async def test_who_may_not_decide_is_told_why_and_nothing_happens(quick_story: Story, name: str) -> None:
    story = quick_story
    order = await story.order()
    card = await story.card(order)
    for number, (who, about, words, reason) in enumerate(BARRED, 1):
        person = story.slack.change_person(who, **about)
        clicked = await story.click(card, name, by=person.id)
        assert clicked.status == 200
        await story.told(person.id, words)
        await story.quiet()
        refused = await story.audited("case.refused")
        assert len(refused) == number
        assert (refused[-1].detail["reason"], refused[-1].entry.actor) == (
            reason,
            f"slack:{person.team_id}:{person.id}",
        )
        assert story.slack.modal(person.id) is None
    assert (story.state(order), story.calls("button_approve", order)) == ("to approve", 0)
    assert "Approve" in (await story.card(order)).labels


async def test_who_changed_the_record_in_odoo_does_not_approve_it(story: Story) -> None:
    order = await story.order(by="puru")
    await story.card(order)
    await story.people.reprice_purchase(order.id, amount=13_000, by="purm")
    card = await story.card(order, "13,000.00")
    await story.click(card, "Approve", by="buyer.lead@example.com")
    await story.told("buyer.lead@example.com", "You asked for this or changed it")
    await story.click(card, "Approve", by=ANN)
    await story.card(order, "Confirmed in Odoo")


async def test_an_edit_that_moves_no_watched_figure_makes_its_author_a_maker_all_the_same(quick_story: Story) -> None:
    story = quick_story
    order = await story.order(by="puru")
    card = await story.card(order)
    await story.odoo.as_user("purm").call("purchase.order", "write", [order.id], {"notes": "urgent"})
    await story.reconcile()
    await story.quiet()
    await story.click(card, "Approve", by="buyer.lead@example.com")
    await story.told("buyer.lead@example.com", "You asked for this or changed it")
    assert story.state(order) == "to approve"


async def test_the_counter_does_not_approve_the_count(quick_story: Story) -> None:
    story = quick_story
    count = await story.count()
    await story.click(await story.card(count), "Approve", by="counter@example.com")
    await story.told("counter@example.com", "not in that role")
    assert story.field(count, "quantity") == 100.0


async def test_while_slack_does_not_say_who_clicked_nothing_is_decided(quick_story: Story) -> None:
    story = quick_story
    order = await story.order()
    card = await story.card(order)
    story.slack.faults.http(500, times=3, method="users.info")
    clicked = await story.click(card, "Approve")
    assert clicked.status != 200
    await story.told(ANN, "nothing was decided")
    assert story.state(order) == "to approve"
    story.slack.faults.clear()
    await story.approve(order)
    await story.card(order, "Confirmed in Odoo")


async def test_everybody_who_edited_the_record_between_two_readings_is_a_maker(quick_story: Story) -> None:
    """The purchasing lead and then the buyer change it while nobody looks: Odoo names the buyer alone as its writer."""
    story = quick_story
    order = await story.order(by="puru")
    await story.card(order)
    story.odoo.webhooks.muted = True
    await story.people.reprice_purchase(order.id, amount=13_000, by="purm")
    await story.people.reprice_purchase(order.id, amount=14_000, by="puru")
    await story.reconcile()
    card = await story.card(order, "14,000.00")
    await story.click(card, "Approve", by="buyer.lead@example.com")
    await story.told("buyer.lead@example.com", "You asked for this or changed it")
    await story.click(card, "Approve", by=ANN)
    await story.card(order, "Confirmed in Odoo")
