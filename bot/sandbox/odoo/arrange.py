"""Factories: the records that a test or a scenario starts from, made at once and without any webhook.

Each is written as the person who would have made it, so makers and dates are true. For deeds that the outside
hears of, use ``people``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from bot.sandbox.odoo.base_data import DEFAULT_CUSTOMER, DEFAULT_PRODUCT, DEFAULT_VENDOR
from bot.sandbox.odoo.quants import shift

if TYPE_CHECKING:
    from bot.sandbox.odoo.access import User
    from bot.sandbox.odoo.engine import Engine

OrderLine = tuple[str, float, float]
"""One order line: product code, quantity, unit price."""


class Arranger:
    """Makes records; every method returns the id of what it made or found."""

    def __init__(self, engine: Engine, users: Mapping[str, User]) -> None:
        self._engine = engine
        self._users = users

    def add_product(
        self, code: str, *, name: str = "", cost: float = 10.0, price: float = 20.0, tracking: str = "none"
    ) -> int:
        """A product with its cost in the company's currency."""
        vals = {
            "default_code": code,
            "name": name or code,
            "standard_price": cost,
            "lst_price": price,
            "tracking": tracking,
            "uom_id": 1,
        }
        return int(self._do("admin", "product.product", "create", vals))

    def add_partner(self, name: str, *, tags: Sequence[str] = (), parent: int = 0) -> int:
        """A vendor or customer with these tags; with ``parent`` a contact of that one."""
        known = [self._tag(tag) for tag in tags]
        vals = {"name": name, "category_id": [[6, 0, known]], "parent_id": parent or False}
        return int(self._do("admin", "res.partner", "create", vals))

    def _tag(self, name: str) -> int:
        found = self._search("res.partner.category", [["name", "=", name]])
        return found[0] if found else int(self._do("admin", "res.partner.category", "create", {"name": name}))

    def add_purchase(
        self,
        *,
        amount: float | None = None,
        lines: Sequence[OrderLine] = (),
        warehouse: str = "CHI",
        buyer: str = "puru",
        vendor: str = DEFAULT_VENDOR,
        state: str = "draft",
        currency: str = "USD",
        urgent: bool = False,
    ) -> int:
        """A purchase order in ``state``, made by ``buyer``; ``amount`` alone makes one line of that price."""
        kind = self._find("stock.picking.type", ["warehouse_id.code", "=", warehouse], ["code", "=", "incoming"])
        vals = {
            "partner_id": self._partner(vendor),
            "currency_id": self._find("res.currency", ["name", "=", currency]),
            "picking_type_id": kind,
            "user_id": self._users[buyer].uid,
            "priority": "1" if urgent else "0",
            "order_line": self._lines(lines, amount, quantity="product_qty"),
        }
        return self._order("purchase.order", vals, maker=buyer, state=state)

    def add_sale(
        self,
        *,
        amount: float | None = None,
        lines: Sequence[OrderLine] = (),
        warehouse: str = "CHI",
        salesperson: str = "saleu",
        customer: str = DEFAULT_CUSTOMER,
        state: str = "draft",
        currency: str = "USD",
        discount: float = 0.0,
    ) -> int:
        """A sales order in ``state``, made by ``salesperson``; ``amount`` alone makes one line of that price."""
        vals = {
            "partner_id": self._partner(customer),
            "currency_id": self._find("res.currency", ["name", "=", currency]),
            "warehouse_id": self._find("stock.warehouse", ["code", "=", warehouse]),
            "user_id": self._users[salesperson].uid,
            "order_line": self._lines(lines, amount, quantity="product_uom_qty", discount=discount),
        }
        return self._order("sale.order", vals, maker=salesperson, state=state)

    def add_count(
        self,
        *,
        product: str = DEFAULT_PRODUCT,
        on_hand: float = 100.0,
        counted: float | None = None,
        warehouse: str = "CHI",
        counter: str = "stocku",
    ) -> int:
        """Stock of a product in a warehouse (set to ``on_hand``) and, unless None, its count; the quant's id."""
        goods = self._product(product)
        place = self._find("stock.location", ["warehouse_id.code", "=", warehouse], ["usage", "=", "internal"])
        found = self._search("stock.quant", [["product_id", "=", goods], ["location_id", "=", place]])
        if found:
            quant = found[0]
            self._do("admin", "stock.quant", "write", [quant], {"quantity": on_hand})
        else:
            vals = {"product_id": goods, "location_id": place, "quantity": on_hand}
            quant = int(self._do("admin", "stock.quant", "create", vals))
        if counted is not None:
            self._do(counter, "stock.quant", "write", [quant], {"inventory_quantity": counted})
        return quant

    def move_stock(self, quant: int, *, by: float) -> None:
        """Goods come or go after the count: the stock changes, the count and its difference do not."""
        env = self._engine.begin(self._users["stocku"])
        row = env.row("stock.quant", quant)
        shift(env, row["product_id"], row["location_id"], by)
        env.tx.commit()

    def receive(self, purchase: int) -> None:
        """The goods of a confirmed purchase order arrive: its receipts are done."""
        transfers = self._search("stock.picking", [["purchase_id", "=", purchase]])
        self._do("admin", "stock.picking", "button_validate", transfers)

    def set_double_validation(self, amount: float | None) -> None:
        """Purchase orders of this amount or more need a purchase manager; None: none does."""
        step = "one_step" if amount is None else "two_step"
        vals = {"po_double_validation": step, "po_double_validation_amount": amount or 0.0}
        self._do("admin", "res.company", "write", [1], vals)

    def set_vendor_price(self, product: str, vendor: str, price: float, *, place: int = 1) -> int:
        """A line in the vendor list of a product; the one with the lowest ``place`` is the usual vendor."""
        vals = {
            "partner_id": self._partner(vendor),
            "product_tmpl_id": self._product(product),
            "currency_id": self._find("res.currency", ["name", "=", "USD"]),
            "sequence": place,
            "price": price,
        }
        return int(self._do("admin", "product.supplierinfo", "create", vals))

    def set_credit(self, customer: str, *, limit: float, owes: float = 0.0) -> None:
        """What a customer owes and may owe; the company begins to look after it."""
        self._do("admin", "res.company", "write", [1], {"account_use_credit_limit": True})
        self._do("admin", "res.partner", "write", [self._partner(customer)], {"credit": owes, "credit_limit": limit})

    def set_rate(self, currency: str, rate: float) -> None:
        """What one unit of the company's currency buys, for orders written from now on."""
        self._do(
            "admin", "res.currency", "write", [self._find("res.currency", ["name", "=", currency])], {"rate": rate}
        )

    def set_rate_date(self, currency: str, day: str | None) -> None:
        """The date of a currency's newest rate; None: it has none, and Odoo says one to one."""
        vals = {"date": day or False}
        self._do("admin", "res.currency", "write", [self._find("res.currency", ["name", "=", currency])], vals)

    def _order(self, model: str, vals: dict[str, Any], *, maker: str, state: str) -> int:
        order = int(self._do(maker, model, "create", vals))
        if state != "draft":
            self._do(maker, model, "write", [order], {"state": state})
        return order

    def _lines(
        self, lines: Sequence[OrderLine], amount: float | None, *, quantity: str, discount: float = 0.0
    ) -> list[Any]:
        given = lines or ([(DEFAULT_PRODUCT, 1.0, amount)] if amount is not None else [])
        return [
            [0, 0, {"product_id": self._product(code), quantity: number, "price_unit": price, "discount": discount}]
            for code, number, price in given
        ]

    def _partner(self, name: str) -> int:
        found = self._search("res.partner", [["name", "=", name]])
        return found[0] if found else self.add_partner(name)

    def _product(self, code: str) -> int:
        found = self._search("product.product", [["default_code", "=", code]])
        return found[0] if found else self.add_product(code)

    def _find(self, model: str, *domain: list[Any]) -> int:
        found = self._search(model, list(domain))
        if not found:
            msg = f"no {model} with {domain}"
            raise LookupError(msg)
        return found[0]

    def _search(self, model: str, domain: list[Any]) -> list[int]:
        return [int(one) for one in self._do("admin", model, "search", domain)]

    def _do(self, login: str, model: str, method: str, *args: Any, **kwargs: Any) -> Any:
        return self._engine.execute_silently(self._users[login], model, method, args, kwargs)
