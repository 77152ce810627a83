"""What looks after open cases beside the runner, put together: the self-audit with its heartbeat, the
fallback to Odoo, and what is noticed of the program itself.

Composition alone; what each of them looks for is said there.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator

from bot.alarms import Alarms, Ears
from bot.capacity import ALARMS, OUTAGE, SELF_AUDIT
from bot.cases.service import Service
from bot.clock import Clock
from bot.db import Database
from bot.escalation.outage import Outage
from bot.escalation.selfaudit import SelfAudit
from bot.heartbeat import Heartbeat
from bot.slack.gateway import SlackGateway


class Watch:
    """The watchers."""

    def __init__(self, service: Service, database: Database, clock: Clock, gateway: SlackGateway, ears: Ears) -> None:
        self.alarms = Alarms(service, database, clock, ears)
        self.self_audit = SelfAudit(service, database, clock, notice=self.alarms.notice)
        self.heartbeat = Heartbeat(lambda: service.rules.config, clock)
        self.outage = Outage(service, database, clock, slack_trouble=lambda: gateway.trouble)

    def jobs(self) -> Iterator[tuple[str, Callable[[], Awaitable[object]], int]]:
        """Name, what is to be run, and after how many seconds again."""
        yield "self-audit", self.audit, SELF_AUDIT
        yield "outage", self.outage.run, OUTAGE
        yield "alarms", self.alarms.run, ALARMS

    async def audit(self) -> None:
        """The self-audit, and the heartbeat where it has found nothing."""
        await self.self_audit.run()
        self.alarms.noticed()
        if not self.self_audit.trouble:
            await self.heartbeat.beat()

    def troubles(self) -> dict[str, str]:
        """What is not ready, by name, with the reason."""
        return {"escalation": self.self_audit.trouble} if self.self_audit.trouble else {}
