"""Who of several replicas is alive, and that what a dead one had taken is free again soon, and not too soon."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, text

from bot.claims import ClaimEffects
from bot.effects import Effect, EffectKind, Lane
from bot.inbox import ClaimSignals, Signal
from bot.listening import Listener
from bot.outbox import enqueue
from bot.presence import GRACE, key, release_dead
from bot.tables import effects, signals
from tests.factories import NOW, a_record
from tests.integration.stack import Stack, stack

pytestmark = pytest.mark.postgres
A_MOMENT = timedelta(seconds=1)


async def takes(replica: Stack, worker: str, number: int) -> None:
    """``worker`` takes a signal and an effect."""
    async with replica.database.write() as session:
        await enqueue(session, [Effect(EffectKind.POST_CARD, number, "#chi")], NOW)
    await replica.writer.submit(Signal(a_record(number), NOW))
    await replica.writer.submit(ClaimSignals(NOW, 1, worker))
    await replica.writer.submit(ClaimEffects(Lane.SLACK, NOW, 1, worker))


async def taken(replica: Stack) -> set[str]:
    """Workers that hold something."""
    rows = await replica.rows(select(effects.c.worker).union(select(signals.c.worker)))
    return {row.worker for row in rows if row.worker}


@asynccontextmanager
async def alive(replica: Stack, worker: str) -> AsyncIterator[None]:
    """``worker`` listens."""
    listener = Listener(replica.database.url, replica.database.bell, worker)
    listener.start()
    try:
        async with asyncio.timeout(10):
            while not await _holds_its_lock(replica, worker):  # noqa: ASYNC110  # another process tells
                await asyncio.sleep(0.02)
        yield
    finally:
        await listener.stop()


async def _holds_its_lock(replica: Stack, worker: str) -> bool:
    rows = await replica.rows(text("SELECT objid FROM pg_locks WHERE locktype = 'advisory'"))
    return key(worker) in {row.objid for row in rows}


async def released(replica: Stack, at: datetime) -> frozenset[str]:
    async with replica.database.write() as session:
        return await release_dead(session, at)


async def test_what_a_dead_replica_had_taken_is_free_after_a_grace(postgres_url: str) -> None:
    async with stack(postgres_url) as one, alive(one, "there"):
        await takes(one, "there", 1)
        await takes(one, "gone", 2)
        assert await released(one, NOW + GRACE - A_MOMENT) == frozenset()
        assert await taken(one) == {"there", "gone"}
        assert await released(one, NOW + GRACE + A_MOMENT) == {"gone"}
        assert await taken(one) == {"there"}


async def test_a_replica_that_has_ended_is_dead(postgres_url: str) -> None:
    async with stack(postgres_url) as one:
        async with alive(one, "there"):
            await takes(one, "there", 1)
        async with asyncio.timeout(10):
            while await _holds_its_lock(one, "there"):  # noqa: ASYNC110  # another process tells
                await asyncio.sleep(0.02)
        assert await released(one, NOW + GRACE + A_MOMENT) == {"there"}
        assert await released(one, NOW + GRACE + A_MOMENT) == frozenset()
