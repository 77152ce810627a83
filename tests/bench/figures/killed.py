"""kill -9 with work in flight, then a start on the same database: of events that were accepted, and of clicks that
were acknowledged. Reconcile is blind here, so what comes out must have been durable when it was answered.
"""

from __future__ import annotations

import asyncio
from collections import Counter

from tests.bench.databases import Databases
from tests.bench.figures.click_to_confirmed import shown
from tests.bench.load import Run, saturate
from tests.bench.report import Figure, Unit
from tests.bench.size import Size
from tests.bench.stage import Stage, staged

#: A repeated effect waits for its lease on PostgreSQL, where another replica may still be at work.
_WITHIN_S = 240.0

#: A twin would come within it.
_QUIET_S = 2


async def measure(databases: Databases, size: Size) -> list[Figure]:
    """Lost and doubled, of events and of clicks."""
    async with staged(databases) as stage:
        events = await _events(stage, size.killed)
    async with staged(databases) as stage:
        clicks = await _clicks(stage, size.killed)
    return [*events, *clicks]


async def _events(stage: Stage, count: int) -> list[Figure]:
    records = await stage.neighbours.records(count)
    run = await _interrupted(stage, stage.webhooks(records), "cards", count // 5)
    cards = len(await stage.neighbours.cards())
    accepted = set(run.accepted_of(records))
    await stage.program.start()
    await stage.neighbours.until_shown(accepted, within=_WITHIN_S)
    await asyncio.sleep(_QUIET_S)
    copies = Counter(one.record for one in await stage.neighbours.cards())
    return [
        Figure(
            f"kill -9, {len(accepted)} events accepted, {cards} cards made: lost",
            len(accepted - copies.keys()),
            Unit.COUNT,
            must_be=0,
        ),
        Figure("  cards in twins", sum(number > 1 for number in copies.values()), Unit.COUNT, must_be=0),
    ]


async def _clicks(stage: Stage, count: int) -> list[Figure]:
    records = await shown(stage, count)
    run = await _interrupted(stage, await stage.clicks(records), "confirmed", count // 10)
    acked = set(run.accepted_of(records))
    before = sum(one.is_approved for one in await stage.neighbours.written())
    await stage.program.start()
    await stage.neighbours.until("confirmed", len(acked), within=_WITHIN_S)
    written = await stage.neighbours.written()
    reached = {one.record for one in written if one.is_approved}
    confirmed = {one.record for one in await stage.neighbours.cards() if one.confirmed_at is not None}
    return [
        Figure(
            f"kill -9, {len(acked)} clicks acknowledged, {before} in Odoo: lost",
            len(acked - reached),
            Unit.COUNT,
            must_be=0,
        ),
        Figure("  written twice", sum(one.calls > 1 for one in written), Unit.COUNT, must_be=0),
        Figure("  cards that do not say so", len(acked - confirmed), Unit.COUNT, must_be=0),
    ]


async def _interrupted(stage: Stage, requests: list[bytes], what: str, enough: int) -> Run:
    """Send everything at once, and kill the program as soon as ``enough`` of it has come through."""
    sending = asyncio.create_task(saturate(stage.program.address, requests, connections=len(requests)))
    await stage.neighbours.until(what, enough, within=30)
    await stage.program.kill()
    return await sending
