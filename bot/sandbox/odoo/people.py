"""People at work in Odoo: what they do goes through the same door as the bot's calls, webhooks included."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bot.sandbox.odoo.access import User
    from bot.sandbox.odoo.engine import Engine
    from bot.sandbox.odoo.server import PretendOdoo


class Person:
    """One user; every call is one transaction, logged under the user's login."""

    def __init__(self, engine: Engine, user: User) -> None:
        self._engine = engine
        self._user = user

    async def call(self, model: str, method: str, *args: Any, **kwargs: Any) -> Any:
        """As ``execute_kw`` would: ids first for methods of records. Raises OdooError for a refusal."""
        return await self._engine.execute(self._user, model, method, args, kwargs)


class People:
    """The deeds of a working day, by the user who usually does them."""

    def __init__(self, odoo: PretendOdoo) -> None:
        self._odoo = odoo

    async def request_purchase(self, *, by: str = "puru", **order: Any) -> int:
        """Write a purchase order (see ``add_purchase``) and confirm it: above the limit it waits for approval."""
        purchase = self._odoo.add_purchase(buyer=by, **order)
        await self.confirm_purchase(purchase, by=by)
        return purchase

    async def confirm_purchase(self, purchase: int, *, by: str = "puru") -> None:
        """Press Confirm Order."""
        await self._press("purchase.order", "button_confirm", purchase, by)

    async def approve_purchase(self, purchase: int, *, by: str = "purm") -> None:
        """Press Approve Order in Odoo itself."""
        await self._press("purchase.order", "button_approve", purchase, by)

    async def cancel_purchase(self, purchase: int, *, by: str = "puru") -> None:
        """Press Cancel."""
        await self._press("purchase.order", "button_cancel", purchase, by)

    async def reprice_purchase(self, purchase: int, *, amount: float, by: str = "puru") -> None:
        """Change the first line so that the order's total becomes ``amount``."""
        await self._reprice("purchase.order", purchase, amount, by=by, quantity="product_qty")

    async def count(self, quant: int, *, counted: float, by: str = "stocku") -> None:
        """Enter a count."""
        await self._odoo.as_user(by).call("stock.quant", "write", [quant], {"inventory_quantity": counted})

    async def apply_count(self, quant: int, *, by: str = "stockm") -> Any:
        """Press Apply in Odoo itself; a dialog comes back when the count is outdated."""
        return await self._odoo.as_user(by).call("stock.quant", "action_apply_inventory", [quant])

    async def clear_count(self, quant: int, *, by: str = "stocku") -> None:
        """Press Clear."""
        await self._press("stock.quant", "action_clear_inventory_quantity", quant, by)

    async def send_quotation(self, *, by: str = "saleu", **order: Any) -> int:
        """Write a quotation (see ``add_sale``) and send it to the customer: state ``sent``."""
        sale = self._odoo.add_sale(salesperson=by, **order)
        await self._odoo.as_user(by).call("sale.order", "write", [sale], {"state": "sent"})
        return sale

    async def confirm_sale(self, sale: int, *, by: str = "saleu") -> None:
        """Press Confirm."""
        await self._press("sale.order", "action_confirm", sale, by)

    async def cancel_sale(self, sale: int, *, by: str = "saleu") -> None:
        """Press Cancel, and say yes where 18.0 asks."""
        context = {"disable_cancel_warning": True}
        await self._odoo.as_user(by).call("sale.order", "action_cancel", [sale], context=context)

    async def reprice_sale(self, sale: int, *, amount: float, by: str = "saleu") -> None:
        """Change the first line so that the order's total becomes ``amount``."""
        await self._reprice("sale.order", sale, amount, by=by, quantity="product_uom_qty")

    async def _press(self, model: str, method: str, record_id: int, by: str) -> None:
        await self._odoo.as_user(by).call(model, method, [record_id])

    async def _reprice(self, model: str, order: int, amount: float, *, by: str, quantity: str) -> None:
        record = self._odoo.record(model, order)
        line = self._odoo.record(f"{model}.line", record["order_line"][0])
        others = record["amount_total"] - line["price_subtotal"]
        price = (amount - others) / line[quantity]
        change = {"order_line": [[1, line["id"], {"price_unit": price}]]}
        await self._odoo.as_user(by).call(model, "write", [order], change)
