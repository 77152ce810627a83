"""The Home tab behind the page: opening it tells the app, and what the app published can be used."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from bot.sandbox.page import SandboxPage
from bot.sandbox.slack import PretendSlack

SAM = "sam@example.com"
TEXT = {"type": "plain_text", "text": "Details"}
BUTTON = {"type": "button", "action_id": "home:show", "text": TEXT, "value": "1:1:a"}
VIEW = {"type": "home", "blocks": [{"type": "actions", "block_id": "first", "elements": [BUTTON]}]}


class Ears:
    """An app that hears everything and does nothing."""

    def __init__(self) -> None:
        self.heard: list[dict[str, Any]] = []

    async def receive(self, request: web.Request) -> web.Response:
        """One delivery of Slack."""
        if request.content_type == "application/json":
            self.heard.append((await request.json())["event"])
        else:
            self.heard.append(json.loads(str((await request.post())["payload"])))
        return web.Response()


@pytest.fixture
async def ears() -> Ears:
    """Nothing was heard yet."""
    return Ears()


@pytest.fixture
async def slack(ears: Ears) -> AsyncIterator[PretendSlack]:
    """A workspace whose app is all ears."""
    slack = PretendSlack()
    slack.add_person(SAM)
    slack.add_channel("chi-floor", [SAM])
    runner = web.AppRunner(web.Application())
    runner.app.router.add_post("/slack/events", ears.receive)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    slack.request_url = f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events"
    yield slack
    await slack.stop()
    await runner.cleanup()


async def test_the_home_tab_is_opened_shown_and_used(slack: PretendSlack, ears: Ears) -> None:
    page, sam = SandboxPage(slack), slack.person(SAM)
    await page.start()
    async with aiohttp.ClientSession(page.url) as session:
        state = f"/sandbox/api/state?channel=home&as={sam.id}"
        assert (await (await session.get(state)).json())["home"] == {"blocks": []}
        assert (await session.post("/sandbox/api/home", json={"as": sam.id})).status == 200
        view = slack.workspace.modals.publish(sam.id, VIEW)
        screen = await (await session.get(state)).json()
        assert (screen["channel"], screen["home"]["blocks"]) == ("home", VIEW["blocks"])
        used = {"as": sam.id, "view": view.id, "block": "first", "action": "home:show"}
        assert (await session.post("/sandbox/api/use", json=used)).status == 200
    await page.stop()
    opened, clicked = ears.heard
    assert (opened["type"], opened["tab"], opened["user"]) == ("app_home_opened", "home", sam.id)
    assert (clicked["container"], clicked["view"]["type"]) == ({"type": "view", "view_id": view.id}, "home")
