"""Channels and people through the Web API: who sees what, page by page."""

from __future__ import annotations

from typing import Any

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox.slack import PretendSlack

SUP, BUYER, GUEST = "sup1@example.com", "buyer@example.com", "guest@example.com"


async def names(client: AsyncWebClient, **arguments: Any) -> list[str]:
    """The names that conversations.list gives."""
    told = await client.conversations_list(**arguments)
    return [channel["name"] for channel in told["channels"]]


async def test_the_list_shows_what_the_bot_can_see(slack: PretendSlack, client: AsyncWebClient) -> None:
    slack.add_channel("board", [SUP], private=True, with_bot=False)
    slack.add_channel("finance", [SUP], private=True)
    slack.add_channel("old", [SUP])
    slack.archive("old")
    assert await names(client) == ["chi-floor", "random", "old"]
    assert await names(client, exclude_archived=True) == ["chi-floor", "random"]
    assert await names(client, types="private_channel") == ["finance"]
    with pytest.raises(SlackApiError, match="invalid_types"):
        await names(client, types="secret")


async def test_the_list_is_paged(slack: PretendSlack, client: AsyncWebClient) -> None:
    first = await client.conversations_list(limit=1)
    cursor = first["response_metadata"]["next_cursor"]
    assert await names(client, limit=1, cursor=cursor) == ["random"]
    for arguments, error in (({"cursor": "nonsense"}, "invalid_cursor"), ({"limit": "many"}, "invalid_limit")):
        with pytest.raises(SlackApiError, match=error):
            await client.api_call("conversations.list", params=arguments)


async def test_joining_makes_the_bot_a_member_of_a_public_channel(slack: PretendSlack, client: AsyncWebClient) -> None:
    channel = slack.channel("random")
    assert (await client.conversations_info(channel=channel.id))["channel"]["is_member"] is False
    await client.conversations_join(channel=channel.id)
    told = await client.conversations_members(channel=channel.id)
    assert told["members"] == [slack.person(SUP).id, slack.person("signoff").id]
    await client.chat_postMessage(channel="#random", text="Hello")


async def test_a_bot_that_was_removed_cannot_post(slack: PretendSlack, client: AsyncWebClient) -> None:
    slack.remove("signoff", "chi-floor")
    with pytest.raises(SlackApiError, match="not_in_channel"):
        await client.chat_postMessage(channel=slack.channel("chi-floor").id, text="Hello")
    slack.invite("signoff", "chi-floor")
    await client.chat_postMessage(channel=slack.channel("chi-floor").id, text="Hello")


@pytest.mark.parametrize(
    ("kind", "error"),
    [("private", "method_not_supported_for_channel_type"), ("archived", "is_archived")],
)
async def test_not_every_channel_can_be_joined(
    slack: PretendSlack, client: AsyncWebClient, kind: str, error: str
) -> None:
    channel = slack.add_channel("it", [SUP], private=kind == "private")
    if kind == "archived":
        slack.archive("it")
    with pytest.raises(SlackApiError, match=error):
        await client.conversations_join(channel=channel.id)


async def test_several_people_share_one_conversation(slack: PretendSlack, client: AsyncWebClient) -> None:
    ids = [slack.person(who).id for who in (SUP, BUYER)]
    first = await client.conversations_open(users=ids, return_im=True)
    again = await client.conversations_open(users=list(reversed(ids)))
    assert first["channel"]["is_mpim"] is True
    assert again["channel"]["id"] == first["channel"]["id"]
    assert again["already_open"] is True
    assert (await client.conversations_open(channel=again["channel"]["id"]))["no_op"] is True


@pytest.mark.parametrize(
    ("users", "error"),
    [("U0NOBODY", "user_not_found"), ("", "invalid_arguments"), (",".join(["U1"] * 9), "too_many_users")],
)
async def test_a_conversation_with_nobody_cannot_be_opened(
    slack: PretendSlack, client: AsyncWebClient, users: str, error: str
) -> None:
    with pytest.raises(SlackApiError, match=error):
        await client.api_call("conversations.open", json={"users": users})


