"""``/signoff oncall [ROLE]``: who is asked, who hears of it when they do not answer, and whether they are at work."""

from __future__ import annotations

from bot.cases.service import Service
from bot.clock import Clock
from bot.escalation.oncall import told, watches
from bot.handlers.slash import Asked
from bot.slack.notice import Notice, notice


class OnCallDesk:
    """Answers the subcommand."""

    def __init__(self, service: Service, clock: Clock) -> None:
        self._service = service
        self._clock = clock

    async def oncall(self, asked: Asked) -> Notice | str:
        """Every role, or the one that is named."""
        config = self._service.rules.config
        role = asked.words[0] if asked.words else ""
        if role and role not in config.roles:
            return f"There is no role of that name. Known: {', '.join(config.roles)}."
        lines = [told(one) for one in watches(config, self._clock.now(), role=role)]
        return notice(lines, title="On call")
