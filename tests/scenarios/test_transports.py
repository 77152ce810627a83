"""The same answers over both transports, and what only connections of our own can suffer."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs

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


def _strays(story: Story) -> Mapping[str, dict[str, Any]]:
    """What Slack may send and nobody listens to, and what is no payload at all."""
    ann = story.slack.person(ANN)
    who = {"user": {"id": ann.id, "team_id": ann.team_id}, "team": {"id": ann.team_id}, "trigger_id": "1.2.3"}
    modal = {"type": "modal", "id": "V1", "private_metadata": "", "state": {"values": {}}}
    told = {"type": "event_callback", "team_id": ann.team_id}
    return {
        "a modal of another time": {**who, "type": "view_submission", "view": {**modal, "callback_id": "other"}},
        "a modal without a name": {**who, "type": "view_submission", "view": modal},
        "a modal without a type": {**who, "type": "view_submission", "view": {"callback_id": "case:reject"}},
        "a modal that was closed": {**who, "type": "view_closed", "view": {**modal, "callback_id": "case:reject"}},
        "a global shortcut": {**who, "type": "shortcut", "callback_id": "x"},
        "a shortcut of a message": {**who, "type": "message_action", "callback_id": "x", "message": {}},
        "a menu that asks": {**who, "type": "block_suggestion", "action_id": "x", "value": "v"},
        "an attachment": {**who, "type": "interactive_message", "callback_id": "x", "actions": [{"name": "a"}]},
        "a workflow": {**who, "type": "workflow_step_edit", "callback_id": "x"},
        "of the future": {**who, "type": "something_new"},
        "no button": {**who, "type": "block_actions", "actions": []},
        "a button without a name": {**who, "type": "block_actions", "actions": [{"type": "button"}]},
        "null for buttons": {**who, "type": "block_actions", "actions": None},
        "the home tab": {**told, "event_id": "Ev1", "event": {"type": "app_home_opened", "user": ann.id}},
        "of another app": {**told, "event_id": "Ev2", "team_id": "TOTHER", "event": {"type": "tokens_revoked"}},
        "no event": {**told, "event_id": "Ev3"},
        "too many events": {"type": "app_rate_limited", "team_id": ann.team_id},
    }


@both_transports
async def test_nothing_that_slack_sends_is_left_without_an_answer(quick_story: Story) -> None:
    story = quick_story
    for name, payload in _strays(story).items():
        answer = await story.slack.delivery.interaction(payload)
        assert (name, answer.status, answer.elapsed_s < 1) == (name, 200, True)
        if payload["type"] == "view_submission":
            assert b"Nothing was changed" in answer.body
    asked = await story.slack.delivery.command({"command": "/nobody", "text": "", "user_id": "U1", "team_id": "T1"})
    assert (asked.status, b"does not know this command" in asked.body) == (200, True)
    assert await story.audited() == []


@both_transports
async def test_what_is_sent_again_is_done_once_and_answered_in_the_same_words(quick_story: Story) -> None:
    story = quick_story
    order = await story.order()
    view = await story.slack.opened(await story.click(await story.card(order), "Reject"))
    assert (await story.slack.submit(view, {"reason": "too dear"}, by=ANN)).closed
    sent, before = story.slack.deliveries[-1], await story.audited()
    payload = _sent(sent.body)
    # By Slack's client, because the answer came too late: another trigger, the same modal.
    again = await story.slack.delivery.interaction({**payload, "trigger_id": "another"})
    assert (again.status, again.body) == (sent.answer.status, sent.answer.body)
    if sent.headers:  # by whoever listened in
        replayed = await story.slack.replay(sent)
        assert (replayed.status, replayed.body) == (sent.answer.status, sent.answer.body)
    assert len([one for one in await story.audited() if one.entry.action.startswith("case.")]) == len(before)


def _sent(body: bytes) -> dict[str, Any]:
    text = body.decode()
    payload: dict[str, Any] = json.loads(parse_qs(text)["payload"][0] if text.startswith("payload=") else text)
    return payload


@both_transports
async def test_a_click_is_answered_in_time_however_slow_slack_is_and_only_as_what_became_of_it(
    quick_story: Story,
) -> None:
    story = quick_story
    order = await story.order()
    card = await story.card(order)
    story.slack.faults.slow("users.info", 3.5)
    acted = await story.click(card, "Approve")
    assert (acted.status == 200, acted.elapsed_s < 3) == (False, acted.status is not None)
    await story.told(ANN, "Slack did not say who you are, so nothing was decided")
    assert await story.audited("case.approved") == []
    await asyncio.sleep(1.6)  # Slack has said it by now
    story.slack.faults.slow("views.open", 3.5)
    acted = await story.click(card, "Reject")
    assert (acted.status, acted.elapsed_s < 1) == (200, True)
    assert (await story.slack.submit(await story.slack.opened(acted), {"reason": "too dear"}, by=ANN)).closed
    await story.card(order, "Rejected")


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
async def test_with_one_connection_cut_or_forgotten_the_other_takes_the_click(quick_story: Story) -> None:
    story = quick_story
    order = await story.order()
    card = await story.card(order)
    story.slack.sockets.drop(story.slack.sockets.connections[:1])
    await story.slack.until(lambda: story.slack.sockets.opened == 3, what="a third connection")
    assert (await story.click(card, "Approve")).status == 200
    await story.card(order, "Confirmed in Odoo")
    story.slack.sockets.forget(story.slack.sockets.connections[:1])  # it answers pings, and nothing comes over it
    other = await story.order(7_000)
    assert (await story.approve(other)).status == 200
    await story.card(other, "Confirmed in Odoo")


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
