"""Clicks and modals over signed HTTP: what Slack shows as accepted is durable, and everybody else is told why not."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from sqlalchemy import text
from structlog.testing import capture_logs

from bot.approvals.authority import Reason
from bot.cases.commands import Ask, Begin, Fail, Observed, Over, Uncertain
from bot.claims import ClaimEffects
from bot.config.model import ReasonRule
from bot.effects import Lane
from bot.errors import UnknownOutcome
from bot.metrics import REGISTRY
from bot.outbox import Performed
from bot.sandbox.slack import Acted, Card, Submitted
from bot.slack.messages import NEVER_DRAWN
from tests.factories import FINANCE, a_policy, a_record, an_event, rules, seen
from tests.integration.slack_room import CHANNEL, SlackRoom, slack_room

ANN, BOB, _ = FINANCE
MIA = "mia@example.com"


@pytest.fixture
async def room(database_url: str) -> AsyncIterator[SlackRoom]:
    """A room on either engine, with one card in #finance."""
    async with slack_room(database_url) as room:
        await room.open_case()
        await room.perform()
        yield room


async def click(room: SlackRoom, name: str, *, by: str = ANN, on: Card | None = None) -> Acted:
    """Press a button of the card."""
    return await room.slack.click(on or room.channel.card(), name, by=by)


async def told(room: SlackRoom, to: str = ANN) -> str:
    """The newest sentence that this person alone was told."""
    return (await room.slack.until(lambda: room.told(to), what="a sentence"))[-1]


async def answer(room: SlackRoom, name: str, reason: str, *, by: str = ANN) -> Submitted:
    """Press a button that asks for a reason, and send the reason off."""
    view = await room.slack.opened(await click(room, name, by=by))
    return await room.slack.submit(view, {"reason": reason}, by=by)


async def stick(room: SlackRoom, *, lost: bool = False) -> None:
    """Ann approves, and the write-back gets stuck: refused by Odoo, or its answer lost."""
    await click(room, "Approve")
    await room.do(Begin(1, 1))
    if lost:
        await room.do(Uncertain(1, room.clock.now(), "lost"))
        await room.do(Ask(1, "The record did not change."))
    else:
        await room.do(Fail(1, "Odoo says: the period is locked."))
    for claimed in await room.writer.submit(ClaimEffects(Lane.SLACK, room.clock.now(), 50, "test")):
        await room.send(claimed)
        await room.writer.submit(Performed(claimed))


async def test_an_approval_is_kept_before_slack_shows_it_as_accepted(room: SlackRoom) -> None:
    acted = await click(room, "Approve")
    assert acted.status == 200
    assert (await room.audited())[-1] == "case.approved"
    assert await told(room) == "Approved P00007. It is being written to Odoo."


async def test_a_double_click_decides_once(room: SlackRoom) -> None:
    card = room.channel.card()
    await click(room, "Approve", on=card)
    acted = await click(room, "Approve", on=card)
    assert acted.status == 200
    assert (await room.audited())[1:] == ["case.approved", "case.refused"]
    await room.slack.until(lambda: len(room.told()) == 2)
    assert room.told()[-1] == "Already approved by Ann. Nothing was changed by your click."


async def test_somebody_without_the_role_is_told_so_alone_audited_and_counted(room: SlackRoom) -> None:
    before = _refusals(Reason.NOT_IN_ROLE)
    acted = await click(room, "Approve", by=MIA)
    assert acted.status == 200
    assert await told(room, MIA) == "This is decided by finance; you are not in that role."
    assert room.told(ANN) == []
    assert (await room.audited())[-1] == "case.refused"
    assert _refusals(Reason.NOT_IN_ROLE) == before + 1


async def test_a_click_on_an_older_picture_of_a_changed_record_decides_nothing(room: SlackRoom) -> None:
    await room.do(Observed(a_record(), an_event(seen=seen(amount_total="99999.00"))))
    await click(room, "Approve")
    assert "The record changed after this card was drawn" in await told(room)
    assert "case.approved" not in await room.audited()


async def test_a_click_on_what_is_over_in_odoo_says_so(room: SlackRoom) -> None:
    await room.do(Observed(a_record(), Over("cancelled in Odoo", "Marc Demo")))
    await click(room, "Approve")
    assert await told(room) == "This is over: cancelled in Odoo by Marc Demo. Nothing was changed by your click."


