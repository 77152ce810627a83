"""The lines of a record of which an approval may take something away, and what was taken away.

Core: values only. Figures are exact Decimals in the record's own currency and units. Nothing here knows a field of
Odoo beyond the names under which the watched figures are known.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from bot.cases.figures import Change, Figures
from bot.config.model import Changeable
from bot.money import Money

#: Lines that are offered to be changed; the rest of a longer record stays as it is.
MOST = 20

#: Lines that are written out in a fact; the rest is counted.
SHOWN_LINES = 3

#: Decimals of a unit price that has no more of its own.
_CENTS = 2


@dataclass(frozen=True, slots=True)
class Line:
    """One line as it was read: above zero in number, and not below it in price."""

    id: int  #: of its own record in Odoo
    label: str  #: what it is of, for people
    product: int
    quantity: Decimal
    price: Decimal  #: of one
    total: Decimal  #: what it adds to the record's total, taxes included
    kept: tuple[Decimal, ...] = ()  #: what is written as it is beside a smaller figure, such as its discount

    def figure(self, what: Changeable) -> Decimal:
        """The present figure."""
        return self.quantity if what is Changeable.QUANTITY else self.price

    def with_figure(self, what: Changeable, after: Decimal) -> Line:
        """The line with a smaller figure; discounts and taxes are shares, so its total shrinks with it."""
        before = self.figure(what)
        total = self.total * after / before if before else self.total
        if what is Changeable.QUANTITY:
            return replace(self, total=total, quantity=after)
        return replace(self, total=total, price=after)


@dataclass(frozen=True, slots=True)
class Lines:
    """What of a record may be changed by its approval."""

    shown_in: str  #: the watched field that shows the lines
    total_in: str  #: the watched field that shows the total
    total: Money  #: of the whole record, in its own currency
    lines: tuple[Line, ...]
    others: int = 0  #: lines beside these, which stay as they are
    rest: str = ""  #: names the others with their figures
    may: tuple[Changeable, ...] = tuple(Changeable)  #: what of a line may become smaller at all
    fixed: str = ""  #: why none of it can be changed any more, as half a sentence; empty where it can

    @property
    def words(self) -> str:
        """The first of them, for people: ``8 × Desk at 120.00; and 3 more``."""
        told = [f"{plain(one.quantity)} × {one.label} at {priced(one.price)}" for one in self.lines[:SHOWN_LINES]]
        left = len(self.lines) + self.others - len(told)
        return "; ".join([*told, *([f"and {left} more"] if left else [])])

    def line(self, number: int) -> Line | None:
        """The line with this id; None where it is not among them."""
        return next((one for one in self.lines if one.id == number), None)

    def changed_by(self, changes: Iterable[LineChange]) -> Lines:
        """The lines, and the total, after ``changes``."""
        lines = {one.id: one for one in self.lines}
        for change in changes:
            lines[change.line] = lines[change.line].with_figure(change.what, change.after)
        taken = sum((before.total - after.total for before, after in zip(self.lines, lines.values(), strict=True)), _0)
        digits = max(0, -int(self.total.amount.as_tuple().exponent))
        total = Money.of(self.total.amount - taken, self.total.currency, digits=digits)
        return replace(self, lines=tuple(lines.values()), total=total)

    @property
    def rounding(self) -> Decimal:
        """How far Odoo's rounding of each line, and of the taxes, may take the total from what was worked out."""
        unit = Decimal(1).scaleb(int(self.total.amount.as_tuple().exponent))
        return unit * (len(self.lines) + self.others + 1)

    def same_as(self, other: Lines) -> bool:
        """Whether both have the same lines with the same figures, whatever they come to."""
        return self._figures() == other._figures()

    def comes_to(self, other: Lines) -> bool:
        """Whether both totals are the same but for Odoo's rounding."""
        if self.total.currency != other.total.currency:
            return False
        return abs(self.total.amount - other.total.amount) <= self.rounding

    def _figures(self) -> object:
        found = {(one.id, one.product, one.quantity, one.price, one.kept) for one in self.lines}
        return found, self.others, self.rest


_0 = Decimal(0)


@dataclass(frozen=True, slots=True)
class AsInOdoo:
    """How Odoo has a record whose smaller figures wait to be written."""

    figures: Figures
    lines: Lines


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody typed for one figure of one line, in the style of his or her locale."""

    line: int
    what: Changeable
    typed: str

    @property
    def place(self) -> str:
        """Where it was typed."""
        return place(self.line, self.what)


def place(line: int, what: Changeable) -> str:
    """Names a figure of a line."""
    return f"{line}:{what}"


@dataclass(frozen=True, slots=True)
class LineChange:
    """One figure of one line, smaller than it was."""

    line: int
    what: Changeable
    label: str
    before: Decimal
    after: Decimal

    @property
    def words(self) -> Change:
        """For people: ``Desk, quantity: 10 → 8``."""
        return Change(f"{self.label}, {self.what}", plain(self.before), plain(self.after))


def between(before: Lines, after: Lines) -> tuple[LineChange, ...]:
    """What makes ``after`` of ``before``, line by line."""
    return tuple(
        LineChange(one.id, what, one.label, one.figure(what), other.figure(what))
        for one in before.lines
        if (other := after.line(one.id)) is not None
        for what in Changeable
        if one.figure(what) != other.figure(what)
    )


def plain(number: Decimal) -> str:
    """A figure without trailing zeros: ``12.5``, ``40``."""
    return f"{number.to_integral_value() if number == number.to_integral_value() else number.normalize():f}"


def priced(number: Decimal) -> str:
    """A unit price with at least two decimals."""
    exact = number.normalize()
    return f"{exact:f}" if -int(exact.as_tuple().exponent) > _CENTS else f"{exact:.{_CENTS}f}"


def lines_to_plain(lines: Lines) -> dict[str, Any]:
    """For storing; short keys, because each revision has them."""
    return {
        "f": [lines.shown_in, lines.total_in],
        "t": [str(lines.total.amount), lines.total.currency],
        "l": [
            [*(one.id, one.label, one.product), *map(str, (one.quantity, one.price, one.total, *one.kept))]
            for one in lines.lines
        ],
        **({"o": [lines.others, lines.rest]} if lines.others else {}),
        **({"x": lines.fixed} if lines.fixed else {}),
        **({"w": [one.value for one in lines.may]} if lines.may != tuple(Changeable) else {}),
    }


def lines_from_plain(body: Mapping[str, Any]) -> Lines:
    """The inverse of ``lines_to_plain``."""
    amount, currency = body["t"]
    found = (
        Line(number, label, product, Decimal(quantity), Decimal(price), Decimal(total), tuple(map(Decimal, kept)))
        for number, label, product, quantity, price, total, *kept in body["l"]
    )
    others, rest = body.get("o", (0, ""))
    shown_in, total_in = body["f"]
    total = Money(Decimal(amount), currency)
    may = tuple(Changeable(one) for one in body.get("w", Changeable))
    return Lines(shown_in, total_in, total, tuple(found), others, rest, may, body.get("x", ""))


def changes_to_plain(changes: Iterable[LineChange]) -> list[list[Any]]:
    """For storing."""
    return [[one.line, one.what.value, one.label, str(one.before), str(one.after)] for one in changes]


def changes_from_plain(body: Iterable[Iterable[Any]]) -> tuple[LineChange, ...]:
    """The inverse of ``changes_to_plain``."""
    return tuple(
        LineChange(line, Changeable(what), label, Decimal(before), Decimal(after))
        for line, what, label, before, after in body
    )
