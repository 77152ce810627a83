"""``/signoff oncall [ROLE]``: who is asked, who hears of it when they do not answer, and whether they are at work."""

from __future__ import annotations

from bot.cases.rules_now import rules_now
from bot.cases.service import Service
from bot.clock import Clock
from bot.db import Database
from bot.escalation.oncall import told, watches
from bot.handlers.slash import Asked
from bot.slack.notice import Notice, notice


class OnCallDesk:
    """Answers the subcommand."""

    def __init__(self, database: Database, service: Service, clock: Clock) -> None:
        self._database = database
        self._service = service
        self._clock = clock

    async def oncall(self, asked: Asked) -> Notice | str:
        """Every role, or the one that is named."""
        config = self._service.rules.config
        role = asked.words[0] if asked.words else ""
        if role and role not in config.roles:
            return f"There is no role of that name. Known: {', '.join(config.roles)}."
        now = self._clock.now()
        async with self._database.read() as session:
            rules = await rules_now(session, self._service.rules, now)
        lines = [told(one) for one in watches(rules, now, role=role)]
        return notice(lines, title="On call")
