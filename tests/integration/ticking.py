"""A process that does what is due on cases and nothing else, to be killed: ``python -m tests.integration.ticking URL``.

Its clock is hours ahead, as if the program had been started again after an outage. It runs until it is killed.
"""

from __future__ import annotations

import asyncio
import sys

from bot.clock import Clock
from bot.escalation.due import DueCases
from bot.escalation.runner import Runner
from tests.integration.stack import stack
from tests.integration.test_killed_ticks import AHEAD, BY


async def tick(url: str) -> None:
    """Tick until the end."""
    clock = Clock()
    clock.advance(AHEAD)
    async with stack(url, rules=BY, clock=clock) as one:
        rows = DueCases(one.service, one.database, one.writer, clock)
        Runner(rows, capacity=20, clock=clock, bell=one.database.bell).start()
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(tick(sys.argv[1]))
