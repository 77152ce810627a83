"""The faults that can be ordered, the log of calls, and the snapshot."""

from __future__ import annotations

import asyncio

import httpx
import pytest

from bot.sandbox.odoo import PretendOdoo, lay_distributor
from tests.contracts.odoo_rpc import Rpc, serving


@pytest.mark.parametrize(("applied", "state"), [(True, "purchase"), (False, "to approve")])
async def test_a_lost_answer_leaves_the_caller_in_doubt(applied: bool, state: str) -> None:
    async with serving("18.0") as odoo:
        order = odoo.add_purchase(amount=6000, state="to approve")
        odoo.faults.lose_answer(method="button_approve", applied=applied)
        with pytest.raises((httpx.ReadError, httpx.RemoteProtocolError)):
            await Rpc(odoo).call("purchase.order", "button_approve", [order])
        assert odoo.record("purchase.order", order)["state"] == state
        assert await Rpc(odoo).call("purchase.order", "button_approve", [order]) == {}


async def test_down_drops_and_refuse_refuses_until_it_is_over() -> None:
    async with serving("19.0") as odoo:
        rpc = Rpc(odoo)
        odoo.faults.down()
        with pytest.raises((httpx.ReadError, httpx.RemoteProtocolError)):
            await rpc.call("sale.order", "search_count", [])
        odoo.faults.up()
        await odoo.refuse()
        with pytest.raises(httpx.ConnectError):
            await rpc.call("sale.order", "search_count", [])
        await odoo.accept()
        assert await rpc.call("sale.order", "search_count", []) == 0


async def test_an_ordered_error_is_answered_as_often_as_ordered() -> None:
    async with serving("18.0") as odoo:
        order = odoo.add_sale(amount=10)
        name = "psycopg2.errors.SerializationFailure"
        odoo.faults.error(name=name, message="could not serialize", method="action_confirm", times=2)
        answers = [await Rpc(odoo).call("sale.order", "action_confirm", [order]) for _ in range(3)]
        assert answers == [name, name, True]


async def test_ignored_writes_answer_as_always() -> None:
    async with serving("18.0") as odoo:
        order = odoo.add_purchase(amount=6000, state="to approve")
        odoo.faults.ignore_writes(method="button_approve")
        assert await Rpc(odoo).call("purchase.order", "button_approve", [order]) == {}
        assert odoo.record("purchase.order", order)["state"] == "to approve"


async def test_a_sick_proxy_answers_html() -> None:
    async with serving("18.0") as odoo:
        odoo.faults.http(status=503, retry_after=7)
        answer = await Rpc(odoo).post("sale.order", "search_count", [])
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "7")
        assert (await Rpc(odoo).post("sale.order", "search_count", [])).json()["result"] == 0


async def test_a_slow_call_is_carried_out_after_the_caller_gave_up_waiting() -> None:
    async with serving("18.0") as odoo:
        order = odoo.add_purchase(amount=6000, state="to approve")
        odoo.faults.slow(1.5, method="button_approve", times=1)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(1):
                await Rpc(odoo).call("purchase.order", "button_approve", [order])
        async with asyncio.timeout(5):
            while odoo.record("purchase.order", order)["state"] != "purchase":  # noqa: ASYNC110  # nobody tells when it is done
                await asyncio.sleep(0.02)


async def test_calls_are_counted_by_caller_and_record() -> None:
    async with serving("19.0") as odoo:
        first, second = (odoo.add_purchase(amount=6000, state="to approve") for _ in range(2))
        await Rpc(odoo).call("purchase.order", "button_approve", [first])
        await odoo.people.approve_purchase(second)
        assert [(call.login, call.ids) for call in odoo.calls.of("button_approve")] == [
            ("bot", (first,)),
            ("purm", (second,)),
        ]
        assert len(odoo.calls.of("button_approve", login="bot", record_id=first)) == 1


async def test_keep_alive_is_for_those_who_ask_for_it() -> None:
    odoo = PretendOdoo("18.0", keep_alive=True)
    await odoo.start()
    try:
        assert (await Rpc(odoo).post("sale.order", "search_count", [])).headers.get("connection") != "close"
    finally:
        await odoo.stop()


def test_the_snapshot_shows_the_orders_the_counts_and_their_notes() -> None:
    odoo = PretendOdoo("18.0")
    lay_distributor(odoo)
    odoo.add_count(product="DRILL-18V", on_hand=64, counted=60)
    shown = odoo.snapshot()
    assert [one["state"] for one in shown["purchases"]] == ["purchase", "purchase"]
    assert {one["warehouse"] for one in shown["sales"]} == {"CHI", "DAL"}
    assert [(one["product"], one["difference"]) for one in shown["counts"] if one["counted"] is not None] == [
        ("[DRILL-18V] Cordless drill 18 V", -4.0)
    ]


def test_an_unknown_version_is_refused() -> None:
    with pytest.raises(ValueError, match=r"no pretend Odoo 16\.0"):
        PretendOdoo("16.0")
