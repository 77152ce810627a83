"""The thread below a card, cards in direct messages, and places that are gone."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest

from bot.cases.commands import Begin, Confirm, Fail, Observed
from bot.cases.planning import Rules
from bot.claims import ClaimEffects
from bot.config.model import Stage
from bot.effects import EffectKind, Lane
from bot.errors import UnknownOutcome
from bot.outbox import Claimed, Performed, PutBack
from bot.sandbox.slack import Card
from tests.factories import (
    FINANCE,
    PURCHASE,
    a_decide,
    a_policy,
    a_record,
    a_role,
    a_rule,
    an_event,
    rules,
    seen,
    usd,
)
from tests.integration.slack_room import CHANNEL, SlackRoom, slack_room

ANN, BOB, CYD = FINANCE
POST = "chat.postMessage"
TOLD = "Approved by Ann (finance)."


@pytest.fixture
async def room(database_url: str) -> AsyncIterator[SlackRoom]:
    """A room on either engine, with one card in #finance."""
    async with slack_room(database_url) as room:
        await room.open_case()
        await room.perform()
        yield room


def thread(room: SlackRoom) -> list[str]:
    """What stands below the card, a text for each reply."""
    return ["".join(one.plain.splitlines(keepends=True)) for one in room.channel.thread(room.channel.card())]


async def told(room: SlackRoom) -> Claimed:
    """Decide, perform what is due at once, and give the telling of it to the test."""
    await room.decide()
    await room.perform()
    room.later(3)
    [claimed] = await room.writer.submit(ClaimEffects(Lane.SLACK, room.clock.now(), 50, "test"))
    found: Claimed = claimed
    assert found.kind is EffectKind.TELL_STORY
    return found


async def test_what_happens_in_one_go_is_one_reply(room: SlackRoom) -> None:
    await room.decide()
    await room.do(Begin(1, 1))
    await room.do(Confirm(1, "approved in Odoo"))
    await room.perform()
    assert thread(room) == []
    room.later(3)
    await room.perform()
    [reply] = thread(room)
    assert reply.split("\n") == [TOLD, "", "Confirmed in Odoo: approved in Odoo."]


async def test_what_happens_later_is_the_next_reply_and_nothing_is_told_twice(room: SlackRoom) -> None:
    claimed = await told(room)
    await room.send(claimed)
    await room.send(claimed)
    await room.writer.submit(Performed(claimed))
    await room.do(Begin(1, 1))
    await room.do(Fail(1, "Odoo says: no."))
    room.later(3)
    await room.perform_all()
    assert thread(room) == [TOLD, "NOT written to Odoo: Odoo says: no."]


async def test_a_reply_whose_answer_was_lost_is_looked_for(room: SlackRoom) -> None:
    claimed = await told(room)
    room.slack.faults.lose_answer(POST, applied=True)
    with pytest.raises(UnknownOutcome):
        await room.send(claimed)
    await room.send(claimed, attempts=2)
    assert thread(room) == [TOLD]


async def test_without_leave_to_read_the_channel_a_lost_reply_is_told_again(room: SlackRoom) -> None:
    claimed = await told(room)
    room.slack.faults.lose_answer(POST, applied=False)
    with pytest.raises(UnknownOutcome):
        await room.send(claimed)
    room.slack.faults.error("conversations.replies", "missing_scope")
    await room.send(claimed, attempts=2)
    assert thread(room) == [TOLD]


async def test_a_deleted_card_has_no_thread_and_its_successor_tells_it_all(room: SlackRoom) -> None:
    card = room.channel.card()
    room.slack.workspace.delete(room.channel.channel.messages[card.ts])
    await room.send(await told(room))
    assert [one.thread_ts for one in room.channel.messages] == [None]


