"""A case as rows, and rows as a case: the columns of ``cases`` and ``revisions``, one for one.

No statement is here; ``store.py`` reads and writes.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from bot.cases.chase import chase_from_text, chase_to_text
from bot.cases.codec import (
    forwards_from_text,
    forwards_to_text,
    plan_from_text,
    plan_hash,
    plan_to_text,
    revision_from_text,
    revision_to_text,
)
from bot.cases.files import files_from_text, files_to_text
from bot.cases.intended_codec import intended_from_text, intended_to_text
from bot.cases.listed import listed_from_text, listed_to_text
from bot.cases.measures import Measures, measures_of
from bot.cases.model import Case, Decision, Kind, RecordRef, Status, WriteBackState
from bot.cases.remark import remarks_from_text, remarks_to_text
from bot.cases.timing import next_due
from bot.cases.way import Way
from bot.columns import storable
from bot.escalation.timetable import answer_due
from bot.exceptions.care import care_from_text, care_to_text
from bot.tables import SUBJECT
from bot.text import one_line, shorten

_MICROSECOND = timedelta(microseconds=1)

#: Characters of a case that are searched: it is one of many rows.
_SEARCHED = 400


def case_of(row: Any, given: tuple[Decision, ...]) -> Case:
    """A case from its row (with its newest revision and its plan) and its decisions."""
    record = RecordRef(row.source, row.model, row.record_id)
    return Case(
        id=row.id,
        kind=Kind(row.kind),
        status=Status(row.status),
        write_back=WriteBackState(row.write_back),
        revision=revision_from_text(record, row.revision, row.revised_at, row.event),
        plan=plan_from_text(row.plan),
        opened_at=row.opened_at,
        channels=tuple(row.channels.split("\n")) if row.channels else (),
        version=row.version,
        decisions=given,
        decided_at=row.decided_at,
        closed_at=row.closed_at,
        predecessor=row.predecessor_id,
        successor=row.successor_id,
        covers=row.covers,
        ending=row.ending,
        problem=row.problem,
        settle_until=row.settle_until,
        forwards=forwards_from_text(row.forwards),
        chase=chase_from_text(row.chase),
        remarks=remarks_from_text(row.remarks or ""),
        intended=intended_from_text(row.intended),
        activities=tuple(row.activities.split("\n")) if row.activities else (),
        files=files_from_text(row.files),
        care=care_from_text(row.care),
        listed=listed_from_text(row.listed),
        overtaken=Way(row.way) if row.way in {Way.ODOO, Way.BREACH} else None,
    )


def revision_row(case: Case) -> dict[str, Any]:
    """The row of a case's newest revision."""
    revision = case.revision
    return {"case_id": case.id, "number": revision.number, "at": revision.at, "event": revision_to_text(revision)}


def _subject(text: str | None) -> str | None:
    """As far as its column reaches: equal subjects stay equal."""
    return text[:SUBJECT] if text else None


def case_row(case: Case) -> dict[str, Any]:
    """The row of a case, without its number."""
    event = case.event
    return {
        "version": case.version,
        "kind": case.kind,
        "source": case.record.source,
        "model": case.record.model,
        "record_id": case.record.id,
        "event_type": event.event_type,
        "status": case.status,
        "write_back": case.write_back,
        "revision": case.revision.number,
        "plan_hash": plan_hash(plan_to_text(case.plan)),
        "site": case.plan.site,
        "company": event.company,
        "value": storable(event.value.amount) if event.value else None,
        "currency": event.value.currency if event.value else None,
        "fingerprint": event.fingerprint,
        "channels": "\n".join(case.channels),
        "opened_at": case.opened_at,
        "decided_at": case.decided_at,
        "closed_at": case.closed_at,
        "settle_until": case.settle_until,
        "due_at": next_due(case),
        "chase": chase_to_text(case.chase),
        "predecessor_id": case.predecessor,
        "successor_id": case.successor,
        "covers": case.covers,
        "ending": case.ending,
        "problem": case.problem,
        "forwards": forwards_to_text(case.forwards),
        "remarks": remarks_to_text(case.remarks) or None,
        "intended": intended_to_text(case.intended),
        "activities": "\n".join(case.activities) or None,
        "files": files_to_text(case.files),
        "care": care_to_text(case.care),
        "listed": listed_to_text(case.listed),
        "partner": _subject(event.partner),
        "product": _subject(event.product),
        "place": _subject(event.place),
        "name_key": name_key(event.title),
        "search": _search(case),
        "owner": case.care.owner.email if case.care and case.care.owner else None,
        "answer_due_at": answer_due(case) if case.is_waiting else None,
        **_measured(measures_of(case)),
    }


def _measured(measures: Measures) -> dict[str, Any]:
    return {
        "way": measures.way,
        "ended_at": measures.ended_at,
        "took": measures.took // _MICROSECOND if measures.took is not None else None,
        "in_time": measures.in_time,
        "root_cause": measures.root_cause,
    }


def name_key(name: str) -> str:
    """Under which a record's name is found, however it is typed."""
    return one_line(name, 100).casefold()


def _search(case: Case) -> str:
    """What is searched for words: names and texts of the record as people saw them."""
    event = case.event
    named = (event.partner, event.category, event.warehouse, event.product, event.place)
    others = (one.title for one in event.related)
    texts = (*named, *(item.shown for item in event.seen), *(text for _, text in event.context), *others)
    said = " ".join(one_line(text) for text in texts if text)
    return shorten(said.casefold(), _SEARCHED)
