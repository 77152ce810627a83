"""Commands, response URLs and events: the ways of answering that do not go through the Web API."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import aiohttp
import pytest
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox.slack import PretendSlack
from tests.contracts.pretend_slack.examples import a_card

Payload = dict[str, Any]
SUP = "sup1@example.com"


async def click_for_url(slack: PretendSlack, client: AsyncWebClient, heard: list[Payload]) -> str:
    """The response URL of a click on a card."""
    channel = slack.channel("chi-floor")
    await client.chat_postMessage(channel=channel.id, text="Olive oil", blocks=a_card())
    await slack.click(channel.card(), "Approve", by=SUP)
    return str(heard[-1]["response_url"])


async def post_json(url: str, **body: Any) -> int:
    """Post to a response URL; returns the HTTP status."""
    async with aiohttp.ClientSession() as session, session.post(url, json=body) as answer:
        return answer.status


@pytest.mark.parametrize("reply", ["Nothing waits for you.", {"text": "Nothing waits for you."}], ids=["text", "json"])
async def test_a_command_is_answered_to_the_person_alone(slack: PretendSlack, app: AsyncApp, reply: Any) -> None:
    commands: list[Payload] = []

    async def approvals(ack: AsyncAck, command: Payload) -> None:
        commands.append(command)
        await ack(reply)

    app.command("/approvals")(approvals)
    await slack.command("/approvals mine now", by=SUP, channel="chi-floor")
    assert [card.text for card in slack.ephemerals(to=SUP)] == ["Nothing waits for you."]
    assert slack.channel("chi-floor").messages == []
    (told,) = commands
    assert (told["command"], told["text"], told["user_name"]) == ("/approvals", "mine now", "sup1")


async def test_a_command_can_be_answered_to_all(slack: PretendSlack, app: AsyncApp) -> None:
    async def approvals(ack: AsyncAck) -> None:
        await ack(text="Three are open.", response_type="in_channel")

    app.command("/approvals")(approvals)
    await slack.command("/approvals", by=SUP, channel="chi-floor")
    assert slack.channel("chi-floor").card().text == "Three are open."


async def test_a_command_nobody_handles_is_told_to_the_person(slack: PretendSlack, app: AsyncApp) -> None:
    await slack.command("/lunch", by=SUP, channel="chi-floor")
    assert slack.notices(to=SUP) == ['/lunch failed with the error "dispatch_failed"']


async def test_a_response_url_works_five_times(
    slack: PretendSlack, client: AsyncWebClient, heard: list[Payload]
) -> None:
    url = await click_for_url(slack, client, heard)
    assert [await post_json(url, text=str(number)) for number in range(6)] == [200] * 5 + [404]
    assert [card.text for card in slack.ephemerals(to=SUP)] == ["0", "1", "2", "3", "4"]


async def test_a_response_url_ends_after_thirty_minutes(
    slack: PretendSlack, client: AsyncWebClient, heard: list[Payload]
) -> None:
    url = await click_for_url(slack, client, heard)
    slack.clock.advance(timedelta(minutes=31))
    assert await post_json(url, text="late") == 404


async def test_a_response_url_replaces_and_deletes_the_original(
    slack: PretendSlack, client: AsyncWebClient, heard: list[Payload]
) -> None:
    url = await click_for_url(slack, client, heard)
    await post_json(url, text="Done", replace_original=True)
    assert [card.text for card in slack.channel("chi-floor").messages] == ["Done"]
    await post_json(url, delete_original=True)
    assert slack.channel("chi-floor").messages == []


async def test_a_response_url_is_the_way_to_edit_an_ephemeral(
    slack: PretendSlack, client: AsyncWebClient, heard: list[Payload]
) -> None:
    channel, person = slack.channel("chi-floor"), slack.person(SUP)
    await client.chat_postEphemeral(channel=channel.id, user=person.id, text="Sure?", blocks=a_card())
    await slack.click(slack.ephemerals(to=SUP)[0], "Approve", by=SUP)
    assert "message" not in heard[0]
    await post_json(heard[0]["response_url"], text="Thank you", replace_original=True)
    assert [card.text for card in slack.ephemerals(to=SUP)] == ["Thank you"]


async def test_opening_the_home_tab_is_an_event(slack: PretendSlack, client: AsyncWebClient, app: AsyncApp) -> None:
    async def show(event: Payload) -> None:
        view = {"type": "home", "blocks": a_card()}
        await client.views_publish(user_id=event["user"], view=view)

    app.event("app_home_opened")(show)
    await slack.open_home(SUP)
    home = await slack.until(lambda: slack.home(of=SUP), what="the home tab")
    assert home is not None
    assert len(home.blocks) == 2


async def test_an_event_that_fails_is_sent_again_three_times_with_the_reason(slack: PretendSlack) -> None:
    answers = await slack.emit({"type": "app_home_opened", "user": "U1"})
    assert [answer.problem for answer in answers] == ["connection_failed"] * 4
    retries = [sent.headers.get("X-Slack-Retry-Num") for sent in slack.deliveries]
    assert retries == [None, "1", "2", "3"]
    assert slack.deliveries[-1].headers["X-Slack-Retry-Reason"] == "connection_failed"


async def test_waiting_ends_with_a_reason_when_nothing_comes(slack: PretendSlack) -> None:
    with pytest.raises(TimeoutError, match="a card"):
        await slack.until(lambda: slack.channel("chi-floor").messages, within_s=0.05, what="a card")
