"""What every click needs, in one place: who it was, the service, and a way to answer in private.

Holds no rule and no words.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import structlog

from bot.cases.answers import Answer, Refusal
from bot.cases.commands import PersonCommand, StewardCommand
from bot.cases.model import Person
from bot.cases.service import Service
from bot.clock import Clock
from bot.errors import SignoffError
from bot.group_commit import GroupCommit
from bot.handlers.payloads import Click, Whom
from bot.metrics import REFUSALS
from bot.slack.board import Board, Shown
from bot.slack.gateway import SlackGateway
from bot.slack.home import said
from bot.slack.messages import AdoptMessage
from bot.slack.modals import View
from bot.slack.notice import Notice, literally
from bot.slack.people import PATIENCE, People

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Counter:
    """Where people are served."""

    gateway: SlackGateway
    service: Service
    people: People
    board: Board
    writer: GroupCommit
    clock: Clock
    refresh: Callable[[], Awaitable[None]]  #: has the groups of Odoo read where what is known of them is too old

    async def person(self, who: Whom, *, patience: float = PATIENCE) -> Person:
        """The person behind a click, whose roles by groups of Odoo are known as well as they can be.

        Raises TransientError when Slack does not say within ``patience`` seconds.
        """
        asked = self.people.person(who.user_id, who.team_id, patience=patience)
        person, _ = await asyncio.gather(asked, self.refresh())
        return person

    async def execute(self, command: PersonCommand | StewardCommand) -> Answer:
        """One command; the answer is durable."""
        given = await self.service.execute(command)
        outcome = given.reason.value if isinstance(given, Refusal) else "taken"
        if isinstance(given, Refusal):
            REFUSALS.labels(given.reason.value).inc()
        log.info("click answered", case_id=command.case_id, command=type(command).__name__, outcome=outcome)
        return given

    async def redraw(self, view_id: str, view: View) -> None:
        """Make an open modal true; one that was closed meanwhile is nobody's loss."""
        try:
            await self.gateway.update_modal(view_id, view)
        except SignoffError as error:
            log.info("modal not redrawn", error=error.kind)

    async def tell(self, who: Whom, sentence: str) -> None:
        """Tell one person. What stands is on the card as well, so a lost sentence is logged and no more."""
        if not sentence:
            return
        await self.tell_at_length(who, literally(sentence))

    async def tell_at_length(self, who: Whom, told: Notice) -> None:
        """Tell one person more than a sentence."""
        if not (who.channel_id or who.trigger_id):
            return
        try:
            if who.channel_id:
                await self.gateway.tell(who.user_id, who.channel_id, told, response_url=who.response_url)
            else:
                await self.gateway.open_modal(who.trigger_id, said(told, "Signoff"))
        except SignoffError as error:
            log.warning("sentence not delivered", error=error.kind)

    async def adopt(self, click: Click, shown: Shown | None) -> None:
        """Take up a card that nobody had noted: its post's answer was lost, and yet people see it."""
        if shown is None or not click.message_ts:
            return
        place = (click.whom.channel_id, click.message_ts)
        if any((ref.channel_id, ref.ts) == place for ref in shown.refs):
            return
        try:
            channel = await self._named(click.whom.channel_id, shown)
        except SignoffError as error:
            log.warning("stray card not adopted", case_id=click.case_id, error=error.kind)
            return
        if channel is not None:
            log.info("stray card adopted", case_id=click.case_id)
            await self.writer.submit(AdoptMessage(click.case_id, channel, *place, self.clock.now()))

    async def _named(self, channel_id: str, shown: Shown) -> str | None:
        """The channel as the case's plan names it; None where it was never asked in."""
        for channel in shown.case.channels:
            if await self.gateway.resolve_channel(channel) == channel_id:
                return channel
        return None
