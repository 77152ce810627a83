"""The register of groups in Odoo and Slack: who was in them when last read, and the only writer of its rows.

Having them read is ``group_watch.py``'s part. A changed membership is an audit entry, written in the same transaction,
so that replicas which read the same change enter it once. What was read too long ago is not told any more.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, insert, select

from bot.approvals.holders import named_groups, roles_pinging, roles_with
from bot.approvals.insiders import Insiders, Member, Membership
from bot.audit import log as audit
from bot.audit.chain import Entry
from bot.clock import Clock
from bot.config.model import SLACK, Config, Group
from bot.db import Read, Write
from bot.group_commit import GroupCommit
from bot.tables import kept_groups

#: For so long after a reading its answer gives power; then it cannot be told who is in the group.
TRUSTED = timedelta(minutes=5)
#: An unchanged membership is written again only this often: its row says when it was last found true.
_NOTED_EVERY = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Kept:
    """A membership as the register has it."""

    membership: Membership
    read_at: datetime


async def told(session: Read, config: Config, now: datetime) -> Mapping[Group, Insiders]:
    """Those in each group of the config; a group that was not read lately is missing."""
    if not any(named_groups(config)):
        return {}
    rows = await kept(session)
    return {
        group: Insiders(frozenset(member.email for member in one.membership.members), one.membership.mention)
        for group, one in rows.items()
        if now - one.read_at < TRUSTED
    }


async def kept(session: Read) -> dict[Group, Kept]:
    """Every group that was ever read."""
    return {one.membership.group: one for one in map(_of, await session.execute(select(kept_groups)))}


def _of(row: Any) -> Kept:
    members = tuple(Member(*one) for one in json.loads(row.members))
    found = Membership(Group(row.source, row.name), members, tuple(json.loads(row.left_out)), row.mention or "")
    return Kept(found, row.read_at)


class Groups:
    """Keeps what was read."""

    def __init__(self, writer: GroupCommit, clock: Clock) -> None:
        self._writer = writer
        self._clock = clock
        writer.route(_Read, self._apply)

    async def keep(self, found: Iterable[Membership], config: Config) -> bool:
        """Note what was read now. Whether anybody came or went, or it could not be told just before; durable."""
        changed: bool = await self._writer.submit(_Read(tuple(found), config))
        return changed

    async def _apply(self, session: Write, asked: Sequence[_Read]) -> Sequence[bool]:
        return [await self._note(session, one) for one in asked]

    async def _note(self, session: Write, one: _Read) -> bool:
        now, before = self._clock.now(), await kept(session)
        new = [found for found in one.found if _is_news(before.get(found.group), found, now)]
        for found in new:
            await _replace(session, found, now)
        changed = [_entry(before.get(found.group), found, one.config, now) for found in new]
        entries = [entry for entry in changed if entry is not None]
        await audit.append(session, entries)
        return bool(entries) or any(_was_untold(before.get(found.group), now) for found in new)


@dataclass(frozen=True, slots=True)
class _Read:
    """What was read, on its way through the group commit."""

    found: tuple[Membership, ...]
    config: Config


def _was_untold(before: Kept | None, now: datetime) -> bool:
    return before is None or now - before.read_at >= TRUSTED


def _is_news(before: Kept | None, found: Membership, now: datetime) -> bool:
    return before is None or before.membership != found or now - before.read_at >= _NOTED_EVERY


async def _replace(session: Write, found: Membership, now: datetime) -> None:
    same = (kept_groups.c.source == found.group.source, kept_groups.c.name == found.group.name)
    values = {
        "source": found.group.source,
        "name": found.group.name,
        "members": json.dumps([[one.email, one.name, one.login] for one in found.members], ensure_ascii=False),
        "left_out": json.dumps(list(found.left_out), ensure_ascii=False),
        "mention": found.mention,
        "read_at": now,
    }
    await session.execute(delete(kept_groups).where(*same))
    await session.execute(insert(kept_groups).values(values))


def _entry(before: Kept | None, found: Membership, config: Config, now: datetime) -> Entry | None:
    """Who came and who went; None where nobody did. The first reading has everybody come."""
    old = {one.email: one for one in before.membership.members} if before else {}
    new = {one.email: one for one in found.members}
    came = [_named(new[email]) for email in new if email not in old]
    went = [_named(old[email]) for email in old if email not in new]
    if before is not None and not came and not went and before.membership.left_out == found.left_out:
        return None
    keeper = "slack" if found.group.source == SLACK else "odoo"
    pinging = list(roles_pinging(config, found.group))
    detail: dict[str, object] = {
        "group": found.group.name,
        "source": found.group.source or "Slack",
        "roles": list(roles_with(config, found.group)),
        **({"pinged_for": pinging} if pinging else {}),
        "came": came,
        "went": went,
        "members": len(new),
        **({"left_out": list(found.left_out)} if found.left_out else {}),
        **({} if before else {"first": True}),
    }
    return Entry("role.membership_changed", keeper, now, None, keeper, None, None, config.digest, detail)


def _named(one: Member) -> list[str]:
    return [one.name, one.email]
