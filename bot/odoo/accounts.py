"""Keeping it known who is who in each Odoo: reads its users as often as Odoo is compared, one call a time.

Hands what it read to the register (``bot/identities.py``) and tells the source whose address is refused. Decides
nothing: while Odoo does not answer, what was refused before stays refused.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable

import structlog

from bot.cases.service import Service
from bot.db import Database
from bot.errors import SignoffError
from bot.identities import Identities, known
from bot.odoo.membership import users_of
from bot.odoo.sources import Sources

log = structlog.get_logger(__name__)


class AccountWatch:
    """Answers ``run`` (regularly) and ``load`` (before anything else is at work)."""

    def __init__(
        self,
        sources: Sources,
        register: Identities,
        service: Service,
        database: Database,
        *,
        again: Callable[[str], None],
    ) -> None:
        self._sources = sources
        self._register = register
        self._service = service
        self._database = database
        self._again = again
        self._running: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def load(self) -> None:
        """What was refused when the program was stopped is refused from its start on."""
        async with self._database.read() as session:
            for name, source in self._sources.items():
                found = await known(session, name)
                source.refused = frozenset(email for email, one in found.items() if one.refused)

    async def run(self, name: str) -> None:
        """Read the users of one source. Never raises for what Odoo does: the comparison tells that trouble."""
        source = self._sources[name]
        async with self._running[name]:
            try:
                accounts = await users_of(source.client)
            except SignoffError as error:
                log.warning("users not read", source=name, error=error.kind)
                return
            refused = await self._register.keep(name, accounts, self._service.rules.config)
            if refused != source.refused:
                source.refused = refused
                self._again(name)
