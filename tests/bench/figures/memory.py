"""Memory and disk: while many approvals come in, when all of them wait, and what one of them takes."""

from __future__ import annotations

import asyncio

from tests.bench.databases import Databases
from tests.bench.load import saturate
from tests.bench.report import Figure, Unit
from tests.bench.size import Size
from tests.bench.stage import staged

#: After so many seconds without work, what is left is what stays.
_SETTLED_AFTER_S = 5


async def measure(databases: Databases, size: Size) -> list[Figure]:
    """Resident memory at three moments, and the database's bytes for each waiting approval."""
    async with staged(databases) as stage:
        fresh = stage.program.megabytes()
        records = await stage.neighbours.records(size.waiting)
        run = await saturate(stage.program.address, stage.webhooks(records), connections=32)
        came_in = stage.program.megabytes()
        await stage.neighbours.until("cards", run.accepted, within=60 + size.waiting / 50)
        await asyncio.sleep(_SETTLED_AFTER_S)
        settled = stage.program.megabytes()
        cards = len(await stage.neighbours.cards())
        await stage.program.stop()
        stored = await stage.database.size()
    return [
        Figure("memory, fresh", fresh, Unit.MB, 120),
        Figure(f"memory, after {size.waiting:,} came in", came_in, Unit.MB, 140),
        Figure("memory, settled with all of them waiting", settled, Unit.MB, 130),
        Figure("database per waiting approval", stored / cards / 1000, Unit.KB, 3),
        Figure("  events accepted a second while cards are made", run.accepted / run.seconds, Unit.PER_SECOND),
    ]
