"""When the bot's API key ends: found out with the bot's own login, weeks before.

Looks and changes nothing. Odoo gives ordinary users keys of three months at most, and does not tell which key is in
use, so the one that ends first counts.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from bot.errors import SignoffError
from bot.findings import Check, Verdict
from bot.odoo.client import OdooClient
from bot.odoo.values import from_odoo

#: An administrator needs some weeks to renew a key.
KEY_WARNING: Final = timedelta(days=30)
KEY_ALARM: Final = timedelta(days=7)

_KEYS: Final = "res.users.apikeys"


async def key_of(client: OdooClient, login: str, now: datetime) -> Check:
    """What there is to say of the key of ``login``. Raises SignoffError."""
    mine = [["user_id", "=", await client.uid()]]
    rows = await client.search_read(_KEYS, mine, ["name", "expiration_date"])
    ends = sorted((from_odoo(row["expiration_date"]), str(row["name"])) for row in rows if row["expiration_date"])
    if not rows:
        return Check("key", Verdict.WARN, "there is no API key: the bot logs in with a password", "make an API key")
    if not ends:
        return Check("key", Verdict.OK, "the API key has no end")
    return _ending(*ends[0], login, now)


def _ending(end: datetime, name: str, login: str, now: datetime) -> Check:
    left = end - now
    says = f"the API key “{name}” ends on {end:%Y-%m-%d}, in {left.days} days"
    mend = f"make the next one as {login}, put it where api_key points, restart, then delete the old one"
    if left <= KEY_ALARM:
        return Check("key", Verdict.BAD, says, mend)
    return Check("key", Verdict.WARN if left <= KEY_WARNING else Verdict.OK, says, mend if left <= KEY_WARNING else "")


async def warning(source: str, client: OdooClient, login: str, now: datetime) -> str:
    """A line for the admins, once a key has to be renewed or Odoo lets the bot in no more; empty while all is well."""
    try:
        check = await key_of(client, login, now)
    except SignoffError as error:
        return f"{source}: {error.sentence}"
    return f"{source}: {check.says}; {check.mend}" if check.mend else ""
