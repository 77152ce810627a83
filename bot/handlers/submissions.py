"""The way of every modal that is sent off: read, know the person, one call of the service, commit, acknowledge.

No rule is here. A modal stays open with the typed text while something is missing or out of order; it closes when
the answer is durable, and turns into one sentence when the answer was refused. Sent twice, the second is refused.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from slack_bolt.context.ack.async_ack import AsyncAck

from bot.approvals.authority import Reason
from bot.cases.answers import Refusal
from bot.cases.clock_commands import ClockCommand
from bot.cases.commands import PersonCommand
from bot.cases.model import Person
from bot.errors import SignoffError
from bot.handlers import payloads, replies
from bot.handlers.actions import Body, command
from bot.handlers.counter import Counter
from bot.handlers.payloads import Submission
from bot.slack.modals import CHOICE_BLOCK, CODE_BLOCK, REASON_BLOCK, not_done

#: What to say beside which input; empty where nothing in the form mends it.
Beside = Mapping[str, str]

#: Refusals that the person can mend without leaving the form, and the input for it.
_MENDED_IN = {
    Reason.REASON_OWED: REASON_BLOCK,
    Reason.CODE_OWED: CODE_BLOCK,
    Reason.CHOICE_OWED: CHOICE_BLOCK,
}


class Submissions:
    """The listener for modals that ask for a reason."""

    def __init__(self, counter: Counter) -> None:
        self._counter = counter

    async def answer(self, ack: AsyncAck, body: Body) -> None:
        """What was asked for in a modal, with its text."""

        async def wanted(sent: Submission, person: Person) -> PersonCommand:
            return command(sent, person)

        await take(self._counter, ack, body, wanted=wanted, beside=_beside)


async def take(
    counter: Counter,
    ack: AsyncAck,
    body: Body,
    *,
    wanted: Callable[[Submission, Person], Awaitable[PersonCommand | ClockCommand]],
    beside: Callable[[Submission, Refusal], Beside],
    trouble: Callable[[Submission], str] = lambda _: REASON_BLOCK,
) -> None:
    """What the person ``wanted`` in a modal. Trouble (see ``bot.errors``) is shown at the input that is named."""
    sent = payloads.submission(body)
    if sent is None:
        await not_a_form(ack)
        return
    try:
        person = await counter.person(sent.whom)
        given = await counter.execute(await wanted(sent, person))
    except SignoffError as error:
        await ack(response_action="errors", errors={trouble(sent): replies.trouble(error)})
        return
    if isinstance(given, Refusal):
        await _refuse(ack, given, beside(sent, given))
        return
    await ack()
    await counter.tell(sent.whom, replies.answer(given, sent.action))


async def not_a_form(ack: AsyncAck) -> None:
    """A modal of another time, or none of ours."""
    await ack(response_action="update", view=not_done(replies.NOT_UNDERSTOOD))


def _beside(_: Submission, refusal: Refusal) -> Beside:
    block = _MENDED_IN.get(refusal.reason)
    return {block: refusal.sentence} if block else {}


async def _refuse(ack: AsyncAck, refusal: Refusal, beside: Beside) -> None:
    """Beside the input that mends it; else in place of the form, which is of no use any more."""
    if beside:
        await ack(response_action="errors", errors=dict(beside))
    else:
        await ack(response_action="update", view=not_done(refusal.sentence))
