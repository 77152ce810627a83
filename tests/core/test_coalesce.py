"""Coalesced questions: one call for many, and no answer older than its question."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from bot.coalesce import Coalescer


class Shelf:
    """Answers after it is told to, and remembers what was asked together."""

    def __init__(self) -> None:
        self.calls: list[list[int]] = []
        self.version = 0
        self.may_answer = asyncio.Event()

    async def load(self, keys: Sequence[int]) -> dict[int, str]:
        self.calls.append(list(keys))
        found = {key: f"{key} in version {self.version}" for key in keys if key > 0}
        await self.may_answer.wait()
        if 13 in keys:
            msg = "unlucky"
            raise ValueError(msg)
        return found


async def asked(coalescer: Coalescer[int, str], *keys: int) -> list[asyncio.Task[str | None]]:
    tasks = [asyncio.create_task(coalescer.get(key)) for key in keys]
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    return tasks


async def test_what_is_asked_during_a_call_is_asked_together_in_the_next() -> None:
    shelf = Shelf()
    coalescer = Coalescer(shelf.load)
    first = await asked(coalescer, 1)
    rest = await asked(coalescer, 2, 3, 3, 2)
    shelf.may_answer.set()
    assert await asyncio.gather(*first, *rest) == [f"{key} in version 0" for key in (1, 2, 3, 3, 2)]
    assert shelf.calls == [[1], [2, 3]]


async def test_an_answer_is_never_older_than_its_question() -> None:
    shelf = Shelf()
    coalescer = Coalescer(shelf.load)
    early = await asked(coalescer, 1)
    shelf.version = 1
    late = await asked(coalescer, 1)
    shelf.may_answer.set()
    assert await asyncio.gather(*early, *late) == ["1 in version 0", "1 in version 1"]


async def test_what_is_not_found_is_none() -> None:
    shelf = Shelf()
    shelf.may_answer.set()
    assert await Coalescer(shelf.load).get(-1) is None


async def test_an_error_is_told_to_all_who_waited_for_that_call_and_to_nobody_else() -> None:
    shelf = Shelf()
    coalescer = Coalescer(shelf.load)
    first = await asked(coalescer, 1)
    unlucky = await asked(coalescer, 13, 14)
    shelf.may_answer.set()
    assert await first[0] == "1 in version 0"
    for task in unlucky:
        with pytest.raises(ValueError, match="unlucky"):
            await task
    assert await coalescer.get(15) == "15 in version 0"


async def test_a_call_holds_no_more_than_its_largest() -> None:
    shelf = Shelf()
    shelf.may_answer.set()
    coalescer = Coalescer(shelf.load, largest=2)
    await asyncio.gather(*(coalescer.get(key) for key in range(1, 6)))
    assert [len(call) for call in shelf.calls] == [2, 2, 1]


async def test_an_asker_that_went_away_does_not_take_the_answer_from_others() -> None:
    shelf = Shelf()
    coalescer = Coalescer(shelf.load)
    gone, stays = await asked(coalescer, 1, 1)
    gone.cancel()
    shelf.may_answer.set()
    assert await stays == "1 in version 0"
