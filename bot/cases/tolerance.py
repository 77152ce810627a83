"""Small changes that leave given answers standing: what a policy's tolerance covers, and against which figure.

Core. A tolerance is on the value alone, and covers only what shows in the value: another vendor or another product
is another decision at any price. It is measured against the first approval that still counts, so that small edits do
not creep; before any, against the figures with which the revision opened. Its border is inside; what cannot be
compared is outside.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from bot.approvals.quorum import counting
from bot.cases.model import Case, Figures, Seen
from bot.config.model import Tolerance
from bot.money import Money


def covers(case: Case, now: Figures) -> bool:
    """Whether answers on ``case`` hold for these figures too. Equal figures always do.

    ``case`` names the makers known by now: whoever has become one has lost the approval that would be measured by.
    """
    if now.equal(case.event.figures):
        return True
    allowed = case.plan.manner.tolerance
    if allowed is None or _firm(now.seen) != _firm(case.opening.seen):
        return False
    return _near(allowed, measured_by(case), now.value)


def measured_by(case: Case) -> Money | None:
    """The value that a tolerance is measured against; None where it was not known."""
    first = min(counting(case), key=lambda given: given.at, default=None)
    return case.opening.value if first is None else first.value


def _firm(seen: Iterable[Seen]) -> dict[str, str]:
    """What no tolerance covers."""
    return {one.field: one.value if one.firm is None else one.firm for one in seen}


def _near(allowed: Tolerance, before: Money | None, after: Money | None) -> bool:
    if before is None or after is None or before.currency != after.currency:
        return False
    moved = abs(after.amount - before.amount)
    if allowed.amount is not None and allowed.amount.currency == before.currency:
        return moved <= allowed.amount.amount
    return moved <= abs(before.amount) * (allowed.share or Decimal(0))
