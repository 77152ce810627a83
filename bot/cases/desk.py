"""What lies on one person's desk: what waits for him or her, what he or she has in hand, and what is late.

Core. Whoever reads the database gives in more than enough; here it is judged, ranked and cut to what a screen holds.
Nothing gets onto a desk that its owner could not open, and what is masked for him is ranked without its value.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from bot.approvals.sight import Sight, View, masked, sight, view_of
from bot.approvals.standins import Delegation
from bot.cases.bulk import Batch, batches
from bot.cases.model import Case, Person
from bot.cases.planning import Rules
from bot.cases.review import reviewers
from bot.cases.whose import looks_after, may_answer
from bot.escalation.timetable import answer_due
from bot.money import Money

#: What is due within it comes before what is dearer and due later.
SOON = timedelta(hours=4)

#: Entries of each sort on a desk; the rest is counted.
_WAITING, _OWNED, _FREE, _REVIEWS, _LATE = 10, 8, 5, 3, 10


@dataclass(frozen=True, slots=True)
class Entry:
    """One case on a desk."""

    case: Case  #: as its reader may see it
    whole: Case  #: as it is: for the pointer that its buttons carry, and for nothing that is shown

    @property
    def is_masked(self) -> bool:
        """Whether its reader is not told how much it is about."""
        return self.case is not self.whole


@dataclass(frozen=True, slots=True)
class Pile:
    """Cases of one sort, the most pressing first."""

    entries: tuple[Entry, ...] = ()
    more: int = 0  #: how many are not among ``entries``
    whole: bool = True  #: False where there may be still more, which were not looked at

    @property
    def total(self) -> int:
        """All that were found."""
        return len(self.entries) + self.more


@dataclass(frozen=True, slots=True)
class Standing:
    """What is open of all that a person's roles see: figures of ``reports/kpis``, as reports and digests tell them."""

    open: int = 0
    overdue: int = 0
    at_risk: tuple[Money, ...] = ()  #: a sum for each currency; what may not be told is in none


@dataclass(frozen=True, slots=True)
class Found:
    """What was read for a desk; each list may hold more than belongs there."""

    pending: Sequence[Case] = ()
    exceptions: Sequence[Case] = ()  #: that are open, whoever has them
    reviews: Sequence[Case] = ()
    late: Sequence[Case] = ()
    delegations: Sequence[Delegation] = ()
    is_whole: bool = True  #: False where reading stopped early
    standing: Standing = Standing()


@dataclass(frozen=True, slots=True)
class Desk:
    """Everything that a person is shown."""

    reader: str  #: the address of the person
    waiting: Pile = Pile()  #: approvals that wait for the person's answer
    free: Pile = Pile()  #: exceptions that nobody has in hand and the person could take
    owned: Pile = Pile()  #: exceptions in the person's hand
    reviews: Pile = Pile()  #: approvals past everybody that the person has to review
    late: Pile = Pile()  #: what else the person may see and is late
    together: tuple[Batch, ...] = ()  #: what of ``waiting`` could be approved in one go
    given: tuple[Delegation, ...] = ()  #: who stands in for the person, now or later
    held: tuple[Delegation, ...] = ()  #: for whom the person stands in
    standing: Standing = Standing()

    @property
    def is_clear(self) -> bool:
        """Whether nothing is asked of the person."""
        return not (self.waiting.total or self.free.total or self.owned.total or self.reviews.total)


def desk_of(person: Person, found: Found, rules: Rules, now: datetime) -> Desk:
    """The desk of ``person`` at ``now``."""
    reader = _Reader(person, view_of(person.email, rules, now), rules, now, found.is_whole)
    mine = [case for case in found.pending if may_answer(person, case, rules, now)]
    cared = [case for case in found.exceptions if looks_after(person, case, rules, now)]
    owned = [case for case in cared if case.care is not None and case.care.owner is not None]
    free = [case for case in cared if case.care is not None and case.care.owner is None]
    reviews = [case for case in found.reviews if person.email in reviewers(case, rules)]
    known = {case.id for case in (*mine, *cared, *reviews)}
    late = [case for case in found.late if case.id not in known and reader.is_late(case)]
    return Desk(
        reader=person.email,
        waiting=reader.pile(mine, _WAITING),
        free=reader.pile(free, _FREE),
        owned=reader.pile(owned, _OWNED),
        reviews=reader.pile(reviews, _REVIEWS),
        late=reader.pile(late, _LATE),
        together=batches(case for case in mine if reader.shows_whole(case)),
        given=tuple(one for one in found.delegations if one.giver == person.email),
        held=tuple(one for one in found.delegations if one.taker == person.email),
        standing=found.standing,
    )


@dataclass(frozen=True, slots=True)
class _Reader:
    person: Person
    view: View
    rules: Rules
    now: datetime
    is_whole: bool

    def pile(self, cases: Iterable[Case], most: int) -> Pile:
        seen = sorted(self._seen(cases), key=lambda one: urgency(one.case, self.now))
        return Pile(tuple(seen[:most]), max(0, len(seen) - most), self.is_whole)

    def _seen(self, cases: Iterable[Case]) -> Iterator[Entry]:
        for case in cases:
            match sight(case, self.view):
                case Sight.WHOLE:
                    yield Entry(case, case)
                case Sight.MASKED:
                    yield Entry(masked(case), case)
                case Sight.NOTHING:
                    continue

    def shows_whole(self, case: Case) -> bool:
        return sight(case, self.view) is Sight.WHOLE

    def is_late(self, case: Case) -> bool:
        due = answer_due(case) if case.is_waiting and not case.plan.observe else None
        in_group = case.care is not None and bool(case.care.parent)
        return due is not None and due < self.now and not in_group


def urgency(case: Case, now: datetime) -> tuple[int, Decimal, datetime, int]:
    """What is sorted by: late, due within ``SOON``, due later, without a date; the dearest first, then by date."""
    due = answer_due(case) if case.is_waiting else None
    value = abs(case.event.value.amount) if case.event.value else Decimal(0)
    return _band(due, now), -value, due or now, case.id


def _band(due: datetime | None, now: datetime) -> int:
    if due is None:
        return 3
    return 0 if due < now else 1 if due < now + SOON else 2
