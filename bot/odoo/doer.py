"""Whether Signoff may write as somebody: the user of Odoo behind an address, looked up now, or why there is none.

Reads and changes nothing. The guard judges the user once more, in the transaction that writes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from bot.config.model import Source
from bot.odoo.client import OdooClient, Row
from bot.odoo.guard import ADMINISTRATORS
from bot.odoo.identity import Identity
from bot.odoo.interpret import address_of
from bot.text import one_line

_USERS: Final = "res.users"
_FIELDS: Final = ("login", "active", "share")
_ARCHIVED_TOO: Final = {"active_test": False}
_LONGEST: Final = 80


@dataclass(frozen=True, slots=True)
class Doer:
    """The user of Odoo as whom it is written."""

    id: int
    login: str

    def __str__(self) -> str:
        return f"{one_line(self.login, _LONGEST)} (Odoo user {self.id})"


async def user_of(email: str, found: Identity | None, settings: Source, client: OdooClient) -> Doer | str:
    """The user to act as for ``email``, of whom ``found`` is known; else why not, as a sentence.

    Raises TransientError, PermanentError.
    """
    who = one_line(email, _LONGEST) or "somebody whose address Slack does not tell"
    if found is not None and found.refused:
        return f"It cannot be told which user of Odoo {who} is. {found.refused}"
    if found is None or found.user is None:
        return f"Odoo has no user for {who}: none with that login, nor one named so under odoo.{settings.name}.users."
    rows = await client.search_read(_USERS, [["id", "=", found.user]], _FIELDS, context=_ARCHIVED_TOO)
    if why := _unfit(rows[0] if rows else None, email, settings):
        return f"Odoo user {found.user}, whom {who} was found to be, {why}."
    for group in ADMINISTRATORS:
        if await client.query(_USERS, "has_group", [found.user], group):
            return f"{who} is an administrator of Odoo ({group}), and Signoff never writes as one."
    return Doer(found.user, str(rows[0]["login"]))


def _unfit(row: Row | None, email: str, settings: Source) -> str:
    """Why that user is not whom the address belongs to, as Odoo has it now, as half a sentence; empty where it is."""
    if row is None or not row["active"]:
        return "is archived or gone"
    if row["share"]:
        return "is a user of the portal"
    if row["login"] == settings.login or address_of(str(row["login"]), settings) != email:
        return f"goes by another login now ({one_line(str(row['login']), _LONGEST)})"
    return ""
