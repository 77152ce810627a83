"""The load generator: prepared HTTP requests over kept connections, as fast as they are answered or at a pace.

Speaks just enough HTTP/1.1 (answers with a Content-Length) to cost far less than what it measures.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from time import perf_counter
from typing import cast

from bot.clock import Clock
from bot.settings import Address

_HEAD_END = b"\r\n\r\n"
_LENGTH = b"content-length:"

#: How long an answer is waited for, in seconds.
PATIENCE = 30.0


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of one request."""

    status: int  #: of HTTP; 0 where the connection broke before an answer
    sent_at: float  #: seconds since 1970, to be compared with what the neighbours saw
    took: float  #: seconds until the whole answer was there


@dataclass(frozen=True, slots=True)
class Run:
    """The answers in the order of the requests, and the seconds from the first request to the last answer."""

    answers: Sequence[Answer]
    seconds: float

    @property
    def accepted(self) -> int:
        """How many were answered with 200."""
        return sum(one.status == 200 for one in self.answers)

    def accepted_of(self, records: Sequence[int]) -> list[int]:
        """The records whose requests were answered with 200; one request for each, in the same order."""
        return [record for record, one in zip(records, self.answers, strict=True) if one.status == 200]


def post(address: Address, path: str, body: bytes, headers: Mapping[str, str]) -> bytes:
    """A POST request as it goes over the wire."""
    lines = [f"POST {path} HTTP/1.1", f"Host: {address}", f"Content-Length: {len(body)}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return "\r\n".join(lines).encode() + _HEAD_END + body


async def saturate(address: Address, requests: Sequence[bytes], *, connections: int = 64) -> Run:
    """Send everything, with always ``connections`` requests under way."""
    lanes = [_Lane(address) for _ in range(min(connections, len(requests)))]
    todo = iter(enumerate(requests))
    answers: dict[int, Answer] = {}

    async def work(lane: _Lane) -> None:
        for place, request in todo:
            answers[place] = await lane.exchange(request)

    begun = perf_counter()
    await asyncio.gather(*(work(lane) for lane in lanes))
    seconds = perf_counter() - begun
    for lane in lanes:
        lane.close()
    return Run([answers[place] for place in range(len(requests))], seconds)


async def pace(address: Address, requests: Sequence[bytes], *, per_second: float) -> Run:
    """Send one request every ``1 / per_second`` seconds, whether or not the ones before were answered."""
    free: list[_Lane] = []

    async def one(request: bytes) -> Answer:
        lane = free.pop() if free else _Lane(address)
        answer = await lane.exchange(request)
        free.append(lane)
        return answer

    begun = perf_counter()
    under_way: list[asyncio.Task[Answer]] = []
    for place, request in enumerate(requests):
        await asyncio.sleep(begun + place / per_second - perf_counter())
        under_way.append(asyncio.create_task(one(request)))
    answers = await asyncio.gather(*under_way)
    for lane in free:
        lane.close()
    return Run(answers, perf_counter() - begun)


class _Lane:
    """One connection, opened when it is needed, with one request at a time."""

    def __init__(self, address: Address) -> None:
        self._address = address
        self._clock = Clock()
        self._wire: _Wire | None = None

    async def exchange(self, request: bytes) -> Answer:
        if self._wire is None or self._wire.is_lost:
            self._wire = await self._open()
        sent_at, begun = self._clock.now().timestamp(), perf_counter()
        status = 0
        if self._wire is not None:
            try:
                async with asyncio.timeout(PATIENCE):
                    status = await self._wire.exchange(request)
            except TimeoutError:
                self.close()
        return Answer(status, sent_at, perf_counter() - begun)

    def close(self) -> None:
        if self._wire is not None:
            self._wire.close()
        self._wire = None

    async def _open(self) -> _Wire | None:
        loop = asyncio.get_running_loop()
        try:
            _, wire = await loop.create_connection(_Wire, self._address.host, self._address.port)
        except OSError:
            return None
        return wire


class _Wire(asyncio.Protocol):
    """Writes a request and reads as much as its answer says it is long."""

    def __init__(self) -> None:
        self.is_lost = False
        self._received = bytearray()
        self._transport: asyncio.Transport | None = None
        self._waiting: asyncio.Future[int] | None = None

    async def exchange(self, request: bytes) -> int:
        """The answer's status; 0 when the connection broke."""
        self._waiting = asyncio.get_running_loop().create_future()
        if self._transport is None or self.is_lost:
            return 0
        self._transport.write(request)
        return await self._waiting

    def close(self) -> None:
        if self._transport is not None:
            self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # uvloop's is one in all but name

    def data_received(self, data: bytes) -> None:
        self._received += data
        end = self._received.find(_HEAD_END)
        if end < 0:
            return
        head = bytes(self._received[:end]).lower()
        length = int(head.partition(_LENGTH)[2].partition(b"\r\n")[0] or 0)
        if len(self._received) >= end + len(_HEAD_END) + length:
            self._received.clear()
            self._tell(int(head[9:12]))

    def connection_lost(self, _error: Exception | None) -> None:
        self.is_lost = True
        self._tell(0)

    def _tell(self, status: int) -> None:
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_result(status)