async def test_cards_do_not_wait_for_the_story(room: SlackRoom) -> None:
    await room.decide()
    await room.perform()
    await room.do(Begin(1, 1))
    await room.do(Fail(1, "Odoo says: no."))
    [claimed] = await room.writer.submit(ClaimEffects(Lane.SLACK, room.clock.now(), 50, "test"))
    assert claimed.kind is EffectKind.UPDATE_CARD


def with_triage(**changes: Any) -> Rules:
    """Purchases go to finance; whatever else there is goes to #ops."""
    return rules(
        roles=[a_role("finance"), a_role("ops")],
        policies=[a_policy(), a_policy(Stage(("ops",)), name="triage")],
        rules=[a_rule("purchases", match={"event_type": (PURCHASE,)}), a_rule("all else", "triage")],
        **changes,
    )


def reprice() -> Observed:
    """The order becomes dearer: every copy has to say so."""
    return Observed(a_record(), an_event(value=usd("14900.00"), seen=seen(amount_total="14900.00")))


@pytest.fixture
async def direct(database_url: str) -> AsyncIterator[SlackRoom]:
    """A room whose only role is asked in Bob's direct messages."""
    config = rules(roles=[replace(a_role("finance"), channel=f"@{BOB}")], policies=[a_policy()])
    async with slack_room(database_url, config) as room:
        await room.open_case()
        yield room


def dm(room: SlackRoom) -> Card:
    """Bob's newest direct message."""
    return room.slack.dms(BOB)[-1]


async def test_a_card_in_direct_messages_works_like_any_other(direct: SlackRoom) -> None:
    room = direct
    await room.perform()
    assert dm(room).labels == ["Approve", "Reject", "Ask a question", "Comment", "Open in Odoo"]
    await room.slack.click(dm(room), "Approve", by=BOB)
    room.later(2)
    await room.perform()
    assert len(room.slack.dms(BOB)) == 1
    assert dm(room).labels == ["Open in Odoo"]
    assert dm(room).says("Approved by Bob")


async def test_one_look_up_serves_every_card_of_a_person(direct: SlackRoom) -> None:
    room = direct
    await room.perform()
    other = a_record(9)
    await room.do(Observed(other, an_event(record=other, title="P00009")))
    await room.perform()
    assert len(room.slack.dms(BOB)) == 2
    assert len(room.slack.calls_of("users.lookupByEmail")) == 1
    assert len(room.slack.calls_of("conversations.open")) == 1


@pytest.mark.parametrize("code", ["users_not_found", "user_disabled"])
async def test_who_cannot_be_reached_is_skipped_and_recorded(direct: SlackRoom, code: str) -> None:
    room = direct
    if code == "user_disabled":
        room.slack.faults.error("conversations.open", code)
    else:
        room.slack.change_person(BOB, deleted=True)
    await room.perform()
    assert (await room.audited())[-1] == "card.undeliverable"
    await room.perform()
    assert [len(room.slack.dms(one)) for one in (ANN, CYD)] == [1, 1]
    assert not await room.writer.submit(ClaimEffects(Lane.SLACK, room.clock.now(), 50, "test"))


async def test_the_admins_hear_once_of_somebody_whom_slack_does_not_reach(database_url: str) -> None:
    config = rules(roles=[replace(a_role("finance"), channel=f"@{BOB}")], admin_channel="#admins")
    async with slack_room(database_url, config) as room:
        room.slack.add_channel("admins", [ANN])
        room.slack.change_person(BOB, deleted=True)
        for number in (7, 9):
            record = a_record(number)
            await room.do(Observed(record, an_event(record=record)))
            await room.perform_all()
        [told] = room.slack.channel("#admins").messages
        assert told.says(
            "bob@example.com cannot be written to in Slack: Nobody with this address has an active account"
        )
        room.slack.change_person(BOB, deleted=False)
        third = a_record(11)
        await room.do(Observed(third, an_event(record=third)))
        await room.perform_all()
        assert len(room.slack.dms(BOB)) == 1
        room.slack.faults.error("chat.postMessage", "user_disabled")
        fourth = a_record(13)
        await room.do(Observed(fourth, an_event(record=fourth)))
        await room.perform_all()
        assert len(room.slack.channel("#admins").messages) == 2


