"""A pretend workspace of three people and two channels, Slack's own client, and a small app built with slack-bolt."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.clock import Clock
from bot.sandbox.slack import PretendSlack


@pytest.fixture
async def slack() -> AsyncIterator[PretendSlack]:
    """A workspace: sup1 and buyer in #chi-floor with the bot, guest nowhere, the bot not in #random."""
    slack = PretendSlack(Clock())
    slack.add_person("sup1@example.com", real_name="Sam Supervisor", title="Floor supervisor")
    slack.add_person("buyer@example.com", real_name="Bea Buyer")
    slack.add_person("guest@example.com", real_name="Gus Guest")
    slack.add_channel("chi-floor", ["sup1@example.com", "buyer@example.com"])
    slack.add_channel("random", ["sup1@example.com"], with_bot=False)
    await slack.start()
    yield slack
    await slack.stop()


@pytest.fixture
def client(slack: PretendSlack) -> AsyncWebClient:
    """slack_sdk's client without its retries, which would hide what the server does."""
    return AsyncWebClient(token=slack.bot_token, base_url=slack.api_url, retry_handlers=[], timeout=5)


@pytest.fixture
async def app(slack: PretendSlack, client: AsyncWebClient) -> AsyncIterator[AsyncApp]:
    """An app of slack-bolt, served over HTTP the way the product serves its own."""
    app = AsyncApp(client=client, signing_secret=slack.signing_secret)

    async def handle(request: web.Request) -> web.Response:
        return await to_aiohttp_response(await app.async_dispatch(await to_bolt_request(request)))

    site = web.Application()
    site.router.add_post("/slack/events", handle)
    runner = web.AppRunner(site)
    await runner.setup()
    listener = web.TCPSite(runner, "127.0.0.1", 0)
    await listener.start()
    host, port = runner.addresses[0][:2]
    slack.request_url = f"http://{host}:{port}/slack/events"
    yield app
    await runner.cleanup()


@pytest.fixture
def heard(app: AsyncApp) -> list[dict[str, Any]]:
    """The payloads of every Approve click, which the app only acknowledges."""
    payloads: list[dict[str, Any]] = []

    async def approve(ack: AsyncAck, body: dict[str, Any]) -> None:
        payloads.append(body)
        await ack()

    app.action("case:approve")(approve)
    return payloads
