"""Event to card: from the webhook to the post that reaches Slack, in a burst and at a steady five a second."""

from __future__ import annotations

from collections.abc import Sequence

from tests.bench.databases import Databases
from tests.bench.load import pace, saturate
from tests.bench.report import Figure, Unit, latencies
from tests.bench.size import Size
from tests.bench.stage import Stage, staged

PER_SECOND = 5


async def measure(databases: Databases, size: Size) -> list[Figure]:
    """Cards a second and processor time each in a burst; then the time that one event takes."""
    async with staged(databases) as stage:
        await _warm_up(stage)
        steady = await _steady(stage, size.paced)
        burst = await _burst(stage, size.burst)
    return [*burst, *steady]


async def _warm_up(stage: Stage) -> None:
    """The first event logs in to Odoo, learns its fields and opens connections."""
    await saturate(stage.program.address, stage.webhooks(await stage.neighbours.records(5)))
    await stage.neighbours.until("cards", 5, within=30)


async def _burst(stage: Stage, count: int) -> list[Figure]:
    records = await stage.neighbours.records(count)
    spent = stage.program.cpu_seconds()
    run = await saturate(stage.program.address, stage.webhooks(records))
    # One that was told to come back may have been stored all the same, a moment too late: those are counted too.
    await stage.neighbours.until_shown(run.accepted_of(records), within=60 + count / 20)
    spent = stage.program.cpu_seconds() - spent
    posted_at = await _posted(stage, records)
    seconds = max(posted_at.values()) - run.answers[0].sent_at
    return [
        Figure("event to card, sustained", len(posted_at) / seconds, Unit.PER_SECOND, 450),
        Figure("  processor time each", spent / len(posted_at) * 1000, Unit.CPU_MS, 2.5),
        Figure("  told to come back (503)", count - run.accepted, Unit.COUNT),
        Figure("  accepted and no card", len(set(run.accepted_of(records)) - posted_at.keys()), Unit.COUNT, must_be=0),
    ]


async def _steady(stage: Stage, count: int) -> list[Figure]:
    records = await stage.neighbours.records(count)
    run = await pace(stage.program.address, stage.webhooks(records), per_second=PER_SECOND)
    await stage.neighbours.until_shown(run.accepted_of(records), within=30)
    posted_at = await _posted(stage, records)
    sent_at = {record: answer.sent_at for record, answer in zip(records, run.answers, strict=True)}
    took = [at - sent_at[record] for record, at in posted_at.items()]
    return latencies(f"event to card at {PER_SECOND}/s", took, (8, 25))


async def _posted(stage: Stage, records: Sequence[int]) -> dict[int, float]:
    """When the cards of these records were posted."""
    wanted = set(records)
    return {one.record: one.posted_at for one in await stage.neighbours.cards() if one.record in wanted}
