"""The pretend Slack and the pretend Odoo in a process of their own, so that their cost is not counted as ours.

``python -m tests.bench.neighbours`` prints where they listen, takes orders on a port of its own, and ends when its
standard input does. Reconcile finds nothing here: a signal that was lost must not be mended by it.
"""

from __future__ import annotations

import asyncio
import json
import logging
import re
import sys
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import uvloop
from aiohttp import web

from bot.clock import Clock
from bot.sandbox.cast import LOGINS, about, name_users
from bot.sandbox.odoo import PretendOdoo
from bot.sandbox.slack import Card, PretendSlack
from bot.sandbox.slack.delivery import Answer, Delivery
from bot.sandbox.slack.interactions import Interactions
from bot.sandbox.slack.model import Message

APPROVER = "buyer.lead@example.com"
CHANNEL = "purchasing"
MODEL = "purchase.order"
#: What a card says when Odoo has confirmed, and not before.
CONFIRMED = "Confirmed in Odoo"

_RECORD = re.compile(r"res_id=(\d+)")
_FOR_EVER = 10**9

Order = Mapping[str, Any]


class _Notebook(Delivery):
    """Keeps what Slack would send: the load generator signs and sends it, when it is time."""

    def __init__(self) -> None:
        super().__init__(signing_secret="", request_url=None)
        self.noted: list[str] = []

    async def raw(
        self, body: bytes, headers: Mapping[str, str], *, signature: str | None = None, timestamp: str | None = None
    ) -> Answer:
        self.noted.append(body.decode())
        return Answer(200, b"", 0.0)


class Neighbours:
    """Both servers, and what the bench may order."""

    def __init__(self) -> None:
        clock = Clock()
        self.odoo = PretendOdoo("18.0", clock, keep_alive=True)
        self.slack = PretendSlack(clock)
        self._unconfirmed: dict[str, Message] = {}
        self._posted: set[str] = set()
        self._confirmed = 0
        self.orders: dict[str, Callable[[Order], Awaitable[Any]]] = {
            "records": self.records,
            "progress": self.progress,
            "cards": self.cards,
            "written": self.written,
            "clicks": self.clicks,
            "hold": self.hold,
            "odoo_down": self.odoo_down,
            "slack_busy": self.slack_busy,
        }

    async def start(self) -> dict[str, str]:
        """Listen, people the workspace, and tell where everything is."""
        await self.odoo.start()
        await self.slack.start()
        name_users(self.odoo)
        for email in LOGINS.values():
            self.slack.add_person(email, **about(email))
        self.slack.add_channel(CHANNEL, LOGINS.values())
        self._blind_reconcile()
        return {
            "odoo_url": self.odoo.url,
            "odoo_database": self.odoo.database,
            "odoo_key": self.odoo.api_key(),
            "slack_url": self.slack.api_url,
            "slack_token": self.slack.bot_token,
            "slack_secret": self.slack.signing_secret,
        }

    async def records(self, order: Order) -> list[int]:
        """So many purchase orders that wait for approval, made without a webhook."""
        return [self.odoo.add_purchase(amount=12_500.0, state="to approve") for _ in range(order["count"])]

    async def progress(self, _order: Order) -> dict[str, int]:
        """How many cards there are, and how many of them say that Odoo has confirmed."""
        messages = self._messages
        for ts in messages.keys() - self._posted:
            self._posted.add(ts)
            self._unconfirmed[ts] = messages[ts]
        for ts in [ts for ts, message in self._unconfirmed.items() if CONFIRMED in message.text]:
            del self._unconfirmed[ts]
            self._confirmed += 1
        return {"cards": len(messages), "confirmed": self._confirmed}

    async def cards(self, _order: Order) -> list[tuple[int, float, float | None]]:
        """Every card: its record, when it was posted, when it first said that Odoo has confirmed."""
        return [
            (
                _record(message),
                message.versions[0].at.timestamp(),
                next((one.at.timestamp() for one in message.versions if CONFIRMED in one.text), None),
            )
            for message in self._messages.values()
        ]

    async def written(self, _order: Order) -> list[tuple[int, int, float | None, bool]]:
        """Every order that was approved by call: how often, when it was first read after that, and whether it is so."""
        times: Counter[int] = Counter()
        read_at: dict[int, float] = {}
        for call in self.odoo.calls:
            if call.model == MODEL and call.method == "button_approve":
                times.update(call.ids)
            elif call.model == MODEL and call.method == "read":
                for one in call.ids:
                    if one in times:
                        read_at.setdefault(one, call.at.timestamp())
        rows = {one: self.odoo.engine.store.get(MODEL, one) or {} for one in times}
        return [(one, times[one], read_at.get(one), rows[one].get("state") == "purchase") for one in times]

    async def clicks(self, order: Order) -> list[str]:
        """The bodies of clicks on Approve, one for each of these records' cards."""
        notebook = _Notebook()
        responses = self.slack.api_url.removesuffix("api/") + "response/"
        self.slack.interactions = Interactions(self.slack.workspace, notebook, lambda: responses)
        messages = {_record(message): message for message in self._messages.values()}
        for record in order["records"]:
            await self.slack.click(Card(messages[record]), "Approve", by=APPROVER)
        return notebook.noted

    async def hold(self, order: Order) -> None:
        """Odoo takes so many seconds for every read, so that nothing but intake is at work."""
        self.odoo.faults.slow(order["seconds"], method="read")

    async def odoo_down(self, order: Order) -> None:
        """Every call to Odoo breaks, for so many seconds."""
        self.odoo.faults.down()
        asyncio.get_running_loop().call_later(order["seconds"], self.odoo.faults.up)

    async def slack_busy(self, order: Order) -> None:
        """Slack answers every post with 429, for so many seconds."""
        self.slack.faults.rate_limit("chat.postMessage", retry_after=order["seconds"], times=_FOR_EVER)
        asyncio.get_running_loop().call_later(order["seconds"], self.slack.faults.clear)

    @property
    def _messages(self) -> dict[str, Message]:
        return self.slack.channel(CHANNEL).channel.messages

    def _blind_reconcile(self) -> None:
        name, message = "odoo.exceptions.UserError", "No searching during a measurement."
        self.odoo.faults.error(name=name, message=message, method="search_read", times=_FOR_EVER)


def _record(message: Message) -> int:
    """Which record a card is about, by its link."""
    found = _RECORD.search(json.dumps(message.versions[0].blocks))
    return int(found[1]) if found else 0


async def _serve() -> None:
    # The program is killed in the middle of its requests, on purpose: no news, and no trouble of theirs.
    logging.getLogger("aiohttp.server").setLevel(logging.CRITICAL)
    neighbours = Neighbours()
    told = await neighbours.start()

    async def obey(request: web.Request) -> web.Response:
        order = neighbours.orders[request.match_info["order"]]
        return web.json_response(await order(await request.json()))

    control = web.Application()
    control.router.add_post("/{order}", obey)
    runner = web.AppRunner(control, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    port = runner.addresses[0][1]
    print(json.dumps({**told, "control": f"http://127.0.0.1:{port}"}), flush=True)
    await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    uvloop.run(_serve())
