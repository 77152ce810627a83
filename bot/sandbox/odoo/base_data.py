"""What even an empty pretend database holds: a company, currencies, users, two warehouses, a product, partners.

Laid out in one transaction by the administrator. Believable goods and orders are in ``distributor``.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from bot.sandbox.odoo.access import ADMIN_UID, GROUP_NAMES, User
from bot.sandbox.odoo.chatter import SUBTYPES

if TYPE_CHECKING:
    from bot.sandbox.odoo.engine import Engine
    from bot.sandbox.odoo.orm import Env

#: How long an API key of an ordinary user lasts at most.
KEY_DAYS = 90
WAREHOUSES = (("CHI", "Chicago"), ("DAL", "Dallas"))
DEFAULT_VENDOR = "Great Lakes Fasteners"
DEFAULT_CUSTOMER = "Prairie Builders"
DEFAULT_PRODUCT = "BOLT-M8"
# Company currency first; the rate is what one unit of it buys.
_CURRENCIES = (("USD", "$", 2, 1.0), ("EUR", "€", 2, 0.9), ("JPY", "¥", 0, 150.0))
_PICKING_TYPES = (("Receipts", "incoming"), ("Delivery Orders", "outgoing"), ("Internal Transfers", "internal"))


def lay_base(engine: Engine, people: Mapping[int, User]) -> None:
    """Fill an empty database."""
    env = engine.begin(people[ADMIN_UID])
    for name in SUBTYPES:
        env.create("mail.message.subtype", {"name": name, "internal": name == "Note"})
    env.create("mail.activity.type", {"name": "To-Do"})
    for model in engine.schema.values():
        env.create("ir.model", {"name": model.label, "model": model.name})
    _lay_fields(engine)
    _lay_groups(env)
    _lay_company(env)
    for user in people.values():
        _lay_user(engine, env, user)
    _lay_places(env)
    unit = env.create("uom.uom", {"name": "Units"})
    env.create(
        "product.product",
        {
            "name": "Hex bolt M8x40, box of 100",
            "default_code": DEFAULT_PRODUCT,
            "uom_id": unit,
            "standard_price": 12.5,
            "lst_price": 21.0,
        },
    )
    env.create("res.partner", {"name": DEFAULT_VENDOR})
    env.create("res.partner", {"name": DEFAULT_CUSTOMER})
    env.tx.commit()


def _lay_fields(engine: Engine) -> None:
    """What the fields are called: put in place past the transaction, as there are hundreds."""
    for model in engine.schema.values():
        for name in model.fields:
            number = engine.store.take_number("ir.model.fields")
            engine.store.replace("ir.model.fields", number, {"id": number, "model": model.name, "name": name})


def _lay_groups(env: Env) -> None:
    for external_id, name in GROUP_NAMES.items():
        group = env.create("res.groups", {"name": name})
        module, _, key = external_id.partition(".")
        env.create("ir.model.data", {"module": module, "name": key, "model": "res.groups", "res_id": group})


def _lay_company(env: Env) -> None:
    for name, symbol, digits, rate in _CURRENCIES:
        currency = {"name": name, "symbol": symbol, "decimal_places": digits, "rate": rate, "date": "2025-01-01"}
        env.create("res.currency", currency)
    partner = env.create("res.partner", {"name": "Midwest Supply Co."})
    company = {
        "name": "Midwest Supply Co.",
        "currency_id": 1,
        "partner_id": partner,
        "po_double_validation": "two_step",
        "po_double_validation_amount": 5000.0,
    }
    env.create("res.company", company)


def _lay_user(engine: Engine, env: Env, user: User) -> None:
    email = f"{user.login}@example.com"
    user.partner_id = env.create("res.partner", {"name": user.name, "email": email})
    engine.store.skip_to("res.users", user.uid - 1)
    env.create(
        "res.users",
        {
            "name": user.name,
            "login": user.login,
            "email": email,
            "partner_id": user.partner_id,
            "company_id": user.company_ids[0],
            "company_ids": list(user.company_ids),
        },
    )
    if user.api_key:
        ends = datetime.fromisoformat(env.tx.moment) + timedelta(days=KEY_DAYS)
        key = {"name": "signoff", "user_id": user.uid, "expiration_date": f"{ends:%Y-%m-%d %H:%M:%S}"}
        env.create("res.users.apikeys", key)


def _lay_places(env: Env) -> None:
    outside = {
        usage: env.create("stock.location", {"name": name, "usage": usage})
        for name, usage in (("Vendors", "supplier"), ("Customers", "customer"))
    }
    virtual = env.create("stock.location", {"name": "Virtual Locations", "usage": "view"})
    loss = {"name": "Inventory adjustment", "usage": "inventory", "location_id": virtual, "company_id": 1}
    env.create("stock.location", loss)
    for code, name in WAREHOUSES:
        warehouse = env.create("stock.warehouse", {"name": name, "code": code, "company_id": 1})
        place = {"warehouse_id": warehouse, "company_id": 1}
        top = env.create("stock.location", {"name": code, "usage": "view", **place})
        stock = env.create("stock.location", {"name": "Stock", "location_id": top, **place})
        env.write("stock.warehouse", [warehouse], {"lot_stock_id": stock})
        ends = {
            "incoming": (outside["supplier"], stock),
            "outgoing": (stock, outside["customer"]),
            "internal": (stock, stock),
        }
        for title, kind in _PICKING_TYPES:
            vals = {"name": title, "code": kind, "warehouse_id": warehouse, "company_id": 1}
            source, destination = ends[kind]
            vals |= {"default_location_src_id": source, "default_location_dest_id": destination}
            env.create("stock.picking.type", vals)
