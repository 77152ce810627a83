"""Signals: records that have to be read, each once however often it was named.

A row is the whole promise: it goes only when the record has been read and what it said has been committed. A
signal that arrives meanwhile raises ``seq``, so that finishing the older one leaves the row in place.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, bindparam, case, delete, func, or_, select, tuple_, update
from sqlalchemy.dialects import postgresql, sqlite

from bot.cases.model import RecordRef
from bot.columns import UtcDateTime
from bot.db import Read, Write
from bot.group_commit import Apply
from bot.tables import signals

#: Longer than a read may take together with its retries inside the client; after it a crashed reader's rows are free.
LEASE = timedelta(seconds=60)

_FREE = {"worker": None, "lease_until": None}

#: The waker of those who read signals.
TOPIC = "signals"


@dataclass(frozen=True, slots=True)
class Signal:
    """Something may have happened to this record. Never believed, only followed."""

    record: RecordRef
    at: datetime


@dataclass(frozen=True, slots=True)
class Claimed:
    """A record to be read now."""

    record: RecordRef
    seq: int
    attempts: int  #: how often it has been read for this signal


@dataclass(frozen=True, slots=True)
class ClaimSignals:
    """Take up to ``limit`` records that are due, of any source but ``besides``."""

    now: datetime
    limit: int
    worker: str
    besides: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Finish:
    """The record has been read and followed."""

    claimed: Claimed


@dataclass(frozen=True, slots=True)
class ReadAgain:
    """Nothing to be seen yet (or Odoo was away): read again at ``due_at``."""

    claimed: Claimed
    due_at: datetime


async def store(session: Write, arrived: Sequence[Signal]) -> Sequence[None]:
    """Keep signals. Several for one record are one row, due at once."""
    newest = {signal.record: signal for signal in arrived}
    rows = [
        {
            "source": ref.source,
            "model": ref.model,
            "record_id": ref.id,
            "seq": 1,
            "received_at": signal.at,
            "due_at": signal.at,
            "attempts": 0,
        }
        for ref, signal in sorted(newest.items())
    ]
    insert = postgresql.insert if session.dialect == "postgresql" else sqlite.insert
    statement = insert(signals)
    await session.execute(
        statement.on_conflict_do_update(
            index_elements=["source", "model", "record_id"],
            set_={"seq": signals.c.seq + 1, "due_at": statement.excluded.due_at, "attempts": 0},
        ),
        rows,
    )
    session.wakes.add(TOPIC)
    return [None] * len(arrived)


async def claim(session: Write, asked: Sequence[ClaimSignals]) -> Sequence[list[Claimed]]:
    """Lease due rows to the asking workers."""
    return [await _claim(session, one) for one in asked]


async def _claim(session: Write, asked: ClaimSignals) -> list[Claimed]:
    free = or_(signals.c.lease_until.is_(None), signals.c.lease_until <= asked.now)
    due = (
        select(signals.c.source, signals.c.model, signals.c.record_id)
        .where(signals.c.due_at <= asked.now, free, *_not_of(asked.besides))
        .order_by(signals.c.due_at)
        .limit(asked.limit)
        .with_for_update(skip_locked=True)
        .subquery()
    )
    same = and_(
        signals.c.source == due.c.source, signals.c.model == due.c.model, signals.c.record_id == due.c.record_id
    )
    statement = (
        update(signals)
        .where(same)
        .values(worker=asked.worker, lease_until=asked.now + LEASE)
        .returning(signals.c.source, signals.c.model, signals.c.record_id, signals.c.seq, signals.c.attempts)
    )
    rows = await session.execute(statement)
    return [Claimed(RecordRef(row.source, row.model, row.record_id), row.seq, row.attempts) for row in rows]


def _not_of(sources: Collection[str]) -> list[ColumnElement[bool]]:
    return [signals.c.source.not_in(sorted(sources))] if sources else []


_THIS = and_(
    signals.c.source == bindparam("this_source"),
    signals.c.model == bindparam("this_model"),
    signals.c.record_id == bindparam("this_id"),
)
_UNCHANGED = signals.c.seq == bindparam("this_seq")


def _this(claimed: Claimed) -> dict[str, object]:
    ref = claimed.record
    return {"this_source": ref.source, "this_model": ref.model, "this_id": ref.id, "this_seq": claimed.seq}


async def finish(session: Write, done: Sequence[Finish]) -> Sequence[None]:
    """Drop rows whose signal has been followed; a newer signal keeps its row, which is free again."""
    rows = [_this(one.claimed) for one in done]
    dropped = await session.execute(delete(signals).where(_THIS, _UNCHANGED), rows)
    if dropped.rowcount != len(rows):  # PostgreSQL does not count many at once, and says -1
        await session.execute(update(signals).where(_THIS, signals.c.seq > bindparam("this_seq")).values(_FREE), rows)
        session.wakes.add(TOPIC)
    return [None] * len(done)


async def read_again(session: Write, asked: Sequence[ReadAgain]) -> Sequence[None]:
    """Put rows back; one that was signalled anew meanwhile stays due at once."""
    await session.execute(
        update(signals)
        .where(_THIS)
        .values(
            **_FREE,
            due_at=case((_UNCHANGED, bindparam("then", type_=UtcDateTime)), else_=signals.c.due_at),
            attempts=case((_UNCHANGED, bindparam("tries")), else_=0),
        ),
        [{**_this(one.claimed), "then": one.due_at, "tries": one.claimed.attempts + 1} for one in asked],
    )
    session.wakes.add(TOPIC)
    return [None] * len(asked)


async def release(session: Write, workers: Collection[str] | None = None) -> None:
    """Free the leases of workers that are no more, or every lease: only right where no other process can be at work."""
    of_these = update(signals) if workers is None else update(signals).where(signals.c.worker.in_(workers))
    await session.execute(of_these.values(_FREE))
    session.wakes.add(TOPIC)


async def next_due(session: Read, now: datetime, besides: Collection[str] = ()) -> datetime | None:
    """When the next free row of any source but ``besides`` falls due, if there is one."""
    free = or_(signals.c.lease_until.is_(None), signals.c.lease_until <= now)
    return (await session.execute(select(func.min(signals.c.due_at)).where(free, *_not_of(besides)))).scalar()


async def count(session: Read, *, source: str | None = None) -> int:
    """Signals (of one source, or all) that have not been followed yet."""
    statement = select(func.count()).select_from(signals)
    if source is not None:
        statement = statement.where(signals.c.source == source)
    counted: int = (await session.execute(statement)).scalar_one()
    return counted


async def waiting(session: Read, refs: Collection[RecordRef]) -> set[RecordRef]:
    """Those of ``refs`` for which a signal has not been followed yet."""
    named = tuple_(signals.c.source, signals.c.model, signals.c.record_id)
    rows = await session.execute(
        select(signals.c.source, signals.c.model, signals.c.record_id).where(
            named.in_([(ref.source, ref.model, ref.id) for ref in refs])
        )
    )
    return {RecordRef(row.source, row.model, row.record_id) for row in rows}


#: For the composition root: who writes which member of the group commit.
ROUTES: tuple[tuple[type, Apply], ...] = (
    (Signal, store),
    (Finish, finish),
    (ReadAgain, read_again),
    (ClaimSignals, claim),
)
