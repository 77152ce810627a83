"""A list of approvals with what is on it now: how many wait, what they are worth, which is due first. Reads alone.

A list keeps the numbers of its approvals and nothing else of them, so that what it shows is never older than they are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Final

from sqlalchemy import Row, select

from bot.cases import store
from bot.cases.model import Case, Kind, Status
from bot.db import Read
from bot.exceptions.care import NOT_YET
from bot.money import Money
from bot.tables import cases
from bot.text import one_line

#: Approvals that the card names; the button lists all.
_NAMED: Final = 5

_Found = Row[tuple[int, Decimal | None, str | None, datetime | None]]


async def as_now(session: Read, case: Case) -> Case:
    """``case``; where it is a list, with what is on it now."""
    if case.kind is not Kind.LIST:
        return case
    care = case.care or NOT_YET
    found = await _waiting(session, care.members)
    first = await store.by_id(session, [row.id for row in found[:_NAMED]])
    named = [_named(first[row.id]) for row in found[:_NAMED] if row.id in first]
    more = [f"and {len(found) - len(named)} more"] if len(found) > len(named) else []
    totals, unknown = _totals(found)
    context = (
        ("Wait for an answer", f"{len(found)} of {care.gathered}"),
        ("Worth together", "; ".join([*map(str, totals), *([f"{unknown} of unknown value"] if unknown else [])])),
        ("First", "; ".join([*named, *more])),
    )
    event = replace(
        case.event,
        context=tuple(pair for pair in context if pair[1]),
        value=totals[0] if len(totals) == 1 and not unknown else None,
        deadline=found[0].answer_due_at if found else None,
    )
    return replace(case, revision=replace(case.revision, event=event))


async def members_of(session: Read, group: Case, *, first: int, most: int) -> list[Case]:
    """Those of a group or a list that are not over, from the ``first`` on (0), the one due first ahead."""
    numbers: Sequence[int] = (group.care or NOT_YET).members
    if group.kind is Kind.LIST:
        numbers = [row.id for row in await _waiting(session, numbers)]
    wanted = numbers[first : first + most]
    known = await store.by_id(session, wanted)
    return [known[one] for one in wanted if one in known]


async def _waiting(session: Read, numbers: Sequence[int]) -> Sequence[_Found]:
    wanted = select(cases.c.id, cases.c.value, cases.c.currency, cases.c.answer_due_at).where(
        cases.c.id.in_(sorted(numbers)), cases.c.status == Status.PENDING
    )
    return (await session.execute(wanted.order_by(cases.c.answer_due_at.asc().nulls_last(), cases.c.id))).all()


def _totals(found: Sequence[_Found]) -> tuple[list[Money], int]:
    """Sums by currency, of absolute values; and of how many the value is not known."""
    totals: dict[str, Decimal] = {}
    for row in found:
        if row.value is not None and row.currency:
            totals[row.currency] = totals.get(row.currency, Decimal(0)) + abs(row.value)
    known = [Money(total, currency) for currency, total in sorted(totals.items())]
    return known, sum(row.value is None for row in found)


def _named(case: Case) -> str:
    value = f" ({case.event.value})" if case.event.value else ""
    return f"{one_line(case.event.title, 60)}{value}"


__all__ = ["as_now", "members_of"]
