"""Keeping it known who is in the groups of Odoo that hold roles: as often as Odoo is compared, and before a click.

Reads Odoo and hands what it read to the register (``bot/groups.py``). Decides nothing: what could not be read in time
gives nobody power.
"""

from __future__ import annotations

import asyncio
from typing import Final

import structlog

from bot import groups
from bot.approvals.holders import groups_of
from bot.cases.commands import Tick
from bot.cases.service import Service
from bot.cases.waiting import pending
from bot.clock import Clock
from bot.config.model import OdooGroup
from bot.db import Database
from bot.errors import SignoffError
from bot.groups import Groups
from bot.odoo.membership import Memberships
from bot.odoo.roster import Membership, membership
from bot.odoo.sources import Sources

#: A click waits for so long at most; Slack takes an answer for lost after three seconds.
_AT_A_CLICK_S: Final = 1.5
_PAGE: Final = 200

log = structlog.get_logger(__name__)


class GroupWatch:
    """Answers ``run`` (regularly) and ``fresh`` (before somebody's power is judged)."""

    def __init__(
        self, sources: Sources, register: Groups, service: Service, *, database: Database, clock: Clock
    ) -> None:
        self._service = service
        self._register = register
        self._database = database
        self._clock = clock
        self._sources = sources
        self._readers = {name: Memberships(source.client) for name, source in sources.items()}
        self._reading = asyncio.Lock()
        #: Source -> why its groups could not be read; empty text where they could.
        self.trouble: dict[str, str] = {}

    async def run(self, source: str) -> None:
        """Read the groups of one source. A failure is told, and what was read before holds until it is too old."""
        wanted = [group for group in groups_of(self._service.rules.config) if group.source == source]
        if not wanted:
            self.trouble.pop(source, None)
            return
        async with self._reading:
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

    async def _read(self, source: str, wanted: list[OdooGroup]) -> bool:
        """Whether anybody came or went."""
        found: list[Membership] = []
        self.trouble[source] = ""
        for group in wanted:
            try:
                users = await self._readers[source].of(group.name)
            except SignoffError as error:
                self.trouble[source] = f"group {group.name}: {error.sentence}"
                log.warning("group not read", source=source, group=group.name, error=error.kind)
                continue
            at = self._sources[source]
            found.append(membership(group, users, at.settings, at.refused))
        return bool(found) and await self._register.keep(found, self._service.rules.config)

    async def _ask_again(self) -> None:
        """Somebody came or went: cases that too few are left for must not wait in silence."""
        after = 0
        while True:
            async with self._database.read() as session:
                some = await pending(session, after=after, limit=_PAGE)
            await asyncio.gather(*(self._service.execute(Tick(case.id)) for case in some))
            if len(some) < _PAGE:
                return
            after = some[-1].id
