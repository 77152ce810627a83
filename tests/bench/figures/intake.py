"""Events accepted: webhooks on distinct records, each answered after its signal is durable.

Odoo answers no read meanwhile, so that intake alone is measured; ``event_to_card`` measures the whole way.
"""

from __future__ import annotations

from tests.bench.databases import Databases
from tests.bench.load import saturate
from tests.bench.report import Figure, Unit, latencies
from tests.bench.size import Size
from tests.bench.stage import staged

#: Longer than the figure takes, so that no read is answered before its end.
_HELD_S = 60


async def measure(databases: Databases, size: Size) -> list[Figure]:
    """Accepted events a second, and how long each waited."""
    async with staged(databases) as stage:
        await stage.neighbours.order("hold", seconds=_HELD_S)
        run = await saturate(stage.program.address, stage.webhooks(range(1, size.intake + 1)))
    return [
        Figure("events accepted, durable", run.accepted / run.seconds, Unit.PER_SECOND, 3_000),
        *latencies("  answer to a webhook under that load", [one.took for one in run.answers], (None, None)),
        Figure("  told to come back (503)", len(run.answers) - run.accepted, Unit.COUNT),
    ]
