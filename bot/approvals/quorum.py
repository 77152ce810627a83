"""Stages and quorum: which part of an approval is being asked now, and when it is complete.

Core. Only decisions on the newest revision count; each person counts once a stage, and whoever has become a
maker since loses the approval given before.
"""

from __future__ import annotations

from bot.cases.model import Case, Decision, PlanStage, Verdict


def current_stage_number(case: Case) -> int:
    """Index of the first stage that is not complete; the last one when all are."""
    for number in range(len(case.plan.stages)):
        if not is_complete(case, number):
            return number
    return len(case.plan.stages) - 1


def current_stage(case: Case) -> PlanStage:
    """The stage that is being asked now."""
    return case.plan.stages[current_stage_number(case)]


def approvers(case: Case, stage: int) -> frozenset[str]:
    """Distinct people whose approval of ``stage`` on the newest revision counts."""
    return frozenset(given.person for given in counting(case) if given.stage == stage)


def counting(case: Case) -> tuple[Decision, ...]:
    """Approvals that count: on the newest revision, of those who have not become makers since."""
    makers = frozenset() if case.plan.self_approval else {maker.email for maker in case.event.makers}
    return tuple(given for given in case.standing if given.verdict is Verdict.APPROVE and given.email not in makers)


def is_complete(case: Case, stage: int) -> bool:
    """Whether enough distinct people approved ``stage``."""
    return len(approvers(case, stage)) >= case.plan.stages[stage].count


def all_complete(case: Case) -> bool:
    """Whether nothing more has to be asked."""
    return all(is_complete(case, number) for number in range(len(case.plan.stages)))
