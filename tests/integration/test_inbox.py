"""Signals as rows: one a record, never lost while it is read, read again when nothing was to be seen yet."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

from bot.inbox import LEASE, Claimed, ClaimSignals, Finish, ReadAgain, Signal, count, next_due, release
from tests.factories import NOW, a_record, minutes
from tests.integration.stack import Stack, replicas, stack


async def signal(replica: Stack, *numbers: int, at: datetime = NOW) -> None:
    await asyncio.gather(*(replica.writer.submit(Signal(a_record(number), at)) for number in numbers))


async def claim(replica: Stack, at: datetime = NOW, *, limit: int = 10, worker: str = "w1") -> list[Claimed]:
    claimed: list[Claimed] = await replica.writer.submit(ClaimSignals(at, limit, worker))
    return sorted(claimed, key=lambda one: one.record)


async def left(replica: Stack) -> int:
    async with replica.database.read() as session:
        return await count(session)


async def test_many_signals_for_one_record_are_one_reading(database_url: str) -> None:
    async with stack(database_url) as one:
        await signal(one, 7, 7, 8, 7)
        await signal(one, 7)
        claimed = await claim(one)
        assert [(each.record, each.attempts) for each in claimed] == [(a_record(7), 0), (a_record(8), 0)]
        assert await left(one) == 2


async def test_what_has_been_read_is_gone(database_url: str) -> None:
    async with stack(database_url) as one:
        await signal(one, 7)
        (claimed,) = await claim(one)
        await one.writer.submit(Finish(claimed))
        assert (await left(one), await claim(one)) == (0, [])


async def test_a_signal_that_arrives_during_a_reading_is_read_for_itself(database_url: str) -> None:
    async with stack(database_url) as one:
        await signal(one, 7)
        (claimed,) = await claim(one)
        await signal(one, 7, at=minutes(0.1))
        await one.writer.submit(Finish(claimed))
        (again,) = await claim(one, minutes(0.1))
        assert again.seq == claimed.seq + 1
        await one.writer.submit(Finish(again))
        assert await left(one) == 0


async def test_nothing_to_be_seen_yet_is_read_again_at_its_time(database_url: str) -> None:
    async with stack(database_url) as one:
        await signal(one, 7)
        (claimed,) = await claim(one)
        await one.writer.submit(ReadAgain(claimed, minutes(1)))
        assert await claim(one, minutes(1) - timedelta(microseconds=1)) == []
        assert [each.attempts for each in await claim(one, minutes(1))] == [1]


async def test_a_signal_cuts_the_wait_for_the_next_reading_short(database_url: str) -> None:
    async with stack(database_url) as one:
        await signal(one, 7)
        (claimed,) = await claim(one)
        await one.writer.submit(ReadAgain(claimed, minutes(30)))
        await signal(one, 7, at=minutes(1))
        assert [(each.attempts, each.seq) for each in await claim(one, minutes(1))] == [(0, 2)]


async def test_a_record_signalled_during_a_fruitless_reading_is_due_at_once(database_url: str) -> None:
    async with stack(database_url) as one:
        await signal(one, 7)
        (claimed,) = await claim(one)
        await signal(one, 7, at=minutes(0.1))
        await one.writer.submit(ReadAgain(claimed, minutes(30)))
        assert [each.attempts for each in await claim(one, minutes(0.1))] == [0]


async def test_a_crashed_readers_record_is_read_by_another_when_its_lease_ends(database_url: str) -> None:
    async with stack(database_url) as one:
        await signal(one, 7)
        await claim(one, worker="crashed")
        assert await claim(one, NOW + LEASE - timedelta(microseconds=1), worker="w2") == []
        assert len(await claim(one, NOW + LEASE, worker="w2")) == 1


async def test_releasing_at_a_start_frees_what_the_last_run_held(database_url: str) -> None:
    async with stack(database_url) as one:
        await signal(one, 7)
        await claim(one)
        async with one.database.write() as session:
            await release(session)
        assert len(await claim(one)) == 1


async def test_the_oldest_are_read_first_and_no_more_than_asked_for(database_url: str) -> None:
    async with stack(database_url) as one:
        await signal(one, 7, at=minutes(2))
        await signal(one, 8, at=minutes(1))
        assert [each.record.id for each in await claim(one, minutes(2), limit=1)] == [8]


async def test_the_next_due_row_is_one_that_is_free(database_url: str) -> None:
    async with stack(database_url) as one:
        await signal(one, 7)
        await signal(one, 8, at=minutes(5))
        await claim(one)
        async with one.database.read() as session:
            assert await next_due(session, NOW) == minutes(5)
            assert await next_due(session, NOW + LEASE) == NOW


async def test_four_replicas_read_each_record_once(database_url: str) -> None:
    async with replicas(database_url) as four:
        await signal(four[0], *range(1, 41))
        claimed = await asyncio.gather(*(claim(one, limit=15, worker=f"w{place}") for place, one in enumerate(four)))
        numbers = [each.record.id for some in claimed for each in some]
        assert sorted(numbers) == sorted(set(numbers))
        assert len(numbers) >= 15


async def test_four_replicas_store_signals_for_the_same_records_in_any_order(database_url: str) -> None:
    async with replicas(database_url) as four:
        numbers = list(range(1, 41))
        await asyncio.gather(
            *(signal(one, *(numbers if place % 2 else reversed(numbers))) for place, one in enumerate(four))
        )
        assert [each.seq for each in await claim(four[0], limit=100)] == [4] * 40


async def test_what_is_of_another_source_is_left_to_its_own_intake(database_url: str) -> None:
    async with stack(database_url) as one:
        for source in ("main", "small", "gone"):
            await one.writer.submit(Signal(a_record(7, source=source), NOW))
        claimed = await one.writer.submit(ClaimSignals(NOW, 10, "w1", frozenset({"small"})))
        assert sorted(each.record.source for each in claimed) == ["gone", "main"]
        async with one.database.read() as session:
            assert await next_due(session, NOW, {"small"}) is None
            assert await next_due(session, NOW) == NOW
