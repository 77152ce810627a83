"""Goods that a resolution sends to quarantine, or back: finds the place, makes the transfer, says how it stands.

Which fields and values is ``catalog/quarantine``'s to say. A transfer is looked for by the mark of its decision before
it is made, always, so that no lost answer and no Retry makes a second one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.cases.event import RecordRef
from bot.errors import PermanentError
from bot.odoo.catalog import quarantine
from bot.odoo.catalog.ends import To
from bot.odoo.catalog.rows import linked
from bot.odoo.client import OdooClient
from bot.odoo.places import quarantine_of
from bot.text import one_line

_LONGEST = 80


@dataclass(frozen=True, slots=True)
class Moving:
    """One resolution that sends the goods of a record somewhere. Each method raises SignoffError."""

    client: OdooClient
    ref: RecordRef
    to: To
    named: str  #: the quarantine place as the config has it; empty where it names none

    async def make(self, why: str, mark: str) -> None:
        """Make a transfer of all that is there. Raises PermanentError where a person has to choose."""
        (stock,) = await self.client.read(self.ref.model, [self.ref.id], quarantine.STOCK_FIELDS)
        warehouse, company = linked(stock, "warehouse_id") or 0, linked(stock, "company_id") or 0
        place = await self._place(warehouse, company)
        if sentence := quarantine.why_not(stock, place):
            raise PermanentError(sentence, kind="not_movable")
        kind = await self._kind(warehouse)
        name = one_line(str(stock["product_id"][1]), _LONGEST) if await self._has_description() else ""
        values = quarantine.transfer_of(stock, kind, place, f"{one_line(why, _LONGEST)} {mark}", name=name)
        await self.client.act(quarantine.TRANSFER, "create", None, args=[values])

    async def made(self, mark: str) -> Mapping[str, Any] | None:
        """The transfer that was made for this decision, whatever has become of it; None where there is none."""
        found = await self.client.search_read(
            quarantine.TRANSFER, [("origin", "ilike", mark)], ["name", "state"], limit=1
        )
        return found[0] if found else None

    async def redirect(self) -> None:
        """Send a receipt that is still to come there, with all of its lines."""
        await self.client.act(
            self.ref.model, "write", [self.ref.id], args=[{"location_dest_id": await self._place_of_receipt()}]
        )

    async def is_redirected(self) -> bool:
        """Whether the receipt goes there, and each of its moves."""
        place = await self._place_of_receipt()
        whole = [("id", "=", self.ref.id), ("location_dest_id", "=", place)]
        other = [("picking_id", "=", self.ref.id), ("location_dest_id", "!=", place), ("state", "!=", "cancel")]
        goes = await self.client.search(self.ref.model, whole, limit=1)
        return bool(goes) and not await self.client.search(quarantine.MOVE, other, limit=1)

    async def _place_of_receipt(self) -> int:
        (row,) = await self.client.read(self.ref.model, [self.ref.id], ["picking_type_id", "company_id"])
        kind = linked(row, "picking_type_id") or 0
        (found,) = await self.client.read(quarantine.TRANSFER_KIND, [kind], ["warehouse_id"])
        return await self._place(linked(found, "warehouse_id") or 0, linked(row, "company_id") or 0)

    async def _place(self, warehouse: int, company: int) -> int:
        if self.to is To.STOCK:
            (row,) = await self.client.read(quarantine.WAREHOUSE, [warehouse], ["lot_stock_id"])
            return linked(row, "lot_stock_id") or 0
        return await quarantine_of(self.client, self.named, warehouse=warehouse, company=company)

    async def _kind(self, warehouse: int) -> int:
        """The warehouse's kind of transfer for goods inside it; an archived one serves too: Odoo hides it at first."""
        domain = [("code", "=", "internal"), ("warehouse_id", "=", warehouse)]
        for active in (True, False):
            context = None if active else {"active_test": False}
            found = await self.client.search(quarantine.TRANSFER_KIND, domain, order="id", limit=1, context=context)
            if found:
                return found[0]
        msg = "The warehouse has no internal transfers in Odoo, so none can be made. Nothing was written."
        raise PermanentError(msg, kind="no_kind")

    async def _has_description(self) -> bool:
        """Whether moves have a description of their own, which is required then (18.0; 19.0 has none)."""
        asked = {"allfields": ["name"], "attributes": ["required"]}
        return "name" in await self.client.query(quarantine.MOVE, "fields_get", **asked)
