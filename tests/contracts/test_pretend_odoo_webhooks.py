"""What the pretend Odoo sends by itself, held to what real servers sent to a receiver."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from bot.sandbox.odoo import OdooError, PretendOdoo
from tests.contracts.odoo_rpc import Rpc, serving

RECORDINGS = Path(__file__).parents[1] / "recordings" / "odoo"
VERSIONS = ("18.0", "19.0")
_SAID_AS_IT_IS = ("User-Agent", "Accept-Encoding", "Connection", "Content-Type")

Peek = Callable[[dict[str, Any]], Awaitable[Any]]


class Receiver:
    """Takes webhooks and writes down what came, and what Odoo's records said meanwhile."""

    def __init__(self) -> None:
        self.bodies: list[dict[str, Any]] = []
        self.raw: list[str] = []
        self.headers: list[dict[str, str]] = []
        self.seen: list[Any] = []
        self.peek: Peek | None = None
        self.url = ""

    async def take(self, request: web.Request) -> web.Response:
        """One call."""
        raw = await request.text()
        self.raw.append(raw)
        self.bodies.append(json.loads(raw))
        self.headers.append(dict(request.headers))
        if self.peek is not None:
            self.seen.append(await self.peek(self.bodies[-1]))
        return web.Response(text="ok")


@asynccontextmanager
async def receiving() -> AsyncIterator[Receiver]:
    """A receiver on loopback."""
    receiver = Receiver()
    app = web.Application()
    app.router.add_post("/hook", receiver.take)
    app.router.add_post("/moved", _moved)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    receiver.url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    try:
        yield receiver
    finally:
        await runner.cleanup()


async def _moved(request: web.Request) -> web.Response:
    return web.Response(status=308, headers={"Location": "/hook"})


