"""A company of its own in a real Odoo, its people, and the documents they make there.

Made over RPC by an administrator; found again by name in the next run. The bot's user has the groups that
docs/odoo.md asks for and no others, so that a whole matrix shows that they are enough.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import httpx

from tests.live.server import Login, Refused, Server, new_key

NAME: Final = "Signoff Live"
#: As in signoff.yaml, where it is a site of its own.
SECOND: Final = "Signoff Live Two"
#: From this total in euros on a purchase order of the second company waits.
SECOND_LIMIT: Final = 9000.0
#: The groups of docs/odoo.md, section 1.
BOT_GROUPS: Final = (
    "purchase.group_purchase_manager",
    "stock.group_stock_user",
    "sales_team.group_sale_salesman_all_leads",
    "account.group_account_invoice",
)
_STAFF: Final = (
    "purchase.group_purchase_user",
    "stock.group_stock_user",
    "sales_team.group_sale_salesman_all_leads",
    "account.group_account_invoice",
)
_CHIEF: Final = (
    "purchase.group_purchase_manager",
    "stock.group_stock_manager",
    "sales_team.group_sale_manager",
    "account.group_account_manager",
)
_CLERK: Final = ("purchase.group_purchase_user",)
MODULES: Final = (
    "base_automation",
    "stock",
    "sale_management",
    "sale_stock",
    "sale_margin",
    "purchase",
    "purchase_stock",
    "stock_account",
    "account",
    "stock_sms",
)
_NINETEEN: Final = 19
#: From this total on a purchase order waits for its approval.
LIMIT: Final = 5000.0


@dataclass(slots=True)
class People:
    """Who acts in Odoo: ``admin`` sets up, ``staff`` makes documents, ``chief`` may do what the bot may, and looks."""

    admin: Login
    staff: Login
    chief: Login
    bot_login: str
    bot_key: str
    second: Login  #: the clerk, who may only write purchase orders, in the second company too

    @property
    def clerk(self) -> str:
        """The clerk's login."""
        return self.second.login


async def modules_missing(admin: Login) -> list[str]:
    """The modules that are not installed."""
    there = await admin(
        "ir.module.module", "search_read", [["name", "in", MODULES], ["state", "=", "installed"]], ["name"]
    )
    return sorted(set(MODULES) - {row["name"] for row in there})


async def install(admin: Login, names: Sequence[str]) -> None:
    """Install modules."""
    found = await admin.find("ir.module.module", ["name", "in", list(names)])
    await admin("ir.module.module", "button_immediate_install", found)


