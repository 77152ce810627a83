"""Whose turn it is: whether a case waits for one person now.

Core. Asked by everything that tells somebody what waits for him or her: lists, App Home, digests. No power is judged
here: an approval is asked of the transition itself, an exception of the one authority function.
"""

from __future__ import annotations

from datetime import datetime

from bot.approvals.authority import Allowed, Reason, may_care
from bot.approvals.powers import powers_at
from bot.approvals.quorum import current_stage
from bot.cases.answers import Refusal
from bot.cases.commands import Consider, Decide
from bot.cases.model import Case, Person, Verdict
from bot.cases.planning import Rules
from bot.cases.transitions import transition


def may_answer(person: Person, case: Case, rules: Rules, now: datetime) -> bool:
    """Whether an approval waits for the person's answer. Whoever has to give evidence first is asked all the same."""
    if case.plan.observe or case.care is not None:
        return False
    wanted = Consider(Decide(case.id, case.revision.number, person, Verdict.APPROVE, pin=case.pin))
    answer = transition(case, wanted, rules, now)
    return answer is None or (isinstance(answer, Refusal) and answer.reason is Reason.EVIDENCE_OWED)


def looks_after(person: Person, case: Case, rules: Rules, now: datetime) -> bool:
    """Whether an exception is the person's to look after: in hand, or nobody's and free to take.

    Somebody else's is not; a member of a group is looked after with its group.
    """
    care = case.care
    if care is None or care.parent or care.tell_at is not None or case.plan.observe or not case.is_waiting:
        return False
    if care.owner is not None:
        return care.owner.email == person.email
    return isinstance(may_care(person, case, now, powers_at(case, rules)), Allowed)


def waits_on_role(role: str, case: Case) -> bool:
    """Whether a role is asked now."""
    return case.is_waiting and not case.plan.observe and role in current_stage(case).roles


def waits_on(email: str, case: Case, rules: Rules, now: datetime) -> bool:
    """Whether a case waits for whoever has this address, as it would for a click of his or hers."""
    person = Person(key=email, email=email, name=email)
    return may_answer(person, case, rules, now) or looks_after(person, case, rules, now)
