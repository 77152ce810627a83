"""Keeping it known who is in the groups that the config names, of Odoo and of Slack: regularly, and before a click.

Has them read and hands what was read to the register (``groups.py``). Decides nothing: what could not be read in time
gives nobody power.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Final, Protocol

import structlog

from bot import groups
from bot.approvals.holders import groups_of, named_groups
from bot.approvals.insiders import Membership
from bot.cases.due_rows import look_again
from bot.cases.service import Service
from bot.clock import Clock
from bot.config.model import SLACK, Group
from bot.db import Database
from bot.errors import SignoffError
from bot.groups import Groups
from bot.odoo.groups import OdooGroups
from bot.odoo.sources import Sources
from bot.slack.gateway import SlackGateway
from bot.slack.usergroups import UserGroups

#: A click waits for so long at most; Slack takes an answer for lost after three seconds.
_AT_A_CLICK_S: Final = 1.5

log = structlog.get_logger(__name__)


class Reader(Protocol):
    """Somebody who keeps groups: an Odoo, or Slack."""

    @property
    def every(self) -> timedelta:
        """How often its groups are read."""

    async def of(self, group: Group) -> Membership:
        """Who is in ``group`` now. Raises SignoffError."""


class GroupWatch:
    """Answers ``run`` (regularly) and ``fresh`` (before somebody's power is judged)."""

    def __init__(
        self, readers: Mapping[str, Reader], register: Groups, service: Service, *, database: Database, clock: Clock
    ) -> None:
        self._readers = readers
        self._register = register
        self._service = service
        self._database = database
        self._clock = clock
        self._reading: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        #: Source -> what of its groups could not be read, and why.
        self._unread: dict[str, dict[Group, str]] = {}

    def turns(self) -> Iterator[tuple[Callable[[str], Awaitable[None]], str, timedelta]]:
        """What the scheduler calls, with which source, and after how long again."""
        return ((self.run, source, reader.every) for source, reader in self._readers.items())

    def troubles(self) -> dict[str, str]:
        """Groups that give power and could not be read, by whose they are."""
        return self._told(powerful=True)

    def remarks(self) -> dict[str, str]:
        """Groups that are only pinged and could not be read: their people are mentioned one by one meanwhile."""
        return self._told(powerful=False)

    def _told(self, *, powerful: bool) -> dict[str, str]:
        giving = set(groups_of(self._service.rules.config))
        told = {
            source: "; ".join(
                f"group {group.name}: {why}" for group, why in why.items() if (group in giving) == powerful
            )
            for source, why in self._unread.items()
        }
        return {f"groups of {source or 'Slack'}": said for source, said in told.items() if said}

    async def run(self, source: str) -> None:
        """Read the groups of one source. A failure is told, and what was read before holds until it is too old."""
        wanted = [group for group in named_groups(self._service.rules.config) if group.source == source]
        if not wanted:
            self._unread.pop(source, None)
            return
        async with self._reading[source]:
            changed = await self._read(source, wanted)
        if changed:
            await self._ask_again()

    async def fresh(self) -> None:
        """Read again what is too old to give power, as far as there is time before a click must be answered."""
        wanted = list(groups_of(self._service.rules.config))
        if not wanted:
            return
        async with self._database.read() as session:
            known = await groups.told(session, self._service.rules.config, self._clock.now())
        late = {group.source for group in wanted if group not in known}
        try:
            async with asyncio.timeout(_AT_A_CLICK_S):
                await asyncio.gather(*(self.run(source) for source in late))
        except TimeoutError:
            log.warning("groups not read in time for a click", sources=sorted(late))

    async def _read(self, source: str, wanted: Sequence[Group]) -> bool:
        """Whether anybody came or went."""
        found: list[Membership] = []
        unread: dict[Group, str] = {}
        for group in wanted:
            try:
                found.append(await self._readers[source].of(group))
            except SignoffError as error:
                unread[group] = error.sentence
                log.warning("group not read", source=source or "slack", group=group.name, error=error.kind)
        self._unread[source] = unread
        return bool(found) and await self._register.keep(found, self._service.rules.config)

    async def _ask_again(self) -> None:
        """Somebody came or went: cases that too few are left for must not wait in silence."""
        async with self._database.write() as session:
            await look_again(session, None, self._clock.now())


def readers_of(sources: Sources, slack: SlackGateway, clock: Clock) -> Mapping[str, Reader]:
    """Who is asked about groups, by what they name as their source."""
    return {**{name: OdooGroups(one) for name, one in sources.items()}, SLACK: UserGroups(slack, clock)}
