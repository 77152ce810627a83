"""Supervisors: what they ask over a million cases, the figures of a week, and the report.

In one process, without Slack and Odoo: what is measured is the question to the database and the reading of its answer.
Nearly all of the cases are closed, over a year; five thousand are open.
"""

from __future__ import annotations

import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import product
from pathlib import Path
from time import perf_counter
from typing import Any

from sqlalchemy import insert, text

from bot.approvals.sight import view_of
from bot.cases import store
from bot.cases.model import Case, Kind, Status, WriteBackState
from bot.cases.opening import open_case
from bot.cases.rows import case_row, revision_row
from bot.clock import Clock
from bot.db import Database, Read, Write, upgrade
from bot.reports.asked import Asked
from bot.reports.desk import read_desk
from bot.reports.kpis import KPIS
from bot.reports.kpis import measure as measure_kpis
from bot.reports.markdown import as_markdown
from bot.reports.period import up_to, zone_of
from bot.reports.question import Known
from bot.reports.reading import read
from bot.reports.register import answer
from bot.reports.report import make
from bot.tables import audit_entries, cases, revisions
from tests.bench.databases import Databases
from tests.bench.report import Figure, latencies
from tests.bench.size import Size
from tests.factories import COUNT, LATE, PURCHASE, a_decision, a_person, a_record, an_event, usd
from tests.integration.month import ANN, BOSS, DOT, LEE, the_rules

_BATCH = 5_000
_YEAR = timedelta(days=365)
_RULES = the_rules()
#: A supervisor waits so long at most, of a hundred questions for ninety-nine.
_AIM_MS = 200

_TYPED = (
    "",
    "overdue",
    "overdue CHI over 500",
    "count_variance older 2h",
    "over 900 USD page 2",
    "rec0012",
    "globex",
    "mine",
    "unowned DAL",
)

Ask = Callable[[Read], Awaitable[object]]


async def measure(databases: Databases, size: Size) -> list[Figure]:
    """How long answers take beside everything that has ever been."""
    with tempfile.TemporaryDirectory() as directory:
        async with databases.fresh(Path(directory)) as lent:
            await upgrade(lent.url)
            database = Database(lent.url)
            try:
                now = Clock().now()
                await _load(database, size, now)
                return [one async for one in _figures(database, size, now)]
            finally:
                await database.close()


async def _figures(database: Database, size: Size, now: datetime) -> AsyncIterator[Figure]:
    people = (ANN, BOSS, DOT, LEE)
    lists = [_list(typed, kind, who, now) for typed, kind, who in product(_TYPED, Kind, people)]
    told = f"{size.cases:,} cases"
    for line in await _timed(f"{told}: a list", database, lists, size.asked, _AIM_MS):
        yield line
    homes = [_home(who, now) for who in people]
    for line in await _timed("  an App Home, read", database, homes, size.asked * 5, _AIM_MS):
        yield line
    for who in ("", BOSS, LEE):
        name = f"  all {len(KPIS)} figures of a week, for {who.partition('@')[0] or 'the admin'}"
        for line in await _timed(name, database, [_kpis(who, now)], size.asked, None):
            yield line
    for line in await _timed("  the report of a week", database, [_report(now)], size.asked, None):
        yield line


def _list(typed: str, kind: Kind, who: str, now: datetime) -> Ask:
    known = Known(tuple(_RULES.config.sites), tuple(_RULES.traits))
    question = read(typed.split(), kind, known).question
    return lambda session: answer(session, question, view_of(who, _RULES, now), now)


def _home(who: str, now: datetime) -> Ask:
    return lambda session: read_desk(session, a_person(who), _RULES, now)


def _kpis(who: str, now: datetime) -> Ask:
    period = up_to(now, zone_of(_RULES.config))
    view = view_of(who, _RULES, now) if who else None
    return lambda session: measure_kpis(session, Asked(period.since, period.until, now, view=view))


def _report(now: datetime) -> Ask:
    async def whole(session: Read) -> str:
        period = up_to(now, zone_of(_RULES.config))
        return as_markdown(await make(session, Asked(period.since, period.until, now), period))

    return whole


