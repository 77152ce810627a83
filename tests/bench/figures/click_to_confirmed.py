"""Click to confirmed: from the signed click to the read by which Odoo confirms, and to the card that says so."""

from __future__ import annotations

from collections.abc import Sequence

from tests.bench.databases import Databases
from tests.bench.figures.event_to_card import PER_SECOND
from tests.bench.load import Run, pace, saturate
from tests.bench.report import Figure, Unit, latencies
from tests.bench.size import Size
from tests.bench.stage import Stage, staged

#: Slack shows an error to whoever clicked when the answer takes longer, in seconds.
SLACK_WAITS = 3.0


async def measure(databases: Databases, size: Size) -> list[Figure]:
    """The time that one click takes; then clicks decided and confirmed a second when all come at once."""
    async with staged(databases) as stage:
        await shown(stage, 5)
        steady = await _steady(stage, await shown(stage, size.paced))
        burst = await _burst(stage, await shown(stage, size.clicks))
    return [*steady, *burst]


async def shown(stage: Stage, count: int) -> list[int]:
    """New orders, each with its card. They are told of again until each has one: this is not what is measured."""
    records = await stage.neighbours.records(count)
    lacking = list(records)
    while lacking:
        run = await saturate(stage.program.address, stage.webhooks(lacking), connections=16)
        await stage.neighbours.until_shown(run.accepted_of(lacking), within=60)
        there = {one.record for one in await stage.neighbours.cards()}
        lacking = [one for one in lacking if one not in there]
    return records


async def _steady(stage: Stage, records: Sequence[int]) -> list[Figure]:
    run = await pace(stage.program.address, await stage.clicks(records), per_second=PER_SECOND)
    await stage.neighbours.until("confirmed", len(records), within=60)
    read_back, card_says = await _times(stage, records, run)
    return [
        *latencies(f"click to read back from Odoo at {PER_SECOND}/s", read_back, (18, 45)),
        *latencies("  click to the card that says so", card_says, (None, None)),
        *latencies("  click to its acknowledgement", [one.took for one in run.answers], (None, None)),
    ]


async def _burst(stage: Stage, records: Sequence[int]) -> list[Figure]:
    before = sum(one.confirmed_at is not None for one in await stage.neighbours.cards())
    clicks = await stage.clicks(records)
    spent = stage.program.cpu_seconds()
    run = await saturate(stage.program.address, clicks)
    await stage.neighbours.until("confirmed", before + run.accepted, within=60 + len(records) / 5)
    spent = stage.program.cpu_seconds() - spent
    read_back, card_says = await _times(stage, records, run)
    begun = run.answers[0].sent_at
    last = max(one.read_back_at or begun for one in await stage.neighbours.written() if one.record in set(records))
    late = sum(one.took > SLACK_WAITS for one in run.answers)
    return [
        Figure("clicks at once: decided and acknowledged", run.accepted / run.seconds, Unit.PER_SECOND, 400),
        Figure("clicks at once: confirmed in Odoo", len(read_back) / (last - begun), Unit.PER_SECOND, 100),
        Figure("  processor time each", spent / len(records) * 1000, Unit.CPU_MS),
        Figure("  acknowledged later than Slack waits", late, Unit.COUNT),
        Figure("  acknowledged and never shown as confirmed", run.accepted - len(card_says), Unit.COUNT, must_be=0),
    ]


async def _times(stage: Stage, records: Sequence[int], run: Run) -> tuple[list[float], list[float]]:
    """Seconds from each click to Odoo's confirming read, and to the card that says so."""
    read_at = {one.record: one.read_back_at for one in await stage.neighbours.written()}
    told_at = {one.record: one.confirmed_at for one in await stage.neighbours.cards()}
    sent = list(zip(records, run.answers, strict=True))
    return (
        [at - answer.sent_at for record, answer in sent if (at := read_at.get(record)) is not None],
        [at - answer.sent_at for record, answer in sent if (at := told_at.get(record)) is not None],
    )
