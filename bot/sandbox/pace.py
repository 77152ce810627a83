"""Moving the sandbox's clock: from one due thing to the next, so that hours play as they would have passed.

In one leap everything between would be overdue at once, and the program would rightly leave most of it out.
"""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

from bot.cases.due_rows import next_due_at
from bot.sandbox.world import World

#: Stops on the way; whoever moves the clock by a month past more gets the rest in one leap.
_MOST_STOPS = 200
#: How long a stop waits for what is due, in real seconds, and how often it looks.
_PATIENCE_S, _LOOK_S = 3.0, 0.02


async def play(world: World, seconds: float) -> None:
    """Let ``seconds`` pass."""
    end = world.clock.now() + timedelta(seconds=seconds)
    for _ in range(_MOST_STOPS):
        due = await _next_due(world)
        if due is None or due > end:
            break
        world.advance(max(due - world.clock.now(), timedelta(0)))
        await _until_done(world)
    world.advance(max(end - world.clock.now(), timedelta(0)))


async def _until_done(world: World) -> None:
    for _ in range(int(_PATIENCE_S / _LOOK_S)):
        due = await _next_due(world)
        if due is None or due > world.clock.now():
            return
        await asyncio.sleep(_LOOK_S)


async def _next_due(world: World) -> datetime | None:
    async with world.app.database.read() as session:
        return await next_due_at(session)
