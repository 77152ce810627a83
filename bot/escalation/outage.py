"""Looks for cards that Slack has not taken for too long, and has their people told in Odoo.

What that means for a case is ``cases.fallback``'s to say. Running it often is harmless: whoever has an activity gets
no second one.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable

import structlog

from bot import outbox
from bot.cases.answers import Transition
from bot.cases.commands import FallBack
from bot.cases.service import Service
from bot.clock import Clock
from bot.db import Database

log = structlog.get_logger(__name__)


class Outage:
    """``slack_trouble`` says why Slack cannot be reached just now; empty when all is well."""

    def __init__(self, service: Service, database: Database, clock: Clock, *, slack_trouble: Callable[[], str]) -> None:
        self._service = service
        self._database = database
        self._clock = clock
        self._slack_trouble = slack_trouble
        #: Effects that were looked at already; a card that fails for days is asked about once.
        self._known: frozenset[int] = frozenset()

    async def run(self) -> None:
        """Look once."""
        since = self._clock.now() - self._service.rules.config.activity_after
        async with self._database.read() as session:
            # Where Slack is away as a whole, those that wait for their turn are as invisible as those that failed.
            stuck = await outbox.stuck_cards(session, since, untried=bool(self._slack_trouble()))
        places: dict[int, list[str]] = defaultdict(list)
        for one in stuck:
            if one.id not in self._known:
                places[one.case_id].append(one.target)
        asked = (self._service.execute(FallBack(number, tuple(found))) for number, found in places.items())
        answers = await asyncio.gather(*asked)
        self._known = frozenset(one.id for one in stuck)
        told = sum(isinstance(one, Transition) for one in answers)
        if told:
            log.warning("told people in odoo, because slack did not take their cards", cases=told)
