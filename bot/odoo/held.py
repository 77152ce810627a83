"""Which event types Odoo holds now, as far as the bot's group may see the automation rules.

What cannot be seen counts as not held: a card must not promise what nobody has looked at.
"""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from typing import Final

from bot.clock import Clock
from bot.errors import SignoffError
from bot.odoo.client import OdooClient
from bot.odoo.setup.pieces import Kind, told_name
from bot.odoo.setup.standing import RULES

#: A hold that was installed, switched off or taken away is noticed after this.
LASTS: Final = timedelta(minutes=10)
#: Where Odoo did not say it is asked again after this.
SOON: Final = timedelta(minutes=1)

LONGEST_S: Final = 1.0


class Holds:
    """The holds of one source."""

    def __init__(self, source: str, client: OdooClient, clock: Clock) -> None:
        self._source = source
        self._client = client
        self._clock = clock
        self._looking = asyncio.Lock()
        self._known: tuple[datetime, frozenset[str]] | None = None

    async def now(self) -> frozenset[str]:
        """The event types that are held. Never raises SignoffError: nothing is held where Odoo does not say."""
        async with self._looking:
            at = self._clock.now()
            if self._known is None or at >= self._known[0]:
                held = await self._look()
                self._known = (at + (LASTS if held is not None else SOON), held or frozenset())
            return self._known[1]

    async def _look(self) -> frozenset[str] | None:
        """None where Odoo does not say, or not in time: a card waits for this too."""
        domain = [["name", "=like", f"Signoff {self._source} hold: %"], ["active", "=", True]]
        try:
            async with asyncio.timeout(LONGEST_S):
                rows = await self._client.search_read(RULES, domain, ["name"])
        except (SignoffError, TimeoutError):
            return None
        told = (told_name(self._source, str(row["name"])) for row in rows)
        return frozenset(subject for kind, subject in filter(None, told) if kind is Kind.HOLD)


def said_of(event_types: frozenset[str], held: frozenset[str]) -> str:
    """What a card says: whether Odoo itself keeps people from going past it."""
    if event_types & held:
        return "held: Odoo lets nobody but Signoff take this step before it is decided"
    return "detective: Odoo lets whoever has the right go past this card, which is found and told afterwards"
