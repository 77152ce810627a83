"""The same answers over both transports, and what only connections of our own can suffer."""

from __future__ import annotations

import asyncio

import httpx
import pytest

from tests.scenarios.story import ANN, BOB, Story

both_transports = pytest.mark.parametrize("transport", ["http", "socket"])
over_sockets = pytest.mark.parametrize("transport", ["socket"])


@both_transports
async def test_a_click_decides_and_is_answered_to_the_clicker_alone(quick_story: Story) -> None:
    story = quick_story
    order = await story.order()
    assert (await story.approve(order)).status == 200
    await story.told(ANN, "Approved")
    card = await story.card(order, "Confirmed in Odoo")
    assert (story.state(order), card.labels) == ("purchase", ["Open in Odoo"])


@both_transports
async def test_a_double_click_decides_once(quick_story: Story) -> None:
    story = quick_story
    order = await story.order()
    card = await story.card(order)
    await asyncio.gather(story.click(card, "Approve"), story.click(card, "Approve"))
    await story.card(order, "Confirmed in Odoo")
    assert (len(await story.audited("case.approved")), story.calls("button_approve", order)) == (1, 1)


@both_transports
async def test_a_modal_keeps_what_was_typed_until_it_can_be_taken(quick_story: Story) -> None:
    story = quick_story
    order = await story.order()
    view = await story.slack.opened(await story.click(await story.card(order), "Reject"))
    story.world.app.people._known.clear()  # as after five minutes
    story.slack.faults.error("users.info", "internal_error")
    sent = await story.slack.submit(view, {"reason": "too dear"}, by=ANN)
    assert not sent.closed
    assert view.values["reason"]["text"]["value"] == "too dear"
    again = await story.slack.submit(view, {}, by=ANN)
    await story.card(order, "Confirmed in Odoo")
    assert (again.closed, story.state(order), len(await story.audited("case.rejected"))) == (True, "cancel", 1)


@both_transports
async def test_a_slash_command_is_answered(quick_story: Story) -> None:
    story = quick_story
    acted = await story.slack.command("/signoff status", by=BOB, channel="#purchasing")
    assert acted.status == 200
    await story.told(BOB, "Open cases: 0")


@both_transports
async def test_a_button_of_another_time_is_answered_in_words(quick_story: Story) -> None:
    story = quick_story
    order = await story.order()
    card = await story.card(order)
    for block in card.blocks:
        for element in block.get("elements", ()):
            if element.get("action_id") == "case:approve":
                element["action_id"] = "case:dance"
    await story.click(card, "Approve")
    await story.told(ANN, "not known here any more")


@over_sockets
async def test_two_connections_are_kept_and_no_way_in_is_left_open(quick_story: Story) -> None:
    story = quick_story
    assert len(story.slack.sockets.connections) == 2
    async with httpx.AsyncClient(trust_env=False) as client:
        answer = await client.post(f"http://{story.world.app.address}/slack/events", content=b"payload={}")
    assert answer.status_code == 404


@over_sockets
async def test_no_click_is_lost_while_slack_replaces_the_connections(quick_story: Story) -> None:
    story = quick_story
    orders = [await story.order(6_000 + number) for number in range(4)]
    await story.all_say(orders, "Waiting")
    await story.slack.sockets.refresh()
    await story.slack.until(lambda: len([one for one in story.slack.sockets.connections if not one.is_leaving]) == 2)
    for order in orders:
        assert (await story.approve(order)).status == 200
    await story.all_say(orders, "Confirmed in Odoo")


@over_sockets
async def test_with_one_connection_cut_the_other_takes_the_click(quick_story: Story) -> None:
    story = quick_story
    order = await story.order()
    card = await story.card(order)
    story.slack.sockets.drop(story.slack.sockets.connections[:1])
    await story.slack.until(lambda: story.slack.sockets.opened == 3, what="a third connection")
    assert (await story.click(card, "Approve")).status == 200
    await story.card(order, "Confirmed in Odoo")


@over_sockets
async def test_connections_that_slack_refuses_are_told_and_tried_again(quick_story: Story) -> None:
    story = quick_story
    sockets = story.slack.sockets
    sockets.refuse = "link_disabled"
    sockets.drop()
    for _ in range(100):
        if "link_disabled" in (await story.world.app.troubles()).get("slack sockets", ""):
            return
        await asyncio.sleep(0.05)
    pytest.fail("nobody was told")


@over_sockets
async def test_what_is_no_envelope_ends_no_connection(quick_story: Story) -> None:
    story = quick_story
    for one in story.slack.sockets.connections:
        for text in ("", "null", "[]", "{", '{"type": "interactive"}', '{"envelope_id": "x", "payload": 3}'):
            await one.socket.send_str(text)
    order = await story.order()
    assert (await story.approve(order)).status == 200
    assert story.slack.sockets.opened == 2
