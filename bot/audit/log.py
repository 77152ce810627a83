"""The audit log: appending at the end of a transaction, and reading in order.

Entries are only ever added; the database itself refuses anything else. The head is taken and the entries are
inserted in the last statements of a transaction, so that their order is the order of commits and nobody waits
for the head while others work.
"""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update

from bot.audit.chain import GENESIS, Entry, Sealed, seal
from bot.db import Database, Read, Write
from bot.tables import audit_details, audit_entries, audit_head

#: Entries read at a time by those who go through all of them.
_PAGE = 1000


async def append(session: Write, entries: Sequence[Entry]) -> None:
    """Seal ``entries`` in their order behind the newest. Call it last in a transaction."""
    if not entries:
        return
    head = await _take_head(session)
    sealed: list[Sealed] = []
    for entry in entries:
        seq, previous = (sealed[-1].seq, sealed[-1].hash) if sealed else head
        sealed.append(seal(entry, seq=seq + 1, previous=previous, salt=secrets.token_hex(8)))
    await session.execute(insert(audit_entries), [_row(one) for one in sealed])
    await session.execute(insert(audit_details), [{"seq": one.seq, "body": one.detail_text} for one in sealed])
    newest = {"seq": sealed[-1].seq, "hash": sealed[-1].hash}
    await session.execute(update(audit_head).where(audit_head.c.id == 1).values(newest))


async def _take_head(session: Write) -> tuple[int, str]:
    found = (await session.execute(select(audit_head).where(audit_head.c.id == 1).with_for_update())).one()
    return found.seq, found.hash


def _row(one: Sealed) -> dict[str, Any]:
    entry = one.entry
    return {
        "seq": one.seq,
        "at": entry.at,
        "action": entry.action,
        "actor": entry.actor,
        "origin": entry.origin,
        "case_id": entry.case_id,
        "revision": entry.revision,
        "fingerprint": entry.fingerprint,
        "config": entry.config,
        "detail_hash": one.detail_hash,
        "previous": one.previous,
        "hash": one.hash,
    }


async def head(session: Read) -> tuple[int, str]:
    """Number and hash of the newest entry; (0, GENESIS) when there is none."""
    found = (await session.execute(select(audit_head.c.seq, audit_head.c.hash))).one_or_none()
    return (found.seq, found.hash) if found else (0, GENESIS)


@dataclass(frozen=True, slots=True)
class Mark:
    """Names one audit entry outside of Signoff: its number and the beginning of its hash.

    The hash keeps two installations that write to one Odoo apart.
    """

    seq: int
    hash: str

    def __str__(self) -> str:
        return f"[Signoff #{self.seq} {self.hash[:8]}]"


async def mark_of(session: Read, case_id: int, actions: Sequence[str]) -> Mark | None:
    """The newest entry about a case with one of ``actions``: what notes in Odoo refer to."""
    statement = (
        select(audit_entries.c.seq, audit_entries.c.hash)
        .where(audit_entries.c.case_id == case_id, audit_entries.c.action.in_(actions))
        .order_by(audit_entries.c.seq.desc())
        .limit(1)
    )
    found = (await session.execute(statement)).one_or_none()
    return Mark(found.seq, found.hash) if found else None


async def about(session: Read, case_id: int, *, after: int, limit: int) -> list[Sealed]:
    """Up to ``limit`` entries about a case behind number ``after``, in order, with their details."""
    statement = (
        select(audit_entries, audit_details.c.body)
        .join(audit_details, audit_details.c.seq == audit_entries.c.seq, isouter=True)
        .where(audit_entries.c.case_id == case_id, audit_entries.c.seq > after)
        .order_by(audit_entries.c.seq)
        .limit(limit)
    )
    return [_sealed(row) for row in await session.execute(statement)]


async def newest(session: Read, actions: Sequence[str]) -> Sealed | None:
    """The newest entry about no case with one of ``actions``, with its detail; None where there is none."""
    statement = (
        select(audit_entries, audit_details.c.body)
        .join(audit_details, audit_details.c.seq == audit_entries.c.seq, isouter=True)
        .where(audit_entries.c.case_id.is_(None), audit_entries.c.action.in_(actions))
        .order_by(audit_entries.c.seq.desc())
        .limit(1)
    )
    found = (await session.execute(statement)).one_or_none()
    return _sealed(found) if found else None


async def cases_with(session: Read, action: str, since: datetime) -> list[int]:
    """The cases about which there is an entry of ``action`` since then, each as often as there are entries."""
    statement = (
        select(audit_entries.c.case_id)
        .where(audit_entries.c.action == action, audit_entries.c.at >= since)
        .order_by(audit_entries.c.seq)
    )
    return [int(number) for number in (await session.execute(statement)).scalars() if number is not None]


async def touched(session: Read, *, after: int, until: int, limit: int) -> set[int] | None:
    """The cases that entries behind ``after`` up to ``until`` are about; None where that cannot be said in short.

    That is where there are more than ``limit`` entries, or one about no case: the config, a stand-in, a group.
    """
    wanted = (audit_entries.c.seq > after, audit_entries.c.seq <= until)
    found = list((await session.execute(select(audit_entries.c.case_id).where(*wanted).limit(limit + 1))).scalars())
    return None if len(found) > limit or None in found else {number for number in found if number is not None}


async def entries(database: Database, *, case_id: int | None = None, until: int | None = None) -> AsyncIterator[Sealed]:
    """Every entry in order (up to number ``until``), a page at a time, with its detail."""
    after = 0
    while True:
        statement = (
            select(audit_entries, audit_details.c.body)
            .join(audit_details, audit_details.c.seq == audit_entries.c.seq, isouter=True)
            .where(audit_entries.c.seq > after)
            .order_by(audit_entries.c.seq)
            .limit(_PAGE)
        )
        if until is not None:
            statement = statement.where(audit_entries.c.seq <= until)
        if case_id is not None:
            statement = statement.where(audit_entries.c.case_id == case_id)
        async with database.read() as session:
            rows = (await session.execute(statement)).all()
        for row in rows:
            yield _sealed(row)
        if len(rows) < _PAGE:
            return
        after = rows[-1].seq


def _sealed(row: Any) -> Sealed:
    entry = Entry(row.action, row.actor, row.at, row.case_id, row.origin, row.revision, row.fingerprint, row.config)
    return Sealed(row.seq, entry, row.body, row.detail_hash, row.previous, row.hash)