def _captured(version: str, name: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((RECORDINGS / version / "webhooks" / f"{name}.json").read_text())
    return found


def _reads_state(odoo: PretendOdoo) -> Peek:
    async def peek(body: dict[str, Any]) -> Any:
        return (await Rpc(odoo).call(body["_model"], "read", [body["_id"]], ["state"]))[0]["state"]

    return peek


@pytest.mark.parametrize("version", VERSIONS)
async def test_an_order_held_for_approval_is_told_as_recorded(version: str) -> None:
    (captured,) = _captured(version, "po_to_approve")
    chosen = [name for name in captured["body"] if not name.startswith("_") and name != "id"]
    async with serving(version) as odoo, receiving() as receiver:
        odoo.automation(
            model="purchase.order", trigger_states=["to approve"], payload=chosen, url=f"{receiver.url}?secret=s3cr3t"
        )
        order = await odoo.people.request_purchase(amount=6000)
        (body,) = receiver.bodies
        assert body.keys() == captured["body"].keys()
        assert {name: type(value) for name, value in body.items()} == {
            name: type(value) for name, value in captured["body"].items()
        }
        assert (body["_model"], body["_id"], body["state"]) == ("purchase.order", order, "to approve")
        assert body["_action"].partition("(#")[1] == captured["body"]["_action"].partition("(#")[1]
        assert receiver.raw == [json.dumps(body, sort_keys=True)]
        told = dict(captured["headers"])
        assert {name: receiver.headers[0][name] for name in _SAID_AS_IT_IS} == {
            name: told[name] for name in _SAID_AS_IT_IS
        }


@pytest.mark.parametrize("version", VERSIONS)
async def test_moments_in_a_body_have_microseconds_and_text_is_ascii(version: str) -> None:
    (captured,) = _captured(version, "basic_confirm")
    async with serving(version) as odoo, receiving() as receiver:
        names = ["write_date", "currency_id", "order_line", "note", "display_name", "client_order_ref"]
        odoo.automation(model="sale.order", trigger_states=["sale"], payload=names, url=receiver.url)
        order = odoo.add_sale(amount=11.5)
        await odoo.as_user("saleu").call("sale.order", "write", [order], {"client_order_ref": "Zoë 日本"})
        await odoo.people.confirm_sale(order)
    (body,) = receiver.bodies
    assert len(body["write_date"]) == len(captured["body"]["write_date"])
    assert (body["currency_id"], body["order_line"], body["note"]) == (1, [1], False)
    assert receiver.raw[0].isascii()


@pytest.mark.parametrize("version", VERSIONS)
async def test_the_receiver_reads_the_state_that_was_recorded(version: str) -> None:
    """18.0 calls before its commit, 19.0 after it."""
    (captured,) = _captured(version, "peek_confirm")
    async with serving(version) as odoo, receiving() as receiver:
        receiver.peek = _reads_state(odoo)
        odoo.automation(model="sale.order", trigger_states=["sale"], payload=["state"], url=receiver.url)
        await odoo.people.confirm_sale(odoo.add_sale(amount=10))
        assert receiver.bodies[0]["state"] == "sale"
        assert receiver.seen == [captured["read_back_while_handling"][0]["state"]]


@pytest.mark.parametrize("version", VERSIONS)
async def test_a_rolled_back_transaction_was_told_where_it_was_recorded(version: str) -> None:
    async with serving(version) as odoo, receiving() as receiver:
        odoo.automation(model="sale.order", trigger_states=["sale"], payload=["state"], url=receiver.url)
        order = odoo.add_sale(amount=10)
        odoo.faults.rollback_next(method="action_confirm")
        with pytest.raises(OdooError):
            await odoo.people.confirm_sale(order)
        assert len(receiver.bodies) == len(_captured(version, "rollback"))
        assert odoo.record("sale.order", order)["state"] == "draft"


@pytest.mark.parametrize("version", VERSIONS)
async def test_a_retried_transaction_is_told_as_often_as_recorded(version: str) -> None:
    async with serving(version) as odoo, receiving() as receiver:
        odoo.automation(model="sale.order", trigger_states=["sale"], payload=["state"], url=receiver.url)
        order = odoo.add_sale(amount=10)
        odoo.faults.retry_next(method="action_confirm")
        await odoo.people.confirm_sale(order)
        assert len(receiver.bodies) == len(_captured(version, "serialization_retry"))
        assert odoo.record("sale.order", order)["state"] == "sale"


@pytest.mark.parametrize(("version", "ends"), [("18.0", "draft"), ("19.0", "sale")])
async def test_a_receiver_that_writes_back_at_once_spoils_the_action_on_18(version: str, ends: str) -> None:
    async with serving(version) as odoo, receiving() as receiver:

        async def scribble(body: dict[str, Any]) -> Any:
            return await Rpc(odoo).call("sale.order", "write", [body["_id"]], {"client_order_ref": "seen"})

        receiver.peek = scribble
        odoo.automation(model="sale.order", trigger_states=["sale"], url=receiver.url)
        order = odoo.add_sale(amount=10)
        if version == "18.0":
            with pytest.raises(OdooError) as refused:
                await odoo.people.confirm_sale(order)
            assert refused.value.name == "psycopg2.errors.SerializationFailure"
        else:
            await odoo.people.confirm_sale(order)
        assert odoo.record("sale.order", order)["state"] == ends


@pytest.mark.parametrize("version", VERSIONS)
async def test_a_receiver_that_is_away_does_not_disturb_the_user(version: str) -> None:
    async with serving(version) as odoo:
        odoo.automation(model="sale.order", trigger_states=["sale"], url="http://127.0.0.1:9/nobody")
        order = odoo.add_sale(amount=10)
        await odoo.people.confirm_sale(order)
        assert odoo.record("sale.order", order)["state"] == "sale"


async def test_a_permanent_redirect_is_followed_with_the_body() -> None:
    async with serving("19.0") as odoo, receiving() as receiver:
        odoo.automation(model="sale.order", trigger_states=["sale"], url=receiver.url.replace("/hook", "/moved"))
        order = odoo.add_sale(amount=10)
        await odoo.people.confirm_sale(order)
        assert [body["_id"] for body in receiver.bodies] == [order]


async def test_a_slow_receiver_costs_the_user_a_second_and_no_more() -> None:
    async with serving("19.0") as odoo, receiving() as receiver:
        answered = asyncio.Event()

        async def dawdle(body: dict[str, Any]) -> None:
            await answered.wait()

        receiver.peek = dawdle
        odoo.automation(model="sale.order", trigger_states=["sale"], url=receiver.url)
        order = odoo.add_sale(amount=10)
        async with asyncio.timeout(2.5):
            await odoo.people.confirm_sale(order)
        answered.set()
        assert odoo.record("sale.order", order)["state"] == "sale"


@pytest.mark.parametrize(
    ("rule", "calls"),
    [
        ({"trigger_states": ["sale"]}, 1),
        ({"fields": ["state"]}, 2),
        ({"fields": ["client_order_ref"]}, 1),
        ({"trigger_states": ["cancel"]}, 0),
        ({"trigger_states": ["sale"], "domain": [["amount_total", ">", 500]]}, 0),
    ],
    ids=["entering sale", "state: sent and sale", "another field", "another state", "outside the domain"],
)
async def test_a_rule_fires_for_what_it_names(rule: dict[str, Any], calls: int) -> None:
    async with serving("19.0") as odoo, receiving() as receiver:
        odoo.automation(model="sale.order", url=receiver.url, **rule)
        order = await odoo.people.send_quotation(amount=100)
        await odoo.people.confirm_sale(order)
        await odoo.as_user("saleu").call("sale.order", "write", [order], {"client_order_ref": "PO 7"})
        assert len(receiver.bodies) == calls


async def test_muted_webhooks_are_lost_silently() -> None:
    async with serving("18.0") as odoo, receiving() as receiver:
        odoo.automation(model="purchase.order", trigger_states=["to approve"], url=receiver.url)
        odoo.webhooks.muted = True
        order = await odoo.people.request_purchase(amount=6000)
        assert receiver.bodies == []
        assert odoo.record("purchase.order", order)["state"] == "to approve"


@pytest.mark.parametrize("version", VERSIONS)
async def test_a_written_count_sets_off_a_rule_on_its_difference(version: str) -> None:
    async with serving(version) as odoo, receiving() as receiver:
        odoo.automation(
            model="stock.quant",
            fields=["inventory_quantity"],
            payload=["inventory_diff_quantity"],
            domain=[["inventory_quantity_set", "=", True]],
            url=receiver.url,
        )
        quant = odoo.add_count(on_hand=100)
        await odoo.people.count(quant, counted=88)
        assert [(body["_id"], body["inventory_diff_quantity"]) for body in receiver.bodies] == [(quant, -12.0)]
