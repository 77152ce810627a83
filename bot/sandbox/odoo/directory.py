"""The models everything else points to: companies, currencies, users, partners, products, units.

They have no business methods but ``has_group``; their records change by plain writes.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from bot.sandbox.odoo import errors
from bot.sandbox.odoo.access import CONTACTS, INTERNAL, SALES_MANAGER, SETTINGS, STOCK_MANAGER
from bot.sandbox.odoo.model import Access, Method, Model, Row, fields_of, lines, link, make, plain

if TYPE_CHECKING:
    from bot.sandbox.odoo.orm import Env

_LOOKED_UP = Access(read=(INTERNAL,))


def has_group(env: Env, model: Model, ids: Sequence[int], group_ext_id: str) -> bool:
    """Whether that one user is in the group, implied groups included. Raises ValueError for several ids."""
    if len(ids) != 1:
        raise errors.several(model.name, ids)
    return env.people[ids[0]].has(group_ext_id)


def _groups_of(env: Env, row: Row) -> list[int]:
    """The ids of the user's groups, implied ones included."""
    names = env.people[row["id"]].groups if row["id"] in env.people else frozenset()
    found = (env.row("ir.model.data", one) for one in env.tx.ids("ir.model.data"))
    return sorted(data["res_id"] for data in found if f"{data['module']}.{data['name']}" in names)


def context_get(env: Env, _model: Model) -> Row:
    """Who asks, and in which language."""
    return {"lang": "en_US", "tz": False, "uid": env.uid}


def _no_loop(env: Env, ids: list[int], vals: Row) -> None:
    if vals.get("parent_id") in ids:
        msg = "You cannot create recursive Partner hierarchies."
        raise errors.validation_error(msg)


def _unique_login(env: Env, vals: Row) -> None:
    logins = {env.row("res.users", one)["login"] for one in env.tx.ids("res.users")}
    if vals.get("login") in logins:
        msg = "The operation cannot be completed: You can not have two users with the same login!"
        raise errors.validation_error(msg)


def _commercial(env: Env, row: Row) -> int:
    """The company behind a contact, or the partner itself."""
    return _commercial(env, env.row("res.partner", row["parent_id"])) if row["parent_id"] else int(row["id"])


def _product_name(env: Env, row: Row) -> str:
    return f"[{row['default_code']}] {row['name']}" if row["default_code"] else str(row["name"])


def _companies() -> list[Model]:
    company = Model(
        "res.company",
        "Companies",
        fields_of(
            make("name", "char", required=True),
            link("currency_id", "res.currency", required=True),
            link("partner_id", "res.partner"),
            make("po_double_validation", "selection", selection=("one_step", "two_step"), default="one_step"),
            make("po_double_validation_amount", "monetary", default=5000.0),
            make("po_lock", "selection", selection=("edit", "lock"), default="edit"),
            make("account_use_credit_limit", "boolean"),
            make("has_received_warning_stock_sms", "boolean"),
        ),
        _LOOKED_UP,
    )
    currency = Model(
        "res.currency",
        "Currency",
        fields_of(
            make("name", "char", required=True),
            plain("char", "symbol", "full_name"),
            make("decimal_places", "integer", default=2),
            # How much of this currency one unit of the company's currency buys.
            make("rate", "float", default=1.0),
            # That of its newest rate; empty where it has none, and then Odoo says one to one.
            make("date", "date"),
            make("active", "boolean", default=True),
        ),
        _LOOKED_UP,
    )
    parameter = Model(
        "ir.config_parameter", "System Parameter", fields_of(plain("char", "key", "value")), Access(read=(SETTINGS,))
    )
    kinds = Model(
        "ir.model", "Models", fields_of(plain("char", "name"), make("model", "char", indexed=True)), _LOOKED_UP
    )
    return [company, currency, parameter, kinds]


