"""The Web API of the pretend Slack, called with slack_sdk: what it accepts, what it refuses, how it says so."""

from __future__ import annotations

from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox.slack import PretendSlack
from tests.contracts.pretend_slack.examples import a_card, section

SUP = "sup1@example.com"


async def refusal(client: AsyncWebClient, method: str, **arguments: Any) -> str:
    """The error code of a call that must be refused."""
    with pytest.raises(SlackApiError) as refused:
        await client.api_call(method, json=arguments)
    return str(refused.value.response["error"])


async def test_a_posted_message_is_there_with_text_blocks_and_metadata(
    slack: PretendSlack, client: AsyncWebClient
) -> None:
    channel = slack.channel("chi-floor")
    metadata = {"event_type": "case", "event_payload": {"id": 7}}
    answer = await client.chat_postMessage(channel=channel.id, text="Hello", blocks=a_card(), metadata=metadata)
    (card,) = channel.messages
    assert (card.ts, card.text, card.labels) == (answer["ts"], "Hello", ["Approve", "Reject"])
    assert card.metadata == metadata


async def test_the_same_post_twice_is_two_messages_with_growing_timestamps(
    slack: PretendSlack, client: AsyncWebClient
) -> None:
    channel = slack.channel("chi-floor")
    first, second = [await client.chat_postMessage(channel=channel.id, text="Hello") for _ in range(2)]
    assert first["ts"] < second["ts"]
    assert len(channel.messages) == 2


async def test_forms_and_token_fields_are_understood(slack: PretendSlack) -> None:
    form = {"token": slack.bot_token, "channel": slack.channel("chi-floor").id, "text": "a & b", "blocks": "[]"}
    async with aiohttp.ClientSession() as session, session.post(f"{slack.api_url}chat.postMessage", data=form) as sent:
        assert (await sent.json())["ok"] is True
    assert slack.channel("chi-floor").card().text == "a & b"


@pytest.mark.parametrize(
    ("headers", "body", "error"),
    [
        ({}, b"", "not_authed"),
        ({"Authorization": "Bearer xoxb-wrong"}, b"", "invalid_auth"),
        ({"Content-Type": "application/json"}, b"{", "invalid_json"),
        ({"Content-Type": "application/json"}, b"[]", "json_not_object"),
    ],
    ids=["no token", "wrong token", "broken json", "not an object"],
)
async def test_a_call_without_a_good_token_or_body_is_refused(
    slack: PretendSlack, headers: dict[str, str], body: bytes, error: str
) -> None:
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"{slack.api_url}auth.test", data=body, headers=headers) as answer,
    ):
        assert (answer.status, await answer.json()) == (200, {"ok": False, "error": error})


@pytest.mark.parametrize(
    ("channel", "error"),
    [
        ("C0NOWHERE", "channel_not_found"),
        ("random", "not_in_channel"),
        ("old", "is_archived"),
        ("board", "channel_not_found"),
    ],
    ids=["unknown", "public, not a member", "archived", "private, not a member"],
)
async def test_posting_where_the_bot_may_not_is_refused(
    slack: PretendSlack, client: AsyncWebClient, channel: str, error: str
) -> None:
    slack.add_channel("old", [SUP])
    slack.archive("old")
    slack.add_channel("board", [SUP], private=True, with_bot=False)
    assert await refusal(client, "chat.postMessage", channel=channel, text="Hello") == error


