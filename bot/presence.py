"""Which replicas are alive, on PostgreSQL: each holds an advisory lock for as long as its connection lives.

What a dead one had taken need not wait for its lease to run out. A replica that lost only this connection may be at
work still: a second run of an effect is harmless by its sender's word, and what was begun in Odoo is first looked for.
"""

from __future__ import annotations

import zlib
from datetime import datetime, timedelta

from sqlalchemy import select, text

from bot import inbox, outbox
from bot.db import Read, Write
from bot.tables import effects, signals

#: The first key of the advisory locks that mean "this replica is alive"; any number that nobody else uses.
SPACE = 0x516_0FF

#: A replica that has taken something but holds no lock may just be connecting (again).
GRACE = timedelta(seconds=15)

_HELD = text(
    "SELECT objid::bigint AS key FROM pg_locks JOIN pg_database ON pg_database.oid = pg_locks.database"
    " WHERE locktype = 'advisory' AND granted AND classid = :space AND datname = current_database()"
)


def key(worker: str) -> int:
    """The second key of a replica's lock."""
    return zlib.crc32(worker.encode()) & 0x7FFF_FFFF


async def release_dead(session: Write, now: datetime) -> frozenset[str]:
    """Free what replicas had taken that are no more, and say which; only on PostgreSQL."""
    workers = await _at_work(session, now)
    if not workers:
        return frozenset()
    alive = set((await session.execute(_HELD, {"space": SPACE})).scalars())
    dead = frozenset(worker for worker in workers if key(worker) not in alive)
    if dead:
        await inbox.release(session, dead)
        await outbox.release(session, dead)
    return dead


async def _at_work(session: Read, now: datetime) -> set[str]:
    """Replicas that took something more than ``GRACE`` ago and have not marked it yet."""
    sending = select(effects.c.worker).where(
        effects.c.state == outbox.State.IN_FLIGHT, effects.c.lease_until <= now + outbox.LEASE - GRACE
    )
    reading = select(signals.c.worker).where(signals.c.lease_until <= now + inbox.LEASE - GRACE)
    found = await session.execute(sending.union(reading))
    return {worker for worker in found.scalars() if worker}
