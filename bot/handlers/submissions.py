"""The modals that ask for a reason: read, know the person, one call of the service, commit, acknowledge.

No rule is here. A modal stays open with the typed text while something is missing or out of order; it closes when
the answer is durable, and turns into one sentence when the answer was refused. Sent twice, the second is refused.
"""

from __future__ import annotations

from slack_bolt.context.ack.async_ack import AsyncAck

from bot.approvals.authority import Reason
from bot.cases.answers import Refusal
from bot.errors import SignoffError
from bot.handlers import payloads, replies
from bot.handlers.actions import Body, command
from bot.handlers.counter import Counter
from bot.slack.modals import CODE_BLOCK, REASON_BLOCK, not_done

#: Refusals that the person can mend without leaving the form, and the input for it.
_MENDED_IN = {Reason.REASON_OWED: REASON_BLOCK, Reason.CODE_OWED: CODE_BLOCK}


class Submissions:
    """Listeners for view_submission."""

    def __init__(self, counter: Counter) -> None:
        self._counter = counter

    async def answer(self, ack: AsyncAck, body: Body) -> None:
        """What was asked for in a modal, with its text."""
        sent = payloads.submission(body)
        if sent is None:
            await ack(response_action="update", view=not_done(replies.NOT_UNDERSTOOD))
            return
        try:
            person = await self._counter.person(sent.whom)
            given = await self._counter.execute(command(sent, person))
        except SignoffError as error:
            await ack(response_action="errors", errors={REASON_BLOCK: replies.trouble(error)})
            return
        if isinstance(given, Refusal):
            await self._refuse(ack, given)
            return
        await ack()
        await self._counter.tell(sent.whom, replies.answer(given, sent.action))

    async def _refuse(self, ack: AsyncAck, refusal: Refusal) -> None:
        """Beside the input where a reason mends it; else in place of the form, which is of no use any more."""
        block = _MENDED_IN.get(refusal.reason)
        if block is not None:
            await ack(response_action="errors", errors={block: refusal.sentence})
        else:
            await ack(response_action="update", view=not_done(refusal.sentence))