@pytest.mark.parametrize(
    ("more", "error"),
    [
        ({}, "no_text"),
        ({"text": "x", "blocks": [section()] * 51}, "invalid_blocks"),
        ({"text": "x", "blocks": "{not json"}, "invalid_blocks_format"),
        ({"text": "x", "blocks": [section("y" * 2700)] * 5}, "msg_blocks_too_long"),
        ({"text": "x", "metadata": {"event_type": "case"}}, "invalid_metadata_format"),
        ({"text": "x", "metadata": {"event_type": "case", "event_payload": {"a": [[1]]}}}, "invalid_metadata_schema"),
        ({"text": "x", "metadata": {"event_type": "case", "event_payload": {"a": "z" * 17_000}}}, "metadata_too_large"),
        ({"text": "x", "thread_ts": "1.000001"}, "thread_not_found"),
        ({"text": "x", "thread_ts": "yesterday"}, "invalid_ts"),
    ],
)
async def test_messages_slack_would_refuse_are_refused(
    slack: PretendSlack, client: AsyncWebClient, more: dict[str, Any], error: str
) -> None:
    channel = slack.channel("chi-floor")
    assert await refusal(client, "chat.postMessage", channel=channel.id, **more) == error
    assert channel.messages == []


async def test_a_long_text_is_cut_when_posted_and_refused_when_edited(
    slack: PretendSlack, client: AsyncWebClient
) -> None:
    channel = slack.channel("chi-floor")
    posted = await client.chat_postMessage(channel=channel.id, text="x" * 40_001)
    assert len(channel.card().text) == 40_000
    error = await refusal(client, "chat.update", channel=channel.id, ts=posted["ts"], text="x" * 4_001)
    assert error == "msg_too_long"


async def test_text_without_blocks_removes_the_blocks_and_keeps_the_metadata(
    slack: PretendSlack, client: AsyncWebClient
) -> None:
    channel = slack.channel("chi-floor")
    metadata = {"event_type": "case", "event_payload": {"id": 7}}
    posted = await client.chat_postMessage(channel=channel.id, text="Hello", blocks=a_card(), metadata=metadata)
    await client.chat_update(channel=channel.id, ts=posted["ts"], text="Done")
    card = channel.card()
    assert (card.text, card.buttons, card.metadata) == ("Done", [], metadata)


async def test_only_own_and_present_messages_can_be_edited_or_deleted(
    slack: PretendSlack, client: AsyncWebClient
) -> None:
    channel = slack.channel("chi-floor")
    theirs = slack.workspace.post(channel.channel, slack.person(SUP), text="I am here")
    for method, error in (("chat.update", "cant_update_message"), ("chat.delete", "cant_delete_message")):
        assert await refusal(client, method, channel=channel.id, ts=theirs.ts, text="x") == error
        assert await refusal(client, method, channel=channel.id, ts="1.000001", text="x") == "message_not_found"


async def test_a_message_of_an_archived_channel_cannot_be_edited(slack: PretendSlack, client: AsyncWebClient) -> None:
    channel = slack.channel("chi-floor")
    posted = await client.chat_postMessage(channel=channel.id, text="Hello")
    slack.archive("chi-floor")
    assert await refusal(client, "chat.update", channel=channel.id, ts=posted["ts"], text="x") == "is_inactive"


async def test_replies_live_in_the_thread_and_survive_their_parent(slack: PretendSlack, client: AsyncWebClient) -> None:
    channel = slack.channel("chi-floor")
    parent = (await client.chat_postMessage(channel=channel.id, text="Parent"))["ts"]
    reply = (await client.chat_postMessage(channel=channel.id, text="Reply", thread_ts=parent))["ts"]
    assert [card.text for card in channel.messages] == ["Parent"]
    error = await refusal(client, "chat.postMessage", channel=channel.id, text="x", thread_ts=reply)
    assert error == "cannot_reply_to_message"
    await client.chat_delete(channel=channel.id, ts=parent)
    told = await client.conversations_replies(channel=channel.id, ts=parent)
    assert [message["text"] for message in told["messages"]] == ["This message was deleted.", "Reply"]


async def test_an_ephemeral_is_seen_by_one_member_only_and_cannot_be_edited(
    slack: PretendSlack, client: AsyncWebClient
) -> None:
    channel, person, guest = slack.channel("chi-floor"), slack.person(SUP), slack.person("guest@example.com")
    told = await client.chat_postEphemeral(channel=channel.id, user=person.id, text="Only you")
    assert [card.text for card in slack.ephemerals(to=SUP)] == ["Only you"]
    assert slack.ephemerals(to="buyer@example.com") == []
    ts = told["message_ts"]
    assert await refusal(client, "chat.update", channel=channel.id, ts=ts, text="x") == "message_not_found"
    error = await refusal(client, "chat.postEphemeral", channel=channel.id, user=guest.id, text="x")
    assert error == "user_not_in_channel"


