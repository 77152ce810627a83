"""Approving with changes: the button that opens the modal, and the modal that was sent off.

No rule is here. The modal stays open with what was typed while a figure is out of order, and turns into one sentence
when the answer was refused.
"""

from __future__ import annotations

from dataclasses import replace

from slack_bolt.context.ack.async_ack import AsyncAck

from bot.approvals.authority import Reason
from bot.cases.answers import Refusal
from bot.cases.commands import Consider, Decide
from bot.cases.model import Person, Verdict
from bot.errors import SignoffError
from bot.handlers import payloads, replies
from bot.handlers.actions import Body
from bot.handlers.chosen import Chosen
from bot.handlers.counter import Counter
from bot.handlers.opening import opened, shown_by
from bot.handlers.payloads import Click, Submission
from bot.slack.change_modal import ask_changes, block_of, typed
from bot.slack.modals import REASON_BLOCK, not_done


class ChangeDesk:
    """Listeners for the button and for its modal."""

    def __init__(self, counter: Counter) -> None:
        self._counter = counter

    async def ask(self, ack: AsyncAck, body: Body) -> None:
        """Open the modal, unless it is clear already that no change would be taken."""
        found = await shown_by(self._counter, ack, body)
        if found is None:
            return
        click, shown = found
        person = await self._counter.person(click.whom)
        refused = await self._counter.execute(Consider(_command(click, person)))
        sentence = refused.sentence if isinstance(refused, Refusal) else ""
        await ack()
        if not sentence:
            view = ask_changes(shown.case, click.whom.channel_id, person.locale)
            sentence = await opened(self._counter, click.trigger_id, view)
        await self._counter.tell(click.whom, sentence)
        await self._counter.adopt(click, shown)

    async def given(self, ack: AsyncAck, body: Body) -> None:
        """The modal was sent off: one call of the service."""
        sent = payloads.submission(body)
        if sent is None:
            await ack(response_action="update", view=not_done(replies.NOT_UNDERSTOOD))
            return
        try:
            person = await self._counter.person(sent.whom)
            wanted = replace(_command(sent, person), reason=sent.reason, wishes=typed(Chosen(body).texts()))
            answer = await self._counter.execute(wanted)
        except SignoffError as error:
            await ack(response_action="errors", errors={REASON_BLOCK: replies.trouble(error)})
            return
        if isinstance(answer, Refusal):
            await _refuse(ack, answer)
            return
        await ack()
        await self._counter.tell(sent.whom, replies.answer(answer, sent.action))


def _command(asked: Click | Submission, person: Person) -> Decide:
    return Decide(asked.case_id, asked.revision, person, Verdict.APPROVE, pin=asked.pin, wishes=())


async def _refuse(ack: AsyncAck, refusal: Refusal) -> None:
    """Beside the figures where they can be mended; else in place of the form, which is of no use any more."""
    if refusal.beside:
        await ack(response_action="errors", errors={block_of(where): said for where, said in refusal.beside})
    elif refusal.reason is Reason.REASON_OWED:
        await ack(response_action="errors", errors={REASON_BLOCK: refusal.sentence})
    else:
        await ack(response_action="update", view=not_done(refusal.sentence))
