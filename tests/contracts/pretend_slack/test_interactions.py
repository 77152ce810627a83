"""The pretend Slack against an app built with slack-bolt: clicks, modals, commands, events, forgeries."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox.slack import Card, PretendSlack, View
from tests.contracts.pretend_slack.examples import a_card, a_modal, actions, button, section

Payload = dict[str, Any]
SUP = "sup1@example.com"


async def post_card(slack: PretendSlack, client: AsyncWebClient) -> Card:
    """A card in #chi-floor."""
    channel = slack.channel("chi-floor")
    await client.chat_postMessage(channel=channel.id, text="Olive oil needs you", blocks=a_card())
    return channel.card("Olive oil")


async def open_modal(slack: PretendSlack, client: AsyncWebClient, app: AsyncApp, **modal: Any) -> View:
    """Click Reject; the app opens a modal before it acknowledges."""

    async def reject(ack: AsyncAck, body: Payload) -> None:
        await client.views_open(trigger_id=body["trigger_id"], view=a_modal(**modal))
        await ack()

    app.action("case:reject")(reject)
    clicked = await slack.click(await post_card(slack, client), "Reject", by=SUP)
    return await slack.opened(clicked)


async def test_a_click_arrives_as_a_signed_block_actions_payload(
    slack: PretendSlack, client: AsyncWebClient, heard: list[Payload]
) -> None:
    card = await post_card(slack, client)
    clicked = await slack.click(card, "Approve", by=SUP)
    assert (clicked.status, clicked.trouble) == (200, "")
    (payload,) = heard
    person = slack.person(SUP)
    assert payload["user"] == {"id": person.id, "username": "sup1", "name": "sup1", "team_id": person.team_id}
    assert payload["container"] == {
        "type": "message",
        "message_ts": card.ts,
        "channel_id": card.channel_id,
        "is_ephemeral": False,
    }
    (action,) = payload["actions"]
    assert (action["action_id"], action["block_id"], action["value"]) == ("case:approve", "case", "7:1")
    assert payload["message"]["text"] == "Olive oil needs you"


async def test_a_click_on_an_old_version_carries_the_stale_value(
    slack: PretendSlack, client: AsyncWebClient, heard: list[Payload]
) -> None:
    card = await post_card(slack, client)
    fresh = [section(), actions(button(value="7:2"))]
    await client.chat_update(channel=card.channel_id, ts=card.ts, text="Olive oil, changed", blocks=fresh)
    await slack.click(card.history[0], "Approve", by=SUP)
    assert heard[0]["actions"][0]["value"] == "7:1"
    assert [version.text for version in card.history] == ["Olive oil needs you", "Olive oil, changed"]


async def test_a_click_nobody_handles_shows_the_person_an_error(
    slack: PretendSlack, client: AsyncWebClient, app: AsyncApp
) -> None:
    clicked = await slack.click(await post_card(slack, client), "Approve", by=SUP)
    assert clicked.status == 404
    assert slack.notices(to=SUP) == ["Signoff responded with status code 404."]


async def test_an_app_that_takes_too_long_shows_the_person_an_error(
    slack: PretendSlack, client: AsyncWebClient, app: AsyncApp
) -> None:
    async def never(ack: AsyncAck) -> None:
        """Leave the click without an answer: bolt itself waits for three seconds."""

    app.action("case:approve")(never)
    slack.delivery.deadline_s = 0.1
    clicked = await slack.click(await post_card(slack, client), "Approve", by=SUP)
    assert (clicked.status, clicked.trouble) == (None, "Signoff did not respond in time. Try again.")


async def test_a_click_without_an_app_shows_the_person_an_error(slack: PretendSlack, client: AsyncWebClient) -> None:
    await slack.click(await post_card(slack, client), "Approve", by=SUP)
    assert slack.notices(to=SUP) == ["Slack could not reach Signoff."]


async def test_a_person_cannot_click_in_a_private_channel_of_others(
    slack: PretendSlack, client: AsyncWebClient
) -> None:
    channel = slack.add_channel("board", [SUP], private=True)
    await client.chat_postMessage(channel=channel.id, text="Secret", blocks=a_card())
    with pytest.raises(ValueError, match="cannot see"):
        await slack.click(channel.card(), "Approve", by="buyer@example.com")


@pytest.mark.parametrize(
    ("signature", "age_s"), [("v0=" + "0" * 64, 0), (None, 400)], ids=["wrong signature", "old timestamp"]
)
async def test_a_forged_click_is_refused_by_the_app(
    slack: PretendSlack, heard: list[Payload], signature: str | None, age_s: int
) -> None:
    then = slack.clock.now() - timedelta(seconds=age_s)
    answer = await slack.post_raw({"type": "block_actions"}, signature=signature, timestamp=str(int(then.timestamp())))
    assert (answer.status, heard) == (401, [])


