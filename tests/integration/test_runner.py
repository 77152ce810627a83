"""The runner of due rows: at their time, so many at once, and nothing lost when it stops or its rows fail."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

from sqlalchemy import select

from bot.bell import Bell
from bot.clock import Clock
from bot.effects import Effect, EffectKind, Lane
from bot.errors import PermanentError, SignoffError, TransientError
from bot.escalation.runner import POLL, Runner
from bot.outbox import LEASE, Claimed, State, enqueue
from bot.relay import Later, Relay
from bot.tables import effects
from tests.integration.stack import Stack, stack


class Sender:
    """Performs effects as a test tells it to."""

    def __init__(self) -> None:
        self.began: list[int] = []
        self.done: list[int] = []
        self.gate = asyncio.Event()
        self.gate.set()
        self.fails: list[Exception | Later] = []
        self.heard = asyncio.Condition()

    async def send(self, claimed: Claimed) -> Later | None:
        self.began.append(claimed.case_id)
        await self._say()
        await self.gate.wait()
        if self.fails:
            match self.fails.pop(0):
                case Later() as later:
                    return later
                case error:
                    raise error
        self.done.append(claimed.case_id)
        await self._say()
        return None

    async def _say(self) -> None:
        async with self.heard:
            self.heard.notify_all()

    async def until_begun(self, count: int) -> None:
        async with asyncio.timeout(10), self.heard:
            await self.heard.wait_for(lambda: len(self.began) >= count)

    async def until_done(self, count: int) -> None:
        async with asyncio.timeout(10), self.heard:
            await self.heard.wait_for(lambda: len(self.done) >= count)


@asynccontextmanager
async def running(one: Stack, sender: Sender, *, capacity: int = 10, worker: str = "w1") -> AsyncIterator[Relay]:
    buried: list[tuple[Claimed, SignoffError]] = []

    async def on_give_up(claimed: Claimed, error: SignoffError) -> None:
        buried.append((claimed, error))

    relay = Relay(
        Lane.SLACK,
        {EffectKind.POST_CARD: sender.send},
        database=one.database,
        writer=one.writer,
        clock=one.clock,
        worker=worker,
        on_give_up=on_give_up,
    )
    runner = Runner(relay, capacity=capacity, clock=one.clock, bell=one.database.bell)
    runner.start()
    try:
        yield relay
    finally:
        await runner.stop(patience=0.1)


async def owe(one: Stack, *cases: int, at: datetime | None = None) -> None:
    async with one.database.write() as session:
        owed = [Effect(EffectKind.POST_CARD, case, "#finance") for case in cases]
        await enqueue(session, owed, at or one.clock.now())


async def left(one: Stack) -> list[tuple[int, str, int]]:
    rows = await one.rows(select(effects).order_by(effects.c.id))
    return [(row.case_id, row.state, row.attempts) for row in rows]


async def settled(one: Stack, wanted: list[tuple[int, str, int]]) -> None:
    """Wait until the rows are as ``wanted``: marking comes after sending."""
    async with asyncio.timeout(10):
        while await left(one) != wanted:  # noqa: ASYNC110  # another connection writes; nothing wakes us
            await asyncio.sleep(0.01)


class FallingDue:
    """Rows of which one falls due between each look and the question when the next one does."""

    topic = "falling due"

    def __init__(self, clock: Clock, count: int) -> None:
        self._clock = clock
        self._left = count
        self.over = asyncio.Event()

    async def claim(self, limit: int) -> list[int]:
        self._left -= 1
        if self._left == 0:
            self.over.set()
        return []

    async def perform(self, claimed: int) -> None:
        raise AssertionError

    async def next_due(self) -> datetime | None:
        return self._clock.now() + timedelta(microseconds=1) if self._left > 0 else None


async def test_what_falls_due_while_the_runner_looks_does_not_wait_for_the_next_look() -> None:
    clock = Clock()
    rows = FallingDue(clock, count=30)
    runner = Runner(rows, capacity=1, clock=clock, bell=Bell())
    runner.start()
    async with asyncio.timeout(POLL * 15):  # with a rest after each it would take twice as long
        await rows.over.wait()
    await runner.stop()


async def test_what_is_owed_is_performed_at_once_and_is_gone(database_url: str) -> None:
    sender = Sender()
    async with stack(database_url) as one, running(one, sender):
        await owe(one, 1, 2, 3)
        await sender.until_done(3)
        await settled(one, [])
        assert sorted(sender.done) == [1, 2, 3]


async def test_a_row_that_is_not_due_waits_and_goes_when_the_clock_is_moved(database_url: str) -> None:
    sender, clock = Sender(), Clock()
    async with stack(database_url, clock=clock) as one, running(one, sender):
        await owe(one, 1, at=clock.now() + timedelta(hours=2))
        await owe(one, 2)
        await sender.until_done(1)
        clock.advance(timedelta(hours=1))
        await owe(one, 3)
        await sender.until_done(2)
        assert sender.began == [2, 3]
        clock.advance(timedelta(hours=1))
        await sender.until_done(3)
        assert sender.done == [2, 3, 1]


async def test_a_row_goes_at_its_time_without_being_woken(sqlite_url: str) -> None:
    sender = Sender()
    async with stack(sqlite_url) as one, running(one, sender):
        began = asyncio.get_running_loop().time()
        await owe(one, 1, at=one.clock.now() + timedelta(seconds=0.3))
        await sender.until_done(1)
        assert 0.25 <= asyncio.get_running_loop().time() - began < POLL


async def test_no_more_than_its_capacity_is_under_way(database_url: str) -> None:
    sender = Sender()
    sender.gate.clear()
    async with stack(database_url) as one, running(one, sender, capacity=2):
        await owe(one, 1, 2, 3, 4, 5)
        await sender.until_begun(2)
        await asyncio.sleep(0.1)
        assert len(sender.began) == 2
        assert [state for _, state, _ in await left(one)].count(State.IN_FLIGHT) == 2
        sender.gate.set()
        await sender.until_done(5)


async def test_a_restart_takes_up_what_was_under_way_when_its_lease_ends(database_url: str) -> None:
    dying, fresh, clock = Sender(), Sender(), Clock()
    dying.gate.clear()
    async with stack(database_url, clock=clock) as one:
        async with running(one, dying):
            await owe(one, 1)
            await dying.until_begun(1)
        assert await left(one) == [(1, State.IN_FLIGHT, 1)]
    async with stack(database_url, clock=clock) as one, running(one, fresh, worker="w2"):
        clock.advance(LEASE)
        await fresh.until_done(1)
        await settled(one, [])


async def test_a_failure_that_may_pass_is_tried_again_later(database_url: str) -> None:
    sender, clock = Sender(), Clock()
    sender.fails = [TransientError("Slack is away")]
    async with stack(database_url, clock=clock) as one, running(one, sender):
        await owe(one, 1)
        await settled(one, [(1, State.PENDING, 1)])
        clock.advance(timedelta(seconds=3))
        await sender.until_done(1)
        await settled(one, [])


async def test_being_told_to_slow_down_costs_no_try(database_url: str) -> None:
    sender, clock = Sender(), Clock()
    sender.fails = [
        TransientError("slow down", retry_after=30),
        Later(clock.now() + timedelta(minutes=2), "more to do"),
    ]
    async with stack(database_url, clock=clock) as one, running(one, sender):
        await owe(one, 1)
        await sender.until_begun(1)
        await settled(one, [(1, State.PENDING, 0)])
        clock.advance(timedelta(seconds=31))
        await sender.until_begun(2)
        await settled(one, [(1, State.PENDING, 0)])
        clock.advance(timedelta(minutes=2))
        await sender.until_done(1)


async def test_what_is_hopeless_becomes_a_dead_letter(database_url: str) -> None:
    sender = Sender()
    sender.fails = [PermanentError("no such channel")]
    async with stack(database_url) as one, running(one, sender):
        await owe(one, 1)
        await settled(one, [(1, State.DEAD, 1)])


async def test_a_bug_in_a_sender_stops_neither_the_lane_nor_the_effect(database_url: str) -> None:
    sender, clock = Sender(), Clock()
    sender.fails = [ZeroDivisionError()]
    async with stack(database_url, clock=clock) as one, running(one, sender):
        await owe(one, 1)
        await settled(one, [(1, State.PENDING, 1)])
        await owe(one, 2)
        await sender.until_done(1)
        clock.advance(timedelta(seconds=3))
        await sender.until_done(2)
        assert sender.done == [2, 1]
