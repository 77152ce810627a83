"""Performs TELL_IDENTITIES: says in the admin channel, once, which users of an Odoo Signoff cannot tell apart.

What is refused, and until when, is the register's; the words come from there and are shown literally.
"""

from __future__ import annotations

from bot.cases.service import Service
from bot.db import Database
from bot.identities import Identities, untold
from bot.outbox import Claimed
from bot.slack.cards import Card
from bot.slack.gateway import SlackGateway
from bot.slack.text import inert, plain

#: People that one message names; the audit entry has the others.
_TOLD = 10
_LONGEST = 2900


class IdentityNews:
    """The sender of TELL_IDENTITIES effects."""

    def __init__(self, gateway: SlackGateway, service: Service, register: Identities, *, database: Database) -> None:
        self._gateway = gateway
        self._service = service
        self._register = register
        self._database = database

    async def tell(self, claimed: Claimed) -> None:
        """Tell it. A second run is harmless: it finds that it was told, or at worst says it twice."""
        async with self._database.read() as session:
            news = await untold(session, claimed.target)
        channel = self._service.rules.config.admin_channel
        if not news or not channel:
            return
        await self._gateway.say(channel, card(claimed.target, list(news.values())))
        await self._register.heard(claimed.target, news)


def card(source: str, news: list[str]) -> Card:
    """What the admins read; ``news`` is not empty."""
    first = (
        f"In Odoo {source} it is not sure who is who. Until it is, these people count as unknown makers of what they "
        "make, and hold no role by a group of Odoo:"
    )
    more = [f"… and {len(news) - _TOLD} more, in the audit trail"] if len(news) > _TOLD else []
    lines = "\n".join([*news[:_TOLD], *more])[:_LONGEST]
    blocks = tuple({"type": "section", "text": plain(said)} for said in (first, lines))
    return Card(inert(f"{first} {news[0]}", 600), blocks)
