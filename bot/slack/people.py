"""Who clicked: from a Slack user to the person whom the authority function judges.

Owns the look-up and its short memory. Judges nothing: what cannot be told is left empty, and an empty answer has no
power anywhere.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from bot.cases.model import Person
from bot.clock import Clock
from bot.errors import PermanentError, SignoffError, TransientError
from bot.slack.accounts import address, name
from bot.slack.gateway import SlackGateway

#: For so long a person who was made a guest, deactivated or renamed in Slack is still taken for what they were.
REMEMBERED = timedelta(minutes=5)
_MOST = 10_000
#: Seconds that a click waits for Slack to say whose it is: it has to be answered within three. The look-up goes on, so
#: that the next click finds its answer.
PATIENCE = 2.0
#: Characters of a locale; the longest that Slack has are five.
_LOCALE = 20

_UNKNOWN = "Slack did not say who you are, so nothing was decided. Please try again in a moment."


class People:
    """Answers ``person``."""

    def __init__(self, gateway: SlackGateway, clock: Clock) -> None:
        self._gateway = gateway
        self._clock = clock
        self._ids: OrderedDict[str, tuple[datetime, str]] = OrderedDict()
        self._known: OrderedDict[tuple[str, str], tuple[datetime, Person]] = OrderedDict()
        self._asking: dict[tuple[str, str], asyncio.Task[Person]] = {}

    async def person(self, user_id: str, team_id: str, *, patience: float = PATIENCE) -> Person:
        """The person behind a click, as Slack knew them at most ``REMEMBERED`` ago.

        Raises TransientError when Slack does not answer, or not within ``patience`` seconds.
        """
        key = (team_id, user_id)
        known = self._known.get(key)
        if known is not None and self._clock.now() - known[0] < REMEMBERED:
            return known[1]
        if key not in self._asking:
            self._asking[key] = asyncio.create_task(self._learn(key))
            self._asking[key].add_done_callback(lambda done: self._asked(key, done))
        try:
            async with asyncio.timeout(patience):
                return await asyncio.shield(self._asking[key])
        except TimeoutError:
            raise TransientError(_UNKNOWN, kind="slow") from None

    async def _learn(self, key: tuple[str, str]) -> Person:
        team_id, user_id = key
        now = self._clock.now()
        person = await self._ask(user_id, team_id)
        self._known[key] = (now, person)
        self._known.move_to_end(key)
        while len(self._known) > _MOST:
            self._known.popitem(last=False)
        return person

    def _asked(self, key: tuple[str, str], done: asyncio.Task[Person]) -> None:
        del self._asking[key]
        if not done.cancelled():
            done.exception()  # heard, even where nobody waits for it any more

    async def id_of(self, email: str) -> str:
        """The Slack id of the active account with this address, as of ``REMEMBERED`` ago at most; empty for nobody."""
        now = self._clock.now()
        known = self._ids.get(email)
        if known is not None and now - known[0] < REMEMBERED:
            return known[1]
        try:
            found = str((await self._gateway.user_by_email(email))["id"])
        except PermanentError:
            found = ""
        self._ids[email] = (now, found)
        while len(self._ids) > _MOST:
            self._ids.popitem(last=False)
        return found

    async def _ask(self, user_id: str, team_id: str) -> Person:
        try:
            ours = (await self._gateway.identity()).team_id
            user = await self._user(user_id)
        except SignoffError as error:
            raise TransientError(_UNKNOWN, kind=error.kind) from error
        return _person(user, user_id, team_id=team_id, ours=ours)

    async def _user(self, user_id: str) -> Mapping[str, Any]:
        try:
            return await self._gateway.user(user_id)
        except PermanentError:
            return {}  # nobody that Slack would tell us about: no address, no power


def _person(user: Mapping[str, Any], user_id: str, *, team_id: str, ours: str) -> Person:
    return Person(
        key=f"slack:{team_id}:{user_id}",
        email=address({**user, "id": user_id}),
        name=name(user) or user_id,
        guest=bool(user.get("is_restricted") or user.get("is_ultra_restricted")),
        deactivated=bool(user.get("deleted")),
        locale=str(user.get("locale") or "")[:_LOCALE],
        foreign=team_id != ours or bool(user.get("is_stranger")) or user.get("team_id", ours) != ours,
    )
