"""Laws of deciding that hold whatever people do in whatever order: through the one writer, on both engines.

A play is one record's life: everything that anybody may ask is asked by anybody. The laws look at what the database
holds before and after each command; they repeat no rule of the core.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from itertools import combinations, count
from typing import Any, TypeVar

from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import func, select

from bot.approvals.authority import Refused
from bot.approvals.delegating import Delegate, Revoke
from bot.cases import store
from bot.cases.answers import Answer, Refusal, Transition
from bot.cases.commands import (
    Begin,
    BreakGlass,
    Command,
    Confirm,
    Conflict,
    Decide,
    Fail,
    Forward,
    KeepFile,
    Observed,
    OfferFiles,
    Retry,
    Say,
    Tick,
    Undo,
)
from bot.cases.lines import Line, Lines, Wish
from bot.cases.model import NOBODY_KNOWN, Case, Decision, Event, Maker, Person, RecordRef, Status, Verdict
from bot.cases.planning import Rules
from bot.cases.remark import RemarkKind
from bot.cases.review import ROLE
from bot.cases.steward_commands import TakeBack
from bot.config.model import BreakGlass as Glass
from bot.config.model import Changeable, Manner, Policy, Stage, UnknownMaker
from bot.delegations import Delegations
from bot.tables import audit_entries, cases
from tests.engines import DatabaseEngine
from tests.factories import (
    FINANCE,
    a_case,
    a_maker,
    a_person,
    a_policy,
    a_record,
    a_role,
    a_rule,
    an_event,
    rules,
    seen,
    usd,
)
from tests.integration.stack import Stack, stack

Made = TypeVar("Made")

ANN, BOB, CYD = map(a_person, FINANCE)
DEE, EVE, MIA = (a_person(f"{name}@example.com") for name in ("dee", "eve", "mia"))
GUEST = a_person("gus@example.com", guest=True)
PEOPLE = (ANN, BOB, CYD, DEE, EVE, MIA, GUEST)
MEMBERS = {"finance": (*FINANCE, GUEST.email), "executive": (DEE.email, ANN.email), "auditors": (CYD.email, DEE.email)}
#: Nobody decides above these, in whatever role or name: the smaller power counts.
LIMITS = {EVE.email: usd("5000"), BOB.email: usd("15000")}
ROLE_LIMIT = usd("20000")
VALUES = ("3000", "12500", "30000")

people = st.sampled_from(PEOPLE)
makers = st.sets(st.sampled_from([a_maker(one.email) for one in (MIA, ANN, BOB, DEE)] + [NOBODY_KNOWN]), max_size=2)


@st.composite
def policies(draw: st.DrawFn) -> Policy:
    """Two stages at most, and everything that changes who may end it."""
    stages = [Stage(("finance",), draw(st.sampled_from([1, 2]))), *([Stage(("executive",))] * draw(st.booleans()))]
    return a_policy(
        *stages,
        distinct_people=draw(st.booleans()),
        unknown_maker=draw(st.sampled_from(UnknownMaker)),
        manner=Manner(
            grace=timedelta(minutes=draw(st.sampled_from([0, 5]))),
            changes=draw(st.sampled_from([(), (Changeable.QUANTITY,)])),
        ),
    )


def under(policy: Policy) -> Rules:
    """The config of a play."""
    roles = [replace(a_role("finance", MEMBERS["finance"]), limit=ROLE_LIMIT)]
    roles += [a_role(name, MEMBERS[name]) for name in ("executive", "auditors")]
    return rules(
        policies=[policy],
        roles=roles,
        rules=[a_rule(policy=policy.name)],
        limits=LIMITS,
        break_glass=Glass(frozenset({DEE.email, EVE.email}), "#security", "auditors"),
    )


class Room:
    """One replica, shared by all plays: each has a record of its own."""

    def __init__(self, runner: asyncio.Runner, replica: Stack) -> None:
        self.replica = replica
        self.register = Delegations(replica.writer, replica.clock, lambda: replica.service.rules)
        self.records = (a_record(number) for number in count(1))
        self._runner = runner

    async def cases_of(self, record: RecordRef) -> dict[int, Case]:
        """The cases of one record as they are stored, by number."""
        async with self.replica.database.read() as session:
            numbers = await session.execute(select(cases.c.id).where(cases.c.record_id == record.id))
            return dict(await store.by_id(session, list(numbers.scalars())))

    def run(self, doing: Coroutine[Any, Any, Made]) -> Made:
        """In the one loop of the room."""
        return self._runner.run(doing)


class Life(RuleBasedStateMachine):
    """What befalls one record."""

    room: Room

    @initialize(policy=policies(), value=st.sampled_from(VALUES), made_by=makers)
    def begin(self, policy: Policy, value: str, made_by: set[Maker]) -> None:
        self.policy, self.record = policy, next(self.room.records)
        self.room.replica.service.rules = under(policy)
        self.made: set[str] = set()
        self.seen: dict[int, Case] = {}
        self.given: list[int] = []
        self.record_is_read(value, made_by)

    def teardown(self) -> None:
        for number in getattr(self, "given", ()):
            self.room.run(self.room.register.execute(Revoke(ANN, number)))
            self.room.run(self.room.register.execute(Revoke(EVE, number)))

    @rule(value=st.sampled_from(VALUES), made_by=makers)
    def record_is_read(self, value: str, made_by: set[Maker]) -> None:
        answer = self.say(Observed(self.record, event_of(self.record, value, made_by)))
        if isinstance(answer, Transition) and answer.case.id == 0:
            self.made = set()  # whoever made what was decided before has nothing to do with what is asked now
        self.made |= {maker.email for maker in self.case.event.makers if not maker.is_unknown}

    @rule(person=people, verdict=st.sampled_from(Verdict), stale=st.booleans(), together=st.sampled_from([0, 3]))
    def somebody_answers(self, person: Person, verdict: Verdict, stale: bool, together: int) -> None:
        case = self.case
        number = case.revision.number - stale
        self.say(Decide(case.id, number, person, verdict, "because", together=together))

    @rule(person=st.sampled_from(PEOPLE[:4]))
    def a_member_approves(self, person: Person) -> None:
        self.somebody_answers(person, Verdict.APPROVE, stale=False, together=0)

    @precondition(lambda self: self.made)
    @rule(data=st.data())
    def a_maker_tries_to_approve(self, data: st.DataObject) -> None:
        mine = [person for person in PEOPLE if person.email in self.made]
        self.a_member_approves(data.draw(st.sampled_from(mine)))

    @rule(person=people, typed=st.sampled_from(["9", "4", "1", "10", "11", "ten"]))
    def somebody_approves_less(self, person: Person, typed: str) -> None:
        case = self.case
        wishes = (Wish(1, Changeable.QUANTITY, typed),)
        self.say(Decide(case.id, case.revision.number, person, Verdict.APPROVE, "enough", wishes=wishes))

    @rule(person=people)
    def somebody_takes_a_forward_back(self, person: Person) -> None:
        made = self.say(TakeBack(self.case.id, person))
        assert isinstance(made, Transition) == any(
            (before.giver, before.ends_at) == (person.email, None) and after.ends_at is not None
            for before, after in zip(self.before.forwards, self.case.forwards, strict=True)
        )

    @rule(giver=people, taker=people)
    def somebody_forwards(self, giver: Person, taker: Person) -> None:
        self.say(Forward(self.case.id, self.case.revision.number, giver, taker))

    @rule(by=people, giver=people, taker=people)
    def somebody_delegates(self, by: Person, giver: Person, taker: Person) -> None:
        before, now = self.entries(), self.room.replica.clock.now()
        asked = Delegate(by, giver, taker, now, now + timedelta(hours=2))
        made = self.room.run(self.room.register.execute(asked))
        assert self.entries() == before + 1, "given or refused, it is one entry"
        if not isinstance(made, Refused):
            assert by == giver, "nobody here delegates for others"
            assert giver.email != taker.email
            self.given.append(made.id)

    @precondition(lambda self: self.given)
    @rule(by=people, data=st.data())
    def somebody_revokes(self, by: Person, data: st.DataObject) -> None:
        before = self.entries()
        self.room.run(self.room.register.execute(Revoke(by, data.draw(st.sampled_from(self.given)))))
        assert self.entries() == before + 1

    @rule(person=people)
    def somebody_breaks_the_glass(self, person: Person) -> None:
        self.say(BreakGlass(self.case.id, self.case.revision.number, person, "the line stands still"))

    @rule(person=people, kind=st.sampled_from(RemarkKind))
    def somebody_speaks(self, person: Person, kind: RemarkKind) -> None:
        self.say(Say(self.case.id, person, kind, f"{kind} {self.entries()}"))

    @rule(person=people)
    def somebody_brings_a_file(self, person: Person) -> None:
        offered = self.say(OfferFiles(self.case.id, person, ("F1",)))
        if isinstance(offered, Transition):
            self.say(KeepFile(self.case.id, offered.case.files[-1]))

    @rule(person=people)
    def somebody_takes_an_answer_back(self, person: Person) -> None:
        self.say(Undo(self.case.id, person))

    @rule(minutes=st.sampled_from([1, 6, 200]))
    def time_passes(self, minutes: int) -> None:
        self.room.replica.clock.advance(timedelta(minutes=minutes))
        self.say(Tick(self.case.id))

    @rule(data=st.data(), person=people)
    def the_write_back_goes_on(self, data: st.DataObject, person: Person) -> None:
        number = self.case.id
        now_is = event_of(self.record, "12500", set())
        steps: list[Command] = [Begin(number, 1), Confirm(number, "done"), Fail(number, "no"), Retry(number, person)]
        self.say(data.draw(st.sampled_from([*steps, Conflict(number, now_is)])))

    def say(self, command: Command) -> Answer:
        """One command, and the laws of every step."""
        before, told, self.before = self.seen, self.entries(), self.case if self.seen else a_case()
        answer = self.room.run(self.room.replica.service.execute(command))
        made = self.entries() - told
        match answer:
            case Refusal():
                assert made == 1, "every refused command has exactly one entry"
                assert before == self.stored(), "and changes nothing"
            case Transition():
                assert made == len(answer.entries) + (len(answer.successor.entries) if answer.successor else 0)
                assert made >= 1, "no change without an entry"
            case None:
                assert made == 0
        self.seen = self.stored()
        for number, old in before.items():
            self.check(old, self.seen[number])
        return answer

    def check(self, old: Case, new: Case) -> None:
        if new.revision.in_odoo is not None and old.revision.number == new.revision.number:
            kept = old.revision.in_odoo.lines if old.revision.in_odoo else old.event.lines
            assert new.revision.in_odoo.lines == kept, "what Odoo has is remembered as it is there"
        if old.closed_at is not None:
            same = replace(old, covers=new.covers, remarks=new.remarks, chase=new.chase, version=new.version)
            assert new == same, "final never changes, but for its cover and a review"
        for given in new.decisions[len(old.decisions) :]:
            self.check_decision(old, given)
        if old.status is Status.PENDING and new.is_approved and new.decisions[-1].as_role != ROLE:
            self.check_quorum(new)

    def check_decision(self, before: Case, given: Decision) -> None:
        assert given.revision == before.revision.number
        assert given.person != GUEST.key
        # A held answer counts later: whoever has become a maker since does not approve by it.
        held = before.intended is not None
        assert held or not given.identities & self.made, "no self-approval, by nobody's name"
        if given.as_role == ROLE:
            return
        holder = given.behalf[-1] if given.behalf else given.email
        assert holder in MEMBERS[given.as_role], "the power is somebody's who has the role"
        value = given.value if given.changes else before.event.value
        assert all(0 < change.after < change.before for change in given.changes), "only ever less"
        for email in given.identities:
            assert held or email not in LIMITS or (value and not value.exceeds(LIMITS[email])), "nobody above a limit"
        if given.as_role == "finance":
            assert held or (value and not value.exceeds(ROLE_LIMIT))

    def check_quorum(self, case: Case) -> None:
        counted = [one for one in case.standing if not one.identities & self.made]
        for number, stage in enumerate(case.plan.stages):
            assert len({one.person for one in counted if one.stage == number}) >= stage.count, "distinct people"
        for one, other in combinations(counted, 2):
            apart = one.stage != other.stage and not self.policy.distinct_people
            assert apart or not one.identities & other.identities, "nobody is heard twice, in whatever name"

    @property
    def case(self) -> Case:
        """The record's newest case."""
        return self.seen[max(self.seen)]

    def stored(self) -> dict[int, Case]:
        """The record's cases as the database has them."""
        return self.room.run(self.room.cases_of(self.record))

    def entries(self) -> int:
        return int(self.scalar(select(func.count()).select_from(audit_entries)))

    def scalar(self, statement: Any) -> Any:
        return self.room.run(self.room.replica.rows(statement))[0][0]


def event_of(record: RecordRef, value: str, made_by: set[Maker]) -> Event:
    """The record as it is now."""
    figures = seen(partner_id="Globex", amount_total=value)
    line = Line(1, "Desk", 11, Decimal(10), Decimal(value) / 10, Decimal(value))
    lines = Lines("order_line", "amount_total", usd(value), (line,))
    return an_event(record=record, value=usd(value), seen=figures, makers=tuple(sorted(made_by, key=str)), lines=lines)


def test_the_laws_hold_whatever_people_do(database_engine: DatabaseEngine) -> None:
    phases = set(Phase) - {Phase.explain}
    with database_engine.fresh_database() as url, asyncio.Runner() as runner:
        opening = stack(url)
        room = Room(runner, runner.run(opening.__aenter__()))
        life = type("Life", (Life,), {"room": room})
        try:
            run_state_machine_as_test(
                life, settings=settings(max_examples=15, stateful_step_count=18, deadline=None, phases=phases)
            )
            assert runner.run(room.replica.audit()).sound
        finally:
            runner.run(opening.__aexit__(None, None, None))
