"""``/approvals break-glass CASE``: the way to approve alone in an emergency. Parse, consider, open the modal."""

from __future__ import annotations

from bot.cases.answers import Refusal
from bot.cases.commands import BreakGlass, Consider
from bot.handlers.counter import Counter
from bot.handlers.opening import opened
from bot.handlers.slash import Asked, case_number
from bot.slack.buttons import Action
from bot.slack.modals import ask_reason

_USAGE = "Which case? Its number stands at the foot of its card: /approvals break-glass 12"
_UNKNOWN = "There is no case of that number; nothing was done."


class EmergencyDesk:
    """Answers the subcommand."""

    def __init__(self, counter: Counter) -> None:
        self._counter = counter

    async def break_glass(self, asked: Asked) -> str:
        """Ask for the reason, unless it is clear already that it would not be taken."""
        number = case_number(asked)
        if number is None:
            return _USAGE
        shown = await self._counter.board.look(number)
        if shown is None:
            return _UNKNOWN
        case = shown.case
        wanted = BreakGlass(case.id, case.revision.number, asked.person, "", case.pin)
        answer = await self._counter.execute(Consider(wanted))
        if isinstance(answer, Refusal):
            return answer.sentence
        view = ask_reason(case, Action.BREAK_GLASS, asked.whom.channel_id)
        return await opened(self._counter, asked.trigger_id, view)
