"""Stages and quorum: which part of an approval is being asked now, and when it is complete.

Core. Only decisions on the newest revision count; each voice counts once a stage, and whoever has become a maker
since loses the approval given before. The order of answers inside a stage makes no difference.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from bot.cases.model import Case, Decision, PlanStage, Status, Verdict
from bot.config.model import UnknownMaker


def current_stage_number(case: Case) -> int:
    """Index of the first stage that is not complete; the last one when all are. Of an exception: taken, or not yet."""
    if case.care is not None:
        return 0 if case.status is Status.OPEN else len(case.plan.stages) - 1
    for number in range(len(case.plan.stages)):
        if not is_complete(case, number):
            return number
    return len(case.plan.stages) - 1


def current_stage(case: Case) -> PlanStage:
    """The stage that is being asked now."""
    return case.plan.stages[current_stage_number(case)]


def counting(case: Case) -> tuple[Decision, ...]:
    """Approvals that count: on the newest revision, and none by or for a maker."""
    makers = barred_makers(case)
    return tuple(one for one in case.standing if one.verdict is Verdict.APPROVE and not one.identities & makers)


def answers(case: Case, stage: int) -> tuple[Decision, ...]:
    """The approvals of ``stage`` that count."""
    return tuple(given for given in counting(case) if given.stage == stage)


def barred_makers(case: Case) -> frozenset[str]:
    """Addresses of those who may not decide because they asked for the record or changed it."""
    if case.plan.self_approval:
        return frozenset()
    return frozenset(maker.email for maker in case.event.makers if not maker.is_unknown)


def approvers(case: Case, stage: int) -> frozenset[str]:
    """Distinct people whose approval of ``stage`` on the newest revision counts."""
    return frozenset(given.person for given in answers(case, stage))


def needed(case: Case, stage: int) -> int:
    """How many people ``stage`` wants; the last one makes up for a maker whom nobody knows."""
    asked = case.plan.stages[stage]
    least = len(asked.roles) if asked.asks_each else asked.count
    if stage < len(case.plan.stages) - 1 or not wants_second_person(case):
        return least
    earlier = {person for number in range(stage) for person in approvers(case, number)}
    return max(least, 2 - len(earlier))


def wants_second_person(case: Case) -> bool:
    """Whether two people have to approve, because one of them may be the maker whom nobody knows."""
    plan = case.plan
    is_asked = not plan.self_approval and plan.unknown_maker is UnknownMaker.SECOND_PERSON
    return is_asked and any(maker.is_unknown for maker in case.event.makers)


def is_complete(case: Case, stage: int) -> bool:
    """Whether enough distinct people approved ``stage``, and where every role answers, each role."""
    asked = case.plan.stages[stage]
    if len(approvers(case, stage)) < needed(case, stage):
        return False
    return not asked.asks_each or len(answered_roles(answers(case, stage))) == len(asked.roles)


def all_complete(case: Case) -> bool:
    """Whether nothing more has to be asked."""
    return all(is_complete(case, number) for number in range(len(case.plan.stages)))


def answered_roles(given: Iterable[Decision]) -> Mapping[str, str]:
    """Role -> who answers for it, so that as many roles as possible are answered, each by another person.

    Somebody who holds two roles answers for the one that nobody else holds, whoever came first.
    """
    return assign({one.person: one.roles or (one.as_role,) for one in given})


def assign(could: Mapping[str, tuple[str, ...]]) -> Mapping[str, str]:
    """A largest assignment of roles to people (Kuhn's algorithm): role -> person."""
    taken: dict[str, str] = {}
    for person in sorted(could):
        _place(person, could, taken, set())
    return taken


def _place(person: str, could: Mapping[str, tuple[str, ...]], taken: dict[str, str], tried: set[str]) -> bool:
    for role in could[person]:
        if role in tried:
            continue
        tried.add(role)
        if role not in taken or _place(taken[role], could, taken, tried):
            taken[role] = person
            return True
    return False
