"""Group commit: answered after the commit, together with others, and nobody pays for a neighbour's failure."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError

from bot.db import Database, Write
from bot.errors import Busy
from bot.group_commit import BESIDE, LARGEST, GroupCommit
from bot.tables import facts


@dataclass(frozen=True)
class Fact:
    """A name that may be stored once."""

    name: str


@dataclass(frozen=True)
class Unstorable:
    """A member that breaks its transaction."""


class Batches:
    """The route of both kinds: remembers what came together."""

    def __init__(self) -> None:
        self.seen: list[list[str]] = []

    async def store(self, session: Write, some: Sequence[Fact]) -> Sequence[Any]:
        self.seen.append([fact.name for fact in some])
        await session.execute(insert(facts), [{"name": fact.name, "value": "x"} for fact in some])
        return [f"stored {fact.name}" for fact in some]

    async def fail(self, session: Write, some: Sequence[Unstorable]) -> Sequence[Any]:
        raise ZeroDivisionError


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    database = Database(database_url)
    yield database
    await database.close()


@pytest.fixture
def batches() -> Batches:
    return Batches()


@pytest.fixture
async def writer(database: Database, batches: Batches) -> AsyncIterator[GroupCommit]:
    writer = GroupCommit(database)
    writer.route(Fact, batches.store)
    writer.route(Unstorable, batches.fail)
    await writer.start()
    yield writer
    await writer.stop()


async def stored(database: Database) -> list[str]:
    async with database.read() as session:
        return list((await session.execute(select(facts.c.name).order_by(facts.c.name))).scalars())


async def test_whoever_is_answered_finds_it_committed(database: Database, writer: GroupCommit) -> None:
    """Another connection sees it: the answer came after the commit."""
    for name in ("a", "b", "c"):
        assert await writer.submit(Fact(name)) == f"stored {name}"
        assert name in await stored(database)


async def test_what_arrives_together_is_written_together(
    database: Database, writer: GroupCommit, batches: Batches
) -> None:
    names = [f"{number:03}" for number in range(100)]
    answers = await asyncio.gather(*(writer.submit(Fact(name)) for name in names))
    assert answers == [f"stored {name}" for name in names]
    assert await stored(database) == names
    assert len(batches.seen) == 1


async def test_a_person_goes_before_what_is_not_urgent(writer: GroupCommit, batches: Batches) -> None:
    await asyncio.gather(writer.submit(Fact("usual")), writer.submit_urgently(Fact("urgent")))
    assert batches.seen == [["urgent", "usual"]]


async def test_a_person_never_waits_for_a_crowd_and_the_crowd_never_stands_still(
    writer: GroupCommit, batches: Batches
) -> None:
    crowd = [writer.submit(Fact(f"{place:03}")) for place in range(LARGEST)]
    await asyncio.gather(*crowd, writer.submit_urgently(Fact("urgent")))
    first, *others = batches.seen
    assert first == ["urgent", *(f"{place:03}" for place in range(BESIDE))]
    assert [name for batch in others for name in batch] == [f"{place:03}" for place in range(BESIDE, LARGEST)]


async def test_a_member_that_fails_is_told_and_the_others_are_written(database: Database, writer: GroupCommit) -> None:
    results = await asyncio.gather(
        writer.submit(Fact("a")), writer.submit(Unstorable()), writer.submit(Fact("b")), return_exceptions=True
    )
    assert [type(one) for one in results] == [str, ZeroDivisionError, str]
    assert await stored(database) == ["a", "b"]


async def test_a_race_that_is_lost_every_time_is_told(
    database: Database, writer: GroupCommit, batches: Batches
) -> None:
    await writer.submit(Fact("a"))
    with pytest.raises(IntegrityError):
        await writer.submit(Fact("a"))
    assert batches.seen == [["a"]] * 4  # written once, then tried three times
    assert await writer.submit(Fact("b")) == "stored b"


async def test_a_caller_that_went_away_takes_nothing_with_it(database: Database, writer: GroupCommit) -> None:
    gone = asyncio.create_task(writer.submit(Fact("a")))
    stays = asyncio.create_task(writer.submit(Fact("b")))
    await asyncio.sleep(0)
    gone.cancel()
    assert await stays == "stored b"
    assert await stored(database) == ["a", "b"]


async def test_a_member_without_a_route_is_told(writer: GroupCommit) -> None:
    with pytest.raises(KeyError):
        await writer.submit("nobody's kind")


async def test_stopping_writes_what_has_arrived_and_takes_nothing_more(database: Database, batches: Batches) -> None:
    writer = GroupCommit(database)
    writer.route(Fact, batches.store)
    await writer.start()
    waiting = [asyncio.create_task(writer.submit(Fact(name))) for name in "abc"]
    await asyncio.sleep(0)
    await writer.stop()
    assert await asyncio.gather(*waiting) == ["stored a", "stored b", "stored c"]
    with pytest.raises(Busy):
        await writer.submit(Fact("late"))
    assert await stored(database) == ["a", "b", "c"]
