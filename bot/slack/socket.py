"""Socket Mode: envelopes of Slack over WebSockets that we open, for a Signoff that nobody can reach from outside.

Owns the connections: two of them, so that one may be lost; a new one before an old one that Slack is about to close; a
heartbeat, an age and a watch on silence that end what is deaf. What an envelope means is the receiver's. Tickets and
tokens are never logged.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import aiohttp
import structlog

from bot.errors import SignoffError, TransientError

log = structlog.get_logger(__name__)

#: Connections at once; each envelope comes over one of them (https://docs.slack.dev/apis/events-api/using-socket-mode).
CONNECTIONS = 2
#: Seconds between our pings; without an answer within half of that the connection is taken for dead.
HEARTBEAT = 10.0
#: Seconds for the connection to come about and for Slack's hello.
PATIENCE = 10.0
#: Seconds after which a connection is replaced, however well it seems: one may be deaf without being dead.
AGE = 3600.0
#: Seconds without an envelope after which it is replaced too: it may answer our pings and yet be forgotten by Slack.
SILENCE = 300.0
#: Seconds that a connection which Slack gives up may go on answering.
DRAIN = 15.0
#: Seconds for a connection to say goodbye.
_GOODBYE = 1.0
#: Longest wait between two tries, in seconds.
CEILING = 30.0

#: Acknowledges an envelope: the payload of the answer (empty for none), or None where it was not taken.
Receive = Callable[[Mapping[str, Any]], Awaitable[Mapping[str, Any] | None]]
#: A fresh address with its ticket. Raises SignoffError.
OpenUrl = Callable[[], Awaitable[str]]


@dataclass(slots=True)
class _Line:
    """One of the connections, as far as others may know."""

    is_up: bool = False
    trouble: str = "not connected yet"


class Sockets:
    """Keeps the connections up from ``start`` until ``stop``."""

    def __init__(
        self,
        open_url: OpenUrl,
        receive: Receive,
        *,
        heartbeat: float = HEARTBEAT,
        age: float = AGE,
        silence: float = SILENCE,
    ) -> None:
        self._open_url = open_url
        self._receive = receive
        self._heartbeat = heartbeat
        self._age = age
        self._silence = silence
        self._lines = [_Line() for _ in range(CONNECTIONS)]
        self._tasks: set[asyncio.Task[None]] = set()
        self._session: aiohttp.ClientSession | None = None

    async def start(self) -> None:
        """Begin to connect; returns at once, for Slack may be away."""
        self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=None, sock_connect=PATIENCE))
        for line in self._lines:
            self._keep(self._hold(line))

    async def stop(self) -> None:
        """Close every connection; envelopes under way are let go, and Slack shows them as not taken."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._session is not None:
            await self._session.close()

    @property
    def trouble(self) -> str:
        """Why nothing can come in just now; empty while a connection is up."""
        return "" if any(line.is_up for line in self._lines) else self._lines[0].trouble

    def _keep(self, work: Any) -> asyncio.Task[None]:
        task: asyncio.Task[None] = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def _hold(self, line: _Line) -> None:
        """Have one connection after the other; the next one is opened before the last one is over."""
        failures = 0
        while True:
            try:
                socket = await self._connect()
            except SignoffError as error:
                failures += 1
                line.is_up, line.trouble = False, error.sentence
                log.warning("socket not connected", error=error.kind, failures=failures)
                asked = error.retry_after if isinstance(error, TransientError) else None
                await asyncio.sleep(asked or _pause(failures))
                continue
            line.is_up, line.trouble = True, ""
            lasted = await self._serve_until_old(socket)
            line.is_up, line.trouble = not socket.closed, "the connection was lost"
            failures = 0 if lasted > PATIENCE else failures + 1
            # One that ends at once, again and again, is a refusal: Slack has too many, or was turned off.
            await asyncio.sleep(0 if failures <= 1 else _pause(failures))

    async def _serve_until_old(self, socket: aiohttp.ClientWebSocketResponse) -> float:
        """Serve until the connection should be replaced. Returns for how many seconds."""
        log.info("socket connected")
        loop = asyncio.get_running_loop()
        begun = loop.time()
        leaving = asyncio.Event()
        with suppress(TimeoutError):
            async with asyncio.timeout(self._age), asyncio.timeout(self._silence) as quiet:
                self._keep(self._serve(socket, leaving, lambda: _put_off(quiet, loop.time() + self._silence)))
                await leaving.wait()
        self._keep(_end(socket))
        return loop.time() - begun

    async def _connect(self) -> aiohttp.ClientWebSocketResponse:
        """A connection on which Slack has said hello. Raises SignoffError."""
        assert self._session is not None  # noqa: S101  # start made it
        url = await self._open_url()
        try:
            socket = await self._session.ws_connect(url, heartbeat=self._heartbeat)
        except (aiohttp.ClientError, TimeoutError, ValueError) as error:
            raise _unreachable(error) from None
        try:
            _require_hello(await socket.receive_json(timeout=PATIENCE))
        except (aiohttp.ClientError, TimeoutError, TypeError, ValueError) as error:
            await _close(socket)
            raise _unreachable(error) from None
        except BaseException:
            await _close(socket)
            raise
        return socket

    async def _serve(
        self, socket: aiohttp.ClientWebSocketResponse, leaving: asyncio.Event, heard: Callable[[], None]
    ) -> None:
        """Take envelopes until the connection ends."""
        try:
            async for message in socket:
                if message.type is not aiohttp.WSMsgType.TEXT:
                    continue
                envelope = _envelope(message)
                if envelope.get("type") == "disconnect":
                    log.info("slack gives a socket up", reason=str(envelope.get("reason"))[:40])
                    leaving.set()
                elif envelope.get("envelope_id"):
                    heard()
                    # Side by side: a slow one must not make the next one late.
                    self._keep(self._answer(socket, envelope))
        finally:
            leaving.set()
            await _close(socket)

    async def _answer(self, socket: aiohttp.ClientWebSocketResponse, envelope: Mapping[str, Any]) -> None:
        """Acknowledge on the connection it came by; what was not taken is not acknowledged."""
        try:
            payload = await self._receive(envelope)
        except Exception:  # the receiver tells people itself; one envelope must not end a connection
            log.exception("envelope broke")
            return
        if payload is None:
            return
        told: dict[str, Any] = {"envelope_id": envelope["envelope_id"]}
        if payload and envelope.get("accepts_response_payload"):
            told["payload"] = payload
        with suppress(ConnectionError, aiohttp.ClientError, RuntimeError):
            await socket.send_json(told)