async def test_all_people_are_listed_with_what_matters_about_them(slack: PretendSlack, client: AsyncWebClient) -> None:
    slack.change_person(GUEST, is_restricted=True, team_id="T0FOREIGN1")
    told = await client.users_list(limit=3)
    assert told["response_metadata"]["next_cursor"]
    everybody = (await client.users_list())["members"]
    guest = next(person for person in everybody if person["name"] == "guest")
    assert (guest["is_restricted"], guest["team_id"], guest["tz"]) == (True, "T0FOREIGN1", "Europe/Berlin")
    with pytest.raises(SlackApiError, match="user_not_found"):
        await client.users_info(user="U0NOBODY")


async def test_a_permalink_names_channel_message_and_thread(slack: PretendSlack, client: AsyncWebClient) -> None:
    channel = slack.channel("chi-floor").id
    parent = (await client.chat_postMessage(channel=channel, text="Parent"))["ts"]
    reply = (await client.chat_postMessage(channel=channel, text="Reply", thread_ts=parent))["ts"]
    told = await client.chat_getPermalink(channel=channel, message_ts=reply)
    path = f"/archives/{channel}/p{reply.replace('.', '')}?thread_ts={parent}&cid={channel}"
    assert told["permalink"] == f"https://northwind-sandbox.slack.com{path}"


async def test_no_list_is_longer_than_slack_gives(slack: PretendSlack, client: AsyncWebClient) -> None:
    channel = slack.channel("chi-floor").id
    ts = (await client.chat_postMessage(channel=channel, text="Parent"))["ts"]
    for limit, refused in ((999, False), (1000, True)):
        for call in (
            client.conversations_list(limit=limit),
            client.conversations_members(channel=channel, limit=limit),
            client.conversations_history(channel=channel, limit=limit),
            client.conversations_replies(channel=channel, ts=ts, limit=limit),
        ):
            if refused:
                with pytest.raises(SlackApiError, match="invalid_limit"):
                    await call
            else:
                assert (await call)["ok"]


async def test_a_story_that_names_nobody_says_so(slack: PretendSlack) -> None:
    for wrong in (
        lambda: slack.person("nobody"),
        lambda: slack.channel("nowhere"),
        lambda: slack.channel("random").card(),
    ):
        with pytest.raises(LookupError):
            wrong()


async def test_user_groups_are_listed_and_their_people_asked_for(slack: PretendSlack, client: AsyncWebClient) -> None:
    group = slack.add_user_group("wh-supervisors", [SUP, BUYER])
    off = slack.add_user_group("of-yesterday", [SUP])
    off.is_disabled = True
    (told,) = (await client.usergroups_list())["usergroups"]
    assert (told["id"], told["handle"], told["date_delete"], "users" in told) == (group.id, "wh-supervisors", 0, False)
    everything = (await client.usergroups_list(include_disabled=True, include_users=True, include_count=True))[
        "usergroups"
    ]
    assert [(one["handle"], one["user_count"], bool(one["date_delete"])) for one in everything] == [
        ("wh-supervisors", "2", False),
        ("of-yesterday", "1", True),
    ]
    assert (await client.usergroups_users_list(usergroup=group.id))["users"] == [
        slack.person(one).id for one in (SUP, BUYER)
    ]
    for asked in (off.id, "S0NOBODY01"):
        with pytest.raises(SlackApiError, match="no_such_subteam"):
            await client.usergroups_users_list(usergroup=asked)
    slack.scopes = slack.scopes.replace(",usergroups:read", "")
    for call in (client.usergroups_list(), client.usergroups_users_list(usergroup=group.id)):
        with pytest.raises(SlackApiError, match="missing_scope"):
            await call
