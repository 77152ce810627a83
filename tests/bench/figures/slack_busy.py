"""Slack answers 429 for a while: every card comes afterwards, once, at the pace that Slack wants."""

from __future__ import annotations

from collections import Counter

from tests.bench.databases import Databases
from tests.bench.load import saturate
from tests.bench.report import Figure, Unit
from tests.bench.size import Size
from tests.bench.stage import staged

#: Cards into one channel go a second apart after a 429; this much more is waited for all of them.
_PATIENCE_S = 60


async def measure(databases: Databases, size: Size) -> list[Figure]:
    """Lost and doubled."""
    async with staged(databases) as stage:
        records = await stage.neighbours.records(size.busy)
        await stage.neighbours.order("slack_busy", seconds=size.busy_s)
        run = await saturate(stage.program.address, stage.webhooks(records), connections=8)
        await stage.neighbours.until("cards", run.accepted, within=size.busy_s + size.busy + _PATIENCE_S)
        copies = Counter(one.record for one in await stage.neighbours.cards())
    name = f"Slack answers 429 for {size.busy_s} s, {run.accepted} events: lost"
    return [
        Figure(name, run.accepted - len(copies), Unit.COUNT, must_be=0),
        Figure("  cards in twins", sum(number > 1 for number in copies.values()), Unit.COUNT, must_be=0),
    ]
