"""A month of a distributor with three sites, whose answers are known because they were decided beforehand.

Each ``Fate`` says what is going to happen to one record; ``Month`` makes it happen through the program's own commands,
at exact instants, with everything that falls due in between.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from enum import StrEnum, auto
from heapq import heappop, heappush
from itertools import count
from random import Random

from sqlalchemy import select

from bot.cases.answers import Transition
from bot.cases.commands import Begin, BreakGlass, Command, Confirm, Decide, Observed, Over, Tick
from bot.cases.model import Event, Verdict
from bot.cases.planning import Rules
from bot.clock import Clock
from bot.config.model import (
    Act,
    CareRule,
    Mode,
    Policy,
    Role,
    Rule,
    Site,
    Span,
    Stage,
    Step,
)
from bot.config.model import (
    BreakGlass as GlassRule,
)
from bot.exceptions.commands import Acknowledge, Resolve
from bot.money import Money
from bot.tables import cases
from tests.factories import COUNT, LATE, PURCHASE, SALE, a_config, a_person, a_record, an_event, rules
from tests.integration.stack import Stack

START = datetime(2026, 5, 4, tzinfo=UTC)
DAYS = 28
SLA = timedelta(hours=2)
EXPIRES = timedelta(days=2)
CAUSES = ("supplier late", "carrier late", "other")
ANN, DOT, SAL, LEE, BOSS, ERIN = (f"{name}@example.com" for name in ("ann", "dot", "sal", "lee", "boss", "erin"))
ZOE = "zoe@example.com"
EVERYBODY = (ANN, DOT, SAL, LEE, BOSS, ERIN, ZOE)


class Still(Clock):
    """A clock that stands until somebody moves it."""

    def __init__(self) -> None:
        super().__init__()
        self.at = START

    def now(self) -> datetime:
        """Exactly where it was put."""
        return self.at


class Ends(StrEnum):
    """What becomes of a record."""

    APPROVED = auto()
    REJECTED = auto()
    BY_RULE = auto()
    BROKEN_GLASS = auto()
    IN_ODOO = auto()
    BREACH = auto()
    WITHDRAWN = auto()
    EXPIRED = auto()
    RESOLVED = auto()
    OBSERVED = auto()
    STAYS = auto()


@dataclass(frozen=True, slots=True)
class Fate:
    """One record and its story."""

    number: int
    event: Event
    opens: datetime
    ends: Ends
    after: timedelta  #: from the opening to the end
    cause: str = ""
    confirmed: bool = True  #: by Odoo, a minute after the decision


def the_rules() -> Rules:
    """Finance decides orders, each floor owns what is late at its site, LEE looks on at CHI without values."""
    money = Policy("money", (Stage(("finance",), sla=Span(SLA, wall=True)),), escalation="nudge", expires=EXPIRES)
    owned = Policy("owned", (Stage(("floor", "south"), sla=Span(SLA, wall=True)),) * 2, care=CareRule())
    return rules(
        a_config(
            roles=[
                Role("finance", "#finance", frozenset({ANN, "abe@example.com"})),
                Role("floor", "#floor", frozenset({DOT}), sites=frozenset({"CHI"})),
                Role("south", "#south", frozenset({SAL}), sites=frozenset({"DAL", "RNO"})),
                Role(
                    "lead", "#lead", frozenset({LEE}), sites=frozenset({"CHI"}), sees_everything=True, hides_values=True
                ),
                Role("boss", "#boss", frozenset({BOSS}), sees_everything=True, companies=frozenset({"Acme"})),
            ],
            sites=[Site(name, frozenset({name}), frozenset(), {}) for name in ("CHI", "DAL", "RNO")],
            policies=[money, owned],
            rules=[
                Rule("small counts", "money", 1, match={"event_type": (COUNT,)}, approves=True),
                Rule("quotations", "money", 2, match={"event_type": (SALE,)}, mode=Mode.OBSERVE),
                Rule("late", "owned", 3, match={"event_type": (LATE,)}),
                Rule("rest", "money", 4),
            ],
            escalations={
                "nudge": (
                    Step(Decimal("0.5"), Act.REMIND, "assignees"),
                    Step(Decimal(1), Act.WIDEN, "boss"),
                )
            },
            break_glass=GlassRule(frozenset({ERIN}), "#ops", "boss"),
            pilot_channel="#pilot",
        )
    )


def fates(seed: int, number: int) -> list[Fate]:
    """So many records, the same for the same seed."""
    chance = Random(seed)  # noqa: S311  # a story, not a secret
    return [_fate(one, chance) for one in range(1, number + 1)]


_OF_TYPE = {
    COUNT: (Ends.BY_RULE,),
    SALE: (Ends.OBSERVED,),
    LATE: (Ends.RESOLVED, Ends.RESOLVED, Ends.WITHDRAWN, Ends.STAYS),
    PURCHASE: (
        *(Ends.APPROVED,) * 4,
        *(Ends.REJECTED, Ends.BROKEN_GLASS, Ends.IN_ODOO, Ends.BREACH, Ends.WITHDRAWN, Ends.EXPIRED, Ends.STAYS),
    ),
}


def _fate(number: int, chance: Random) -> Fate:
    event_type = chance.choice((PURCHASE, PURCHASE, PURCHASE, LATE, LATE, COUNT, SALE))
    ends = chance.choice(_OF_TYPE[event_type])
    amount = chance.choice((None, "-700", "20.50", "900", "12000.25"))
    event = an_event(
        record=a_record(number),
        event_type=event_type,
        title=f"REC{number:03}",
        warehouse=chance.choice(("CHI", "DAL", "RNO", None)) if event_type != LATE else chance.choice(("CHI", "DAL")),
        company=chance.choice(("Acme", "Acme", "Acme GmbH")),
        value=Money(Decimal(amount), chance.choice(("USD", "EUR"))) if amount else None,
        makers=(),
    )
    # Never exactly at a border of the SLA, an age or a window: those have tests of their own.
    after = chance.choice((timedelta(minutes=17), timedelta(minutes=71), timedelta(hours=5), timedelta(hours=29)))
    opens = START + timedelta(minutes=chance.randrange(1, DAYS * 24 * 60), seconds=chance.randrange(1, 59))
    after += timedelta(seconds=chance.randrange(1, 50))
    return Fate(
        number,
        event,
        opens,
        ends,
        EXPIRES if ends is Ends.EXPIRED else after,
        cause=chance.choice(CAUSES) if ends is Ends.RESOLVED else "",
        confirmed=chance.random() < 0.9,
    )


class Month:
    """What happens, in its order."""

    def __init__(self, stack: Stack, clock: Still, story: Sequence[Fate]) -> None:
        self._stack = stack
        self._clock = clock
        self._order = count()
        self._agenda: list[tuple[datetime, int, Fate | tuple[Command, ...]]] = []
        self.cases: dict[int, int] = {}  #: of each record that has come up
        for fate in story:
            self._later(fate.opens, fate)

    async def play(self, until: datetime) -> None:
        """Everything that happens before ``until``, which is the time afterwards."""
        while self._agenda and self._agenda[0][0] < until:
            at, _, what = heappop(self._agenda)
            await self._tick(at)
            self._clock.at = at
            await (self._open(what) if isinstance(what, Fate) else self._do(what))
        await self._tick(until)
        self._clock.at = until

    def _later(self, at: datetime, what: Fate | tuple[Command, ...]) -> None:
        heappush(self._agenda, (at, next(self._order), what))

    async def _do(self, commands: tuple[Command, ...]) -> None:
        for command in commands:
            answer = await self._stack.service.execute(command)
            assert isinstance(answer, Transition), (command, answer)

    async def _open(self, fate: Fate) -> None:
        await self._do((Observed(fate.event.record, fate.event),))
        [row] = await self._stack.rows(select(cases.c.id).where(cases.c.record_id == fate.number))
        self.cases[fate.number] = row.id
        if ending := _ending(fate, row.id):
            self._later(fate.opens + fate.after, ending)
        if fate.ends in WRITTEN and fate.confirmed:
            at = fate.opens if fate.ends is Ends.BY_RULE else fate.opens + fate.after
            self._later(at + timedelta(minutes=1), (Begin(row.id, 1), Confirm(row.id, "confirmed in Odoo")))

    async def _tick(self, until: datetime) -> None:
        """Everything that falls due before ``until``, at its own instant."""
        first = select(cases.c.id, cases.c.due_at).where(cases.c.due_at < until).order_by(cases.c.due_at, cases.c.id)
        while rows := await self._stack.rows(first.limit(1)):
            self._clock.at = max(self._clock.at, rows[0].due_at)
            await self._stack.service.execute(Tick(rows[0].id))


#: What Odoo is owed.
WRITTEN = frozenset({Ends.APPROVED, Ends.REJECTED, Ends.BY_RULE, Ends.BROKEN_GLASS, Ends.RESOLVED})


def _ending(fate: Fate, case: int) -> tuple[Command, ...]:
    record, by = fate.event.record, a_person(DOT if fate.event.warehouse == "CHI" else SAL)
    endings: dict[Ends, tuple[Command, ...]] = {
        Ends.APPROVED: (Decide(case, 1, a_person(ANN), Verdict.APPROVE),),
        Ends.REJECTED: (Decide(case, 1, a_person(ANN), Verdict.REJECT, "too dear"),),
        Ends.BROKEN_GLASS: (BreakGlass(case, 1, a_person(ERIN), "the line stands"),),
        Ends.IN_ODOO: (Observed(record, Over("confirmed in Odoo", "Ann", "odoo:main:5", ANN, approved=True)),),
        Ends.BREACH: (Observed(record, Over("confirmed in Odoo", "Zoe", "odoo:main:6", ZOE, approved=True)),),
        Ends.WITHDRAWN: (Observed(record, Over("cancelled in Odoo")),),
        Ends.RESOLVED: (Acknowledge(case, by), Resolve(case, 1, by, fate.cause, "cancelled", "said so")),
    }
    return endings.get(fate.ends, ())
