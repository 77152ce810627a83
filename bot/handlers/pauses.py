"""``/approvals pause``, ``resume``, ``snooze``, ``reassign``: the clock of a case, one's own reminders, who is asked.

No rule is here: parse, one call of the service, one sentence.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from slack_bolt.context.ack.async_ack import AsyncAck

from bot.cases.answers import Answer, Refusal, Transition
from bot.cases.clock_commands import Pause, Reassign, Resume, Silence
from bot.cases.service import Service
from bot.config.durations import parse_duration, write_duration
from bot.escalation.timetable import next_firing
from bot.handlers import payloads
from bot.handlers.counter import Counter
from bot.handlers.opening import not_understood
from bot.handlers.slash import Asked, case_number
from bot.slack.waiting import next_words
from bot.text import one_line

PAUSE_USAGE = "CASE LENGTH CAUSE"
_HOW = (
    "Write the case's number, how long, and why: `/approvals pause 12 2h waiting for the carrier`. Nothing was changed."
)
_WHICH = "Write the case's number: `/approvals resume 12`. Nothing was changed."
_WORDS = 2

SNOOZE_USAGE = "CASE LENGTH"
REASSIGN_USAGE = "CASE ROLE REASON"
_HOW_LONG = "Write the case's number and how long: `/approvals snooze 12 1h`. Nothing was changed."
_TO_WHOM = (
    "Write the case's number, the role and why: `/approvals reassign 12 finance Ann is ill`. Nothing was changed."
)

#: What the button on a direct message asks for.
USUAL_SNOOZE = timedelta(hours=1)


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
        return f"The clock of case {number} is running again." if isinstance(answer, Transition) else _refused(answer)


class SteeringDesk:
    """Answers ``snooze`` and ``reassign``, and the button that snoozes."""

    def __init__(self, counter: Counter) -> None:
        self._counter = counter

    async def snooze(self, asked: Asked) -> str:
        """No reminders of a case for the asker."""
        number = case_number(asked)
        if number is None or len(asked.words) != _WORDS:
            return _HOW_LONG
        try:
            length = parse_duration(asked.words[1])
        except ValueError:
            return _HOW_LONG
        return await self._snooze(Silence(number, asked.person, length))

    async def silence(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        """The button on a direct message: the same for an hour."""
        click = payloads.click(body)
        if click is None:
            await not_understood(self._counter, ack, body)
            return
        person = await self._counter.person(click.whom)
        sentence = await self._snooze(Silence(click.case_id, person, USUAL_SNOOZE))
        await ack()
        await self._counter.tell(click.whom, sentence)

    async def reassign(self, asked: Asked) -> str:
        """Another role is asked instead."""
        number = case_number(asked)
        if number is None or len(asked.words) < _WORDS:
            return _TO_WHOM
        role, reason = asked.words[1], " ".join(asked.words[_WORDS:])
        answer = await self._counter.execute(Reassign(number, asked.person, role, reason))
        if isinstance(answer, Transition):
            return f"Case {number} is asked of {role.replace('_', ' ')} now."
        return _refused(answer)

    async def _snooze(self, command: Silence) -> str:
        answer = await self._counter.execute(command)
        if not isinstance(answer, Transition):
            return _refused(answer)
        firing = next_firing(answer.case)
        goes_on = f" What comes next comes all the same: {next_words(firing.step)}." if firing else ""
        return f"No reminders of case {command.case_id} for you for {write_duration(command.length)}.{goes_on}"


def _refused(answer: Answer) -> str:
    return answer.sentence if isinstance(answer, Refusal) else "There was nothing to do."
