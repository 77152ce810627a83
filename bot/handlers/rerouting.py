"""``/signoff reroute CASE``: an open case gets the plan that the config has by now."""

from __future__ import annotations

from bot.approvals.quorum import current_stage
from bot.cases.answers import Refusal, Transition
from bot.cases.model import Status
from bot.cases.service import Service
from bot.cases.steward_commands import Reroute
from bot.handlers.slash import Asked, case_number

REROUTE_USAGE = "CASE [WHY]"
_WHICH = "Write the case's number, and why if you like: `/signoff reroute 12 finance has moved`. Nothing was changed."


class RerouteDesk:
    """Answers the subcommand."""

    def __init__(self, service: Service) -> None:
        self._service = service

    async def reroute(self, asked: Asked) -> str:
        """Judge the case's rule anew."""
        number = case_number(asked)
        if number is None:
            return _WHICH
        answer = await self._service.execute(Reroute(number, asked.person, " ".join(asked.words[1:])))
        if isinstance(answer, Transition):
            return _told(answer)
        return answer.sentence if isinstance(answer, Refusal) else "There was nothing to do."


def _told(made: Transition) -> str:
    case = made.case
    if case.status is not Status.PENDING:
        return f"Case {case.id} is withdrawn: {case.ending}."
    plan = case.plan
    if plan.observe:
        return f"Case {case.id} is only observed from now on, in {plan.observe}."
    where = ", ".join(current_stage(case).channels)
    return (
        f"Case {case.id} falls under rule “{plan.rule}”, policy “{plan.policy}” now, and is asked in {where}. "
        "Answers given before are void."
    )
