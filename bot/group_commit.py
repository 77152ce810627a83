"""Group commit: what arrives while the last commit runs goes into the next one, all together.

There is no timer, so a quiet system pays no delay. Everything that writes goes this way: signals, clicks,
claims, results of effects. A member that fails is answered and taken out; the rest commits.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

import structlog
from sqlalchemy.exc import DBAPIError, IntegrityError

from bot.db import Database, Write
from bot.errors import Busy

log = structlog.get_logger(__name__)

#: Writes all members of one kind with few statements; answers in the same order. An exception as an answer is
#: raised to that member alone.
Apply = Callable[[Write, Sequence[Any]], Awaitable[Sequence[Any]]]

#: Members of one transaction: enough to amortise a commit, few enough for a click not to wait long.
LARGEST = 100

#: Background members that a transaction takes beside those for which a person waits: few, but never none.
BESIDE = 20

#: How often a member is written before a race that it keeps losing is told to its caller.
TRIES = 3

#: https://www.postgresql.org/docs/current/errcodes-appendix.html: serialization_failure, deadlock_detected
_RACES = frozenset({"40001", "40P01"})


@dataclass(slots=True)
class _Member:
    item: object
    answer: asyncio.Future[Any]


class GroupCommit:
    """One writer loop for a database."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._apply: dict[type, Apply] = {}
        self._urgent: deque[_Member] = deque()
        self._usual: deque[_Member] = deque()
        self._arrived = asyncio.Event()
        self._loop: asyncio.Task[None] | None = None
        self._stopping = False

    def route(self, kind: type, apply: Apply) -> None:
        """Members of type ``kind`` are written by ``apply``, in the order in which kinds were named."""
        self._apply[kind] = apply

    async def start(self) -> None:
        """Begin to write."""
        self._loop = asyncio.create_task(self._run(), name="group commit")

    async def stop(self) -> None:
        """Write what has arrived, then end."""
        self._stopping = True
        self._arrived.set()
        if self._loop is not None:
            await self._loop

    @property
    def waiting(self) -> int:
        """Members that wait for the next commit."""
        return len(self._urgent) + len(self._usual)

    async def submit(self, item: object) -> Any:
        """Write ``item`` with the next commit and return its answer, once it is durable.

        Raises Busy once the writer is stopping, and whatever kept this member from being written.
        """
        return await self._enqueue(self._usual, item)

    async def submit_urgently(self, item: object) -> Any:
        """Like ``submit``, before everything that is not urgent: a person waits for it."""
        return await self._enqueue(self._urgent, item)

    async def _enqueue(self, queue: deque[_Member], item: object) -> Any:
        if self._stopping:
            msg = "Signoff is stopping; nothing was stored."
            raise Busy(msg, kind="stopping")
        member = _Member(item, asyncio.get_running_loop().create_future())
        queue.append(member)
        self._arrived.set()
        return await member.answer

    async def _run(self) -> None:
        while not self._stopping:
            await self._arrived.wait()
            self._arrived.clear()
            while members := self._next():
                await self._write(members)

    def _next(self) -> list[_Member]:
        taken = _take(self._urgent, LARGEST)
        return taken + _take(self._usual, BESIDE if taken else LARGEST)

    async def _write(self, members: list[_Member]) -> None:
        try:
            answers = await self._transaction(members)
        except asyncio.CancelledError:
            for member in members:
                member.answer.cancel()
            raise
        except Exception as error:  # whatever it was, every caller must hear of it
            await self._after_failure(members, error)
            return
        for member, answer in zip(members, answers, strict=True):
            _tell(member, answer)

    async def _after_failure(self, members: list[_Member], error: Exception) -> None:
        """Find the member that failed by writing each alone; a lost race is worth another try."""
        if len(members) > 1:
            log.warning("group commit split", members=len(members), error=type(error).__name__)
            for member in members:
                await self._write([member])
            return
        tries = 1
        while _lost_a_race(error) and tries < TRIES:
            tries += 1
            try:
                answers = await self._transaction(members)
            except Exception as again:  # told to the caller, unless it was a race again
                error = again
            else:
                _tell(members[0], answers[0])
                return
        _tell(members[0], error)

    async def _transaction(self, members: list[_Member]) -> list[Any]:
        answers: dict[int, Any] = {}
        async with self._database.write() as session:
            for kind, apply in self._apply.items():
                chosen = [member for member in members if type(member.item) is kind]
                if chosen:
                    given = await apply(session, [member.item for member in chosen])
                    answers.update(zip(map(id, chosen), given, strict=True))
        return [answers[id(member)] for member in members]


def _lost_a_race(error: Exception) -> bool:
    """Whether another replica was faster: looking again finds what it wrote."""
    if isinstance(error, IntegrityError):
        return True
    return isinstance(error, DBAPIError) and getattr(error.orig, "sqlstate", None) in _RACES


def _take(queue: deque[_Member], most: int) -> list[_Member]:
    return [queue.popleft() for _ in range(min(most, len(queue)))]


def _tell(member: _Member, answer: Any) -> None:
    if member.answer.done():
        return  # the caller went away; what was written stays written
    if isinstance(answer, Exception):
        member.answer.set_exception(answer)
    else:
        member.answer.set_result(answer)
