"""The lines of a record of which its approval may make a figure smaller, as they were read.

Core. A line counts where it is of a product, in a number above zero and at no negative price: less of a discount or of
a return would be more.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from decimal import Decimal

from bot.cases.lines import MOST, Line, Lines
from bot.config.model import Changeable
from bot.money import Money
from bot.odoo.catalog.amendable import Amendable
from bot.odoo.catalog.entry import Record
from bot.odoo.catalog.reading import mappings, much, number
from bot.text import one_line

_LABEL = 60


def lines_of(how: Amendable, record: Record, total: Money | None) -> Lines | None:
    """The lines of a record that comes to ``total``, in its own currency; None where that is not known."""
    if total is None:
        return None
    rows = [one for one in mappings(record.get(how.lines)) if isinstance(one.get("product_id"), dict)]
    fit = [_line(how, row) for row in rows if _can_change(how, row)][:MOST]
    offered = {one.id for one in fit}
    rest = [row for row in rows if row["id"] not in offered]
    named = _named(how, rest) if rest else ""
    return Lines(how.lines, how.total, total, tuple(fit), len(rest), named, how.may, _fixed(how, record))


def _fixed(how: Amendable, record: Record) -> str:
    """Why the lines cannot be written any more, as half a sentence; empty where they can."""
    if record.get("locked"):
        return "the order is locked in Odoo"
    for column, done in how.gone_on.items():
        if any(number(line.get(column)) for line in mappings(record.get(how.lines))):
            return f"some of it was {done} in Odoo"
    return ""


def _can_change(how: Amendable, row: Record) -> bool:
    return _figure(how, row, Changeable.QUANTITY) > 0 and _figure(how, row, Changeable.PRICE) >= 0


def _figure(how: Amendable, row: Record, what: Changeable) -> Decimal:
    return much(row.get(how.figures[what])).normalize()


def _line(how: Amendable, row: Record) -> Line:
    product = row["product_id"]
    return Line(
        id=row["id"],
        label=one_line(str(product["display_name"]), _LABEL),
        product=product["id"],
        quantity=_figure(how, row, Changeable.QUANTITY),
        price=_figure(how, row, Changeable.PRICE),
        total=number(row.get(how.line_total)),
        kept=tuple(much(row.get(column)).normalize() for column in how.kept),
    )


def _named(how: Amendable, rows: Iterable[Record]) -> str:
    told = sorted(f"{row['id']}|{row['product_id']['id']}|{_figures(how, row)}" for row in rows)
    return hashlib.sha256("\n".join(told).encode()).hexdigest()[:32]


def _figures(how: Amendable, row: Record) -> str:
    return "|".join(str(_figure(how, row, what)) for what in Changeable)
