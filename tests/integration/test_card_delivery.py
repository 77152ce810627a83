"""Cards on their way to Slack: each case has one, it tells the newest state, and nothing is lost or doubled."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.cases.commands import Begin, Confirm, Observed
from bot.claims import ClaimEffects
from bot.effects import EffectKind, Lane
from bot.errors import PermanentError, SignoffError, TransientError, UnknownOutcome
from bot.outbox import Performed, PutBack
from bot.slack.cards import render
from bot.slack.messages import NEVER_DRAWN, AdoptMessage, KeepMessage, MessageRef
from tests.factories import a_decide, a_record, an_event, seen, usd
from tests.integration.slack_room import CHANNEL, SlackRoom, slack_room

POST, UPDATE = "chat.postMessage", "chat.update"


@pytest.fixture
async def room(database_url: str) -> AsyncIterator[SlackRoom]:
    """A room on either engine."""
    async with slack_room(database_url) as room:
        yield room


def delete_card(room: SlackRoom) -> None:
    """Somebody deletes the only card in Slack."""
    [card] = room.channel.messages
    room.slack.workspace.delete(room.channel.channel.messages[card.ts])


async def test_a_card_is_posted_once_and_its_place_is_kept(room: SlackRoom) -> None:
    case = await room.open_case()
    await room.perform()
    [card] = room.channel.messages
    assert card.text == render(case, CHANNEL).text
    assert card.labels == ["Approve", "Reject", "Ask a question", "Comment", "Open in Odoo"]
    assert await room.refs() == (MessageRef(1, CHANNEL, room.channel.id, card.ts, 0),)


async def test_metadata_names_the_case_and_no_fact(room: SlackRoom) -> None:
    await room.open_case()
    await room.perform()
    assert room.channel.card().metadata == {"event_type": "signoff_case", "event_payload": {"case_id": 1}}


async def test_slack_is_told_to_parse_and_unfurl_nothing(room: SlackRoom) -> None:
    await room.open_case()
    await room.perform()
    await room.decide()
    await room.perform()
    [post], [update] = room.slack.calls_of(POST), room.slack.calls_of(UPDATE)
    assert {name: post.arguments[name] for name in ("parse", "link_names", "unfurl_links", "unfurl_media")} == {
        "parse": "none", "link_names": False, "unfurl_links": False, "unfurl_media": False,
    }  # fmt: skip
    assert (update.arguments["parse"], update.arguments["link_names"]) == ("none", False)


async def test_a_decided_case_loses_its_buttons_in_place(room: SlackRoom) -> None:
    await room.open_case()
    await room.perform()
    await room.decide()
    await room.perform()
    [card] = room.channel.messages
    assert card.labels == ["Open in Odoo"]
    assert card.says("Approved by Ann (finance). It is being written to Odoo.")


async def test_a_decided_card_waits_two_seconds_for_odoo_and_one_edit_tells_both(room: SlackRoom) -> None:
    await room.open_case()
    await room.perform()
    await room.do(a_decide())
    assert await room.perform() == []
    room.later(1)
    await room.do(Begin(1, 1))
    await room.do(Confirm(1, "approved in Odoo"))
    assert EffectKind.UPDATE_CARD in {one.kind for one in await room.perform()}, "and not after the rest of two seconds"
    assert room.channel.card().says("Confirmed in Odoo")
    assert len(room.slack.calls_of(UPDATE)) == 1


async def test_an_edit_that_slack_put_off_is_not_hastened(room: SlackRoom) -> None:
    await room.open_case()
    await room.perform()
    await room.decide()
    claimed = await room.claim()
    later = room.clock.now() + timedelta(seconds=30)
    await room.writer.submit(PutBack(claimed, later, "Slack said so", counted=False))
    await room.do(Begin(1, 1))
    await room.do(Confirm(1, "approved in Odoo"))
    assert EffectKind.UPDATE_CARD not in {one.kind for one in await room.perform()}


async def test_an_update_draws_the_newest_state_and_the_next_one_finds_nothing_to_do(room: SlackRoom) -> None:
    await room.open_case()
    await room.perform()
    await room.decide()
    late = await room.claim()
    await room.do(Begin(1, 1))
    await room.do(Confirm(1, "approved in Odoo"))
    await room.send(late)
    await room.send(late)
    assert room.channel.card().says("Confirmed in Odoo: approved in Odoo.")
    assert len(room.slack.calls_of(UPDATE)) == 1


async def test_a_card_owed_before_the_decision_shows_the_decision(room: SlackRoom) -> None:
    await room.open_case()
    await room.decide()
    await room.perform()
    [card] = room.channel.messages
    assert card.labels == ["Open in Odoo"]


async def test_changed_figures_are_shown_with_both_values(room: SlackRoom) -> None:
    await room.open_case()
    await room.perform()
    dearer = an_event(value=usd("14900.00"), seen=seen(partner_id="Globex", amount_total="14900.00"))
    await room.do(Observed(a_record(), dearer))
    await room.perform()
    card = room.channel.card()
    assert card.says("Amount total: 12500.00 → 14900.00")
    assert {button.value.rpartition(":")[0] for button in card.buttons} == {"1:2"}


async def test_a_lost_answer_to_a_post_leads_to_one_card(room: SlackRoom) -> None:
    await room.open_case()
    claimed = await room.claim()
    room.slack.faults.lose_answer(POST, applied=True)
    with pytest.raises(UnknownOutcome):
        await room.send(claimed)
    await room.send(claimed, attempts=2)
    [card] = room.channel.messages
    assert await room.refs() == (MessageRef(1, CHANNEL, room.channel.id, card.ts, NEVER_DRAWN),)


async def test_a_found_card_is_drawn_anew_because_nobody_knows_what_it_shows(room: SlackRoom) -> None:
    await room.open_case()
    claimed = await room.claim()
    room.slack.faults.lose_answer(POST, applied=True)
    with pytest.raises(UnknownOutcome):
        await room.send(claimed)
    await room.send(claimed, attempts=2)
    await room.writer.submit(Performed(claimed))
    assert [one.kind for one in await room.perform()] == [EffectKind.UPDATE_CARD]
    assert [ref.drawn_version for ref in await room.refs()] == [0]
    assert len(room.slack.calls_of(UPDATE)) == 1


async def test_a_message_of_somebody_else_is_not_taken_for_our_card(room: SlackRoom) -> None:
    """Metadata can be written by every app of the workspace."""
    await room.open_case()
    ours = {"event_type": "signoff_case", "event_payload": {"case_id": 1}}
    mallory = room.slack.person("mia@example.com")
    room.slack.workspace.post(room.channel.channel, mallory, text="a card", metadata=dict(ours))
    await room.perform(attempts=2)
    assert len(room.channel.messages) == 2


async def test_a_post_that_never_arrived_is_made_good(room: SlackRoom) -> None:
    await room.open_case()
    claimed = await room.claim()
    room.slack.faults.lose_answer(POST, applied=False)
    with pytest.raises(UnknownOutcome):
        await room.send(claimed)
    await room.send(claimed, attempts=2)
    assert len(room.channel.messages) == 1


async def test_the_card_of_another_case_is_not_taken_for_ours(room: SlackRoom) -> None:
    await room.open_case()
    await room.perform()
    await room.do(Observed(a_record(8), an_event(record=a_record(8), title="P00008")))
    claimed = await room.claim()
    await room.send(replace(claimed, attempts=2))
    assert [card.text.split()[5].rstrip(",") for card in room.channel.messages] == ["P00007", "P00008"]


async def test_where_history_may_not_be_read_a_second_card_is_better_than_none(room: SlackRoom) -> None:
    await room.open_case()
    room.slack.faults.error("conversations.history", "missing_scope")
    await room.perform(attempts=2)
    assert len(room.channel.messages) == 1


async def test_a_second_run_of_a_post_whose_place_was_kept_posts_nothing(room: SlackRoom) -> None:
    await room.open_case()
    claimed = await room.claim()
    await room.send(claimed)
    await room.send(claimed, attempts=2)
    assert len(room.channel.messages) == 1
    assert room.slack.calls_of("conversations.history") == []


async def test_a_lost_answer_to_an_update_is_simply_done_again(room: SlackRoom) -> None:
    await room.open_case()
    await room.perform()
    await room.decide()
    claimed = await room.claim()
    room.slack.faults.lose_answer(UPDATE, applied=True)
    with pytest.raises(TransientError):
        await room.send(claimed)
    await room.send(claimed, attempts=2)
    assert room.channel.card().labels == ["Open in Odoo"]


async def test_a_deleted_card_comes_back_while_people_are_asked(room: SlackRoom) -> None:
    await room.open_case()
    await room.perform()
    delete_card(room)
    await room.do(Observed(a_record(), an_event(seen=seen(amount_total="1"))))
    await room.perform()
    [card] = room.channel.messages
    assert [ref.ts for ref in await room.refs()] == [card.ts]


async def test_a_deleted_card_of_a_finished_case_stays_away(room: SlackRoom) -> None:
    await room.open_case()
    await room.perform()
    await room.decide()
    await room.do(Begin(1, 1))
    await room.do(Confirm(1, "approved in Odoo"))
    delete_card(room)
    await room.perform()
    assert room.channel.messages == []
    assert [ref.channel for ref in await room.refs()] == ["@mia@example.com"], "the requester's copy alone"


@pytest.mark.parametrize("refusal", ["invalid_blocks", "msg_blocks_too_long", "msg_too_long"])
async def test_a_card_that_slack_finds_too_much_is_shortened(room: SlackRoom, refusal: str) -> None:
    await room.open_case(an_event(context=tuple((f"Label {n}", "text") for n in range(9))))
    await room.perform()
    case = await room.decide()
    room.slack.faults.error(UPDATE, refusal)
    await room.perform()
    assert room.channel.card().plain.count("Label") < 9
    assert [block["type"] for block in room.channel.card().blocks] == [
        block["type"] for block in render(case, CHANNEL, short=True).blocks
    ]


async def test_a_card_of_which_slack_takes_no_block_is_a_sentence_without_buttons(room: SlackRoom) -> None:
    await room.open_case()
    await room.perform()
    await room.decide()
    room.slack.faults.error(UPDATE, "invalid_blocks", times=2)
    await room.perform()
    card = room.channel.card()
    assert (card.labels, card.text.count("Approved by Ann")) == ([], 1)
    assert [ref.drawn_version for ref in await room.refs()] == [1]


@pytest.mark.parametrize("refusal", ["cant_update_message", "edit_window_closed", "something_new"])
@pytest.mark.parametrize("is_over", [False, True], ids=["while people are asked", "after the end"])
async def test_a_card_that_cannot_be_edited_any_more_makes_way_for_one_that_tells_the_truth(
    room: SlackRoom, refusal: str, is_over: bool
) -> None:
    await room.open_case()
    await room.perform()
    [old] = room.channel.messages
    if is_over:
        await room.decide()
    else:
        await room.do(Observed(a_record(), an_event(value=usd("14900.00"), seen=seen(amount_total="14900.00"))))
    room.slack.faults.error(UPDATE, refusal)
    await room.perform()
    [card] = room.channel.messages
    assert card.ts != old.ts
    assert card.says("Approved by Ann" if is_over else "14900.00")
    assert ("Approve" in card.labels) != is_over
    assert [ref.ts for ref in await room.refs()] == [card.ts]


async def test_a_card_that_can_neither_be_edited_nor_taken_away_has_a_true_one_below_it(room: SlackRoom) -> None:
    await room.open_case()
    await room.perform()
    await room.decide()
    room.slack.faults.error(UPDATE, "cant_update_message")
    room.slack.faults.error("chat.delete", "cant_delete_message")
    await room.perform()
    assert [card.labels == ["Open in Odoo"] for card in room.channel.messages] == [False, True]


async def test_a_copy_that_fails_leaves_no_other_one_behind(room: SlackRoom) -> None:
    await room.open_case()
    await room.perform()
    other = await room.gateway.post(CHANNEL, render(await room.decide(), CHANNEL), 1)
    await room.writer.submit(KeepMessage(1, CHANNEL, other.channel_id, other.ts, 0))
    claimed = await room.claim()
    room.slack.faults.error(UPDATE, "internal_error")
    with pytest.raises(TransientError):
        await room.send(claimed)
    assert sorted(ref.drawn_version for ref in await room.refs()) == [0, 1]
    await room.send(claimed, attempts=2)
    assert {tuple(card.labels) for card in room.channel.messages} == {("Open in Odoo",)}


#: (status, body, content type, Retry-After): what proxies and half-broken services answer in Slack's place.
ODD: list[tuple[int, str, str, float]] = [
    (200, "<html>", "text/html", 0),
    (200, "ok", "text/plain", 0),
    (200, "{", "application/json", 0),
    (200, "[1]", "application/json", 0),
    (200, "null", "application/json", 0),
    (200, '"x"', "application/json", 0),
    (200, '{"ok": true}', "application/json", 0),
    (200, '{"ok": true, "channel": null, "ts": 5}', "application/json", 0),
    (200, '{"ok": false}', "application/json", 0),
    (404, "<html>", "text/html", 0),
    (502, "<html>", "text/html", 0),
    (503, "oops", "application/json", 0),
]
LATER: list[tuple[int, str, str, float]] = [
    (429, "", "application/json", 7),
    (429, "slow", "application/json", 7),
    (429, "<html>", "text/html", 7),
    (429, '{"ok": false}', "application/json", 1.5),
    (200, '{"ok": false, "error": "ratelimited"}', "application/json", 7),
]


async def test_whatever_answers_in_slacks_place_is_no_answer_and_a_later_is_one(room: SlackRoom) -> None:
    card, ann = render(await room.open_case(), CHANNEL), room.slack.person("ann@example.com").id
    for status, body, kind, after in (*ODD, *LATER):
        told = (status, body, kind)
        room.slack.faults.http(status, times=2, body=body, content_type=kind, retry_after=after)
        with pytest.raises(SignoffError) as posted:
            await room.gateway.post(room.channel.id, card, 1)
        with pytest.raises(TransientError) as asked:
            await room.gateway.user(ann)
        assert (told, isinstance(posted.value, UnknownOutcome)) == (told, not after)
        assert (told, asked.value.retry_after) == (told, after or None)


async def test_a_card_waits_for_the_scope_that_an_admin_has_to_give(room: SlackRoom) -> None:
    await room.open_case()
    claimed = await room.claim()
    room.slack.faults.error(POST, "missing_scope")
    with pytest.raises(TransientError, match="Cards wait"):
        await room.send(claimed)


async def test_an_update_of_a_card_that_never_came_to_be_is_nothing_to_do(room: SlackRoom) -> None:
    await room.open_case()
    posting = await room.claim()
    await room.writer.submit(Performed(posting))
    await room.decide()
    await room.perform()
    assert room.channel.messages == []


@pytest.mark.parametrize(
    ("fault", "kind", "raised"),
    [
        ("is_archived", "is_archived", PermanentError),
        ("not_in_channel", "not_in_channel", PermanentError),
        ("restricted_action", "restricted_action", PermanentError),
        ("something_new", "something_new", PermanentError),
        ("token_revoked", "token_revoked", TransientError),
        ("invalid_auth", "invalid_auth", TransientError),
        ("account_inactive", "account_inactive", TransientError),
        ("internal_error", "internal_error", UnknownOutcome),
        ("fatal_error", "fatal_error", UnknownOutcome),
    ],
)
async def test_slacks_refusals_say_what_may_be_done_about_them(
    room: SlackRoom, fault: str, kind: str, raised: type[SignoffError]
) -> None:
    await room.open_case()
    claimed = await room.claim()
    room.slack.faults.error(POST, fault)
    with pytest.raises(raised) as caught:
        await room.send(claimed)
    assert caught.value.kind == kind
    assert caught.value.sentence.endswith(".")


@pytest.mark.parametrize(("method", "raised"), [(POST, UnknownOutcome), (UPDATE, TransientError)])
async def test_a_server_error_leaves_a_post_unknown_and_an_update_to_be_repeated(
    room: SlackRoom, method: str, raised: type[SignoffError]
) -> None:
    await room.open_case()
    if method == UPDATE:
        await room.perform()
        await room.decide()
    claimed = await room.claim()
    room.slack.faults.http(503, method=method)
    with pytest.raises(raised):
        await room.send(claimed)


async def test_a_slack_that_cannot_be_reached_has_not_posted_anything(room: SlackRoom) -> None:
    await room.open_case()
    claimed = await room.claim()
    await room.slack.stop()
    with pytest.raises(TransientError, match="cannot be reached"):
        await room.send(claimed)
    assert room.gateway.trouble == "Slack cannot be reached."


async def test_those_who_wait_for_slacks_pace_do_not_ask_meanwhile(room: SlackRoom) -> None:
    for number in (7, 8, 9):
        record = a_record(number)
        await room.do(Observed(record, an_event(record=record, title=f"P0000{number}")))
    first, second, third = await room.writer.submit(ClaimEffects(Lane.SLACK, room.clock.now(), 50, "test"))
    room.slack.faults.rate_limit(POST, retry_after=30)
    waits = []
    for claimed in (first, second, third):
        with pytest.raises(TransientError) as caught:
            await room.send(claimed)
        waits.append(caught.value.retry_after)
    assert waits[0] == 30
    assert waits[1:] == [pytest.approx(31, abs=1), pytest.approx(32, abs=1)]
    assert len(room.slack.calls_of(POST)) == 1
    room.later(30)
    await room.send(first)
    assert len(room.channel.messages) == 1


async def test_a_card_that_comes_late_says_so_and_what_still_waits_until_it_is_drawn_anew(room: SlackRoom) -> None:
    await room.open_case()
    room.later(180)
    claimed = await room.claim()
    for number in (8, 9):
        record = a_record(number)
        await room.do(Observed(record, an_event(record=record, title=f"P0000{number}")))
    await room.send(claimed)
    assert room.channel.card().says("This card waited 3 min for its turn in Slack. 3 more wait, the last of them")
    await room.writer.submit(Performed(claimed))
    await room.decide()
    await room.perform()
    assert not room.channel.card("P00007").says("for its turn in Slack")


async def test_nothing_is_sent_after_the_lease_has_run_out(room: SlackRoom) -> None:
    await room.open_case()
    claimed = await room.claim()
    room.clock.advance(claimed.lease_until - room.clock.now() + timedelta(seconds=1))
    with pytest.raises(TransientError):
        await room.send(claimed)
    assert room.slack.calls_of(POST) == []


async def test_hostile_text_reaches_slack_as_text(room: SlackRoom) -> None:
    evil = "<!channel> *now* <https://evil.example|Open>"
    await room.open_case(an_event(title=evil, partner=evil, company=evil, context=((evil, evil),)))
    await room.perform()
    card = room.channel.card()
    assert card.says(evil)
    assert "<!channel>" not in card.text
    assert "*now*" not in card.text


async def test_a_known_message_is_not_taken_over_by_another_case(room: SlackRoom) -> None:
    await room.open_case()
    await room.perform()
    await room.do(Observed(a_record(8), an_event(record=a_record(8))))
    [ref] = await room.refs()
    await room.writer.submit(AdoptMessage(2, CHANNEL, ref.channel_id, ref.ts, room.clock.now()))
    await room.writer.submit(KeepMessage(2, CHANNEL, ref.channel_id, ref.ts, 5))
    assert [one.case_id for one in await room.refs()] == [1]
    assert await room.refs(2) == ()


async def test_what_a_copy_shows_never_goes_back(room: SlackRoom) -> None:
    await room.open_case()
    for version in (3, 2):
        await room.writer.submit(KeepMessage(1, CHANNEL, "C1", "1.1", version))
    assert [ref.drawn_version for ref in await room.refs()] == [3]


async def test_no_token_gets_into_an_error_or_a_log(room: SlackRoom, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    await room.open_case()
    claimed = await room.claim()
    for fault in ("invalid_auth", "something_new"):
        room.slack.faults.error(POST, fault)
        with pytest.raises(SignoffError) as caught:
            await room.send(claimed)
        assert caught.value.__cause__ is None
        assert caught.value.__suppress_context__
        assert room.slack.bot_token not in str(caught.value)
    assert room.slack.bot_token not in caplog.text


async def test_a_channel_is_found_by_name_once(room: SlackRoom) -> None:
    assert await room.gateway.resolve_channel("#finance") == room.channel.id
    assert await room.gateway.resolve_channel("finance") == room.channel.id
    assert await room.gateway.resolve_channel(room.channel.id) == room.channel.id
    assert len(room.slack.calls_of("conversations.list")) == 1


@pytest.mark.parametrize("reason", ["missing_scope", ""])
async def test_a_name_that_slack_does_not_list_is_left_to_slack(room: SlackRoom, reason: str) -> None:
    if reason:
        room.slack.faults.error("conversations.list", reason)
    assert await room.gateway.resolve_channel("#nowhere") == "#nowhere"
    assert await room.gateway.resolve_channel("#nowhere") == "#nowhere"
    assert len(room.slack.calls_of("conversations.list")) == 1