async def test_reject_asks_for_a_reason_and_keeps_it(room: SlackRoom) -> None:
    submitted = await answer(room, "Reject", "too dear")
    assert submitted.closed
    assert await told(room) == "Rejected P00007. It is being written to Odoo."
    room.later(2)
    await room.perform()
    assert room.channel.card().says("“too dear”")


async def test_a_blank_reason_is_asked_for_beside_the_input_and_the_text_stays(room: SlackRoom) -> None:
    submitted = await answer(room, "Reject", "   ")
    assert submitted.errors == {"reason": "Please say why; a reason is required."}
    modal = room.slack.modal(ANN)
    assert modal is not None
    assert modal.values["reason"]["text"]["value"] == "   "


async def test_nobody_gets_a_modal_for_what_would_be_refused(room: SlackRoom) -> None:
    await click(room, "Reject", by=MIA)
    assert await told(room, MIA) == "This is decided by finance; you are not in that role."
    assert room.slack.calls_of("views.open") == []


async def test_a_modal_that_comes_too_late_says_what_stands_in_its_place(room: SlackRoom) -> None:
    view = await room.slack.opened(await click(room, "Reject", by=BOB))
    await click(room, "Approve", by=ANN)
    submitted = await room.slack.submit(view, {"reason": "too dear"}, by=BOB)
    assert not submitted.closed
    assert submitted.view is not None
    assert "Already approved by Ann." in str(submitted.view.blocks)
    assert (await room.audited())[-1] == "case.refused"


async def test_a_modal_sent_twice_decides_once(room: SlackRoom) -> None:
    await answer(room, "Reject", "too dear")
    again = await room.slack.replay(room.slack.deliveries[-1])
    assert again.status == 200
    assert (await room.audited()).count("case.rejected") == 1


async def test_a_modal_forged_for_a_case_of_another_role_is_refused(room: SlackRoom) -> None:
    """What stands in a modal comes back from a client: power is looked up, not read."""
    view = await room.slack.opened(await click(room, "Reject", by=ANN))
    mia = room.slack.person(MIA)
    payload = {
        "type": "view_submission",
        "user": {"id": mia.id, "team_id": mia.team_id},
        "team": {"id": mia.team_id},
        "view": {
            "id": view.id,
            "type": "modal",
            "callback_id": "case:reject",
            "private_metadata": view.content["private_metadata"],
            "state": {"values": {"reason": {"text": {"type": "plain_text_input", "value": "mine"}}}},
        },
    }
    answered = await room.slack.post_raw(payload)
    assert answered.json() is not None
    assert "you are not in that role" in answered.body.decode()
    assert "case.rejected" not in await room.audited()


async def test_an_unsigned_click_is_nobodys(room: SlackRoom) -> None:
    await click(room, "Approve", by=MIA)
    body = room.slack.deliveries[-1].body
    forged = await room.slack.post_raw(body, signature="v0=" + "0" * 64)
    assert forged.status == 401
    assert (await room.audited()).count("case.refused") == 1


async def test_retry_after_a_failure_owes_the_write_again(room: SlackRoom) -> None:
    await stick(room)
    await click(room, "Retry", by=BOB)
    assert (await room.audited())[-1] == "write_back.retried"
    assert await told(room, BOB) == "P00007 is being written to Odoo again."


async def test_retry_after_a_lost_answer_states_the_risk(room: SlackRoom) -> None:
    await stick(room, lost=True)
    [retry] = [button for button in room.channel.card().buttons if button.text == "Retry"]
    assert "a second one may do it twice" in retry.confirm


@pytest.mark.parametrize(
    ("button", "action", "sentence"),
    [
        ("Done by hand", "write_back.by_hand", "Noted: P00007 was brought about in Odoo by hand. The card is closed."),
        ("Give up", "write_back.given_up", "Noted: P00007 is not carried out. Nothing is written to Odoo."),
    ],
)
async def test_a_stuck_write_back_is_closed_with_a_reason(
    room: SlackRoom, button: str, action: str, sentence: str
) -> None:
    await stick(room)
    submitted = await answer(room, button, "settled with Globex", by=BOB)
    assert submitted.closed
    assert (await room.audited())[-1] == action
    assert await told(room, BOB) == sentence


async def test_open_in_odoo_is_acknowledged_and_says_nothing(room: SlackRoom) -> None:
    acted = await click(room, "Open in Odoo")
    assert (acted.status, acted.trouble) == (200, "")
    assert room.told() == []


