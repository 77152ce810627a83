"""Approving several alike cases at once: which may go together, and up to which sum.

Core. Alike are cases of one event type under one rule. Nobody gains power by it: each case is decided by itself, by the
one authority function, on the figures that were shown; one that is refused does not hold up the rest.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from bot.approvals.authority import Reason, Refused
from bot.cases.model import Case
from bot.money import Money

#: Cases in one go: what a modal can hold.
MOST: Final = 50

_NOTHING = Refused(Reason.NOTHING_CHOSEN, "Please choose at least one.")
_NOT_ALIKE = Refused(Reason.NOT_ALIKE, "These are no longer of one kind under one rule; please ask for the list again.")
_NOT_SUMMED = Refused(Reason.OVER_LIMIT, "The values cannot be added up, so these cannot be approved together.")


@dataclass(frozen=True, slots=True)
class Batch:
    """Cases that may be approved together, the oldest first."""

    event_type: str
    rule: str
    limit: Money  #: of their sum, its border included
    cases: tuple[Case, ...]

    @property
    def fitting(self) -> int:
        """How many of the oldest stay within the limit together."""
        return max(n for n in range(len(self.cases) + 1) if _sum(self.cases[:n]) <= self.limit.amount)


def batches(cases: Iterable[Case]) -> tuple[Batch, ...]:
    """What of ``cases`` can be approved together; what stands alone or cannot be added up is left out."""
    alike: dict[tuple[str, str, Money], list[Case]] = {}
    for case in cases:
        limit = case.plan.manner.bulk
        if limit is not None and case.event.value is not None and case.event.value.currency == limit.currency:
            alike.setdefault((case.event.event_type, case.plan.rule, limit), []).append(case)
    return tuple(Batch(*kind, tuple(some[:MOST])) for kind, some in alike.items() if len(some) > 1)


def refusal(chosen: Sequence[Case]) -> Refused | None:
    """Why these cannot be approved together, whoever asks; None where they can, each judged by itself."""
    if not chosen:
        return _NOTHING
    kinds = {(case.event.event_type, case.plan.rule, case.plan.manner.bulk) for case in chosen}
    limit = chosen[0].plan.manner.bulk
    if len(kinds) > 1 or limit is None or len(chosen) > MOST:
        return _NOT_ALIKE
    if any(case.event.value is None or case.event.value.currency != limit.currency for case in chosen):
        return _NOT_SUMMED
    total = Money(_sum(chosen), limit.currency)
    if total.exceeds(limit):
        sentence = f"Together these are {total}, and at most {limit} may be approved at once. Please choose fewer."
        return Refused(Reason.OVER_LIMIT, sentence)
    return None


def _sum(cases: Iterable[Case]) -> Decimal:
    """Absolute values: a shortage does not make up for a surplus."""
    return sum((abs(case.event.value.amount) for case in cases if case.event.value is not None), Decimal(0))
