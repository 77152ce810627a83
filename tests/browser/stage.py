"""A pretend Slack, its page and a tiny bot, in a thread of their own: the browser's driver blocks while it waits.

The bot checks signatures as Slack's SDK does. Approve edits the card, Reject opens a modal that wants ten characters.
"""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Coroutine
from datetime import timedelta
from typing import Any, TypeVar
from urllib.parse import parse_qs

from aiohttp import web
from slack_sdk.signature import SignatureVerifier
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox.gallery import Gallery
from bot.sandbox.page import SandboxPage, Surroundings
from bot.sandbox.slack import PretendSlack
from bot.sandbox.world import demo_config, pretend_config
from tests.browser.cards import a_card, a_modal, decided

Result = TypeVar("Result")
Payload = dict[str, Any]

WAIT_S = 10
SUP, BUYER = "sam@example.com", "bea@example.com"


class TinyBot:
    """Answers what the page makes Slack send."""

    def __init__(self, slack: PretendSlack) -> None:
        self._slack = slack
        self._verifier = SignatureVerifier(slack.signing_secret)
        self.heard: list[Payload] = []
        self.client = AsyncWebClient(token=slack.bot_token, base_url=slack.api_url, retry_handlers=[])

    async def handle(self, request: web.Request) -> web.Response:
        """One delivery."""
        body = await request.read()
        if not self._verifier.is_valid_request(body, dict(request.headers)):
            return web.Response(status=401)
        form = parse_qs(body.decode())
        if "command" in form:
            return web.json_response({"text": f"Nothing waits for you, {form['user_name'][0]}."})
        payload: Payload = json.loads(form["payload"][0])
        self.heard.append(payload)
        return await (self._submitted(payload) if payload["type"] == "view_submission" else self._clicked(payload))

    async def _clicked(self, payload: Payload) -> web.Response:
        action = payload["actions"][0]["action_id"]
        if action == "case:fail":
            return web.Response(status=500)
        if action == "case:reject":
            container = json.dumps([payload["container"]["channel_id"], payload["container"]["message_ts"]])
            await self.client.views_open(trigger_id=payload["trigger_id"], view=a_modal(container))
        else:
            await self._decide(payload, "Approved", *self._place(payload))
        return web.Response()

    async def _submitted(self, payload: Payload) -> web.Response:
        if "files" in payload["view"]["state"]["values"]:
            return web.Response()
        reason = payload["view"]["state"]["values"]["reason"]["text"]["value"]
        if len(reason) < 10:
            errors = {"reason": "Ten characters at least, please."}
            return web.json_response({"response_action": "errors", "errors": errors})
        await self._decide(payload, "Rejected", *json.loads(payload["view"]["private_metadata"]))
        return web.Response()

    async def _decide(self, payload: Payload, verdict: str, channel: str, ts: str) -> None:
        text = f"{verdict} by {payload['user']['name']}"
        await self.client.chat_update(channel=channel, ts=ts, text=text, blocks=decided(verdict, payload["user"]["id"]))
        await self.client.chat_postMessage(channel=channel, thread_ts=ts, text=text)
        await self.client.chat_postEphemeral(channel=channel, user=payload["user"]["id"], text=f"{verdict}. Thank you.")

    @staticmethod
    def _place(payload: Payload) -> tuple[str, str]:
        return payload["container"]["channel_id"], payload["container"]["message_ts"]


class Stage:
    """Everything on loopback, started and stopped with the stage."""

    def __init__(self, *, expose_token: str = "") -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._expose_token = expose_token
        self.steps: list[str] = []
        self.records: list[dict[str, Any]] = [
            {
                "title": "PO00012",
                "state": "To approve",
                "lines": [("Vendor", "Azure Interior"), ("Total", "12,400.00 EUR"), ("Buyer", "Bea Buyer")],
                "notes": ["Signoff asked Purchasing for an approval."],
                "url": "",
            },
            {
                "title": "Count: Olive oil 1 l, WH/Stock",
                "state": "Counted",
                "lines": [("System", "400"), ("Counted", "352"), ("Difference", "−48 (−412.80 EUR)")],
                "notes": [],
                "url": "",
            },
        ]
        self.run(self._start())

    def run(self, work: Coroutine[Any, Any, Result]) -> Result:
        """Do something in the servers' loop and wait for it."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(WAIT_S)

    def post(self, text: str = "PO00012 needs your approval", **more: Any) -> str:
        """Let the bot post into #chi-floor; returns the ts."""
        channel = self.slack.channel("chi-floor").id
        content = {"text": text, "blocks": a_card()} | more
        return str(self.run(self.bot.client.chat_postMessage(channel=channel, **content))["ts"])

    def close(self) -> None:
        """Stop the servers and the loop."""
        self.run(self._stop())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(WAIT_S)
        self._loop.close()

    async def _start(self) -> None:
        self.slack = PretendSlack()
        self.slack.add_person(SUP, real_name="Sam Okafor", title="Floor supervisor, Chicago", tz="America/Chicago")
        self.slack.add_person(BUYER, real_name="Bea Lindqvist", title="Buyer", tz="Europe/Berlin")
        self.slack.add_channel("chi-floor", [SUP, BUYER])
        self.slack.add_channel("purchasing", [SUP, BUYER])
        self.slack.add_channel("finance", [BUYER], private=True)
        await self.slack.start()
        self.bot = TinyBot(self.slack)
        site = web.Application()
        site.router.add_post("/slack/events", self.bot.handle)
        self._receiver = web.AppRunner(site)
        await self._receiver.setup()
        await web.TCPSite(self._receiver, "127.0.0.1", 0).start()
        self.slack.request_url = f"http://127.0.0.1:{self._receiver.addresses[0][1]}/slack/events"
        steps = [{"id": "order", "label": "An order arrives"}, {"id": "count", "label": "A count differs"}]
        around = Surroundings(
            odoo_snapshot=lambda: self.records,
            scenario=steps,
            run_scenario=self._run_step,
            advance=lambda seconds: self.slack.clock.advance(timedelta(seconds=seconds)),
            gallery=Gallery(pretend_config(demo_config(), "demo.yaml")),
        )
        self.page = SandboxPage(self.slack, around, expose_token=self._expose_token)
        await self.page.start()

    async def _run_step(self, step: str) -> None:
        self.steps.append(step)
        self.records[0]["state"] = "Purchase order"

    async def _stop(self) -> None:
        await self.page.stop()
        await self.slack.stop()
        await self._receiver.cleanup()
