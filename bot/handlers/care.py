"""The modals of exceptions: read, know the person, one call of the service, commit, acknowledge.

No rule is here. A modal stays open while something is missing; it turns into one sentence when it was refused.
"""

from __future__ import annotations

from datetime import datetime

from slack_bolt.context.ack.async_ack import AsyncAck

from bot.approvals.authority import Reason
from bot.cases.answers import Answer, Refusal
from bot.cases.clock_commands import Pause
from bot.cases.commands import Consider
from bot.cases.model import Person
from bot.config.durations import parse_duration, write_duration
from bot.errors import SignoffError
from bot.exceptions.commands import AskApproval, Assign, CareCommand, Resolve, Snooze
from bot.handlers import payloads, replies
from bot.handlers.actions import Body
from bot.handlers.chosen import Chosen
from bot.handlers.counter import Counter
from bot.handlers.opening import not_understood, opened, shown_by
from bot.handlers.payloads import Submission
from bot.slack import care_modals as modal
from bot.slack.buttons import Action
from bot.slack.modals import not_done

#: The input beside which a refusal is shown that can be mended there.
_MENDED_IN = {
    (Action.ASSIGN, Reason.UNFIT): modal.PERSON,
    (Action.SNOOZE, Reason.BAD_TIME): modal.WHEN,
    (Action.PAUSE, Reason.OVER_LIMIT): modal.LENGTH,
    (Action.PAUSE, Reason.REASON_OWED): modal.TEXT,
    (Action.RESOLVE, Reason.CODE_OWED): modal.ROOT_CAUSE,
    (Action.RESOLVE, Reason.REASON_OWED): modal.TEXT,
    (Action.ASK_APPROVAL, Reason.CODE_OWED): modal.POLICY,
    (Action.ASK_APPROVAL, Reason.REASON_OWED): modal.TEXT,
}

#: Where trouble is shown.
_FIRST = {
    Action.ASSIGN: modal.PERSON,
    Action.SNOOZE: modal.WHEN,
    Action.PAUSE: modal.LENGTH,
    Action.RESOLVE: modal.ROOT_CAUSE,
    Action.ASK_APPROVAL: modal.POLICY,
}


class CareDesk:
    """Listeners for what is asked in a modal about an exception."""

    def __init__(self, counter: Counter) -> None:
        self._counter = counter

    async def ask(self, ack: AsyncAck, body: Body) -> None:
        """A button was pressed: open its modal, unless it is clear already that it would not be taken."""
        found = await shown_by(self._counter, ack, body)
        if found is None:
            return
        click, shown = found
        person = await self._counter.person(click.whom)
        likely = Resolve(click.case_id, click.revision, person, "", "", "", click.pin)
        refused = await self._counter.execute(Consider(likely))
        sentence = refused.sentence if isinstance(refused, Refusal) else ""
        await ack()
        if not sentence:
            view = modal.ask(shown.case, click.action, click.whom.channel_id, self._counter.clock.now())
            sentence = await opened(self._counter, click.trigger_id, view)
        await self._counter.tell(click.whom, sentence)
        await self._counter.adopt(click, shown)

    async def members(self, ack: AsyncAck, body: Body) -> None:
        """Show all: those of a group, each with where it stands."""
        asked = await shown_by(self._counter, ack, body)
        if asked is None:
            return
        click, shown = asked
        if shown.case.care is None:
            await not_understood(self._counter, ack, body)
            return
        numbers = shown.case.care.members[: modal.LISTED]
        found = [await self._counter.board.look(number) for number in numbers]
        view = modal.members(shown.case, [one.case for one in found if one is not None])
        await ack()
        await self._counter.tell(click.whom, await opened(self._counter, click.trigger_id, view))

    async def given(self, ack: AsyncAck, body: Body) -> None:
        """A modal was sent off."""
        sent, chosen = payloads.submission(body), Chosen(body)
        if sent is None:
            await ack(response_action="update", view=not_done(replies.NOT_UNDERSTOOD))
            return
        try:
            person = await self._counter.person(sent.whom)
            answer = await self._execute(sent, chosen, person)
        except SignoffError as error:
            await ack(response_action="errors", errors={_FIRST[sent.action]: replies.trouble(error)})
            return
        if isinstance(answer, Refusal):
            await _refuse(ack, sent.action, answer)
            return
        await ack()
        await self._counter.tell(sent.whom, replies.answer(answer, sent.action))

    async def _execute(self, sent: Submission, chosen: Chosen, person: Person) -> Answer:
        if sent.action is Action.PAUSE:
            cause = chosen.text(modal.TEXT)
            return await self._counter.service.execute(
                Pause(sent.case_id, person, parse_duration(chosen.option(modal.LENGTH) or "0s"), cause)
            )
        return await self._counter.execute(await self._command(sent, chosen, person))

    async def _command(self, sent: Submission, chosen: Chosen, person: Person) -> CareCommand:
        match sent.action:
            case Action.ASSIGN:
                to = await self._counter.people.person(chosen.person(modal.PERSON), sent.whom.team_id)
                return Assign(sent.case_id, person, to, sent.pin)
            case Action.SNOOZE:
                return Snooze(sent.case_id, person, _until(chosen, self._counter.clock.now()), sent.pin)
            case Action.ASK_APPROVAL:
                policy, asked = chosen.option(modal.POLICY), chosen.text(modal.TEXT)
                return AskApproval(sent.case_id, person, policy, asked, sent.pin)
            case _:
                cause, resolution = chosen.option(modal.ROOT_CAUSE), chosen.option(modal.RESOLUTION)
                text = chosen.text(modal.TEXT)
                return Resolve(sent.case_id, sent.revision, person, cause, resolution, text, sent.pin)


async def _refuse(ack: AsyncAck, action: Action, refusal: Refusal) -> None:
    block = _MENDED_IN.get((action, refusal.reason))
    if block is not None:
        await ack(response_action="errors", errors={block: refusal.sentence})
    else:
        await ack(response_action="update", view=not_done(refusal.sentence))


def _until(chosen: Chosen, now: datetime) -> datetime | None:
    """Until when it is put off, in UTC; None for the next shift. Nothing chosen is now, which is refused."""
    wanted = chosen.option(modal.WHEN)
    if wanted == modal.NEXT_SHIFT:
        return None
    if wanted == modal.OTHER_TIME:
        return chosen.instant(modal.AT) or now
    offered = {write_duration(one): one for one in modal.SNOOZES}
    return now + offered[wanted] if wanted in offered else now
