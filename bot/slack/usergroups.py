"""Reading Slack's user groups: which there are, and who is in one.

Asks ``usergroups.list`` and ``usergroups.users.list`` (both need the scope ``usergroups:read`` and twenty calls a
minute are free), and who somebody is once in a while. Knows nothing of roles. What cannot be read is an error.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from bot.approvals.insiders import Member, Membership
from bot.clock import Clock
from bot.config.model import Group
from bot.config.problems import did_you_mean
from bot.errors import PermanentError, TransientError
from bot.slack.accounts import address, name, powerless
from bot.slack.gateway import SlackGateway
from bot.slack.refusals import MISSING_SCOPE

_EVERY: Final = timedelta(minutes=2)
#: For so long the list of user groups holds: all groups of a config are found in one answer.
_LISTED_FOR: Final = timedelta(seconds=30)
#: For so long somebody's address is taken for what Slack said; whoever clicks is asked about anew besides.
_REMEMBERED: Final = timedelta(minutes=30)
_MOST: Final = 10_000
#: ``users.info`` is answered a hundred times a minute, clicks included: so many people are looked up in one reading.
MOST_AT_ONCE: Final = 50

NO_GROUP: Final = "no_user_group"


@dataclass(frozen=True, slots=True)
class UserGroup:
    """A user group that is in use."""

    id: str
    handle: str


class UserGroups:
    """Answers ``of``; remembers for minutes who people are."""

    def __init__(self, gateway: SlackGateway, clock: Clock) -> None:
        self._gateway = gateway
        self._clock = clock
        self._listed: tuple[datetime, tuple[UserGroup, ...]] | None = None
        self._people: OrderedDict[str, tuple[datetime, Mapping[str, Any]]] = OrderedDict()

    @property
    def every(self) -> timedelta:
        """Slack answers twenty questions a minute, and a group is one."""
        return _EVERY

    async def of(self, group: Group) -> Membership:
        """Who is in ``group``. Raises SignoffError: there is no such group, the scope is missing, Slack is away."""
        found = named(await self._all(), group.name)
        users = await self._gateway.users_of(found.id)
        ours = (await self._gateway.identity()).team_id
        members: dict[str, Member] = {}
        left_out: list[str] = []
        for user_id, user in zip(users, await self._known(users), strict=True):
            email, why = address(user), powerless(user, ours)
            if why or not email:
                left_out.append(f"{name(user) or user_id}: {why or 'Slack tells no e-mail address'}")
            else:
                members[email] = Member(email, name(user) or user_id, user_id)
        return Membership(group, tuple(sorted(members.values())), tuple(sorted(left_out)), found.id)

    async def _all(self) -> tuple[UserGroup, ...]:
        now = self._clock.now()
        if self._listed is None or now - self._listed[0] >= _LISTED_FOR:
            self._listed = (now, usable(await self._gateway.user_groups()))
        return self._listed[1]

    async def _known(self, users: list[str]) -> list[Mapping[str, Any]]:
        """What Slack says of each. Raises TransientError where too many are new: the next reading goes on."""
        now = self._clock.now()
        fresh = {one: self._people[one][1] for one in users if self._is_fresh(one, now)}
        new = [one for one in users if one not in fresh]
        for user_id in new[:MOST_AT_ONCE]:
            fresh[user_id] = await self._user(user_id)
            self._people[user_id] = (now, fresh[user_id])
            self._people.move_to_end(user_id)
        while len(self._people) > _MOST:
            self._people.popitem(last=False)
        if len(new) > MOST_AT_ONCE:
            sentence = f"{len(new) - MOST_AT_ONCE} of its {len(users)} people are still to be looked up in Slack."
            raise TransientError(sentence, kind="user_group_unread")
        return [fresh[one] for one in users]

    def _is_fresh(self, user_id: str, now: datetime) -> bool:
        known = self._people.get(user_id)
        return known is not None and now - known[0] < _REMEMBERED

    async def _user(self, user_id: str) -> Mapping[str, Any]:
        try:
            return await self._gateway.user(user_id)
        except PermanentError as error:
            if error.kind == MISSING_SCOPE:
                raise
            return {}  # nobody whom Slack would tell us about: no address, no power


def usable(listed: list[Mapping[str, Any]]) -> tuple[UserGroup, ...]:
    """Those that are in use and ours: a user group of another organisation is not kept by our people."""
    return tuple(
        UserGroup(str(one["id"]), str(one.get("handle") or ""))
        for one in listed
        if one.get("id") and not one.get("date_delete") and not one.get("is_external")
    )


def named(groups: tuple[UserGroup, ...], wanted: str) -> UserGroup:
    """The group with this handle or id. Raises PermanentError where there is none, with the nearest one."""
    for one in groups:
        if wanted in {one.id, one.handle}:
            return one
    hint = did_you_mean(wanted, [one.handle for one in groups])
    sentence = f"Slack has no user group @{wanted} in use{f'; {hint}' if hint else ''}."
    raise PermanentError(sentence, kind=NO_GROUP)
