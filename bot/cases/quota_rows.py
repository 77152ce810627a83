"""What is used up of quotas, as rows. No rule is here and nothing is committed.

Whoever reads them here is the only one until the transaction ends: two replicas cannot both use the last of a quota.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal

from sqlalchemy import Row, delete, func, select, update
from sqlalchemy.dialects import postgresql, sqlite

from bot.cases.commands import Command, Observed
from bot.cases.model import Event
from bot.cases.planning import event_types
from bot.cases.quotas import EVERYBODY, NOTHING_SPENT, Spent, Use
from bot.columns import storable
from bot.config.model import NO_QUOTA, Config
from bot.db import Write
from bot.tables import quota_uses

#: Of PostgreSQL's advisory locks of a transaction; the number is ours alone.
_LOCK = 0x51_60_FF_02
#: Days that are kept: a quota looks at one, and no two places are further apart.
_KEPT = timedelta(days=3)


async def take(session: Write, config: Config, commands: Sequence[Command], now: datetime) -> Spent:
    """What is used up of the quotas that ``commands`` may meet; call it before anything else is locked."""
    events = [one.now_is for one in commands if isinstance(one, Observed) and isinstance(one.now_is, Event)]
    names = _met(config, events)
    if not names:
        return NOTHING_SPENT
    if session.dialect == "postgresql":
        await session.execute(select(func.pg_advisory_xact_lock(_LOCK)))
    people = {maker.email for event in events for maker in event.makers} | {EVERYBODY}
    rows = await session.execute(
        select(quota_uses).where(
            quota_uses.c.rule.in_(sorted(names)),
            quota_uses.c.day >= (now - _KEPT).date().isoformat(),
            quota_uses.c.person.in_(sorted(people)),
        )
    )
    return _spent(rows.all())


def _met(config: Config, events: Sequence[Event]) -> set[str]:
    kinds = {kind for event in events for kind in event_types(event)}
    return {rule.name for kind in kinds for rule in config.rules_for(kind) if rule.approves and rule.quota != NO_QUOTA}


def _spent(rows: Sequence[Row[tuple[str, str, str, str, int, Decimal]]]) -> Spent:
    counts: dict[tuple[str, date, str], int] = {}
    sums: dict[tuple[str, date, str], Decimal] = {}
    for row in rows:
        key = (row.rule, date.fromisoformat(row.day), row.person)
        counts[key] = counts.get(key, 0) + row.used
        if row.person == EVERYBODY:
            sums[key[0], key[1], row.currency] = row.value
    return Spent(counts, sums)


async def save(session: Write, uses: Sequence[Use]) -> None:
    """Count ``uses``."""
    for use in uses:
        currency = use.value.currency if use.value else ""
        value = (storable(abs(use.value.amount)) if use.value else None) or Decimal(0)
        await _count(session, use, EVERYBODY, currency=currency, value=value)
        for maker in use.makers:
            await _count(session, use, maker, currency="", value=Decimal(0))
    if uses:
        oldest = min(use.day for use in uses) - _KEPT
        await session.execute(delete(quota_uses).where(quota_uses.c.day < oldest.isoformat()))


async def _count(session: Write, use: Use, person: str, *, currency: str, value: Decimal) -> None:
    place = {"rule": use.rule, "day": use.day.isoformat(), "person": person, "currency": currency}
    add = postgresql.insert if session.dialect == "postgresql" else sqlite.insert
    await session.execute(add(quota_uses).on_conflict_do_nothing(), [{**place, "used": 0, "value": Decimal(0)}])
    this = [quota_uses.c[name] == wanted for name, wanted in place.items()]
    await session.execute(
        update(quota_uses).where(*this).values(used=quota_uses.c.used + 1, value=quota_uses.c.value + value)
    )
