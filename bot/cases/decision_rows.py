"""Decisions as rows: the only place that turns one into the other. No rule is here and nothing is committed."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict, replace
from typing import Any

from sqlalchemy import insert, select

from bot.cases.lines import changes_from_plain, changes_to_plain
from bot.cases.model import Case, Decision, Verdict
from bot.columns import storable
from bot.db import Read, Write
from bot.money import Money
from bot.tables import decisions


async def load(session: Read, ids: Sequence[int]) -> dict[int, tuple[Decision, ...]]:
    """The decisions on these cases, by case, the oldest first."""
    if not ids:
        return {}
    rows = await session.execute(select(decisions).where(decisions.c.case_id.in_(ids)).order_by(decisions.c.id))
    found: dict[int, tuple[Decision, ...]] = defaultdict(tuple)
    for row in rows:
        found[row.case_id] += (_decision(row),)
    return found


async def save(session: Write, changed: Sequence[tuple[Case, Case]]) -> None:
    """Write the decisions that the second of each pair has besides."""
    given = [
        {"case_id": after.id, **_columns(one)}
        for before, after in changed
        for one in after.decisions[len(before.decisions) :]
    ]
    if given:
        await session.execute(insert(decisions), given)


def _decision(row: Any) -> Decision:
    return Decision(
        revision=row.revision,
        stage=row.stage,
        person=row.person,
        email=row.email,
        name=row.name,
        as_role=row.as_role,
        verdict=Verdict(row.verdict),
        reason=row.reason,
        at=row.at,
        code=row.code or "",
        value=None if row.value is None else Money(row.value, row.currency),
        roles=_words(row.roles),
        behalf=_words(row.behalf),
        behalf_name=row.behalf_name,
        changes=changes_from_plain(json.loads(row.changes)) if row.changes else (),
        choice=row.choice or "",
    )


def _columns(given: Decision) -> dict[str, Any]:
    value = given.value
    return {
        **asdict(replace(given, changes=())),
        "code": given.code or None,
        "choice": given.choice or None,
        "value": storable(value.amount) if value else None,
        "currency": value.currency if value else None,
        "roles": "\n".join(given.roles),
        "behalf": "\n".join(given.behalf),
        "changes": json.dumps(changes_to_plain(given.changes)) if given.changes else None,
    }


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split("\n")) if text else ()
