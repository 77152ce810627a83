"""The same event told twice: one card."""

from __future__ import annotations

import asyncio

from tests.bench.databases import Databases
from tests.bench.load import saturate
from tests.bench.report import Figure, Unit
from tests.bench.size import Size
from tests.bench.stage import staged

#: A second card would be there by then.
_QUIET_S = 2


async def measure(databases: Databases, size: Size) -> list[Figure]:
    """Every webhook twice in a row, and all of them once more when the cards are there."""
    async with staged(databases) as stage:
        records = await stage.neighbours.records(size.doubled)
        once = stage.webhooks(records)
        await saturate(stage.program.address, [one for one in once for _ in range(2)], connections=8)
        await stage.neighbours.until("cards", size.doubled, within=60)
        await saturate(stage.program.address, once, connections=8)
        await asyncio.sleep(_QUIET_S)
        cards = len(await stage.neighbours.cards())
    name = f"the same event sent three times, {size.doubled} events: cards"
    return [Figure(name, cards, Unit.COUNT, must_be=size.doubled)]
