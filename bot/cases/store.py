"""Cases as rows: the only place that turns one into the other.

No rule is here and nothing is committed here; the service calls these inside its transaction.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    bindparam,
    false,
    func,
    insert,
    literal_column,
    or_,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from bot.approvals.sight import asked_roles
from bot.cases import decision_rows
from bot.cases.codec import plan_hash, plan_to_text, revision_to_text
from bot.cases.model import Case, Kind, RecordRef
from bot.cases.rows import case_of, case_row, revision_row
from bot.db import Database, Read, Write
from bot.tables import cases, plan_roles, plans, revisions

#: As the index on covering cases has it. SQLAlchemy's own ``covers = 1`` would not find it: every case is gone through.
COVERS: ColumnElement[Any] = literal_column("cases.covers")
_newest = and_(revisions.c.case_id == cases.c.id, revisions.c.number == cases.c.revision)


def _whole() -> Select[Any]:
    return (
        select(cases, plans.c.body.label("plan"), revisions.c.event, revisions.c.at.label("revised_at"))
        .join(plans, plans.c.hash == cases.c.plan_hash)
        .join(revisions, _newest)
    )


async def lock(session: Write, ids: Iterable[int], refs: Iterable[RecordRef]) -> None:
    """Take the rows that ``by_id`` and ``by_record`` are going to read, before they are read.

    In the order of their numbers, so that replicas queue instead of blocking each other crosswise. Not while they
    are read: a row that was waited for would be joined with the revision and the plan it had before the wait.
    """
    if session.dialect != "postgresql":
        return  # SQLite has one writer
    known = or_(cases.c.closed_at.is_(None), cases.c.covers)
    wanted = or_(cases.c.id.in_(sorted(set(ids))), and_(_places(refs), known))
    await session.execute(select(cases.c.id).where(wanted).order_by(cases.c.id).with_for_update())


async def by_id(session: Read, ids: Iterable[int]) -> dict[int, Case]:
    """Cases by their numbers; those that do not exist are missing from the answer."""
    wanted = sorted(set(ids))
    if not wanted:
        return {}
    found = await _load(session, _whole().where(cases.c.id.in_(wanted)).order_by(cases.c.id))
    return {case.id: case for case in found}


def loading(database: Database) -> Callable[[Sequence[int]], Awaitable[dict[int, Case]]]:
    """A reading of cases by their numbers, in a transaction of its own each time."""

    async def load(ids: Sequence[int]) -> dict[int, Case]:
        async with database.read() as session:
            return await by_id(session, ids)

    return load


async def by_record(session: Read, refs: Iterable[RecordRef]) -> dict[RecordRef, Case]:
    """For each record its open approval, else its newest closed one that still covers it."""
    asked = list(refs)
    if not asked:
        return {}
    places = _places(asked)
    newest_covering = (
        select(func.max(cases.c.id))
        .where(places, COVERS, cases.c.kind == Kind.APPROVAL)
        .group_by(cases.c.source, cases.c.model, cases.c.record_id)
    )
    statement = _whole().where(
        or_(
            and_(places, cases.c.closed_at.is_(None), cases.c.kind == Kind.APPROVAL),
            cases.c.id.in_(newest_covering),
        )
    )
    found = await _load(session, statement.order_by(cases.c.closed_at.is_(None), cases.c.id))
    return {case.record: case for case in found}


async def exceptions_of(session: Read, refs: Iterable[RecordRef]) -> dict[tuple[RecordRef, str], Case]:
    """For each record and event type its open exception, else its newest closed one that still covers it."""
    asked = list(refs)
    if not asked:
        return {}
    known = or_(cases.c.closed_at.is_(None), COVERS)
    statement = _whole().where(_places(asked), known, cases.c.kind == Kind.EXCEPTION)
    found = await _load(session, statement.order_by(cases.c.closed_at.is_(None), cases.c.id))
    return {(case.record, case.event.event_type): case for case in found}


def _places(refs: Iterable[RecordRef]) -> ColumnElement[bool]:
    wanted: dict[tuple[str, str], set[int]] = defaultdict(set)
    for ref in refs:
        wanted[ref.source, ref.model].add(ref.id)
    return or_(false(), *(_among(source, model, ids) for (source, model), ids in wanted.items()))


def _among(source: str, model: str, ids: set[int]) -> ColumnElement[bool]:
    return and_(cases.c.source == source, cases.c.model == model, cases.c.record_id.in_(sorted(ids)))


async def _load(session: Read, statement: Select[Any]) -> list[Case]:
    rows = (await session.execute(statement)).all()
    given = await decision_rows.load(session, [row.id for row in rows])
    return [case_of(row, given.get(row.id, ())) for row in rows]


async def save_plans(session: Write, some: Iterable[Case]) -> None:
    """Keep plans under their hashes; one that is there already stays."""
    written = {plan_hash(text): (text, plan) for text, plan in ((plan_to_text(case.plan), case.plan) for case in some)}
    if not written:
        return
    add = postgresql.insert if session.dialect == "postgresql" else sqlite.insert
    await session.execute(
        add(plans).on_conflict_do_nothing(index_elements=["hash"]),
        [{"hash": name, "body": text} for name, (text, _) in sorted(written.items())],
    )
    asked = [{"hash": name, "role": role} for name, (_, plan) in written.items() for role in asked_roles(plan)]
    if asked:
        await session.execute(
            add(plan_roles).on_conflict_do_nothing(), sorted(asked, key=lambda one: tuple(one.values()))
        )


async def add(session: Write, fresh: Sequence[Case]) -> list[Case]:
    """Insert new cases with their first revision; the answer has their numbers.

    An older one of the same kind covers the record no longer: its figures have changed since.
    """
    if not fresh:
        return []
    await save_plans(session, fresh)
    await _end_covers(session, fresh)
    # Told apart by what they are: to answer in the order of the rows, SQLite would have to be given them one by one.
    statement = insert(cases).returning(cases.c.id, *_IDENTITY)
    # Replicas that open the same records at once meet at the unique index, all of them in the same order.
    rows = await session.execute(statement, [case_row(case) for case in sorted(fresh, key=lambda case: case.record)])
    numbers: dict[tuple[str | int, ...], int] = {tuple(row[1:]): row.id for row in rows}
    numbered = [replace(case, id=numbers[_identity(case)]) for case in fresh]
    await session.execute(insert(revisions), [revision_row(case) for case in numbered])
    await decision_rows.save(session, [(replace(case, decisions=()), case) for case in numbered])
    return numbered


async def _end_covers(session: Write, fresh: Sequence[Case]) -> None:
    approvals = [case.record for case in fresh if case.kind is Kind.APPROVAL]
    ended = [and_(_places(approvals), cases.c.kind == Kind.APPROVAL)] if approvals else []
    by_type: dict[str, list[RecordRef]] = defaultdict(list)
    for case in fresh:
        if case.kind is Kind.EXCEPTION:
            by_type[case.event.event_type].append(case.record)
    ended += [_exceptions_at(name, refs) for name, refs in by_type.items()]
    await session.execute(update(cases).where(or_(false(), *ended), COVERS).values(covers=False))


def _exceptions_at(event_type: str, refs: Iterable[RecordRef]) -> ColumnElement[bool]:
    return and_(_places(refs), cases.c.kind == Kind.EXCEPTION, cases.c.event_type == event_type)


async def save(session: Write, changed: Sequence[tuple[Case, Case]]) -> None:
    """Write (before, after) pairs: the row, a new or amended revision, new decisions."""
    if not changed:
        return
    await save_plans(session, (after for before, after in changed if before.plan != after.plan))
    await session.execute(
        update(cases).where(cases.c.id == bindparam("this_id"), cases.c.version == bindparam("this_version")),
        [{**case_row(after), "this_id": after.id, "this_version": before.version} for before, after in changed],
    )
    await _save_revisions(session, changed)
    await decision_rows.save(session, changed)


async def _save_revisions(session: Write, changed: Sequence[tuple[Case, Case]]) -> None:
    new = [after for before, after in changed if after.revision.number != before.revision.number]
    amended = [
        after
        for before, after in changed
        if after.revision.number == before.revision.number and after.revision != before.revision
    ]
    if new:
        await session.execute(insert(revisions), [revision_row(case) for case in new])
    if amended:
        await session.execute(
            update(revisions)
            .where(revisions.c.case_id == bindparam("this_id"), revisions.c.number == bindparam("this_number"))
            .values(event=bindparam("text")),
            [
                {
                    "this_id": case.id,
                    "this_number": case.revision.number,
                    "text": revision_to_text(case.revision),
                }
                for case in amended
            ],
        )


async def link(session: Write, pairs: Sequence[tuple[int, int]]) -> None:
    """Name successors: (case, successor) by number."""
    if pairs:
        await session.execute(
            update(cases).where(cases.c.id == bindparam("this_id")).values(successor_id=bindparam("that_id")),
            [{"this_id": before, "that_id": after} for before, after in pairs],
        )


#: Of cases that open at the same time, no two have all of these in common: the database would refuse the second.
_IDENTITY = (cases.c.source, cases.c.model, cases.c.record_id, cases.c.event_type, cases.c.kind)


def _identity(case: Case) -> tuple[str | int, ...]:
    return case.record.source, case.record.model, case.record.id, case.event.event_type, case.kind


__all__ = ["add", "by_id", "by_record", "exceptions_of", "link", "lock", "save"]
