"""Who works in the sandbox: names and titles, in Slack and in Odoo alike. Made-up people of a made-up company.

The pretend Odoo brings its users by login only; here they become somebody.
"""

from __future__ import annotations

from dataclasses import dataclass

from bot.sandbox.odoo import PretendOdoo

#: The name of the pretend Odoo's company, for channels named after it.
COMPANY = "Midwest Supply Co."

TIME_ZONE = "America/Chicago"


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody with an account in Slack, and in Odoo where there is a login."""

    email: str
    name: str
    title: str
    login: str = ""


COLLEAGUES = (
    Colleague("buyer@example.com", "Ana Ruiz", "Buyer", "puru"),
    Colleague("buyer.lead@example.com", "Paul Novak", "Purchasing lead", "purm"),
    Colleague("sales@example.com", "Sam Keller", "Sales", "saleu"),
    Colleague("sales.lead@example.com", "Sofia Marsh", "Sales lead", "salem"),
    Colleague("counter@example.com", "Carl Jensen", "Stock clerk", "stocku"),
    Colleague("stock.lead@example.com", "Dana Okafor", "Warehouse lead, Chicago", "stockm"),
    Colleague("accounts@example.com", "Ines Falk", "Accounts payable", "accu"),
    Colleague("maria.lopez@example.com", "Maria Lopez", "Shift supervisor, Chicago"),
    Colleague("tom.reed@example.com", "Tom Reed", "Shift supervisor, Dallas"),
    Colleague("grace.lind@example.com", "Grace Lind", "Controller"),
    Colleague("olivia.grant@example.com", "Olivia Grant", "Operations manager"),
    Colleague("omar.haddad@example.com", "Omar Haddad", "Operations"),
)

#: Odoo logins of the pretend Odoo -> the e-mail addresses of their owners in the pretend Slack.
LOGINS = {one.login: one.email for one in COLLEAGUES if one.login}

_BY_EMAIL = {one.email: one for one in COLLEAGUES}


def about(email: str) -> dict[str, str]:
    """Name and title for Slack; nothing for an address that is nobody's here (Slack then shows the handle)."""
    known = _BY_EMAIL.get(email)
    return {"tz": TIME_ZONE} | ({"real_name": known.name, "title": known.title} if known else {})


def name_users(odoo: PretendOdoo) -> None:
    """Give the users of the pretend Odoo their names."""
    admin = odoo.people_by_id[odoo.uid("admin")]
    for colleague in COLLEAGUES:
        user = odoo.find_user(colleague.login)
        if user is None:
            continue
        user.name = colleague.name
        named = {"name": colleague.name}
        odoo.engine.execute_silently(admin, "res.users", "write", [[user.uid], named], {})
        odoo.engine.execute_silently(admin, "res.partner", "write", [[user.partner_id], named], {})
