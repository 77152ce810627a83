"""Performs TELL_ADMINS: says in the admin channel, once for each, that a person or a channel cannot be written to.

Once until a card has reached the place again. Knows nothing of who is asked instead, which is the case's.
"""

from __future__ import annotations

import json

from bot.audit import log as audit
from bot.cases.service import Service
from bot.clock import Clock
from bot.db import Database, Read
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
        place, channel = claimed.target.removeprefix(DIRECT), self._service.rules.config.admin_channel
        async with self._database.read() as session:
            known = await is_told_of(session, place)
            cause, instead = await _cause(session, claimed)
        if known or not channel:
            return
        await self._gateway.say(channel, card(claimed, cause, instead))
        await self._writer.submit(ToldOf(place, self._clock.now()))


async def _cause(session: Read, claimed: Claimed) -> tuple[str, str]:
    """Why the place cannot be written to, and which one is asked instead, as the case's audit trail has it."""
    found = await audit.about(session, claimed.case_id, after=0, limit=_MOST)
    details = [json.loads(one.detail_text or "{}") for one in found if one.entry.action == "card.undeliverable"]
    of_this = [one for one in details if one.get("channel") == claimed.target]
    return (str(of_this[-1].get("problem") or ""), str(of_this[-1].get("instead") or "")) if of_this else ("", "")


def card(claimed: Claimed, cause: str, instead: str) -> Card:
    """What the admins read. The cause is Slack's words, or ours about them."""
    said = _of_channel(claimed, cause, instead)
    if claimed.target.startswith(DIRECT):
        said = (
            f"{claimed.target.removeprefix(DIRECT)} cannot be written to in Slack: {cause} The next person is asked "
            f"instead, first on case {claimed.case_id}. Mend the account, or the address in the config."
        )
    return Card(inert(said, 600), ({"type": "section", "text": plain(said, 600)},))


def _of_channel(claimed: Claimed, cause: str, instead: str) -> str:
    where = f"Cards go to {instead} instead" if instead else "No other place is left for its cards"
    return (
        f"{claimed.target} cannot be written to: {cause} {where}, first that of case {claimed.case_id}. "
        "Once it is mended, signoff outbox retry --all posts what could not be."
    )
