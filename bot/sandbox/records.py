"""The records of the pretend Odoo as the page shows them, in the words that Odoo's own screens use."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from html import unescape
from typing import Any

from bot.sandbox.odoo import PretendOdoo

Shown = dict[str, Any]

_PURCHASE_STATES = {
    "draft": "RFQ",
    "sent": "RFQ sent",
    "to approve": "To approve",
    "purchase": "Purchase order",
    "done": "Purchase order, locked",
    "cancel": "Cancelled",
}
_SALE_STATES = {"draft": "Quotation", "sent": "Quotation sent", "sale": "Sales order", "cancel": "Cancelled"}
_TAG = re.compile(r"<[^>]*>")


class Records:
    """Shows what a day brings; the orders that were there before it are left out."""

    def __init__(self, odoo: PretendOdoo) -> None:
        self._odoo = odoo
        there = odoo.snapshot()
        self._before = {kind: {one["id"] for one in there[kind]} for kind in ("purchases", "sales", "moves")}
        self._counted: set[int] = set()
        self._looks = 0
        #: Title -> the record as it was last shown, and at which look it became so.
        self._changed: dict[str, tuple[Shown, int]] = {}

    def shown(self) -> list[Shown]:
        """Orders and counts; what changed last comes first, so that it is in sight."""
        self._looks += 1
        for one in self._everything():
            if self._changed.get(one["title"], ({}, 0))[0] != one:
                self._changed[one["title"]] = (one, self._looks)
        return [one for one, _ in sorted(self._changed.values(), key=lambda each: each[1], reverse=True)]

    def _everything(self) -> list[Shown]:
        now = self._odoo.snapshot()
        self._counted |= {one["id"] for one in now["counts"] if one["counted"] is not None}
        counts = [one for one in now["counts"] if one["id"] in self._counted]
        return [
            *(_purchase(one) for one in self._new(now, "purchases")),
            *_counts(counts, self._new(now, "moves")),
            *(_sale(one) for one in self._new(now, "sales")),
        ]

    def _new(self, now: Mapping[str, list[Shown]], kind: str) -> list[Shown]:
        return [one for one in now[kind] if one["id"] not in self._before[kind]]


def _purchase(order: Shown) -> Shown:
    people = [("Vendor", order["vendor"]), ("Buyer", order["buyer"]), ("Deliver to", order["warehouse"])]
    return _order(order, _PURCHASE_STATES, people)


def _sale(order: Shown) -> Shown:
    people = [("Customer", order["customer"]), ("Salesperson", order["salesperson"]), ("From", order["warehouse"])]
    return _order(order, _SALE_STATES, people)


def _order(order: Shown, states: Mapping[str, str], people: list[tuple[str, str]]) -> Shown:
    total = f"{order['amount']:,.2f} {order['currency']}"
    goods = [("Line", f"{line['name']}: {line['subtotal']:,.2f}") for line in order["lines"]]
    changed = [("Last changed by", order["changed_by"])]
    return {
        "title": order["name"],
        "state": states.get(order["state"], order["state"]),
        "lines": [("Total", total), *people, *goods, *changed],
        "notes": [f"{note['author']}: {_text(note['body'])}" for note in order["notes"]],
        "url": "",
    }


def _counts(counts: list[Shown], moves: list[Shown]) -> Iterator[Shown]:
    for count in counts:
        corrections = [one for one in moves if _corrects(one, count)]
        counted = count["counted"]
        lines = [("On hand", _quantity(count["on_hand"]))]
        if counted is not None:
            lines += [("Counted", _quantity(counted)), ("Difference", f"{count['difference']:+g}")]
        yield {
            "title": f"{count['product']} at {count['location']}",
            "state": "Counted" if counted is not None else "Applied to stock" if corrections else "Count cleared",
            "lines": [*lines, ("Last changed by", count["changed_by"])],
            "notes": [f"Moved {_quantity(one['quantity'])}: {one['reference']}" for one in corrections],
            "url": "",
        }


def _corrects(move: Shown, count: Shown) -> bool:
    return move["product"] == count["product"] and count["location"] in (move["from"], move["to"])


def _quantity(value: float) -> str:
    return f"{value:,g}"


def _text(body: str) -> str:
    return unescape(_TAG.sub(" ", body)).strip()