@pytest.mark.parametrize(
    ("action_id", "value"), [("case:approve", "1"), ("case:approve", "x:y"), ("case:rule_the_world", "1:1:0123456789")]
)
async def test_a_button_that_we_did_not_draw_is_answered_politely(room: SlackRoom, action_id: str, value: str) -> None:
    ann = room.slack.person(ANN)
    answered = await room.slack.post_raw(
        {
            "type": "block_actions",
            "user": {"id": ann.id, "team_id": ann.team_id},
            "team": {"id": ann.team_id},
            "container": {"type": "message", "message_ts": "1.1", "channel_id": room.channel.id},
            "actions": [{"type": "button", "action_id": action_id, "block_id": "b", "value": value}],
        }
    )
    assert answered.status == 200
    assert "nothing was done" in await told(room)


async def test_a_click_on_a_case_that_is_not_known_is_refused_and_audited(room: SlackRoom) -> None:
    ann = room.slack.person(ANN)
    await room.slack.post_raw(
        {
            "type": "block_actions",
            "user": {"id": ann.id, "team_id": ann.team_id},
            "team": {"id": ann.team_id},
            "container": {"type": "message", "message_ts": "1.1", "channel_id": room.channel.id},
            "actions": [{"type": "button", "action_id": "case:approve", "block_id": "b", "value": "4711:1:0123456789"}],
        }
    )
    assert "not known here" in await told(room)
    assert (await room.audited())[-1] == "case.refused"


async def test_when_slack_does_not_say_who_clicked_the_click_is_not_accepted(room: SlackRoom) -> None:
    room.slack.faults.http(500, method="users.info")
    acted = await click(room, "Approve")
    assert acted.status == 503
    assert acted.trouble
    assert "Slack did not say who you are, so nothing was decided" in await told(room)
    assert await room.audited() == ["case.opened"]


async def test_when_slack_does_not_say_who_sent_a_modal_it_stays_open_with_the_reason_why(room: SlackRoom) -> None:
    view = await room.slack.opened(await click(room, "Reject"))
    room.later(600)
    room.slack.faults.http(500, method="users.info")
    submitted = await room.slack.submit(view, {"reason": "too dear"}, by=ANN)
    assert "nothing was decided" in submitted.errors["reason"]
    assert "case.rejected" not in await room.audited()


async def test_when_the_store_breaks_the_click_is_not_accepted_and_the_person_knows(room: SlackRoom) -> None:
    async with room.database.write() as session:
        await session.execute(text("ALTER TABLE audit_head RENAME TO audit_head_lost"))
    with capture_logs() as logged:
        acted = await click(room, "Approve")
    assert acted.status == 503
    assert [entry["log_level"] for entry in logged if entry["event"] == "click broke"] == ["error"]
    assert "clicking again does no harm" in await told(room)


async def test_a_modal_that_slack_does_not_open_is_said(room: SlackRoom) -> None:
    room.slack.faults.error("views.open", "expired_trigger_id")
    await click(room, "Reject")
    assert await told(room) == "The dialog did not open in time, so nothing was done. Please click again."


async def test_a_sentence_that_cannot_be_delivered_does_not_undo_the_click(room: SlackRoom) -> None:
    room.slack.faults.error("chat.postEphemeral", "user_not_in_channel")
    submitted = await answer(room, "Reject", "too dear")
    assert submitted.closed
    assert "case.rejected" in await room.audited()


async def test_a_card_that_nobody_had_noted_is_taken_up_when_somebody_clicks_it(room: SlackRoom) -> None:
    await room.do(Observed(a_record(8), an_event(record=a_record(8), title="P00008")))
    claimed = await room.claim()
    room.slack.faults.lose_answer("chat.postMessage", applied=True)
    with pytest.raises(UnknownOutcome):
        await room.send(claimed)
    await click(room, "Approve", on=room.channel.card("P00008"))
    await told(room)
    await room.noted(2)
    assert [(ref.channel, ref.drawn_version) for ref in await room.refs(2)] == [(CHANNEL, NEVER_DRAWN)]


async def test_approving_with_a_reason_asks_for_it(database_url: str) -> None:
    config = rules(policies=[a_policy(approve_reason=ReasonRule.REQUIRED)])
    async with slack_room(database_url, config) as room:
        await room.open_case()
        await room.perform()
        submitted = await answer(room, "Approve", "in the budget")
        assert submitted.closed
        assert (await room.audited())[-1] == "case.approved"


def _refusals(reason: Reason) -> float:
    return REGISTRY.get_sample_value("signoff_refusals_total", {"reason": reason.value}) or 0.0
