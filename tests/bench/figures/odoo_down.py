"""Odoo is away for a while and people click on: nothing is lost, nothing is written twice, and no card says "done"."""

from __future__ import annotations

import asyncio

from tests.bench.databases import Databases
from tests.bench.figures.click_to_confirmed import shown
from tests.bench.load import saturate
from tests.bench.report import Figure, Unit
from tests.bench.size import Size
from tests.bench.stage import staged

#: The pauses between tries grow; the longest one after an outage of a minute is over by then.
_PATIENCE_S = 180


async def measure(databases: Databases, size: Size) -> list[Figure]:
    """Clicks that were taken during the outage: what became of each."""
    async with staged(databases) as stage:
        records = await shown(stage, size.down)
        clicks = await stage.clicks(records)
        await stage.neighbours.order("odoo_down", seconds=size.down_s)
        run = await saturate(stage.program.address, clicks, connections=8)
        await asyncio.sleep(max(0.0, size.down_s - 1 - run.seconds))
        too_early = sum(one.confirmed_at is not None for one in await stage.neighbours.cards())
        await stage.neighbours.until("confirmed", run.accepted, within=_PATIENCE_S)
        written = await stage.neighbours.written()
        confirmed = sum(one.confirmed_at is not None for one in await stage.neighbours.cards())
    approved = sum(one.is_approved for one in written)
    return [
        Figure(
            f"Odoo down for {size.down_s} s, {run.accepted} clicks: lost",
            run.accepted - approved,
            Unit.COUNT,
            must_be=0,
        ),
        Figure("  written twice", sum(one.calls > 1 for one in written), Unit.COUNT, must_be=0),
        Figure("  cards that said so too early", too_early, Unit.COUNT, must_be=0),
        Figure("  cards that do not say so in the end", run.accepted - confirmed, Unit.COUNT, must_be=0),
    ]
