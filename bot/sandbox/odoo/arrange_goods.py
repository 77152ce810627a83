"""Factories for goods that move: stock, transfers, scrap orders, vendor bills. As in ``arrange``, without webhooks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from bot.sandbox.odoo.arrange import Arranger
from bot.sandbox.odoo.base_data import DEFAULT_CUSTOMER, DEFAULT_PRODUCT, DEFAULT_VENDOR
from bot.sandbox.odoo.model import Row

Wanted = tuple[str, float]
"""What a transfer wants: product code, quantity."""


class GoodsArranger(Arranger):
    """Makes records of the warehouse; every method that makes one returns its id."""

    def set_stock(self, product: str, on_hand: float, *, warehouse: str = "CHI", place: int = 0) -> int:
        """Stock of a product in a warehouse, or in ``place``; the quant's id."""
        if not place:
            return self.add_count(product=product, on_hand=on_hand, warehouse=warehouse)
        vals = {"product_id": self._product(product), "location_id": place, "quantity": on_hand}
        return int(self._do("admin", "stock.quant", "create", vals))

    def add_place(self, name: str, *, warehouse: str = "CHI") -> int:
        """A place in a warehouse beside its stock, such as a quarantine area."""
        number = self._find("stock.warehouse", ["code", "=", warehouse])
        top = self._find("stock.location", ["warehouse_id", "=", number], ["usage", "=", "view"])
        vals = {"name": name, "location_id": top, "warehouse_id": number, "company_id": 1}
        return int(self._do("admin", "stock.location", "create", vals))

    def stock_place(self, warehouse: str = "CHI") -> int:
        """Where the stock of a warehouse lies."""
        return int(
            self._row("stock.warehouse", self._find("stock.warehouse", ["code", "=", warehouse]))["lot_stock_id"]
        )

    def add_transfer(
        self,
        kind: str,
        *wanted: Wanted,
        warehouse: str = "CHI",
        by: str = "stocku",
        partner: str = "",
        source: int = 0,
        to: int = 0,
        return_of: int = 0,
    ) -> int:
        """A transfer of ``kind`` (incoming, outgoing, internal) with what is in stock reserved."""
        number = self._find("stock.picking.type", ["warehouse_id.code", "=", warehouse], ["code", "=", kind])
        usual = {"incoming": DEFAULT_VENDOR, "outgoing": DEFAULT_CUSTOMER}.get(kind, "")
        vals: dict[str, Any] = {"picking_type_id": number, "return_id": return_of or False}
        if partner or usual:
            vals["partner_id"] = self._partner(partner or usual)
        if source:
            vals["location_id"] = source
        if to:
            vals["location_dest_id"] = to
        picking = int(self._do(by, "stock.picking", "create", vals))
        self._add_moves(picking, wanted or [(DEFAULT_PRODUCT, 5.0)], by=by)
        self._do(by, "stock.picking", "action_assign", [picking])
        return picking

    def plan(self, picking: int, *, scheduled: datetime | None = None, deadline: datetime | None = None) -> None:
        """When a transfer is planned for, and when it has to be done; instants in UTC."""
        given = {"scheduled_date": scheduled, "date_deadline": deadline}
        vals = {name: f"{at:%Y-%m-%d %H:%M:%S}" for name, at in given.items() if at is not None}
        self._do("stocku", "stock.picking", "write", [picking], vals)

    def add_rule(self, product: str = DEFAULT_PRODUCT, least: float = 50.0, *, warehouse: str = "CHI") -> int:
        """A reordering rule for the stock of a warehouse."""
        vals = {
            "product_id": self._product(product),
            "location_id": self.stock_place(warehouse),
            "warehouse_id": self._find("stock.warehouse", ["code", "=", warehouse]),
            "company_id": 1,
            "product_min_qty": least,
        }
        return int(self._do("admin", "stock.warehouse.orderpoint", "create", vals))

    def promise(self, purchase: int, at: datetime) -> None:
        """When the vendor has promised an order (UTC)."""
        self._do("purm", "purchase.order", "write", [purchase], {"date_planned": f"{at:%Y-%m-%d %H:%M:%S}"})

    def add_return(self, *wanted: Wanted, warehouse: str = "CHI", by: str = "stocku") -> int:
        """Goods that a customer sends back, of a delivery that was done."""
        products = wanted or [(DEFAULT_PRODUCT, 5.0)]
        for code, number in products:
            self.set_stock(code, number, warehouse=warehouse)
        delivery = self.add_transfer("outgoing", *products, warehouse=warehouse)
        self._do("admin", "stock.picking", "button_validate", [delivery], context={"skip_sms": True})
        return self.add_transfer(
            "incoming",
            *products,
            warehouse=warehouse,
            by=by,
            partner=DEFAULT_CUSTOMER,
            source=self._find("stock.location", ["usage", "=", "customer"]),
            return_of=delivery,
        )

    def pick(self, picking: int, quantities: Mapping[str, float] | None = None, *, by: str = "stocku") -> None:
        """Somebody picks a transfer: all that is reserved, or for each product what is named here."""
        for move in self._moves(picking):
            vals: dict[str, Any] = {"picked": True}
            code = self._code(move["product_id"])
            if quantities is not None and code in quantities:
                vals["quantity"] = quantities[code]
            self._do(by, "stock.move", "write", [move["id"]], vals)

    def add_scrap(self, product: str = DEFAULT_PRODUCT, quantity: float = 5.0, *, by: str = "stocku") -> int:
        """A scrap order in draft; stock for it is another matter."""
        vals = {"product_id": self._product(product), "scrap_qty": quantity}
        return int(self._do(by, "stock.scrap", "create", vals))

    def add_bill(
        self,
        purchase: int = 0,
        *,
        price: float | None = None,
        quantity: float | None = None,
        dated: bool = True,
        kind: str = "in_invoice",
        by: str = "accu",
    ) -> int:
        """A draft bill for what was ordered, or for anything; ``price`` and ``quantity`` are what the vendor says."""
        if purchase:
            order = self._row("purchase.order", purchase)
            rows = [self._row("purchase.order.line", one) for one in self._order_lines(purchase)]
            partner = order["partner_id"]
        else:
            product = self._product(DEFAULT_PRODUCT)
            rows = [{"id": False, "product_id": product, "product_qty": 1.0, "price_unit": 100.0}]
            partner = self._partner(DEFAULT_VENDOR)
        lines = [
            {
                "product_id": row["product_id"],
                "quantity": row["product_qty"] if quantity is None else quantity,
                "price_unit": row["price_unit"] if price is None else price,
                "purchase_line_id": row["id"],
            }
            for row in rows
        ]
        made = [[0, 0, one] for one in lines]
        vals: dict[str, Any] = {"move_type": kind, "partner_id": partner, "invoice_line_ids": made}
        if dated:
            vals["invoice_date"] = "2026-11-20"
        return int(self._do(by, "account.move", "create", vals))

    def _add_moves(self, picking: int, wanted: Sequence[Wanted], *, by: str) -> None:
        row = self._row("stock.picking", picking)
        ends = {name: row[name] for name in ("location_id", "location_dest_id", "company_id")}
        for code, number in wanted:
            vals = {"product_id": self._product(code), "product_uom_qty": number, "state": "confirmed"}
            self._do(by, "stock.move", "create", {**ends, **vals, "picking_id": picking})

    def _moves(self, picking: int) -> list[Row]:
        found = self._search("stock.move", [["picking_id", "=", picking]])
        return [self._row("stock.move", one) for one in found]

    def _order_lines(self, purchase: int) -> list[int]:
        return self._search("purchase.order.line", [["order_id", "=", purchase]])

    def _code(self, product: int) -> str:
        return str(self._row("product.product", product)["default_code"])

    def _row(self, model: str, record_id: int) -> Row:
        """A record as stored. Raises LookupError when there is none."""
        row = self._engine.store.get(model, record_id)
        if row is None:
            msg = f"no {model} {record_id}"
            raise LookupError(msg)
        return row
