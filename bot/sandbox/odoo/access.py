"""Who the users are and what they may do: groups, rights per model, record rules, companies.

The people are the ones of the recordings, with the ids they have there. It grants and refuses; it changes nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.sandbox.odoo import errors

if TYPE_CHECKING:
    from bot.sandbox.odoo.model import Model, Row
    from bot.sandbox.odoo.orm import Env

INTERNAL = "base.group_user"
SETTINGS = "base.group_system"
ACCESS_RIGHTS = "base.group_erp_manager"
CONTACTS = "base.group_partner_manager"
PURCHASE_USER = "purchase.group_purchase_user"
PURCHASE_MANAGER = "purchase.group_purchase_manager"
STOCK_USER = "stock.group_stock_user"
STOCK_MANAGER = "stock.group_stock_manager"
SALES_OWN = "sales_team.group_sale_salesman"
SALES_ALL = "sales_team.group_sale_salesman_all_leads"
SALES_MANAGER = "sales_team.group_sale_manager"
INVOICING = "account.group_account_invoice"

_IMPLIED = {
    PURCHASE_MANAGER: (PURCHASE_USER,),
    STOCK_MANAGER: (STOCK_USER,),
    SALES_MANAGER: (SALES_ALL,),
    SALES_ALL: (SALES_OWN,),
    SETTINGS: (ACCESS_RIGHTS, PURCHASE_MANAGER, STOCK_MANAGER, SALES_MANAGER, INVOICING, CONTACTS),
}
ADMIN_UID = 2

#: What the groups are called, by their external ids.
GROUP_NAMES = {
    INTERNAL: "User types / Internal User",
    SETTINGS: "Administration / Settings",
    ACCESS_RIGHTS: "Administration / Access Rights",
    CONTACTS: "Extra Rights / Contact Creation",
    PURCHASE_USER: "Purchase / User",
    PURCHASE_MANAGER: "Purchase / Administrator",
    STOCK_USER: "Inventory / User",
    STOCK_MANAGER: "Inventory / Administrator",
    SALES_OWN: "Sales / User: Own Documents Only",
    SALES_ALL: "Sales / User: All Documents",
    SALES_MANAGER: "Sales / Administrator",
    INVOICING: "Invoicing / Billing",
}


@dataclass(slots=True)
class User:
    """Somebody who can log in. ``groups`` holds the implied groups too."""

    uid: int
    login: str
    name: str
    password: str
    groups: frozenset[str]
    company_ids: tuple[int, ...] = (1,)
    partner_id: int = 0
    api_key: str = ""
    active: bool = True

    def has(self, group: str) -> bool:
        """Whether the user is in ``group``."""
        return group in self.groups

    def accepts(self, secret: str) -> bool:
        """Whether ``secret`` is this user's password or API key."""
        return bool(secret) and secret in (self.password, self.api_key)


def everything(*groups: str) -> frozenset[str]:
    """These groups and all that they imply, the internal user included."""
    found = {INTERNAL}
    waiting = list(groups)
    while waiting:
        group = waiting.pop()
        if group not in found:
            found.add(group)
            waiting.extend(_IMPLIED.get(group, ()))
    return frozenset(found)


# In the order in which the recorded servers numbered them.
_PEOPLE: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("bot", "Signoff Bot", (PURCHASE_MANAGER, STOCK_MANAGER, SALES_MANAGER, INVOICING)),
    ("low", "Low User", ()),
    ("stocku", "Stock User", (STOCK_USER,)),
    ("stockm", "Stock Manager", (STOCK_MANAGER,)),
    ("saleu", "Sale User", (SALES_OWN,)),
    ("saleall", "Sale All", (SALES_ALL,)),
    ("salem", "Sale Manager", (SALES_MANAGER,)),
    ("puru", "Purchase User", (PURCHASE_USER,)),
    ("purm", "Purchase Manager", (PURCHASE_MANAGER,)),
    ("accu", "Accountant", (INVOICING,)),
)


def cast(version: str) -> list[User]:
    """The users of a fresh pretend database: ``login-pw1`` is each password, the bot has an API key besides."""
    first = 8 if version.startswith("18") else 7
    people = [User(ADMIN_UID, "admin", "Administrator", "admin", everything(SETTINGS))]
    people += [
        User(first + place, login, name, f"{login}-pw1", everything(*groups))
        for place, (login, name, groups) in enumerate(_PEOPLE)
    ]
    people[1].api_key = f"{version}-key-of-the-bot"
    return people


def reach(env: Env, model: Model, ids: Sequence[int], operation: str) -> None:
    """Let the user through to these records or raise MissingError or AccessError."""
    check_model(env, model, operation)
    for row in env.rows(model.name, ids):
        check_row(env, model, row, operation)


def check_row(env: Env, model: Model, row: Row, operation: str) -> None:
    """Raise AccessError when the record rules keep this row from the user."""
    if not visible(env, model, row):
        raise errors.hidden_record(operation, model.label, model.name, user=env.user.name, uid=env.uid)


def check_model(env: Env, model: Model, operation: str) -> None:
    """Raise AccessError unless a group of the user may do ``operation`` on this model."""
    if env.user.has(SETTINGS):
        return
    if operation == "read" and model.granted is not None and model.granted(env):
        return
    groups = model.access.groups(operation)
    if env.user.groups.isdisjoint(groups):
        raise errors.no_right(operation, model.label, model.name, list(groups) or [SETTINGS])


def visible(env: Env, model: Model, row: Row) -> bool:
    """Whether the record rules (company, own documents) let the user see this row."""
    company = row.get("company_id")
    allowed = env.context.get("allowed_company_ids") or env.user.company_ids
    if company and company not in allowed:
        return False
    return model.rule is None or env.user.has(SETTINGS) or model.rule(env, row)


def check_companies(env: Env) -> None:
    """Raise AccessError when the context claims companies that the user was not granted."""
    claimed = env.context.get("allowed_company_ids") or ()
    if any(one not in env.user.company_ids for one in claimed):
        msg = "Access to unauthorized or invalid companies."
        raise errors.access_error(msg)
