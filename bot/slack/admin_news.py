"""Performs TELL_ADMINS: says in the admin channel, once a person, that somebody cannot be written to.

Once until a card has reached that person again. Knows nothing of who is asked instead, which is the case's.
"""

from __future__ import annotations

import json

from bot.audit import log as audit
from bot.cases.service import Service
from bot.clock import Clock
from bot.db import Database
from bot.effects import DIRECT
from bot.group_commit import GroupCommit
from bot.outbox import Claimed
from bot.slack.cards import Card
from bot.slack.gateway import SlackGateway
from bot.slack.text import inert, plain
from bot.slack.unreachable import ToldOf, is_told_of

#: Entries of a case that are gone through for the cause.
_MOST = 500


class AdminNews:
    """The sender of TELL_ADMINS effects."""

    def __init__(
        self, gateway: SlackGateway, service: Service, *, database: Database, writer: GroupCommit, clock: Clock
    ) -> None:
        self._gateway = gateway
        self._service = service
        self._database = database
        self._writer = writer
        self._clock = clock

    async def tell(self, claimed: Claimed) -> None:
        """Tell it. A second run is harmless: it finds that it was told, or at worst says it twice."""
        email, channel = claimed.target.removeprefix(DIRECT), self._service.rules.config.admin_channel
        async with self._database.read() as session:
            known = await is_told_of(session, email)
        if known or not channel:
            return
        said = (
            f"{email} cannot be written to in Slack: {await self._cause(claimed)} The next person is asked instead, "
            f"first on case {claimed.case_id}. Mend the account, or the address in the config."
        )
        await self._gateway.say(channel, Card(inert(said, 600), ({"type": "section", "text": plain(said, 600)},)))
        await self._writer.submit(ToldOf(email, self._clock.now()))

    async def _cause(self, claimed: Claimed) -> str:
        async with self._database.read() as session:
            found = await audit.about(session, claimed.case_id, after=0, limit=_MOST)
        details = [json.loads(one.detail_text or "{}") for one in found if one.entry.action == "card.undeliverable"]
        of_this = [str(one.get("problem") or "") for one in details if one.get("channel") == claimed.target]
        return of_this[-1] if of_this else ""
