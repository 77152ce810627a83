"""Clicks as they really come: doubled, late, from two people at once, forged, or about something else."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs

import pytest

from bot.sandbox.slack import Card
from bot.sandbox.slack.delivery import sign
from tests.scenarios.story import ANN, BOB, Record, Story


async def test_a_double_click_decides_once(story: Story) -> None:
    order = await story.order()
    card = await story.card(order)
    first, second = await asyncio.gather(story.click(card, "Approve"), story.click(card, "Approve"))
    await story.card(order, "Confirmed in Odoo")
    await story.told(ANN, "Already approved by Ann")
    assert (first.status, second.status) == (200, 200)
    assert (len(await story.audited("case.approved")), story.calls("button_approve", order)) == (1, 1)


async def test_of_two_people_at_once_one_decides_and_the_other_is_told_who_did(story: Story) -> None:
    order = await story.order()
    card = await story.card(order)
    await asyncio.gather(story.click(card, "Approve", by=ANN), story.click(card, "Approve", by=BOB))
    await story.card(order, "Confirmed in Odoo")
    (entry,) = await story.audited("case.approved")
    winner, loser = (ANN, BOB) if entry.detail["email"] == ANN else (BOB, ANN)
    await story.told(winner, "Approved")
    await story.told(loser, f"Already approved by {winner.partition('@')[0].title()}")
    assert story.calls("button_approve", order) == 1


@pytest.mark.over_http
async def test_a_replayed_delivery_decides_once(quick_story: Story) -> None:
    story = quick_story
    order = await story.order()
    await story.approve(order)
    answers = [await story.slack.replay(story.slack.deliveries[0]) for _ in range(2)]
    await story.world.restart()  # and so does one of which nothing is remembered but what it did
    answers.append(await story.slack.replay(story.slack.deliveries[0]))
    await story.card(order, "Confirmed in Odoo")
    assert [answer.status for answer in answers] == [200, 200, 200]
    assert (len(await story.audited("case.approved")), story.calls("button_approve", order)) == (1, 1)


async def test_a_click_on_the_card_as_it_was_before_the_order_was_amended_decides_nothing(story: Story) -> None:
    order = await story.order(12_500)
    old = (await story.card(order)).history[0]
    await story.people.reprice_purchase(order.id, amount=20_000)
    new = await story.card(order, "20,000.00")
    await story.click(old, "Approve")
    await story.told(ANN, "changed after this card was drawn")
    await story.quiet()
    assert story.state(order) == "to approve"
    assert "12,500.00 USD → 20,000.00 USD" in new.plain
    await story.click(new, "Approve")
    await story.card(order, "Confirmed in Odoo")


async def test_a_late_click_is_told_who_decided(quick_story: Story) -> None:
    story = quick_story
    order = await story.order()
    old = (await story.card(order)).history[0]
    await story.reject(order, by=BOB)
    await story.card(order, "Confirmed in Odoo")
    await story.click(old, "Approve")
    await story.told(ANN, "Already rejected by Bob")
    assert (story.state(order), story.calls("button_approve", order)) == ("cancel", 0)


async def test_a_click_after_it_was_settled_in_odoo_is_told_so(quick_story: Story) -> None:
    story = quick_story
    order = await story.order()
    old = (await story.card(order)).history[0]
    await story.people.cancel_purchase(order.id)
    await story.card(order, "Nobody has to decide any more")
    await story.click(old, "Approve")
    await story.told(ANN, f"This is over: cancelled in Odoo by {story.name('puru')}")
    assert (story.state(order), story.calls("button_approve", order)) == ("cancel", 0)


def _payload(story: Story) -> dict[str, Any]:
    """The last click as Slack sent it."""
    body = parse_qs(story.slack.deliveries[-1].body.decode())
    payload: dict[str, Any] = json.loads(body["payload"][0])
    return payload


async def _a_refused_click(story: Story, order: Record) -> tuple[Card, dict[str, Any]]:
    """A click of somebody without power, for forgers to start from."""
    card = await story.card(order)
    await story.click(card, "Approve", by="sales@example.com")
    # A response URL leads to the person whom Slack gave it to, whoever the forger says it was.
    return card, {**_payload(story), "response_url": ""}


async def test_a_forged_signature_is_refused_and_leaves_no_trace(story: Story) -> None:
    order = await story.order()
    _, payload = await _a_refused_click(story, order)
    payload["user"]["id"] = story.slack.person(ANN).id
    before = len(await story.audited())
    forged = await story.slack.post_raw(payload, signature="v0=" + "0" * 64)
    await story.quiet()
    assert (forged.status, len(await story.audited()) - before, story.state(order)) == (401, 0, "to approve")


@pytest.mark.over_http
async def test_an_old_timestamp_is_refused_even_with_its_true_signature(quick_story: Story) -> None:
    story = quick_story
    await _a_refused_click(story, await story.order())
    body = story.slack.deliveries[-1].body
    stale = str(int(story.world.clock.now().timestamp()) - 600)
    signature = sign(story.slack.signing_secret, stale, body)
    old = await story.slack.post_raw(body, signature=signature, timestamp=stale)
    assert old.status == 401


def _with_value(payload: Mapping[str, Any], value: Any, action_id: str = "case:approve") -> dict[str, Any]:
    return {**payload, "actions": [{**payload["actions"][0], "value": value, "action_id": action_id}]}


MADE_UP: list[Any] = [
    "999999:1:0123456789",
    "0:1:0123456789",
    "1:1",
    "0:1",
    "-1:1",
    "1",
    "1:0",
    "1:1;",
    "",
    "\uff19:1",
    "1" * 400 + ":1",
    None,
    7,
    {"a": 1},
]


@pytest.mark.over_http
async def test_a_button_with_a_made_up_value_decides_nothing(quick_story: Story) -> None:
    story = quick_story
    order = await story.order()
    _, payload = await _a_refused_click(story, order)
    payload["user"]["id"] = story.slack.person(ANN).id
    for value in MADE_UP:
        answer = await story.slack.post_raw(_with_value(payload, value))
        assert (value, answer.status) == (value, 200)
        await story.until(lambda: story.slack.ephemerals(ANN), f"a sentence about {value!r}")
        told = story.slack.ephemerals(ANN)[-1]
        assert "not known here any more" in told.text
        story.slack.workspace.dismiss(told.ts)
    await story.quiet()
    assert (story.state(order), await story.audited("case.approved")) == ("to approve", [])


@pytest.mark.over_http
async def test_the_value_of_another_case_gives_no_power_over_it(quick_story: Story) -> None:
    story = quick_story
    mine, other = await story.order(), await story.quotation()
    theirs = (await story.card(other)).buttons[0].value
    _, payload = await _a_refused_click(story, mine)
    payload["user"]["id"] = story.slack.person("mute@example.com").id
    await story.slack.post_raw(_with_value(payload, theirs))
    await story.told("mute@example.com", "you are not in that role")
    await story.quiet()
    assert (story.notes(other), await story.audited("case.approved")) == ([], [])


@pytest.mark.over_http
async def test_a_card_of_another_database_decides_nothing_about_the_record_that_has_its_number_now(
    quick_story: Story,
) -> None:
    """After a restore, or a new beginning, numbers come again; the old cards still hang in Slack."""
    story = quick_story
    old, now = await story.order(6_000), await story.order(7_000)
    (_, _, pin_of_old), (number, revision, _) = [
        (await story.card(order, "Waiting")).buttons[0].value.split(":") for order in (old, now)
    ]
    _, payload = await _a_refused_click(story, now)
    payload["user"]["id"] = story.slack.person(ANN).id
    await story.slack.post_raw(_with_value(payload, f"{number}:{revision}:{pin_of_old}"))
    await story.told(ANN, "The record changed after this card was drawn")
    await story.quiet()
    assert (story.state(now), await story.audited("case.approved")) == ("to approve", [])


GARBAGE = [
    b"",
    b"payload=",
    b"payload=%7B",
    b"payload=[]",
    b"payload=%22x%22",
    b"\xff\xfe",
    b"payload=" + b"[" * 50_000,
]


@pytest.mark.over_http
async def test_garbage_is_refused_signed_or_not_and_the_program_goes_on(quick_story: Story) -> None:
    signed = [(await quick_story.slack.post_raw(garbage)).status or 0 for garbage in GARBAGE]
    forged = [(await quick_story.slack.post_raw(garbage, signature="v0=00")).status or 0 for garbage in GARBAGE]
    assert [status // 100 for status in (*signed, *forged)] == [4] * 14
    order = await quick_story.order()
    await quick_story.approve(order)
    await quick_story.card(order, "Confirmed in Odoo")


@pytest.mark.over_http
async def test_a_payload_without_one_of_its_parts_breaks_nothing(quick_story: Story) -> None:
    story = quick_story
    order = await story.order()
    _, payload = await _a_refused_click(story, order)
    for part in ("actions", "user", "team", "container", "channel", "trigger_id", "response_url"):
        lacking = {name: value for name, value in payload.items() if name != part}
        answer = await story.slack.post_raw(lacking)
        assert (part, (answer.status or 500) < 500) == (part, True)
    await story.quiet()
    assert story.state(order) == "to approve"
