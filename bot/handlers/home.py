"""App Home: it was opened; and the buttons that are on no card. Parse, one call, answer in a modal.

No rule is here: what may be seen is the register's, what may be done is judged where it is done.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import structlog
from slack_bolt.context.ack.async_ack import AsyncAck

from bot.db import Database
from bot.errors import SignoffError
from bot.handlers import payloads, replies
from bot.handlers.approvals import ApprovalsDesk
from bot.handlers.bulk import BulkDesk
from bot.handlers.counter import Counter
from bot.handlers.delegations import DelegationDesk
from bot.handlers.opening import not_understood, opened
from bot.handlers.payloads import Pressed
from bot.handlers.register import RegisterDesk
from bot.handlers.slash import Asked, Handler, as_notice
from bot.homes import OpenHome
from bot.slack.home import BULK, DELEGATE, REVOKE, SHOW, said
from bot.slack.notice import Notice

log = structlog.get_logger(__name__)

Body = dict[str, Any]

#: The buttons that are on no card.
BUTTONS = (SHOW, BULK, REVOKE, DELEGATE)


class HomeDesk:
    """Listeners for the Home tab."""

    def __init__(self, database: Database, counter: Counter, stand_ins: DelegationDesk) -> None:
        self._counter = counter
        bulk = BulkDesk(counter, ApprovalsDesk(database, counter.service, counter.clock))
        self._run: Mapping[str, Handler] = {
            SHOW: RegisterDesk(database, counter).show,
            BULK: bulk.alike,
            REVOKE: stand_ins.end,
            DELEGATE: stand_ins.ask,
        }

    async def opened(self, body: Body) -> None:
        """Somebody looks at the tab: it is owed at once. Slack repeats what was lost, and opening it again does too."""
        who = payloads.home_opened(body)
        if who is not None:
            await self._counter.writer.submit(OpenHome(who.user_id, who.team_id, self._counter.clock.now()))

    async def pressed(self, ack: AsyncAck, body: Body) -> None:
        """A button that is on no card: done like the subcommand of its name, and answered in a modal."""
        pressed = payloads.pressed(body)
        if pressed is None:
            await not_understood(self._counter, ack, body)
            return
        told = await self._answered(pressed)
        await ack()
        if told:
            await opened(self._counter, pressed.whom.trigger_id, said(as_notice(told), "Signoff"))

    async def _answered(self, pressed: Pressed) -> Notice | str:
        """What is told; empty where a modal was opened instead."""
        try:
            person = await self._counter.person(pressed.whom)
            if person.foreign or person.guest or person.deactivated:
                return replies.NOT_FOR_GUESTS
            number = pressed.value.partition(":")[0]
            whom = pressed.whom
            return await self._run[pressed.action_id](
                Asked("/approvals", (number,), number, person, whom, whom.trigger_id)
            )
        except SignoffError as error:
            log.warning("home button failed", error=error.kind)
            return replies.trouble(error)
