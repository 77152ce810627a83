"""Approving with changes: the button that opens the modal, and the modal that was sent off.

No rule is here. The modal stays open with what was typed while a figure is out of order, and turns into one sentence
when the answer was refused.
"""

from __future__ import annotations

from dataclasses import replace

from slack_bolt.context.ack.async_ack import AsyncAck

from bot.approvals.authority import Reason
from bot.cases.answers import Refusal
from bot.cases.commands import Decide
from bot.cases.model import Person, Verdict
from bot.handlers import opening
from bot.handlers.actions import Body
from bot.handlers.chosen import Chosen
from bot.handlers.counter import Counter
from bot.handlers.payloads import Click, Submission
from bot.handlers.submissions import Beside, take
from bot.slack.board import Shown
from bot.slack.change_modal import ask_changes, block_of, typed
from bot.slack.modals import REASON_BLOCK, View


class ChangeDesk:
    """Listeners for the button and for its modal."""

    def __init__(self, counter: Counter) -> None:
        self._counter = counter

    async def ask(self, ack: AsyncAck, body: Body) -> None:
        """Open the modal, unless it is clear already that no change would be taken."""
        await opening.ask(self._counter, ack, body, likely=_command, view=_view)

    async def given(self, ack: AsyncAck, body: Body) -> None:
        """The modal was sent off: one call of the service."""
        wishes = typed(Chosen(body).texts())

        async def wanted(sent: Submission, person: Person) -> Decide:
            return replace(_command(sent, person), reason=sent.reason, wishes=wishes)

        await take(self._counter, ack, body, wanted=wanted, beside=_beside)


def _command(asked: Click | Submission, person: Person) -> Decide:
    return Decide(asked.case_id, asked.revision, person, Verdict.APPROVE, pin=asked.pin, wishes=())


def _view(click: Click, shown: Shown, person: Person) -> View:
    return ask_changes(shown.case, click.whom.channel_id, person.locale)


def _beside(_: Submission, refusal: Refusal) -> Beside:
    """The figures that are out of order, or the reason."""
    if refusal.reason is Reason.REASON_OWED:
        return {REASON_BLOCK: refusal.sentence}
    return {block_of(where): said for where, said in refusal.beside}
