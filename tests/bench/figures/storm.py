"""Storms at Slack's real limits: 300 events for one channel in a minute, then 200 cases decided in ten minutes.

The whole program in one process, on the sandbox's clock, against the pretend Slack with its limits switched on: what is
measured is not speed but patience. Nothing may be dropped, doubled or refused.
"""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path

from bot import logs
from bot.db import upgrade
from bot.sandbox.slack import Card
from bot.sandbox.world import World
from tests.bench.databases import Databases
from tests.bench.report import Figure, Unit
from tests.bench.size import Size
from tests.scenarios.story import Story

_CONFIG = Path(__file__).parent.parent / "signoff.yaml"
_LEAD = "buyer.lead@example.com"
#: The sandbox's clock moves by so much at a time, once all that was due is done or so many real seconds have passed.
_STEP, _MOMENT_S = timedelta(seconds=1), 0.5
_STORM, _CLICKS = timedelta(minutes=1), timedelta(minutes=10)
#: Nothing is waited for longer.
_PATIENCE = timedelta(minutes=20)
_LATEST_S = 60.0


class _AtItsLimits(World):
    """A Slack that counts, and a program that keeps its pace."""

    async def start(self) -> None:
        self.slack.limits.on()
        await super().start()


async def measure(databases: Databases, size: Size) -> list[Figure]:
    """When the last card stands, and how long after the last click every card is true."""
    logs.set_up(level="ERROR", as_json=False)
    with tempfile.TemporaryDirectory() as directory:
        async with databases.fresh(Path(directory)) as lent:
            await upgrade(lent.url)
            async with _AtItsLimits(_CONFIG.read_text(encoding="utf-8"), lent.url, pace=True) as world:
                return [*await _events(world, size.storm), *await _decisions(world, size.decided)]


async def _events(world: World, count: int) -> list[Figure]:
    begun = world.clock.now()
    for number in range(count):
        await world.odoo.people.request_purchase(by="puru", amount=6_000.0 + number)
        await _until(world, begun + (number + 1) * _STORM / count)
    await world.app.reconcile.run("main")  # finds what a busy machine did not take from a webhook in time
    while len(_cards(world)) < count and world.clock.now() - begun < _PATIENCE:
        await _pass(world)
    last = max(card.history[0].at or begun for card in _cards(world))
    return [
        Figure(f"{count} events for one channel in a minute: cards", len(_cards(world)), Unit.COUNT, must_be=count),
        Figure("  the last one stands after, s", (last - begun).total_seconds(), Unit.COUNT),
        Figure("  told to come later", _refused(world), Unit.COUNT, must_be=0),
    ]


async def _decisions(world: World, count: int) -> list[Figure]:
    begun = world.clock.now()
    for number, card in enumerate(_cards(world)[:count]):
        await world.slack.click(card, "Approve", by=_LEAD)
        await _until(world, begun + (number + 1) * _CLICKS / count)
    clicked = world.clock.now()
    while len(_true(world)) < count and world.clock.now() - clicked < _PATIENCE:
        await _pass(world)
    last = max([clicked, *(card.history[-1].at or clicked for card in _true(world))])
    edits = [call.at for call in world.slack.calls_of("chat.update")]
    late = (last - clicked).total_seconds()
    return [
        Figure(f"{count} decided in ten minutes: cards that say so", len(_true(world)), Unit.COUNT, must_be=count),
        Figure("  the last one after the last click, s", late, Unit.COUNT, aim=_LATEST_S),
        Figure("  edits for each card", len(edits) / count, Unit.COUNT, aim=1),
        Figure("  most edits in a minute", _most_in_a_minute(edits), Unit.COUNT, aim=50),
        Figure("  told to come later", _refused(world), Unit.COUNT, must_be=0),
    ]


def _cards(world: World) -> list[Card]:
    return [
        card
        for channel in world.slack.workspace.channels.values()
        if not channel.is_direct
        for card in world.slack.channel(channel.id).messages
        if card.metadata
    ]


def _true(world: World) -> list[Card]:
    return [card for card in _cards(world) if card.says("Confirmed in Odoo") and card.labels == ["Open in Odoo"]]


def _refused(world: World) -> int:
    return sum(call.outcome == "ratelimited" for call in world.slack.calls)


def _most_in_a_minute(times: Sequence[datetime]) -> int:
    return max((sum(one <= other < one + timedelta(minutes=1) for other in times) for one in times), default=0)


async def _until(world: World, when: datetime) -> None:
    while world.clock.now() < when:
        await _pass(world, min(_STEP, when - world.clock.now()))


async def _pass(world: World, time: timedelta = _STEP) -> None:
    world.advance(time)
    with suppress(TimeoutError):
        async with asyncio.timeout(_MOMENT_S):
            await Story(world).quiet()