async def test_a_replayed_click_passes_the_signature_check_for_five_minutes(
    slack: PretendSlack, client: AsyncWebClient, heard: list[Payload]
) -> None:
    await slack.click(await post_card(slack, client), "Approve", by=SUP)
    await slack.replay(slack.deliveries[0])
    assert heard[0] == heard[1]


async def test_a_modal_is_submitted_with_what_was_typed_and_closes(
    slack: PretendSlack, client: AsyncWebClient, app: AsyncApp
) -> None:
    states: list[Payload] = []

    async def take(ack: AsyncAck, view: Payload) -> None:
        states.append(view["state"]["values"])
        await ack()

    app.view("case:reject")(take)
    view = await open_modal(slack, client, app)
    submitted = await slack.submit(view, {"reason": "Too expensive"}, by=SUP)
    assert submitted.closed
    assert slack.modal(of=SUP) is None
    assert states == [{"reason": {"text": {"type": "plain_text_input", "value": "Too expensive"}}}]


async def test_errors_of_the_app_stand_beside_the_inputs_of_an_open_modal(
    slack: PretendSlack, client: AsyncWebClient, app: AsyncApp
) -> None:
    async def refuse(ack: AsyncAck) -> None:
        await ack(response_action="errors", errors={"reason": "Say more."})

    app.view("case:reject")(refuse)
    view = await open_modal(slack, client, app)
    submitted = await slack.submit(view, {"reason": "bad"}, by=SUP)
    assert (submitted.closed, submitted.errors) == (False, {"reason": "Say more."})


async def test_errors_that_name_no_input_are_trouble(
    slack: PretendSlack, client: AsyncWebClient, app: AsyncApp
) -> None:
    async def refuse(ack: AsyncAck) -> None:
        await ack(response_action="errors", errors={"nothing": "Say more."})

    app.view("case:reject")(refuse)
    view = await open_modal(slack, client, app)
    submitted = await slack.submit(view, {"reason": "bad"}, by=SUP)
    assert (submitted.closed, submitted.trouble) == (False, "We had some trouble connecting. Try again?")


async def test_an_empty_required_input_never_leaves_the_client(
    slack: PretendSlack, client: AsyncWebClient, app: AsyncApp
) -> None:
    view = await open_modal(slack, client, app)
    before = len(slack.deliveries)
    submitted = await slack.submit(view, {}, by=SUP)
    assert submitted.errors == {"reason": "Please complete this required field."}
    assert len(slack.deliveries) == before


@pytest.mark.parametrize(
    ("response", "titles"),
    [
        (
            {"response_action": "push", "view": a_modal(title={"type": "plain_text", "text": "Sure?"})},
            ["Reject", "Sure?"],
        ),
        ({"response_action": "update", "view": a_modal(title={"type": "plain_text", "text": "Done"})}, ["Done"]),
        ({"response_action": "clear"}, []),
    ],
    ids=["push", "update", "clear"],
)
async def test_response_actions_change_the_stack(
    slack: PretendSlack, client: AsyncWebClient, app: AsyncApp, response: Payload, titles: list[str]
) -> None:
    async def take(ack: AsyncAck) -> None:
        await ack(**response)

    app.view("case:reject")(take)
    view = await open_modal(slack, client, app)
    await slack.submit(view, {"reason": "because"}, by=SUP)
    assert [each.title for each in slack.workspace.modals.of(slack.person(SUP).id)] == titles


@pytest.mark.parametrize(("asks", "told"), [(True, ["view_closed"]), (False, [])], ids=["asked", "not asked"])
async def test_a_closed_modal_is_told_only_to_an_app_that_asked(
    slack: PretendSlack, client: AsyncWebClient, app: AsyncApp, asks: bool, told: list[str]
) -> None:
    kinds: list[str] = []

    async def closed(ack: AsyncAck, body: Payload) -> None:
        kinds.append(body["type"])
        await ack()

    app.view_closed("case:reject")(closed)
    view = await open_modal(slack, client, app, notify_on_close=asks)
    await slack.close(view, by=SUP)
    assert (kinds, view.is_open) == (told, False)


async def test_a_trigger_opens_one_modal_within_three_seconds(
    slack: PretendSlack, client: AsyncWebClient, heard: list[Payload]
) -> None:
    card = await post_card(slack, client)
    await slack.click(card, "Approve", by=SUP)
    await slack.click(card, "Approve", by=SUP)
    first, second = (payload["trigger_id"] for payload in heard)
    await client.views_open(trigger_id=first, view=a_modal())
    with pytest.raises(SlackApiError, match="exchanged_trigger_id"):
        await client.views_open(trigger_id=first, view=a_modal())
    slack.clock.advance(timedelta(seconds=4))
    with pytest.raises(SlackApiError, match="expired_trigger_id"):
        await client.views_open(trigger_id=second, view=a_modal())
    with pytest.raises(SlackApiError, match="invalid_trigger_id"):
        await client.views_open(trigger_id="1.2.3", view=a_modal())