def _put_off(end: asyncio.Timeout, when: float) -> None:
    """Move an end that has not come."""
    if not end.expired():
        with suppress(RuntimeError):  # it is over otherwise: the connection is being replaced
            end.reschedule(when)


def _pause(failures: int) -> float:
    return min(2.0 ** min(failures, 9) / 2, CEILING)


async def _end(socket: aiohttp.ClientWebSocketResponse) -> None:
    """Let an old connection finish what it has begun, then close it."""
    if not socket.closed:
        await asyncio.sleep(DRAIN)
    await _close(socket)


async def _close(socket: aiohttp.ClientWebSocketResponse) -> None:
    with suppress(ConnectionError, aiohttp.ClientError, TimeoutError):
        async with asyncio.timeout(_GOODBYE):
            await socket.close()


def _unreachable(error: Exception) -> TransientError:
    """Made anew: the library's error holds the address with its ticket."""
    return TransientError("Slack's Socket Mode cannot be reached.", kind=type(error).__name__)


def _require_hello(hello: Any) -> None:
    if isinstance(hello, dict) and hello.get("type") == "hello":
        return
    reason = str(hello.get("reason", "no hello"))[:40] if isinstance(hello, dict) else "no hello"
    sentence = f"Slack refused a Socket Mode connection ({reason})."
    raise TransientError(sentence, kind=reason, retry_after=CEILING)


def _envelope(message: aiohttp.WSMessage) -> Mapping[str, Any]:
    try:
        told = message.json()
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}