class Company:
    """One company, and verbs to make what the plays are about. Every verb returns ids of Odoo."""

    def __init__(self, server: Server, http: httpx.AsyncClient, admin: Login, *, major: int) -> None:
        self.server = server
        self.major = major
        self._http = http
        self.admin = admin
        self.people: People
        self.warehouses: list[int] = []
        self.stock: list[int] = []
        self.second = 0  #: another company of the same database, with a currency and a limit of its own
        self.groups_field = "group_ids" if major >= _NINETEEN else "groups_id"
        self._taxes = "tax_ids" if major >= _NINETEEN else "tax_id"
        self._purchase_taxes = "tax_ids" if major >= _NINETEEN else "taxes_id"

    async def prepare(self) -> None:
        """Make the company, its people and its two warehouses, or find those of an earlier run."""
        admin = self.admin
        usd = await admin.ref("base.USD")
        found = await admin.find("res.company", ["name", "=", NAME])
        number = found[0] if found else await admin.create("res.company", name=NAME, currency_id=usd)
        me = await admin("res.users", "search_read", [["login", "=", admin.login]], ["id"])
        await admin("res.users", "write", [me[0]["id"]], {"company_ids": [[4, number]]})
        admin.company = number
        await self._accounts(number)
        limits = {"po_double_validation": "two_step", "po_double_validation_amount": LIMIT}
        await admin("res.company", "write", [number], {**limits, "account_use_credit_limit": True})
        await self._stocks(number)
        self.second = await self._second()
        self.people = await self._people(number)

    async def _second(self) -> int:
        """The other company, with one warehouse."""
        admin = self.admin
        euro = await admin.ref("base.EUR")
        await admin("res.currency", "write", [euro], {"active": True})
        found = await admin.find("res.company", ["name", "=", SECOND])
        number = found[0] if found else await admin.create("res.company", name=SECOND, currency_id=euro)
        me = await admin("res.users", "search_read", [["login", "=", admin.login]], ["id"])
        await admin("res.users", "write", [me[0]["id"]], {"company_ids": [[4, number]]})
        limits = {"po_double_validation": "two_step", "po_double_validation_amount": SECOND_LIMIT}
        await admin("res.company", "write", [number], limits)
        there = {"allowed_company_ids": [number]}
        if not await admin("stock.warehouse", "search", [["company_id", "=", number]], context=there):
            warehouse = {"name": SECOND, "code": "LV3", "company_id": number}
            await admin("stock.warehouse", "create", warehouse, context=there)
        return number

    async def _accounts(self, number: int) -> None:
        if not await self.admin.find("account.journal", ["company_id", "=", number], ["type", "=", "purchase"]):
            await self.admin("account.chart.template", "try_loading", [], "generic_coa", number)

    async def _stocks(self, number: int) -> None:
        domain = ["company_id", "=", number]
        there = await self.admin("stock.warehouse", "search_read", [domain], ["code"])
        for code in {"LV1", "LV2"} - {row["code"] for row in there}:
            await self.admin.create("stock.warehouse", name=f"Signoff Live {code}", code=code, company_id=number)
        self.warehouses = await self.admin.find("stock.warehouse", domain, ["code", "in", ["LV1", "LV2"]])
        rows = await self.admin("stock.warehouse", "read", self.warehouses, ["lot_stock_id"])
        self.stock = [row["lot_stock_id"][0] for row in rows]

    async def _people(self, number: int) -> People:
        password = secrets.token_urlsafe(18)
        logins = {name: f"signoff-live-{name}@example.com" for name in ("bot", "staff", "chief", "clerk")}
        rights = (BOT_GROUPS, _STAFF, _CHIEF, _CLERK)
        for (name, login), groups in zip(logins.items(), rights, strict=True):
            # The second company's papers are the clerk's to write, the bot and the chief see both.
            companies = [number] if name == "staff" else [number, self.second]
            await self._user(name, login, password, groups, companies)
        # A key for everybody: Odoo checks a password half a second long at each call.
        keys = {name: await new_key(self.server, login, password) for name, login in logins.items()}
        staff, chief, clerk = (
            Login(self.server, self._http, login=logins[one], key=keys[one]) for one in ("staff", "chief", "clerk")
        )
        return People(self.admin, staff, chief, logins["bot"], keys["bot"], clerk)

    async def _user(
        self, name: str, login: str, password: str, groups: Sequence[str], companies: Sequence[int]
    ) -> None:
        ids = [await self.admin.ref(one) for one in ("base.group_user", *groups)]
        values = {
            "name": f"Live {name.title()}",
            "email": login,
            "password": password,
            "company_id": companies[0],
            "company_ids": [[6, 0, companies]],
            self.groups_field: [[6, 0, ids]],
        }
        found = await self.admin.find("res.users", ["login", "=", login], archived=True)
        context = {"no_reset_password": True}
        if found:
            await self.admin("res.users", "write", found, values, context=context)
        else:
            await self.admin("res.users", "create", {"login": login, **values}, context=context)

    # What there is

    async def partner(self, name: str, **more: Any) -> int:
        """A customer or vendor."""
        return await self.admin.create("res.partner", name=f"{name} {word()}", **more)

    async def product(self, *, cost: float = 100.0, price: float = 100.0, **more: Any) -> tuple[int, str]:
        """A storable product and its name, which nothing else has."""
        name = f"Part {word()}"
        number = await self.admin.create(
            "product.product",
            name=name,
            type="consu",
            is_storable=True,
            standard_price=cost,
            list_price=price,
            taxes_id=[[6, 0, []]],
            supplier_taxes_id=[[6, 0, []]],
            **more,
        )
        return number, name

    async def in_stock(self, product: int, amount: float, *, place: int = 0) -> int:
        """So much of a product, put there without a count, which would be a finding; the quant's id."""
        values = {"product_id": product, "location_id": place or self.stock[0], "quantity": amount}
        return await self.admin.create("stock.quant", **values)

    async def count(self, quant: int, counted: float) -> None:
        """Somebody of the staff counts."""
        await self.people.staff("stock.quant", "write", [quant], {"inventory_quantity": counted})

    # What people make

    async def purchase(
        self, price: float, amount: float = 10.0, *, confirm: bool = True, product: int = 0, **more: Any
    ) -> int:
        """A request for quotation, confirmed by staff unless not; prices are as the product costs unless told."""
        staff = self.people.staff
        product = product or (await self.product(cost=price))[0]
        line = {"product_id": product, "product_qty": amount, "price_unit": price, self._purchase_taxes: [[6, 0, []]]}
        more.setdefault("partner_id", await self.partner("Vendor"))
        number = await staff.create("purchase.order", order_line=[[0, 0, line]], **more)
        if confirm:
            await staff("purchase.order", "button_confirm", [number])
        return number

    async def second_purchase(self, price: float, amount: float = 10.0) -> int:
        """An order of the second company, in its own currency, confirmed by somebody who works there."""
        there = {"context": {"allowed_company_ids": [self.second]}}
        product, _ = await self.product(cost=price)
        line = {"product_id": product, "product_qty": amount, "price_unit": price, self._purchase_taxes: [[6, 0, []]]}
        euro = await self.admin.ref("base.EUR")
        values = {"partner_id": await self.partner("Vendor"), "currency_id": euro, "order_line": [[0, 0, line]]}
        made = await self.people.second("purchase.order", "create", {**values, "company_id": self.second}, **there)
        number = int(made[0] if isinstance(made, list) else made)
        await self.people.second("purchase.order", "button_confirm", [number], **there)
        return number

    async def quotation(
        self, price: float, amount: float = 10.0, *, cost: float = 0.0, discount: float = 0.0, partner: int = 0
    ) -> int:
        """A quotation that staff has sent; its margin is large unless a cost is told."""
        product, _ = await self.product(cost=cost or price / 4, price=price)
        line = {
            "product_id": product,
            "product_uom_qty": amount,
            "price_unit": price,
            "discount": discount,
            self._taxes: [[6, 0, []]],
        }
        partner = partner or await self.partner("Customer")
        number = await self.people.staff.create("sale.order", partner_id=partner, order_line=[[0, 0, line]])
        await self.people.staff("sale.order", "action_quotation_sent", [number])
        return number

    async def bill(self, *, ordered: float, billed: float, received: bool = False, **more: Any) -> int:
        """A draft bill for an order; nothing was received unless told."""
        vendor = await self.partner("Vendor")
        order = await self.purchase(ordered, 5.0, partner_id=vendor)
        (line,) = (await self.people.staff.read("purchase.order", order, "order_line"))["order_line"]
        if received:
            receipts = await self.people.chief.find("stock.picking", ["purchase_id", "=", order])
            await self.people.chief("stock.picking", "button_validate", receipts)
        values = {"product_id": await self._product_of(line), "quantity": 5.0, "price_unit": billed}
        each = {**values, "purchase_line_id": line, "tax_ids": [[6, 0, []]]}
        more.setdefault("invoice_date", "2026-01-15")
        return await self.people.staff.create(
            "account.move",
            move_type="in_invoice",
            partner_id=vendor,
            ref=f"B-{word()}",
            invoice_line_ids=[[0, 0, each]],
            **more,
        )

    async def _product_of(self, line: int) -> int:
        return int((await self.people.staff.read("purchase.order.line", line, "product_id"))["product_id"][0])

    async def scrap(self, product: int, amount: float) -> int:
        """A scrap order in draft."""
        return await self.people.staff.create("stock.scrap", product_id=product, scrap_qty=amount)

    async def transfer(
        self, code: str, product: int, amount: float, *, source: int = 0, to: int = 0, **more: Any
    ) -> int:
        """A transfer that staff has made, confirmed and reserved. ``code`` as in Odoo: outgoing, incoming, internal."""
        kind = (
            await self.admin.find(
                "stock.picking.type", ["code", "=", code], ["warehouse_id", "=", self.warehouses[0]], archived=True
            )
        )[0]
        ends = {
            "outgoing": (self.stock[0], await self.admin.ref("stock.stock_location_customers")),
            "incoming": (await self.admin.ref("stock.stock_location_suppliers"), self.stock[0]),
            "internal": (self.stock[0], self.stock[-1]),
        }[code]
        source, to = source or ends[0], to or ends[1]
        move: dict[str, Any] = {
            "product_id": product,
            "product_uom_qty": amount,
            "location_id": source,
            "location_dest_id": to,
        }
        if self.major < _NINETEEN:
            move["name"] = "part"
        values = {"picking_type_id": kind, "location_id": source, "location_dest_id": to, "move_ids": [[0, 0, move]]}
        number = await self.people.staff.create("stock.picking", **values, **more)
        await self.people.staff("stock.picking", "action_confirm", [number])
        await self.people.staff("stock.picking", "action_assign", [number])
        return number

    async def pick(self, transfer: int, amount: float | None = None) -> None:
        """Staff picks every line, with another quantity where one is told."""
        moves = await self.people.staff.find("stock.move", ["picking_id", "=", transfer])
        if amount is not None:
            await self.people.staff("stock.move", "write", moves, {"quantity": amount})
        await self.people.staff("stock.move", "write", moves, {"picked": True})


def word() -> str:
    """A word that nothing in the database has."""
    return secrets.token_hex(4).upper()


async def refusal(call: Any) -> str:
    """What Odoo says to somebody it refuses; empty where it did not."""
    try:
        await call
    except Refused as error:
        return str(error)
    return ""
