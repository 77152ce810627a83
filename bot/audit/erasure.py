"""Erasing details: names and free text go, the chain stays whole, and an entry says that they went.

The trail's only change that is not an addition. An entry ``audit.erased`` names what was erased; a detail that is gone
without being named in one is found by the verifier like any other tampering.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, select, text, update
from sqlalchemy.exc import DBAPIError

from bot.audit import log
from bot.audit.chain import ERASED, Entry, spans
from bot.db import Database, Write
from bot.errors import ConfigError
from bot.tables import audit_details, audit_entries

#: PostgreSQL's code for "permission denied": https://www.postgresql.org/docs/current/errcodes-appendix.html
_NOT_ALLOWED = "42501"

#: Entry numbers in one statement.
_CHUNK = 500


@dataclass(frozen=True, slots=True)
class Which:
    """Whose details are meant: those of numbered entries, of one case, or of everything that one person did."""

    entries: tuple[int, ...] = ()
    case_id: int | None = None
    actor: str = ""  #: such as ``slack:T0123:U0456``


async def erase(database: Database, which: Which, *, reason: str, now: datetime) -> tuple[int, ...]:
    """Erase details for good and say so in the trail; returns the numbers of the entries that had one.

    Raises ConfigError where the role of the database may not: on PostgreSQL only its owner can.
    """
    try:
        async with database.write() as session:
            if database.dialect == "sqlite":
                # Else the words stay in the file, in pages that are free.
                await session.execute(text("PRAGMA secure_delete=ON"))
            erased = sorted(await _erased(session, which))
            if erased:
                detail = {"reason": reason, "entries": spans(erased)}
                await log.append(session, [Entry(ERASED, "admin", now, which.case_id, "admin", detail=detail)])
    except DBAPIError as error:
        if getattr(error.orig, "sqlstate", "") != _NOT_ALLOWED:
            raise
        msg = (
            "this role of the database may not erase; nothing was erased. "
            "Set SIGNOFF_DATABASE_URL to the owner's for this one command"
        )
        raise ConfigError(msg) from error
    return tuple(erased)


async def _erased(session: Write, which: Which) -> list[int]:
    if not which.entries:
        return await _take(session, _of(which))
    numbers = sorted(set(which.entries))
    chunks = (numbers[at : at + _CHUNK] for at in range(0, len(numbers), _CHUNK))
    return [seq for some in chunks for seq in await _take(session, audit_entries.c.seq.in_(some))]


def _of(which: Which) -> ColumnElement[bool]:
    of_case = audit_entries.c.case_id == which.case_id
    by_actor = audit_entries.c.actor == which.actor
    return of_case if which.case_id is not None else by_actor


async def _take(session: Write, condition: ColumnElement[bool]) -> list[int]:
    # What was erased, and why, has to stay readable: without it erasure could not be told from tampering.
    meant = select(audit_entries.c.seq).where(and_(condition, audit_entries.c.action != ERASED))
    gone = await session.execute(
        update(audit_details)
        .where(audit_details.c.seq.in_(meant), audit_details.c.body.is_not(None))
        .values(body=None)
        .returning(audit_details.c.seq)
    )
    return [int(row.seq) for row in gone]
