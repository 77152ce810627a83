"""Socket Mode's connections against a server that misbehaves: silence, refusals, notice of the end, old age."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiohttp import WSMsgType, web

from bot.errors import TransientError
from bot.slack.socket import CONNECTIONS, Sockets

#: Far below the real ones, so that a test sees in a second what takes minutes.
HEARTBEAT, AGE = 0.2, 0.5
FOR_EVER = 3600.0


@dataclass
class Slack:
    """The other end of the connections."""

    answers_pings: bool = True
    first_word: Mapping[str, Any] = field(default_factory=lambda: {"type": "hello"})
    url: str = ""
    asked: int = 0  #: addresses that were asked for
    live: list[web.WebSocketResponse] = field(default_factory=list)
    most: int = 0  #: connections at once
    acknowledged: list[Mapping[str, Any]] = field(default_factory=list)
    heard: list[Mapping[str, Any]] = field(default_factory=list)  #: envelopes that reached the receiver

    async def open_url(self) -> str:
        """A fresh address."""
        self.asked += 1
        return self.url

    async def receive(self, envelope: Mapping[str, Any]) -> Mapping[str, Any] | None:
        """What the program does with an envelope."""
        self.heard.append(envelope)
        if envelope["payload"].get("breaks"):
            msg = "as planned"
            raise RuntimeError(msg)
        return {}

    async def serve(self, request: web.Request) -> web.WebSocketResponse:
        """One connection."""
        socket = web.WebSocketResponse(autoping=self.answers_pings)
        await socket.prepare(request)
        await socket.send_json(self.first_word)
        self.live.append(socket)
        self.most = max(self.most, len(self.live))
        try:
            async for message in socket:
                if message.type is WSMsgType.TEXT:
                    self.acknowledged.append(message.json())
        finally:
            self.live.remove(socket)
        return socket

    async def send(self, socket: web.WebSocketResponse, name: str, **payload: Any) -> None:
        """An envelope over one of the connections."""
        await socket.send_json({"envelope_id": name, "type": "interactive", "payload": payload})


@asynccontextmanager
async def connected(slack: Slack, **how: float) -> AsyncIterator[Sockets]:
    """The program's connections to that server."""
    app = web.Application()
    app.router.add_get("/link", slack.serve)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    slack.url = f"ws://127.0.0.1:{runner.addresses[0][1]}/link"
    sockets = Sockets(slack.open_url, slack.receive, **how)
    await sockets.start()
    try:
        yield sockets
    finally:
        await sockets.stop()
        await runner.cleanup()


async def until(holds: Callable[[], object]) -> None:
    """Wait until something is so."""
    async with asyncio.timeout(10):
        while not holds():  # noqa: ASYNC110  # connections tell nobody of what they do
            await asyncio.sleep(0.01)


async def test_two_connections_are_kept_and_envelopes_are_acknowledged_where_they_came_in() -> None:
    slack = Slack()
    async with connected(slack) as sockets:
        await until(lambda: len(slack.live) == CONNECTIONS and not sockets.trouble)
        for number, socket in enumerate(slack.live):
            await slack.send(socket, f"e{number}")
        await until(lambda: len(slack.acknowledged) == CONNECTIONS)
    assert {one["envelope_id"] for one in slack.acknowledged} == {"e0", "e1"}


async def test_a_connection_that_answers_no_ping_is_taken_for_dead_and_replaced() -> None:
    slack = Slack(answers_pings=False)
    async with connected(slack, heartbeat=HEARTBEAT, age=FOR_EVER):
        await until(lambda: len(slack.live) == CONNECTIONS)
        await until(lambda: slack.asked >= 2 * CONNECTIONS)


async def test_a_connection_that_answers_pings_is_left_alone() -> None:
    slack = Slack()
    async with connected(slack, heartbeat=HEARTBEAT, age=FOR_EVER):
        await until(lambda: len(slack.live) == CONNECTIONS)
        await asyncio.sleep(4 * HEARTBEAT)
    assert slack.asked == CONNECTIONS


async def test_a_connection_is_replaced_when_it_is_old_however_well_it_seems() -> None:
    slack = Slack()
    async with connected(slack, age=AGE):
        await until(lambda: slack.asked > CONNECTIONS)
        await until(lambda: slack.most > CONNECTIONS)  # the new one stands before the old one goes


async def test_a_connection_over_which_nothing_comes_is_replaced_though_it_answers_pings() -> None:
    slack = Slack()
    async with connected(slack, heartbeat=HEARTBEAT, age=FOR_EVER, silence=4 * HEARTBEAT):
        await until(lambda: len(slack.live) == CONNECTIONS)
        spoken_to = slack.live[0]
        for number in range(8):
            await slack.send(spoken_to, f"e{number}")
            await asyncio.sleep(HEARTBEAT)
        assert slack.asked > CONNECTIONS, "the one that nothing came over"
        assert not spoken_to.closed, "and not the other"
        assert len(slack.acknowledged) == 8


@pytest.mark.parametrize("reason", ["warning", "refresh_requested"])
async def test_before_slack_ends_a_connection_the_next_one_stands_and_the_old_one_still_answers(reason: str) -> None:
    slack = Slack()
    async with connected(slack):
        await until(lambda: len(slack.live) == CONNECTIONS)
        old = slack.live[0]
        await old.send_json({"type": "disconnect", "reason": reason})
        await until(lambda: len(slack.live) == CONNECTIONS + 1)
        await slack.send(old, "late")
        await until(lambda: slack.acknowledged)
    assert slack.acknowledged == [{"envelope_id": "late"}]


@pytest.mark.parametrize("reason", ["too_many_websockets", "link_disabled"])
async def test_a_refused_connection_is_told_and_not_asked_for_again_and_again(reason: str) -> None:
    slack = Slack(first_word={"type": "disconnect", "reason": reason})
    async with connected(slack) as sockets:
        await until(lambda: reason in sockets.trouble)
        await asyncio.sleep(0.5)
    assert slack.asked == CONNECTIONS


async def test_an_envelope_that_breaks_the_receiver_is_not_acknowledged_and_ends_no_connection() -> None:
    slack = Slack()
    async with connected(slack):
        await until(lambda: len(slack.live) == CONNECTIONS)
        await slack.send(slack.live[0], "broken", breaks=True)
        await slack.send(slack.live[0], "whole")
        await until(lambda: slack.acknowledged)
    assert slack.acknowledged == [{"envelope_id": "whole"}]
    assert slack.asked == CONNECTIONS


async def test_while_slack_gives_no_address_it_is_asked_again_after_a_pause() -> None:
    slack = Slack()
    tries = 0

    async def away() -> str:
        nonlocal tries
        tries += 1
        sentence = "Slack cannot be reached."
        raise TransientError(sentence, kind="away")

    sockets = Sockets(away, slack.receive)
    await sockets.start()
    await until(lambda: sockets.trouble == "Slack cannot be reached.")
    await asyncio.sleep(0.3)
    await sockets.stop()
    assert tries == CONNECTIONS
