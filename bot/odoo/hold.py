"""The hold: the rule that refuses a step in Odoo to everybody but the bot, with a sentence that names Signoff.

Core. Generates the code and the conditions of the automation rule from the catalog. Only a step that is a change of a
stored field can be held; for other types a decision past Signoff is found afterwards.
"""

from __future__ import annotations

from decimal import Decimal

from bot.odoo.catalog.entry import EventType, Hold


def condition(hold: Hold, values: tuple[str, ...]) -> str:
    """An Odoo domain: the field is one of ``values``."""
    return repr([(hold.field, "in", list(values))])


def code_of(entry: EventType, hold: Hold, login: str, limit: Decimal) -> str:
    """The Python of the rule's action. ``limit`` is the value below which nobody is asked, in company currency."""
    sentence = (
        f"Signoff holds {hold.what}: it is decided in Slack, and Signoff carries the decision out here. "
        "Please ask there; an administrator of Odoo finds the rule under Automation Rules."
    )
    return "\n".join(
        (
            f"# Hold of Signoff for {entry.name}, made by `signoff odoo setup --hold {entry.name}`. Do not edit it:",
            "# `signoff odoo doctor` compares it with what the program would make.",
            f"if env.user.login != {login!r} and ({hold.when.format(limit=float(limit))}):",
            f"    raise UserError({sentence!r})",
            "",
        )
    )
