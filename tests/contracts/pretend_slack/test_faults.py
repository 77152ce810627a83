"""Faults and rate limits: what the app meets, and what has happened in the workspace by then."""

from __future__ import annotations

from datetime import timedelta

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox.slack import PretendSlack


async def post(slack: PretendSlack, client: AsyncWebClient, text: str = "Hello") -> None:
    """Post into #chi-floor."""
    await client.chat_postMessage(channel=slack.channel("chi-floor").id, text=text)


@pytest.mark.parametrize(("applied", "there"), [(True, 1), (False, 0)], ids=["after the effect", "before it"])
async def test_a_lost_answer_is_a_dropped_connection(
    slack: PretendSlack, client: AsyncWebClient, *, applied: bool, there: int
) -> None:
    slack.faults.lose_answer("chat.postMessage", applied=applied)
    with pytest.raises(aiohttp.ClientConnectionError):
        await post(slack, client)
    assert len(slack.channel("chi-floor").messages) == there
    await post(slack, client)
    assert len(slack.channel("chi-floor").messages) == there + 1


async def test_the_sdks_own_retry_posts_twice_after_a_lost_answer(slack: PretendSlack) -> None:
    """The trap that makes the product switch the default retries off."""
    slack.faults.lose_answer("chat.postMessage", applied=True)
    await post(slack, AsyncWebClient(token=slack.bot_token, base_url=slack.api_url))
    assert len(slack.channel("chi-floor").messages) == 2


async def test_a_planned_rate_limit_names_the_wait(slack: PretendSlack, client: AsyncWebClient) -> None:
    slack.faults.rate_limit("chat.postMessage", retry_after=7, times=2)
    for _ in range(2):
        with pytest.raises(SlackApiError) as refused:
            await post(slack, client)
        assert (refused.value.response.status_code, refused.value.response.headers["Retry-After"]) == (429, "7")
    await post(slack, client)


async def test_a_planned_error_leaves_other_methods_alone(slack: PretendSlack, client: AsyncWebClient) -> None:
    slack.faults.error("chat.postMessage", "is_archived")
    await client.auth_test()
    with pytest.raises(SlackApiError, match="is_archived"):
        await post(slack, client)
    assert slack.channel("chi-floor").messages == []


async def test_server_errors_come_without_json(slack: PretendSlack, client: AsyncWebClient) -> None:
    slack.faults.http(503)
    with pytest.raises(SlackApiError) as refused:
        await client.auth_test()
    assert refused.value.response.status_code == 503


async def test_nothing_answers_while_slack_is_down(slack: PretendSlack, client: AsyncWebClient) -> None:
    slack.faults.down()
    with pytest.raises(aiohttp.ClientConnectionError):
        await post(slack, client)
    slack.faults.up()
    await post(slack, client)
    assert [card.text for card in slack.channel("chi-floor").messages] == ["Hello"]


async def test_a_slow_answer_comes_after_the_effect(slack: PretendSlack) -> None:
    slack.faults.slow("chat.postMessage", 0.3)
    impatient = AsyncWebClient(token=slack.bot_token, base_url=slack.api_url, retry_handlers=[], timeout=0.1)  # type: ignore[arg-type]  # the SDK hands a float on
    with pytest.raises(TimeoutError):
        await post(slack, impatient)
    assert len(slack.channel("chi-floor").messages) == 1


async def test_limits_are_off_until_they_are_turned_on(slack: PretendSlack, client: AsyncWebClient) -> None:
    for _ in range(10):
        await post(slack, client)
    slack.limits.on()
    for _ in range(3):
        await post(slack, client)
    with pytest.raises(SlackApiError) as refused:
        await post(slack, client)
    assert (refused.value.response["error"], refused.value.response.headers["Retry-After"]) == ("ratelimited", "1")


async def test_a_second_later_one_more_message_passes_in_a_channel(slack: PretendSlack, client: AsyncWebClient) -> None:
    slack.limits.on()
    for _ in range(3):
        await post(slack, client)
    slack.clock.advance(timedelta(seconds=1))
    await post(slack, client)
    with pytest.raises(SlackApiError, match="ratelimited"):
        await post(slack, client)
    await client.chat_postMessage(channel=slack.person("sup1@example.com").id, text="Another channel has its own pace")


async def test_a_method_has_its_calls_a_minute(slack: PretendSlack, client: AsyncWebClient) -> None:
    slack.limits.on()
    for _ in range(20):
        await client.users_list()
    with pytest.raises(SlackApiError, match="ratelimited"):
        await client.users_list()
