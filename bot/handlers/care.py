"""The modals of exceptions: read, know the person, one call of the service, commit, acknowledge.

No rule is here. A modal stays open while something is missing; it turns into one sentence when it was refused.
"""

from __future__ import annotations

from datetime import datetime

from slack_bolt.context.ack.async_ack import AsyncAck

from bot.approvals.authority import Reason
from bot.cases.answers import Refusal
from bot.cases.clock_commands import Pause
from bot.cases.model import Person
from bot.config.durations import parse_duration, write_duration
from bot.exceptions.commands import AskApproval, Assign, CareCommand, Resolve, Snooze
from bot.handlers import opening
from bot.handlers.actions import Body
from bot.handlers.chosen import Chosen
from bot.handlers.counter import Counter
from bot.handlers.payloads import Click, Submission
from bot.handlers.submissions import Beside, take
from bot.slack import care_modals as modal
from bot.slack.board import Shown
from bot.slack.buttons import Action

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
        await opening.ask(self._counter, ack, body, likely=_likely, view=self._view)

    async def given(self, ack: AsyncAck, body: Body) -> None:
        """A modal was sent off."""
        chosen = Chosen(body)

        async def wanted(sent: Submission, person: Person) -> CareCommand | Pause:
            return await self._command(sent, chosen, person)

        await take(self._counter, ack, body, wanted=wanted, beside=_beside, trouble=lambda sent: _FIRST[sent.action])

    def _view(self, click: Click, shown: Shown, _: Person) -> modal.View:
        return modal.ask(shown.case, click.action, click.whom.channel_id, self._counter.clock.now())

    async def _command(self, sent: Submission, chosen: Chosen, person: Person) -> CareCommand | Pause:
        match sent.action:
            case Action.ASSIGN:
                to = await self._counter.people.person(chosen.person(modal.PERSON), sent.whom.team_id)
                return Assign(sent.case_id, person, to, sent.pin)
            case Action.SNOOZE:
                return Snooze(sent.case_id, person, _until(chosen, self._counter.clock.now()), sent.pin)
            case Action.PAUSE:
                length = parse_duration(chosen.option(modal.LENGTH) or "0s")
                return Pause(sent.case_id, person, length, chosen.text(modal.TEXT))
            case Action.ASK_APPROVAL:
                policy, asked = chosen.option(modal.POLICY), chosen.text(modal.TEXT)
                return AskApproval(sent.case_id, person, policy, asked, sent.pin)
            case _:
                cause, resolution = chosen.option(modal.ROOT_CAUSE), chosen.option(modal.RESOLUTION)
                text = chosen.text(modal.TEXT)
                return Resolve(sent.case_id, sent.revision, person, cause, resolution, text, sent.pin)


def _likely(click: Click, person: Person) -> Resolve:
    """Whoever may settle it may do the rest."""
    return Resolve(click.case_id, click.revision, person, "", "", "", click.pin)


def _beside(sent: Submission, refusal: Refusal) -> Beside:
    block = _MENDED_IN.get((sent.action, refusal.reason))
    return {block: refusal.sentence} if block else {}


def _until(chosen: Chosen, now: datetime) -> datetime | None:
    """Until when it is put off, in UTC; None for the next shift. Nothing chosen is now, which is refused."""
    wanted = chosen.option(modal.WHEN)
    if wanted == modal.NEXT_SHIFT:
        return None
    if wanted == modal.OTHER_TIME:
        return chosen.instant(modal.AT) or now
    offered = {write_duration(one): one for one in modal.SNOOZES}
    return now + offered[wanted] if wanted in offered else now