@pytest.mark.parametrize("code", ["is_archived", "channel_not_found", "not_in_channel"])
async def test_a_channel_that_is_gone_leads_to_where_everything_else_goes(database_url: str, code: str) -> None:
    async with slack_room(database_url, with_triage()) as room:
        room.slack.add_channel("ops", [ANN])
        await room.open_case()
        room.slack.faults.error(POST, code)
        await room.perform_all()
        card = room.slack.channel("#ops").card()
        assert card.labels == ["Approve", "Reject", "Ask a question", "Comment", "Open in Odoo"]


async def test_a_card_in_a_channel_that_was_archived_afterwards_is_asked_elsewhere(database_url: str) -> None:
    async with slack_room(database_url, with_triage()) as room:
        room.slack.add_channel("ops", [ANN])
        await room.open_case()
        await room.perform()
        room.slack.archive(CHANNEL)
        await room.do(reprice())
        await room.perform_all()
        assert room.slack.channel("#ops").card().labels[0] == "Approve"


async def test_a_card_whose_channel_comes_back_is_true_again_and_nobody_heard_of_it_twice(database_url: str) -> None:
    async with slack_room(database_url, with_triage()) as room:
        room.slack.add_channel("ops", [ANN])
        await room.open_case()
        await room.perform()
        room.slack.archive(CHANNEL)
        await room.do(reprice())
        claimed = await room.claim()
        later = await room.sender.update_card(claimed)
        assert later is not None
        await room.writer.submit(PutBack(claimed, later.when, later.reason, counted=False))
        await room.perform_all()
        await room.do(a_decide(revision=2))
        room.later(2)
        await room.perform_all()
        room.later((later.when - room.clock.now()).total_seconds())
        [again] = [one for one in await room.due() if one.target == CHANNEL and one.kind is EffectKind.UPDATE_CARD]
        assert await room.sender.update_card(again) is not None
        room.channel.channel.is_archived = False
        assert await room.sender.update_card(again) is None
        assert room.channel.card().labels == ["Open in Odoo"]
        assert (await room.audited()).count("card.undeliverable") == 1


async def test_where_no_place_is_left_the_letter_waits_for_an_admin(room: SlackRoom) -> None:
    room.slack.archive(CHANNEL)
    await room.do(reprice())
    await room.perform_all()
    assert (await room.audited())[-1] == "card.undeliverable"


async def test_a_card_that_slack_finds_too_much_is_posted_shorter(database_url: str) -> None:
    async with slack_room(database_url) as room:
        await room.open_case()
        room.slack.faults.error(POST, "msg_blocks_too_long")
        await room.perform()
        assert room.channel.card().labels[0] == "Approve"


async def test_the_admins_hear_once_of_a_channel_that_is_lost_and_again_when_it_is_lost_anew(database_url: str) -> None:
    config = with_triage(admin_channel="#admins")
    async with slack_room(database_url, config) as room:
        for name in ("ops", "admins"):
            room.slack.add_channel(name, [ANN])

        async def one_more(number: int) -> list[str]:
            record = a_record(number)
            await room.do(Observed(record, an_event(record=record)))
            await room.perform_all()
            return [card.plain for card in room.slack.channel("#admins").messages]

        room.slack.archive(CHANNEL)
        (told,) = await one_more(7)
        assert told.startswith("#finance cannot be written to: The Slack channel is archived.")
        assert "Cards go to #ops instead, first that of case 1" in told
        assert len(await one_more(9)) == 1
        room.channel.channel.is_archived = False
        assert len(await one_more(11)) == 1
        room.slack.archive(CHANNEL)
        assert len(await one_more(13)) == 2