async def _timed(name: str, database: Database, asks: list[Ask], times: int, aim: float | None) -> list[Figure]:
    """Each question so often; the first round warms the caches, as the day does."""
    took: list[float] = []
    for number in range(times + 1):
        for ask in asks:
            begun = perf_counter()
            async with database.read() as session:
                await ask(session)
            took += [perf_counter() - begun] if number else []
    return latencies(name, took, (None, aim))


async def _load(database: Database, size: Size, now: datetime) -> None:
    """Written in bulk, as rows that the program itself would have written."""
    step = _YEAR / size.cases
    models = _models(now)
    async with database.write() as session:
        await store.save_plans(session, (one.case for one in models))
    for first in range(1, size.cases + 1, _BATCH):
        numbers = range(first, min(first + _BATCH, size.cases + 1))
        opened = size.cases - size.open
        rows = [_row(models[n % len(models)], n, now - _YEAR + n * step, is_open=n > opened) for n in numbers]
        async with database.write() as session:
            await session.execute(insert(cases), rows)
            await _beside(session, models, [row for row in rows if row["closed_at"] is None])
            await session.execute(insert(audit_entries), [_step(row) for row in rows if row["id"] % 10 == 0])
    async with database.write() as session:
        await session.execute(text("ANALYZE"))


@dataclass(frozen=True)
class _Model:
    """A case of one type and place, as rows of it look while it is open and once it is closed."""

    case: Case
    open: dict[str, Any]
    closed: dict[str, Any]


def _models(now: datetime) -> list[_Model]:
    """One for each type and place."""
    found: list[_Model] = []
    for number, (event_type, site, company) in enumerate(
        product((PURCHASE, COUNT, LATE), ("CHI", "DAL", "RNO", None), ("Acme", "Acme GmbH")), 1
    ):
        event = an_event(
            record=a_record(number), event_type=event_type, warehouse=site, company=company, title=f"REC{number}"
        )
        waiting = open_case(event, _RULES, now).case
        status = Status.RESOLVED if waiting.kind is Kind.EXCEPTION else Status.APPROVED
        closed = replace(
            waiting,
            status=status,
            write_back=WriteBackState.CONFIRMED,
            decided_at=now,
            closed_at=now,
            decisions=(a_decision(ANN),) if waiting.kind is Kind.APPROVAL else (),
        )
        found.append(_Model(waiting, case_row(waiting), case_row(closed)))
    return found


def _row(model: _Model, number: int, opened: datetime, *, is_open: bool) -> dict[str, Any]:
    """Answered after a time of up to two days."""
    took = timedelta(minutes=number * 7919 % 2880, seconds=number % 60)
    over = None if is_open else opened + took
    return {
        **(model.open if is_open else model.closed),
        "id": number,
        "record_id": number,
        "name_key": f"rec{number:07}",
        "value": usd(f"{number % 5000}.50").amount,
        "opened_at": opened,
        "decided_at": over,
        "closed_at": over,
        "ended_at": over,
        "took": None if is_open else took // timedelta(microseconds=1),
        "in_time": None if is_open else took < timedelta(hours=2),
        "answer_due_at": opened + timedelta(hours=2) if is_open else None,
        "root_cause": "other" if model.case.kind is Kind.EXCEPTION and not is_open else None,
        "due_at": None,
    }


async def _beside(session: Write, models: list[_Model], rows: list[dict[str, Any]]) -> None:
    """What is read with an open case."""
    if rows:
        made = [replace(models[row["id"] % len(models)].case, id=row["id"]) for row in rows]
        await session.execute(insert(revisions), [revision_row(case) for case in made])


def _step(row: dict[str, Any]) -> dict[str, Any]:
    """An entry of the trail without its chain, which nobody reads here."""
    return {
        "seq": row["id"],
        "at": row["opened_at"] + timedelta(hours=1),
        "action": "escalation.reminded",
        "actor": "signoff",
        "origin": "timer",
        "case_id": row["id"],
        "detail_hash": "",
        "previous": "",
        "hash": "",
    }
