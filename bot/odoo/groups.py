"""Who holds roles by a group of one Odoo: its users, as the roster tells them apart.

Reads Odoo; how often, and what is made of it, is ``group_watch``'s to say.
"""

from __future__ import annotations

from datetime import timedelta

from bot.approvals.insiders import Membership
from bot.config.model import Group
from bot.odoo.membership import Memberships
from bot.odoo.roster import membership
from bot.odoo.sources import OdooSource


class OdooGroups:
    """Answers ``of``, for one source."""

    def __init__(self, source: OdooSource) -> None:
        self._source = source
        self._reader = Memberships(source.client)

    @property
    def every(self) -> timedelta:
        """As often as its records are compared."""
        return self._source.settings.reconcile_every

    async def of(self, group: Group) -> Membership:
        """Who is in ``group``. Raises SignoffError."""
        return membership(group, await self._reader.of(group.name), self._source.settings, self._source.refused)
