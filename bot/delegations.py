"""The register of delegations: who stands in for whom and until when, and the only writer of its rows.

What may be written is ``approvals/delegating``'s to say. A delegation is never changed but for its early end, and
never deleted: it is evidence.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import insert, or_, select, update

from bot import groups
from bot.approvals import delegating
from bot.approvals.authority import Refused
from bot.approvals.delegating import Delegate, DelegationCommand, Revoke
from bot.approvals.standins import Delegation
from bot.audit import log as audit
from bot.cases.planning import Rules
from bot.clock import Clock
from bot.db import Read, Write
from bot.group_commit import GroupCommit
from bot.tables import delegations

_OPEN = delegations.c.revoked_at.is_(None)


async def holding(session: Read, now: datetime) -> tuple[Delegation, ...]:
    """Every delegation that holds at ``now``."""
    return await _read(session, _OPEN, delegations.c.starts_at <= now, delegations.c.ends_at > now)


async def concerning(session: Read, email: str, now: datetime) -> tuple[Delegation, ...]:
    """What somebody has given or holds, now or later."""
    theirs = or_(delegations.c.giver == email, delegations.c.taker == email)
    return await _read(session, _OPEN, theirs, delegations.c.ends_at > now)


async def _read(session: Read, *wanted: Any) -> tuple[Delegation, ...]:
    rows = await session.execute(select(delegations).where(*wanted).order_by(delegations.c.id))
    return tuple(_of(row) for row in rows)


def _of(row: Any) -> Delegation:
    return Delegation(row.id, row.giver, row.giver_name, row.taker, row.taker_name, row.starts_at, row.ends_at)


@dataclass(frozen=True, slots=True)
class _Ask:
    """A command on its way through the group commit."""

    command: DelegationCommand


class Delegations:
    """Carries out what people ask about delegations; the answer is durable."""

    def __init__(self, writer: GroupCommit, clock: Clock, rules: Callable[[], Rules]) -> None:
        self._writer = writer
        self._clock = clock
        self._rules = rules
        writer.route(_Ask, self._apply)

    async def execute(self, command: DelegationCommand) -> Delegation | Refused:
        """The delegation as it stands afterwards, or why it was refused; both are audited."""
        answer: Delegation | Refused = await self._writer.submit_urgently(_Ask(command))
        return answer

    async def _apply(self, session: Write, asked: Sequence[_Ask]) -> Sequence[Delegation | Refused]:
        return [await self._one(session, one.command) for one in asked]

    async def _one(self, session: Write, command: DelegationCommand) -> Delegation | Refused:
        match command:
            case Delegate():
                return await self._give(session, command)
            case Revoke():
                return await self._revoke(session, command)

    async def _now(self, session: Write) -> tuple[Rules, datetime]:
        """The rules with who is in the groups of Odoo, and the time."""
        rules, now = self._rules(), self._clock.now()
        return replace(rules, groups=await groups.told(session, rules.config, now)), now

    async def _give(self, session: Write, command: Delegate) -> Delegation | Refused:
        rules, now = await self._now(session)
        made = delegating.delegate(command, rules, now)
        if isinstance(made, Refused):
            return await self._refuse(session, command, made)
        same = (delegations.c.giver == made.giver, delegations.c.taker == made.taker)
        within = (delegations.c.starts_at <= made.starts_at, delegations.c.ends_at >= made.ends_at)
        if known := await _read(session, _OPEN, *same, *within):
            return await self._refuse(session, command, delegating.stands(known[0]))
        values = {
            "giver": made.giver,
            "giver_name": made.giver_name,
            "taker": made.taker,
            "taker_name": made.taker_name,
            "starts_at": made.starts_at,
            "ends_at": made.ends_at,
            "created_at": now,
            "created_by": command.person.key,
        }
        number = (await session.execute(insert(delegations).values(values).returning(delegations.c.id))).scalar_one()
        kept = replace(made, id=number)
        await audit.append(session, [delegating.given_entry(command, kept, rules, now)])
        return kept

    async def _revoke(self, session: Write, command: Revoke) -> Delegation | Refused:
        rules, now = await self._now(session)
        found = next(iter(await _read(session, _OPEN, delegations.c.id == command.delegation_id)), None)
        refused = delegating.revoke(command, found, rules, now)
        if refused is not None or found is None:
            return await self._refuse(session, command, refused or delegating.NO_SUCH)
        await session.execute(
            update(delegations)
            .where(delegations.c.id == found.id)
            .values(revoked_at=now, revoked_by=command.person.key)
        )
        await audit.append(session, [delegating.revoked_entry(command, found, rules, now)])
        return found

    async def _refuse(self, session: Write, command: DelegationCommand, refused: Refused) -> Refused:
        entry = delegating.refused_entry(command, refused, self._rules(), self._clock.now())
        await audit.append(session, [entry])
        return refused
