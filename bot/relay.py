"""The relay: performs effects of one lane, marks them, backs off, and buries what is hopeless.

It knows no Slack and no Odoo: senders do. A sender may be run twice for one effect (``attempts`` says so) and
must make the second run harmless; it must not send once ``lease_until`` has passed.
"""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

import structlog

from bot.backoff import GiveUp, RetryAt, decide
from bot.claims import ALL, Choice, ClaimEffects, next_due
from bot.clock import Clock
from bot.db import Database
from bot.effects import EffectKind, Lane
from bot.errors import SignoffError, TransientError, UnknownOutcome
from bot.group_commit import GroupCommit
from bot.metrics import EFFECTS
from bot.outbox import Bury, Claimed, Performed, PutBack, topic

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Later:
    """Nothing failed, but there is more to do for this effect at ``when`` (UTC)."""

    when: datetime
    reason: str


#: Performs one effect. Returns None when done. Raises SignoffError; what may be tried again is ``backoff``'s to say.
Sender = Callable[[Claimed], Awaitable[Later | None]]

#: Called when an effect is given up, before it is buried: the case has to say so too.
OnGiveUp = Callable[[Claimed, SignoffError], Awaitable[None]]


class Relay:
    """Rows of the outbox that are due, for the runner."""

    def __init__(
        self,
        lane: Lane,
        senders: Mapping[EffectKind, Sender],
        *,
        database: Database,
        writer: GroupCommit,
        clock: Clock,
        worker: str,
        on_give_up: OnGiveUp | None = None,
        choice: Choice = ALL,
    ) -> None:
        self._choice = choice
        self.topic = topic(lane)
        self._lane = lane
        self._senders = senders
        self._database = database
        self._writer = writer
        self._clock = clock
        self._worker = worker
        self._on_give_up = on_give_up

    async def claim(self, limit: int) -> list[Claimed]:
        """Lease up to ``limit`` effects that are due."""
        claimed: list[Claimed] = await self._writer.submit(
            ClaimEffects(self._lane, self._clock.now(), limit, self._worker, self._choice)
        )
        return claimed

    async def next_due(self) -> datetime | None:
        """When the next effect falls due."""
        async with self._database.read() as session:
            return await next_due(session, self._lane, self._choice.besides)

    async def perform(self, claimed: Claimed) -> None:
        """Send one effect and mark what became of it."""
        with structlog.contextvars.bound_contextvars(case_id=claimed.case_id, effect=claimed.kind.value):
            try:
                later = await self._senders[claimed.kind](claimed)
            except SignoffError as error:
                await self._failed(claimed, error)
                return
            except Exception as error:  # a bug must not stop the lane, nor be repeated for ever
                log.exception("sender broke")
                await self._failed(claimed, UnknownOutcome(f"unexpected {type(error).__name__}", kind="bug"))
                return
            if later is None:
                EFFECTS.labels(claimed.kind, "performed").inc()
                await self._writer.submit(Performed(claimed))
                return
            await self._writer.submit(PutBack(claimed, later.when, later.reason, counted=False))

    async def _failed(self, claimed: Claimed, error: SignoffError) -> None:
        next_try = decide(error, attempts=claimed.attempts, now=self._clock.now(), jitter=random.random())  # noqa: S311
        match next_try:
            case RetryAt(when):
                EFFECTS.labels(claimed.kind, "retried").inc()
                log.warning("effect put back", error=error.kind, attempts=claimed.attempts, until=when.isoformat())
                # "Later" is no try: a slow hour must not use up the attempts of a healthy card.
                counted = not (isinstance(error, TransientError) and error.retry_after is not None)
                await self._writer.submit(PutBack(claimed, when, error.sentence, counted=counted))
            case GiveUp():
                EFFECTS.labels(claimed.kind, "dead").inc()
                log.error("effect given up", error=error.kind, attempts=claimed.attempts)
                if self._on_give_up is not None:
                    await self._on_give_up(claimed, error)
                await self._writer.submit(Bury(claimed, error.sentence))
