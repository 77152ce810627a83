"""The tests reach nothing but this machine."""

from __future__ import annotations

import asyncio
import socket

import pytest

from tests.network import NetworkForbidden, is_local

ELSEWHERE = "192.0.2.1"  # reserved for documentation, RFC 5737


def test_connecting_elsewhere_is_refused() -> None:
    with socket.socket() as client, pytest.raises(NetworkForbidden, match=ELSEWHERE):
        client.connect((ELSEWHERE, 443))


def test_looking_up_a_name_is_refused() -> None:
    with pytest.raises(NetworkForbidden, match=r"erp\.example\.com"):
        socket.getaddrinfo("erp.example.com", 443)


async def test_the_event_loop_is_refused_too() -> None:
    with pytest.raises(NetworkForbidden, match=ELSEWHERE):
        await asyncio.open_connection(ELSEWHERE, 443)


async def test_this_machine_can_be_reached() -> None:
    async def greet(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"hello")
        writer.close()

    async with await asyncio.start_server(greet, "localhost", 0) as server:
        reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname()[:2])
        assert await reader.read() == b"hello"
        writer.close()
        await writer.wait_closed()


@pytest.mark.parametrize(
    ("host", "local"),
    [
        ("localhost", True),
        ("127.0.0.1", True),
        ("127.8.9.10", True),
        ("::1", True),
        ("::1%lo", True),
        ("0.0.0.0", False),  # noqa: S104 (asked about, not listened on)
        ("10.0.0.1", False),
        ("localhost.example.com", False),
        ("", False),
    ],
)
def test_only_loopback_counts_as_this_machine(host: str, local: object) -> None:
    assert is_local(host) is local
