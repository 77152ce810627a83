"""kill -9 with work in flight: after the restart every acknowledged click and signal is done, and done once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import httpx
import pytest

from bot.db import Database
from tests.scenarios.invariants import broken
from tests.scenarios.served import Served
from tests.scenarios.story import PURCHASE, Record, Story

MANY = 12
_WITHIN_S = 40.0


@pytest.fixture
async def served(sqlite_url: str, tmp_path: Path) -> AsyncIterator[Story]:
    """The program as a process; the invariants are judged once it has ended."""
    async with Served(sqlite_url, tmp_path) as world:
        # Reconcile sees nothing: what is found must have come by a webhook that was acknowledged.
        world.odoo.faults.error(name="odoo.exceptions.AccessError", message="no", method="search_read", times=1_000_000)
        story = Story(world)
        yield story
    database = Database(sqlite_url)
    try:
        assert await broken(story, database) == []
    finally:
        await database.close()


async def _signal(story: Story, order: Record, acknowledged: set[Record]) -> None:
    async with httpx.AsyncClient(trust_env=False) as client:
        try:
            answer = await client.post(story.world.hook_url("main"), json={"_model": PURCHASE, "_id": order.id})
        except httpx.TransportError:
            return
    if answer.status_code == 200:
        acknowledged.add(order)


async def _click(story: Story, order: Record, acknowledged: set[Record]) -> None:
    (card,) = story.cards(order)
    if (await story.click(card, "Approve")).status == 200:
        acknowledged.add(order)


async def _seen(story: Story, holds: Callable[[], bool], what: str) -> None:
    await story.slack.until(holds, within_s=_WITHIN_S, what=what)


async def _killed_while(story: Story, work: list[asyncio.Task[None]], point: Callable[[], bool]) -> None:
    """Kill the process at ``point``, whatever of ``work`` is done by then, and start it again."""
    world = story.world
    assert isinstance(world, Served)
    await _seen(story, point, "the moment to kill")
    await world.kill()
    await asyncio.gather(*work)
    await world.start_app()


@pytest.mark.parametrize("posts", [0, MANY // 2])
@pytest.mark.slow
async def test_every_acknowledged_signal_gets_its_one_card(served: Story, posts: int) -> None:
    served.odoo.webhooks.muted = True
    orders = [await served.order(6_000 + number) for number in range(MANY)]
    served.slack.faults.slow("chat.postMessage", 0.05, times=MANY)
    acknowledged: set[Record] = set()
    work = [asyncio.create_task(_signal(served, order, acknowledged)) for order in orders]

    def point() -> bool:
        return len(acknowledged) >= 3 and len(served.slack.calls_of("chat.postMessage")) >= posts

    await _killed_while(served, work, point)
    assert acknowledged
    await _seen(served, lambda: all(served.cards(order) for order in acknowledged), "a card for each signal")
    again = [asyncio.create_task(_signal(served, order, acknowledged)) for order in orders]
    await asyncio.gather(*again)
    await _seen(served, lambda: all(served.cards(order) for order in orders), "a card for each order")
    await asyncio.sleep(0.5)  # long enough for a twin to show itself
    assert [len(served.cards(order)) for order in orders] == [1] * MANY


@pytest.mark.parametrize("writes", [0, MANY // 2])
@pytest.mark.slow
async def test_every_acknowledged_click_reaches_odoo_once(served: Story, writes: int) -> None:
    orders = [await served.order(6_000 + number) for number in range(MANY)]
    await _seen(served, lambda: all(served.cards(order) for order in orders), "a card for each order")
    served.odoo.faults.slow(0.1, method="button_approve", times=MANY)
    acknowledged: set[Record] = set()
    work = [asyncio.create_task(_click(served, order, acknowledged)) for order in orders]

    def point() -> bool:
        return len(acknowledged) >= 3 and len(served.odoo.calls.of("button_approve")) >= writes

    await _killed_while(served, work, point)
    assert acknowledged

    def confirmed() -> bool:
        return all(served.cards(order)[-1].says("Confirmed in Odoo") for order in acknowledged)

    await _seen(served, confirmed, "every acknowledged click confirmed")
    assert {served.calls("button_approve", order) for order in acknowledged} == {1}
    assert [len(served.cards(order)) for order in orders] == [1] * MANY
