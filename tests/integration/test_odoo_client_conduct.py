"""How the client logs in, keeps to its limits, and answers callers that ask for nonsense."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest
from structlog.testing import capture_logs

from bot.errors import PermanentError, TransientError
from bot.odoo.client import OdooClient
from tests.integration.odoo_replies import KEY, UID, Server, a_source, answering, fault, result


async def test_many_first_calls_log_in_once() -> None:
    server = Server(answering(result([])))
    client = server.client()
    await asyncio.gather(*(client.search("sale.order", []) for _ in range(10)))
    assert (server.logged_in, len(server.asked)) == (1, 10)


async def test_a_denied_call_logs_in_once_more_and_is_sent_again() -> None:
    """The bot's user was made anew: its id changed, its login and key did not."""
    server = Server(answering(fault("odoo.exceptions.AccessDenied"), result(True)), logins=[UID, 8])
    client = server.client()
    assert await client.act("sale.order", "action_confirm", [1]) is True
    assert [asked["args"][1] for asked in server.asked] == [UID, 8]
    assert await client.uid() == 8


async def test_a_user_that_no_longer_exists_logs_in_once_more() -> None:
    gone = fault("odoo.exceptions.MissingError", f"gone\n(Record: res.users({UID},), User: {UID})")
    server = Server(answering(gone, result(3)), logins=[UID, 8])
    assert await server.client().query("sale.order", "search_count", []) == 3


async def test_a_record_that_no_longer_exists_is_no_reason_to_log_in() -> None:
    missing = fault("odoo.exceptions.MissingError", f"gone\n(Record: sale.order({UID},), User: {UID})")
    server = Server(answering(missing))
    with pytest.raises(PermanentError):
        await server.client().act("sale.order", "action_confirm", [UID])
    assert (server.logged_in, len(server.asked)) == (1, 1)


async def test_a_call_that_stays_denied_is_sent_twice_and_no_more() -> None:
    server = Server(answering(fault("odoo.exceptions.AccessDenied")))
    with pytest.raises(PermanentError) as caught:
        await server.client().query("sale.order", "search_count", [])
    assert caught.value.kind == "odoo.exceptions.AccessDenied"
    assert (server.logged_in, len(server.asked)) == (2, 2)


async def test_a_refused_login_is_for_a_person_and_tried_afresh_by_the_next_call() -> None:
    server = Server(answering(result(1)), logins=[False, UID])
    client = server.client()
    with pytest.raises(PermanentError, match="login refused"):
        await client.query("sale.order", "search_count", [])
    assert await client.query("sale.order", "search_count", []) == 1


async def test_an_act_whose_login_was_lost_did_nothing() -> None:
    def lose(request: httpx.Request) -> httpx.Response:
        msg = "reset"
        raise httpx.ReadError(msg, request=request)

    client = OdooClient(a_source(), httpx.AsyncClient(transport=httpx.MockTransport(lose)))
    with pytest.raises(TransientError):
        await client.act("sale.order", "action_confirm", [1])


async def test_no_more_calls_run_at_once_than_the_source_allows() -> None:
    running, most = 0, 0

    async def slow(_params: dict[str, Any]) -> httpx.Response:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await asyncio.sleep(0.001)
        running -= 1
        return result([])

    client = Server(slow).client(concurrency=3)
    await asyncio.gather(*(client.search("sale.order", []) for _ in range(20)))
    assert most == 3


async def test_a_long_read_goes_in_chunks_and_keeps_its_order() -> None:
    async def rows(params: dict[str, Any]) -> httpx.Response:
        return result([{"id": one, "name": f"S{one}"} for one in params["args"][5][0] if one != 3])

    server = Server(rows)
    ids = [*range(450, 0, -1), 450]
    found = await server.client().read("sale.order", ids, ["name"])
    assert [row["id"] for row in found] == [one for one in range(450, 0, -1) if one != 3]
    assert sorted(len(asked["args"][5][0]) for asked in server.asked) == [50, 200, 200]


async def test_an_act_says_what_it_wants_and_where() -> None:
    server = Server(answering(result(True)))
    await server.client().act(
        "stock.picking", "button_validate", [5], args=["x"], kwargs={"force": True}, context={"skip_sms": True}
    )
    named = {"force": True, "context": {"skip_sms": True}}
    assert server.asked == [
        {
            "service": "object",
            "method": "execute_kw",
            "args": ["prod", UID, KEY, "stock.picking", "button_validate", [[5], "x"], named],
        }
    ]


async def test_acting_on_nothing_is_refused_here() -> None:
    """Odoo would say true and do nothing."""
    server = Server(answering(result(True)))
    with pytest.raises(ValueError, match="needs a record"):
        await server.client().act("sale.order", "action_confirm", [])
    assert server.asked == []


@pytest.mark.parametrize("fields", [[], "name"])
async def test_a_read_without_named_fields_is_refused_here(fields: Any) -> None:
    server = Server(answering(result([])))
    with pytest.raises(ValueError, match="names its fields"):
        await server.client().search_read("sale.order", [], fields)
    assert server.asked == []


async def test_a_reading_call_answered_with_no_list_is_an_error() -> None:
    with pytest.raises(PermanentError) as caught:
        await Server(answering(result(True))).client().read("sale.order", [1], ["name"])
    assert caught.value.kind == "not_records"


async def test_the_key_is_in_no_error_no_repr_and_no_log() -> None:
    """Not even when Odoo quotes it."""
    server = Server(answering(fault("builtins.TypeError", f"execute_kw('prod', 7, '{KEY}')")))
    client = server.client()
    with capture_logs() as logs, pytest.raises(PermanentError) as caught:
        await client.query("sale.order", "search_count", [])
    assert KEY not in f"{caught.value!r} {caught.value.sentence} {client!r} {logs}"
    assert [entry["event"] for entry in logs] == ["odoo login accepted", "odoo call failed"]
