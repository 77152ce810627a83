"""Reading who works in an Odoo, and who is in a group of it: one call for each, whatever the number of its users.

A group is named by its external id. ``res.groups.get_external_id`` (read in the sources of 18.0 and 19.0) tells it to
every internal user; where a server refuses that, ``has_group`` (measured on both) is asked of one user after another.
Knows nothing of roles.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

import structlog

from bot.errors import PermanentError
from bot.odoo.client import OdooClient, together
from bot.odoo.identity import Account
from bot.odoo.roster import User

_GROUPS: Final = "res.groups"
_USERS: Final = "res.users"
_FIELDS: Final = ("login", "name", "active")
#: Whoever comes and goes is seen by asking all of them, archived ones too: they are left out with a reason.
_ALL: Final = {"active_test": False}
#: From 19 on a user's own groups and all that they imply are two fields; 18.0 keeps both in one.
_SPLIT_SINCE: Final = 19
#: More users than this are not asked one by one: that many calls a minute would be most of what an Odoo can take.
MOST_ONE_BY_ONE: Final = 200

log = structlog.get_logger(__name__)


class Memberships:
    """One for each source; remembers the ids of its groups."""

    def __init__(self, client: OdooClient) -> None:
        self._client = client
        self._ids: dict[str, int] = {}
        self._field = ""

    async def of(self, group: str) -> list[User]:
        """The users in ``group``, by itself or by another group. Raises TransientError, PermanentError."""
        try:
            number = await self._id(group)
            rows = await self._search([[await self._users_field(), "in", [number]]])
        except PermanentError as error:
            if error.kind == _NO_GROUP:
                raise
            log.info("groups are asked user by user", group=group, error=error.kind)
            rows = await self._one_by_one(group)
        return [User(str(row["login"]), str(row["name"]), bool(row["active"])) for row in rows]

    async def _id(self, group: str) -> int:
        if group not in self._ids:
            ids = await self._client.search(_GROUPS, [])
            named = await self._client.query(_GROUPS, "get_external_id", ids)
            self._ids = {str(name): int(number) for number, name in _pairs(named)}
        if group not in self._ids:
            sentence = f"Odoo has no group {group}, or its module is not installed."
            raise PermanentError(sentence, kind=_NO_GROUP)
        return self._ids[group]

    async def _users_field(self) -> str:
        if not self._field:
            major = (await self._client.version()).major
            self._field = "all_group_ids" if major >= _SPLIT_SINCE else "groups_id"
        return self._field

    async def _search(self, domain: list[object]) -> list[dict[str, Any]]:
        return await self._client.search_read(_USERS, domain, _FIELDS, context=_ALL)

    async def _one_by_one(self, group: str) -> list[dict[str, Any]]:
        users = await self._search([["share", "=", False]])
        if len(users) > MOST_ONE_BY_ONE:
            sentence = f"Odoo lists no groups to the bot, and has too many users to ask for {group} one by one."
            raise PermanentError(sentence, kind="groups_hidden")
        inside = await together(self._client.query(_USERS, "has_group", [user["id"]], group) for user in users)
        return [user for user, is_in in zip(users, inside, strict=True) if is_in is True]


async def users_of(client: OdooClient) -> list[Account]:
    """Everybody who works in this Odoo now: no users of the portal, no archived ones. Raises SignoffError."""
    rows = await client.search_read(_USERS, [["share", "=", False], ["active", "=", True]], ["login"], order="id")
    return [Account(int(row["id"]), str(row["login"])) for row in rows]


_NO_GROUP: Final = "no_group"


def _pairs(named: object) -> Iterable[tuple[Any, Any]]:
    """Ids come as the keys of a JSON object, so as texts."""
    return named.items() if isinstance(named, dict) else ()