async def test_direct_messages_reach_the_same_conversation_by_either_road(
    slack: PretendSlack, client: AsyncWebClient
) -> None:
    person = slack.person(SUP)
    opened = await client.conversations_open(users=[person.id])
    first = await client.chat_postMessage(channel=opened["channel"]["id"], text="One")
    second = await client.chat_postMessage(channel=person.id, text="Two")
    assert first["channel"] == second["channel"]
    assert second["channel"].startswith("D")
    assert [card.text for card in slack.dms(to=SUP)] == ["One", "Two"]


async def test_people_who_left_are_found_by_id_but_not_by_email_and_get_no_messages(
    slack: PretendSlack, client: AsyncWebClient
) -> None:
    person = slack.change_person(SUP, deleted=True)
    assert (await client.users_info(user=person.id))["user"]["deleted"] is True
    assert await refusal(client, "users.lookupByEmail", email=SUP) == "users_not_found"
    assert await refusal(client, "conversations.open", users=person.id) == "user_disabled"


async def test_people_are_found_by_email_whatever_its_case(slack: PretendSlack, client: AsyncWebClient) -> None:
    found = await client.users_lookupByEmail(email="SUP1@Example.com")
    profile = found["user"]["profile"]
    assert (found["user"]["id"], profile["email"], profile["title"]) == (slack.person(SUP).id, SUP, "Floor supervisor")


async def test_history_is_paged_newest_first_with_metadata_on_request(
    slack: PretendSlack, client: AsyncWebClient
) -> None:
    channel = slack.channel("chi-floor")
    for number in range(5):
        metadata = {"event_type": "case", "event_payload": {"id": number}}
        await client.chat_postMessage(channel=channel.id, text=str(number), metadata=metadata)
    seen: list[tuple[str, int]] = []
    cursor = ""
    while True:
        told = await client.conversations_history(channel=channel.id, limit=2, cursor=cursor, include_all_metadata=True)
        seen += [(each["text"], each["metadata"]["event_payload"]["id"]) for each in told["messages"]]
        cursor = told["response_metadata"]["next_cursor"]
        if not told["has_more"]:
            break
    assert seen == [("4", 4), ("3", 3), ("2", 2), ("1", 1), ("0", 0)]
    plain = await client.conversations_history(channel=channel.id, oldest=channel.messages[3].ts)
    assert [each["text"] for each in plain["messages"]] == ["4"]
    assert "metadata" not in plain["messages"][0]


async def test_a_hash_detects_that_somebody_else_changed_the_home_tab(
    slack: PretendSlack, client: AsyncWebClient
) -> None:
    person = slack.person(SUP)
    home = {"type": "home", "blocks": [section()]}
    first = (await client.views_publish(user_id=person.id, view=home))["view"]["hash"]
    await client.views_publish(user_id=person.id, view=home, hash=first)
    error = await refusal(client, "views.publish", user_id=person.id, view=home, hash=first)
    assert error == "hash_conflict"


async def test_unknown_methods_and_missing_arguments_are_named(slack: PretendSlack, client: AsyncWebClient) -> None:
    assert await refusal(client, "chat.shout") == "unknown_method"
    with pytest.raises(SlackApiError, match="missing required field: channel"):
        await client.api_call("chat.postMessage", json={"text": "x"})


async def test_every_call_is_logged_with_its_outcome(slack: PretendSlack, client: AsyncWebClient) -> None:
    await client.auth_test()
    await refusal(client, "chat.postMessage", channel="C0NOWHERE", text="x")
    assert [(call.method, call.outcome) for call in slack.calls] == [
        ("auth.test", "ok"),
        ("chat.postMessage", "channel_not_found"),
    ]
