"""The register of who is who: which user of Odoo each address was found to be, and the only writer of its rows.

Reading the users is ``odoo/accounts.py``'s part, judging them ``odoo/identity.py``'s. What is newly refused or settled
is an audit entry and news for the admins, in the same transaction: replicas that read the same say it once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, insert, select, update

from bot.audit import log as audit
from bot.audit.chain import Entry
from bot.clock import Clock
from bot.config.model import Config
from bot.db import Read, Write
from bot.effects import Effect, EffectKind
from bot.group_commit import GroupCommit
from bot.odoo.identity import Account, Identity, judge
from bot.outbox import enqueue
from bot.tables import odoo_users

REFUSED = "person.mapping_refused"
SETTLED = "person.mapping_settled"

#: Addresses that one audit entry names; it counts the others.
_MOST = 200


async def known(session: Read, source: str) -> dict[str, Identity]:
    """Every address of the source that was ever found."""
    rows = await session.execute(select(odoo_users).where(odoo_users.c.source == source))
    return {row.email: Identity(row.uid, row.refused) for row in rows}


async def untold(session: Read, source: str) -> dict[str, str]:
    """What is refused and the admins have not heard of: the sentence by address."""
    rows = await session.execute(
        select(odoo_users.c.email, odoo_users.c.refused)
        .where(odoo_users.c.source == source, odoo_users.c.refused != "", odoo_users.c.is_told.is_(False))
        .order_by(odoo_users.c.email)
    )
    return {row.email: row.refused for row in rows}


@dataclass(frozen=True, slots=True)
class Heard:
    """The admins were told of these sentences, by address."""

    source: str
    said: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class _Read:
    """What was read, on its way through the group commit."""

    source: str
    accounts: tuple[Account, ...]
    config: Config


class Identities:
    """Keeps what was read."""

    def __init__(self, writer: GroupCommit, clock: Clock) -> None:
        self._writer = writer
        self._clock = clock
        writer.route(_Read, self._apply)
        writer.route(Heard, self._heard)

    async def keep(self, source: str, accounts: Sequence[Account], config: Config) -> frozenset[str]:
        """Judge what was read now. The addresses that are refused; durable."""
        refused: frozenset[str] = await self._writer.submit(_Read(source, tuple(accounts), config))
        return refused

    async def heard(self, source: str, said: Mapping[str, str]) -> None:
        """The admins were told; a sentence that has changed meanwhile is still to be told."""
        await self._writer.submit(Heard(source, said))

    async def _apply(self, session: Write, asked: Sequence[_Read]) -> Sequence[frozenset[str]]:
        return [await self._note(session, one) for one in asked]

    async def _note(self, session: Write, one: _Read) -> frozenset[str]:
        name, now = one.source, self._clock.now()
        before = await known(session, name)
        after = judge(one.accounts, before, one.config.sources[name])
        await _replace(session, name, before, after)
        refused = {email: said.refused for email, said in after.items() if said.refused}
        news = {email: said for email, said in refused.items() if email not in before or before[email].refused != said}
        settled = {
            email: after[email].user if email in after else None
            for email, was in before.items()
            if was.refused and email not in refused
        }
        if news:
            await enqueue(session, [Effect(EffectKind.TELL_IDENTITIES, 0, name)], now)
        entries = [_entry(REFUSED, one, news, now)] if news else []
        await audit.append(session, [*entries, *([_entry(SETTLED, one, settled, now)] if settled else [])])
        return frozenset(refused)

    async def _heard(self, session: Write, asked: Sequence[Heard]) -> Sequence[None]:
        for one in asked:
            for email, said in one.said.items():
                same = (odoo_users.c.source == one.source, odoo_users.c.email == email, odoo_users.c.refused == said)
                await session.execute(update(odoo_users).where(*same).values(is_told=True))
        return [None] * len(asked)


async def _replace(session: Write, name: str, before: Mapping[str, Identity], after: Mapping[str, Identity]) -> None:
    stale = sorted(email for email, one in before.items() if after.get(email) != one)
    new = [(email, one) for email, one in sorted(after.items()) if before.get(email) != one]
    for start in range(0, len(stale), _MOST):
        some = stale[start : start + _MOST]
        await session.execute(delete(odoo_users).where(odoo_users.c.source == name, odoo_users.c.email.in_(some)))
    rows = [
        {"source": name, "email": email, "uid": one.user, "refused": one.refused, "is_told": False}
        for email, one in new
    ]
    if rows:
        await session.execute(insert(odoo_users), rows)


def _entry(action: str, one: _Read, what: Mapping[str, object], now: datetime) -> Entry:
    some = dict(sorted(what.items())[:_MOST])
    detail: dict[str, object] = {"source": one.source, "people": some, "more": len(what) - len(some)}
    return Entry(action, "odoo", now, None, "odoo", None, None, one.config.digest, detail)
