"""Event to card: from the webhook to the post that reaches Slack, in a burst and at a steady five a second."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tests.bench.databases import Databases
from tests.bench.load import Answer, pace, saturate
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
    before = len(await stage.neighbours.cards())
    spent = stage.program.cpu_seconds()
    run = await saturate(stage.program.address, stage.webhooks(records))
    # One that was told to come back may have been stored all the same, a moment too late.
    await stage.neighbours.until("cards", before + run.accepted, within=60 + count / 20)
    spent = stage.program.cpu_seconds() - spent
    posted_at = {one.record: one.posted_at for one in await stage.neighbours.cards() if one.record in set(records)}
    seconds = max(posted_at.values()) - run.answers[0].sent_at
    return [
        Figure("event to card, sustained", len(posted_at) / seconds, Unit.PER_SECOND, 450),
        Figure("  processor time each", spent / len(posted_at) * 1000, Unit.CPU_MS, 2.5),
        Figure("  told to come back (503)", len(run.answers) - run.accepted, Unit.COUNT),
        Figure("  accepted and no card", missing(records, run.answers, posted_at), Unit.COUNT, must_be=0),
    ]


async def _steady(stage: Stage, count: int) -> list[Figure]:
    records = await stage.neighbours.records(count)
    before = len(await stage.neighbours.cards())
    run = await pace(stage.program.address, stage.webhooks(records), per_second=PER_SECOND)
    await stage.neighbours.until("cards", before + run.accepted, within=30)
    posted_at = {one.record: one.posted_at for one in await stage.neighbours.cards()}
    took = [
        posted_at[record] - answer.sent_at
        for record, answer in zip(records, run.answers, strict=True)
        if record in posted_at
    ]
    return latencies(f"event to card at {PER_SECOND}/s", took, (8, 25))


def missing(records: Sequence[int], answers: Sequence[Answer], cards: Mapping[int, object]) -> int:
    """Accepted events of which nothing became a card."""
    return sum(answer.status == 200 and record not in cards for record, answer in zip(records, answers, strict=True))
