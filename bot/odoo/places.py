"""The places in Odoo to which goods are sent: the one that is meant, and whether those that the config names are there.

Looks and changes nothing. What is sent, and when, is ``moving``'s.
"""

from __future__ import annotations

from collections.abc import Iterable

from bot.config.model import Site, Source
from bot.errors import PermanentError, SignoffError
from bot.findings import Check, Verdict
from bot.odoo.catalog.quarantine import PLACE, WAREHOUSE
from bot.odoo.client import OdooClient
from bot.text import one_line

_SHOWN = 5
_MEND = "Name the place as quarantine of the site or of the source in the config, then press Retry."
_INTERNAL = ("usage", "=", "internal")


async def quarantine_of(client: OdooClient, named: str, *, warehouse: int, company: int) -> int:
    """The one place that is meant. Raises PermanentError, with what an administrator has to do, where it is not one."""
    domain: list[object] = [_INTERNAL, ("company_id", "in", [False, company])]
    if named:
        domain.append(("complete_name", "=", named))
    else:
        domain += [("complete_name", "ilike", "quarantine"), ("warehouse_id", "=", warehouse)]
    rows = await client.search_read(PLACE, domain, ["complete_name"], order="id", limit=_SHOWN)
    if len(rows) == 1:
        return int(rows[0]["id"])
    raise PermanentError(_not_one(named, [str(row["complete_name"]) for row in rows]), kind="no_place")


def _not_one(named: str, found: list[str]) -> str:
    if named:
        how = "several places" if found else "no internal place"
        return f"Odoo has {how} called {named}. {_MEND} Nothing was written."
    if not found:
        return f"The warehouse has no place in Odoo whose name says quarantine. {_MEND} Nothing was written."
    listed = one_line(", ".join(found), 200)
    return f"Several places of the warehouse say quarantine: {listed}. {_MEND} Nothing was written."


async def examined(client: OdooClient, source: Source, sites: Iterable[Site]) -> list[Check]:
    """Whether each ``quarantine`` of the config is an internal place of this Odoo. Never raises SignoffError."""
    found: list[Check] = []
    try:
        if source.quarantine:
            found.append(await _named(client, source.quarantine, f"odoo.{source.name}"))
        for site in sites:
            if site.quarantine and await _is_here(client, site):
                found.append(await _named(client, site.quarantine, f"sites.{site.name}"))
    except SignoffError as error:
        found.append(Check("quarantine", Verdict.BAD, error.sentence))
    return found


async def _is_here(client: OdooClient, site: Site) -> bool:
    """Whether the site may lie in this Odoo: it has one of its warehouses, or the site names none."""
    if not site.warehouses:
        return True
    return bool(await client.search(WAREHOUSE, [("code", "in", sorted(site.warehouses))], limit=1))


async def _named(client: OdooClient, name: str, where: str) -> Check:
    if await client.search(PLACE, [_INTERNAL, ("complete_name", "=", name)], limit=1):
        return Check("quarantine", Verdict.OK, f"{where}: goods can be sent to {name}")
    says = f"{where}: Odoo has no internal place called {name}"
    return Check("quarantine", Verdict.BAD, says, "write its whole name as Odoo shows it, such as WH/Quarantine")
