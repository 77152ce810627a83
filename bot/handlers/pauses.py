"""``/approvals pause`` and ``/approvals resume``: stopping the clock of a case for a while, and starting it again."""

from __future__ import annotations

from bot.cases.answers import Refusal, Transition
from bot.cases.commands import Pause, Resume
from bot.cases.service import Service
from bot.config.durations import parse_duration, write_duration
from bot.handlers.slash import Asked, case_number
from bot.text import one_line

PAUSE_USAGE = "CASE LENGTH CAUSE"
_HOW = (
    "Write the case's number, how long, and why: `/approvals pause 12 2h waiting for the carrier`. Nothing was changed."
)
_WHICH = "Write the case's number: `/approvals resume 12`. Nothing was changed."
_WORDS = 2


class PauseDesk:
    """Answers the subcommands."""

    def __init__(self, service: Service) -> None:
        self._service = service

    async def pause(self, asked: Asked) -> str:
        """Stop the clock."""
        number = case_number(asked)
        if number is None or len(asked.words) <= _WORDS:
            return _HOW
        try:
            length = parse_duration(asked.words[1])
        except ValueError:
            return _HOW
        cause = " ".join(asked.words[_WORDS:])
        answer = await self._service.execute(Pause(number, asked.person, length, cause))
        if isinstance(answer, Refusal):
            return answer.sentence
        return f"The clock of case {number} stands still for {write_duration(length)}: {one_line(cause, 100)}."

    async def resume(self, asked: Asked) -> str:
        """Start it again."""
        number = case_number(asked)
        if number is None:
            return _WHICH
        answer = await self._service.execute(Resume(number, asked.person))
        if isinstance(answer, Transition):
            return f"The clock of case {number} is running again."
        return answer.sentence if isinstance(answer, Refusal) else "There was nothing to do."