def _people(*, is_18: bool) -> list[Model]:
    users = Model(
        "res.users",
        "User",
        fields_of(
            make("name", "char", required=True),
            make("login", "char", required=True),
            plain("char", "email", "tz", "lang"),
            make("active", "boolean", default=True),
            link("partner_id", "res.partner"),
            link("company_id", "res.company"),
            make("company_ids", "many2many", relation="res.company"),
            make("share", "boolean"),
            make("groups_id" if is_18 else "all_group_ids", "many2many", relation="res.groups", compute=_groups_of),
        ),
        _LOOKED_UP,
        methods={
            "has_group": Method(has_group, needs="read"),
            "context_get": Method(context_get, needs="", on_records=False),
        },
        prepare=_unique_login,
    )
    partner = Model(
        "res.partner",
        "Contact",
        fields_of(
            make("name", "char", required=True),
            plain("char", "ref", "email", "phone", "city"),
            make("comment", "html"),
            make("active", "boolean", default=True),
            link("parent_id", "res.partner"),
            link("commercial_partner_id", "res.partner", compute=_commercial),
            # What a customer owes and may owe; there are no journals here from which Odoo works the first two out.
            make("credit", "monetary", company_dependent=True),
            make("credit_to_invoice", "monetary", company_dependent=True),
            make("credit_limit", "float", company_dependent=True),
            make("category_id", "many2many", relation="res.partner.category"),
            make("partner_latitude", "float"),
            link("company_id", "res.company"),
        ),
        Access(read=(INTERNAL,), write=(CONTACTS, SALES_MANAGER, STOCK_MANAGER)),
        order="name, id",
        guard=_no_loop,
    )
    tag = Model("res.partner.category", "Partner Tags", fields_of(make("name", "char", required=True)), partner.access)
    return [users, partner, tag]


def _goods() -> list[Model]:
    goods = Access(read=(INTERNAL,), write=(STOCK_MANAGER, SALES_MANAGER))
    unit = Model("uom.uom", "Unit of Measure", fields_of(make("name", "char", required=True)), _LOOKED_UP)
    product = Model(
        "product.product",
        "Product Variant",
        fields_of(
            make("name", "char", required=True),
            plain("char", "default_code", "barcode"),
            make("active", "boolean", default=True),
            make("standard_price", "float", string="Cost", company_dependent=True),
            make("lst_price", "float", string="Sales Price"),
            make("tracking", "selection", selection=("none", "lot", "serial"), default="none"),
            link("uom_id", "uom.uom", string="Unit", required=True),
            link("categ_id", "product.category"),
            lines("seller_ids", "product.supplierinfo", "product_tmpl_id"),
            link("company_id", "res.company"),
        ),
        goods,
        order="default_code, name, id",
        display=_product_name,
    )
    return [unit, product, _category(goods), _seller(goods)]


def _category(goods: Access) -> Model:
    return Model(
        "product.category",
        "Product Category",
        fields_of(make("name", "char", required=True), link("parent_id", "product.category")),
        goods,
        display=_category_name,
    )


def _category_name(env: Env, row: Row) -> str:
    above = f"{env.name_of('product.category', row['parent_id'])} / " if row["parent_id"] else ""
    return f"{above}{row['name']}"


def _seller(goods: Access) -> Model:
    """A line of a vendor list. There are no product templates here, so it hangs on the product itself."""
    return Model(
        "product.supplierinfo",
        "Supplier Pricelist",
        fields_of(
            link("partner_id", "res.partner", string="Vendor", required=True),
            link("product_tmpl_id", "product.product", required=True, indexed=True),
            link("product_id", "product.product"),
            make("sequence", "integer", default=1),
            make("min_qty", "float"),
            plain("float", "price", "discount"),
            link("currency_id", "res.currency", required=True),
            link("company_id", "res.company"),
            plain("date", "date_start", "date_end"),
        ),
        goods,
        order="sequence, min_qty desc, price, id",
    )


def directory_models(*, is_18: bool) -> list[Model]:
    """Every model of this file."""
    return [*_companies(), *_people(is_18=is_18), *_goods()]
