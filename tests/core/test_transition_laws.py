"""Laws that hold for every case, whatever people, Odoo and the write-back do to it in whatever order.

One record is played with: its cases, and everything that anybody may say about them. The play keeps what a store
would keep and checks each answer against the laws; it repeats no rule of the core.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from bot.approvals.authority import Reason
from bot.approvals.quorum import approvers
from bot.cases.answers import Answer, Refusal, Transition
from bot.cases.commands import (
    Ask,
    Begin,
    Command,
    Confirm,
    Conflict,
    Consider,
    Decide,
    DoneByHand,
    Fail,
    GiveUpWriting,
    Observed,
    Requeue,
    Retry,
    Tick,
    Uncertain,
)
from bot.cases.model import Case, Event, Person, Status, Verdict, WriteBackState
from bot.cases.planning import material_part
from bot.cases.timing import next_due
from bot.cases.transitions import transition
from bot.config.model import Policy
from bot.effects import Effect, EffectKind
from bot.exceptions.commands import Tracked
from tests.factories import FINANCE, NOW, PURCHASE, a_maker, a_role, a_rule, rules, usd
from tests.strategies import EXECUTIVE, GUEST, PEOPLE, figures, observations, policies

MEMBERS = {"finance": {*FINANCE, GUEST}, "executive": {EXECUTIVE, FINANCE[0]}}
REASONS = st.sampled_from(["", "too dear"])


#: Ways to stand without a decision.
UNDECIDED = frozenset({Status.PENDING, Status.EXPIRED, Status.WITHDRAWN})


class Play(RuleBasedStateMachine):
    """A record's cases under one drawn policy."""

    def __init__(self) -> None:
        super().__init__()
        self.cases: dict[int, Case] = {}
        self.now = NOW
        self.owed: list[Effect] = []
        self.makers: set[str] = set()  #: all who asked for the record or edited it since it first asked for anybody
        self.causes = 0  #: decisions that ended a case, retries that people asked for, changes of what is stuck

    @initialize(policy=policies())
    def begin(self, policy: Policy) -> None:
        self.policy = policy
        self.under = rules(
            policies=[policy],
            roles=[a_role(name, members) for name, members in MEMBERS.items()],
            rules=[a_rule(policy=policy.name)],
            materiality={PURCHASE: usd("100")},
        )

    @property
    def open(self) -> Case | None:
        return next((case for case in self.cases.values() if case.closed_at is None), None)

    @property
    def is_pending(self) -> bool:
        return self.open is not None and self.open.status is Status.PENDING

    @property
    def is_decided(self) -> bool:
        return bool(self.cases) and self.newest.status not in UNDECIDED

    @property
    def newest(self) -> Case:
        return self.cases[max(self.cases)]

    def known(self) -> Case | None:
        """What the store finds for the record."""
        return self.open or (self.newest if self.cases and self.newest.covers else None)

    def say(self, command: Command) -> Answer:
        self.now += timedelta(minutes=1)
        before = self.known() if isinstance(command, Observed | Tracked) else self.cases.get(command.case_id)
        answer = transition(before, command, self.under, self.now)
        if isinstance(answer, Refusal):
            assert [entry.action for entry in answer.entries] == ["case.refused"]
        if isinstance(answer, Transition):
            self.keep(before, command, answer)
        return answer

    def keep(self, before: Case | None, command: Command, answer: Transition) -> None:
        for made in filter(None, (answer, answer.successor)):
            assert len(made.entries) == 1, "every change has exactly one audit entry"
            case = made.case if made.case.id else replace(made.case, id=len(self.cases) + 1)
            if made.case.id and before is not None:
                self.check_step(before, command, case)
            elif case.predecessor is None:
                self.makers = set()
            self.makers |= {maker.email for maker in case.event.makers}
            self.cases[case.id] = case
            self.owed += made.effects

    def check_step(self, before: Case, command: Command, after: Case) -> None:
        ends_cover = after == replace(before, covers=False)
        assert before.closed_at is None or ends_cover, "a closed case never changes, but that its cover may end"
        assert after != before, "what changes nothing is no transition"
        if before.status is not Status.PENDING:
            assert after.status is before.status or isinstance(command, Conflict), "a decision stands"
        if after.decisions != before.decisions:
            assert isinstance(command, Decide)
            self.check_decision(before, command)
        self.causes += after.status in {Status.APPROVED, Status.REJECTED} and before.status is Status.PENDING
        self.causes += isinstance(command, Retry)
        self.causes += isinstance(command, Observed) and before.is_stuck

    def check_decision(self, before: Case, command: Decide) -> None:
        allowed = self.policy.expires
        assert allowed is None or self.now < before.opened_at + allowed, "at its expiry a case is expired"
        person = command.person
        assert command.revision == before.revision.number, "a stale revision never decides"
        assert not person.guest
        assert any(person.email in MEMBERS[role] for stage in before.plan.stages for role in stage.roles)
        assert person.key not in {given.person for given in before.standing}, "nobody answers twice"
        assert self.policy.self_approval or person.email not in self.makers

    @precondition(lambda self: not self.is_pending)
    @rule(event=figures())
    def record_asks_again(self, event: Event) -> None:
        self.record_is_read(Observed(event.record, event))

    @rule(seen=observations())
    def record_is_read(self, seen: Observed) -> None:
        answer = self.say(seen)
        if isinstance(answer, Transition) and answer.case.status is Status.EXPIRED:
            self.say(seen)  # its time was over: the look that follows every closing finds what has changed
        again = transition(self.known(), seen, self.under, self.now)
        assert again is None, "saying twice what is, is saying it once"
        pending = self.open
        if isinstance(seen.now_is, Event) and pending is not None and self.is_pending:
            assert material_part(seen.now_is, self.under.config) is not None
            assert pending.event.fingerprint == seen.now_is.fingerprint
            assert set(pending.event.makers) >= set(seen.now_is.makers)

    @precondition(lambda self: self.is_pending)
    @rule(editor=st.sampled_from(FINANCE))
    def somebody_edits_what_nobody_watches(self, editor: str) -> None:
        self.say(Observed(self.newest.record, replace(self.newest.event, makers=(a_maker(editor),))))

    @precondition(lambda self: self.is_pending)
    @rule(person=st.sampled_from(PEOPLE[:4]))
    def member_approves(self, person: Person) -> None:
        self.person_answers(person, Verdict.APPROVE, "")

    @precondition(lambda self: self.is_pending)
    @rule(person=st.sampled_from(PEOPLE[:4]), editor=st.sampled_from(FINANCE))
    def member_approves_and_somebody_edits(self, person: Person, editor: str) -> None:
        self.person_answers(person, Verdict.APPROVE, "")
        self.somebody_edits_what_nobody_watches(editor)

    @precondition(lambda self: self.cases)
    @rule(
        person=st.sampled_from(PEOPLE), verdict=st.sampled_from(Verdict), reason=REASONS, stale=st.sampled_from([0, 1])
    )
    def anybody_answers(self, person: Person, verdict: Verdict, reason: str, stale: int) -> None:
        self.person_answers(person, verdict, reason, stale=stale)

    def person_answers(self, person: Person, verdict: Verdict, reason: str, *, stale: int = 0) -> None:
        case = self.newest
        number = case.revision.number - stale
        would = self.say(Consider(Decide(case.id, number, person, verdict)))
        does = self.say(Decide(case.id, number, person, verdict, reason))
        assert not isinstance(would, Transition)
        assert isinstance(does, Transition | Refusal), "a click is always answered"
        if isinstance(would, Refusal):
            assert isinstance(does, Refusal)
            assert does.reason in {would.reason, Reason.EXPIRED}, "a minute later it is the same, or too late"
        if isinstance(does, Transition) and does.case.status is Status.APPROVED:
            self.check_quorum(does.case)

    def check_quorum(self, case: Case) -> None:
        for number, stage in enumerate(case.plan.stages):
            people = {given.person for given in case.standing if given.stage == number}
            assert len(people) >= stage.count, "a quorum counts distinct people"
            assert len(approvers(case, number)) >= stage.count
        if not self.policy.self_approval:
            counted = [person for person in PEOPLE if any(person.key == given.person for given in case.standing)]
            wanted = sum(stage.count for stage in case.plan.stages)
            assert len([one for one in counted if one.email not in self.makers]) >= wanted, "no maker's approval counts"

    @precondition(lambda self: self.cases)
    @rule(minutes=st.sampled_from([0, 7, 600]))
    def time_passes(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)
        number = self.newest.id
        due = next_due(self.newest)
        answer = self.say(Tick(number))
        assert isinstance(answer, Transition) == (due is not None and due <= self.now), "what is due is done, no more"
        again = transition(self.newest, Tick(number), self.under, self.now)
        assert again is None, "what was done is not due any more"

    @precondition(lambda self: self.is_decided)
    @rule(data=st.data(), now_is=figures())
    def write_back_goes_on(self, data: st.DataObject, now_is: Event) -> None:
        number = self.newest.id
        until = self.now + timedelta(minutes=5)
        steps: list[Command] = [
            Begin(number, 1),
            Confirm(number, "approved in Odoo"),
            Conflict(number, now_is),
            Uncertain(number, until, "lost"),
            Ask(number, "please look"),
            Requeue(number, "Odoo is away"),
            Fail(number, "Odoo refused"),
        ]
        self.say(data.draw(st.sampled_from(steps)))

    @precondition(lambda self: self.is_decided)
    @rule(data=st.data(), person=st.sampled_from(PEOPLE), reason=REASONS)
    def person_mends(self, data: st.DataObject, person: Person, reason: str) -> None:
        number = self.newest.id
        ways: list[Command] = [
            Retry(number, person),
            DoneByHand(number, person, reason),
            GiveUpWriting(number, person, reason),
        ]
        before = self.newest
        answer = self.say(data.draw(st.sampled_from(ways)))
        assert answer is not None
        if isinstance(answer, Transition):
            assert before.write_back in {WriteBackState.FAILED, WriteBackState.UNCERTAIN}
            assert any(person.email in MEMBERS[role] for stage in before.plan.stages for role in stage.roles)

    @invariant()
    def one_case_is_open_at_most(self) -> None:
        assert len([case for case in self.cases.values() if case.closed_at is None]) <= 1

    @invariant()
    def a_write_back_is_owed_once_for_each_cause(self) -> None:
        assert len([effect for effect in self.owed if effect.kind is EffectKind.WRITE_BACK]) == self.causes

    @invariant()
    def nothing_is_written_for_a_case_that_nobody_decided(self) -> None:
        for case in self.cases.values():
            assert (case.write_back is WriteBackState.NONE) == (case.status in UNDECIDED)

    @invariant()
    def revisions_of_a_record_count_up(self) -> None:
        for case in self.cases.values():
            if case.predecessor is not None:
                assert case.revision.number > self.cases[case.predecessor].revision.number


def test_the_laws_hold_in_every_play() -> None:
    # Explaining a failure takes minutes, and the play that is printed explains itself.
    phases = set(Phase) - {Phase.explain}
    run_state_machine_as_test(
        Play, settings=settings(max_examples=70, stateful_step_count=25, deadline=None, phases=phases)
    )
