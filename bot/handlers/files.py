"""Evidence from Slack: a modal with files, or files in a card's thread. Read, know the person, one call of the service.

No rule is here, and no file is fetched: what is committed is that a file was given; the relay gets its bytes.
"""

from __future__ import annotations

import asyncio

from slack_bolt.context.ack.async_ack import AsyncAck

from bot.cases.commands import OfferFiles
from bot.cases.model import Person
from bot.errors import SignoffError
from bot.handlers import file_payloads, opening, replies
from bot.handlers.actions import Body
from bot.handlers.counter import Counter
from bot.handlers.payloads import Click, Submission
from bot.handlers.submissions import not_a_form, take
from bot.slack.board import Shown
from bot.slack.buttons import Action
from bot.slack.file_modal import FILES_BLOCK, ask_files
from bot.slack.modals import View

#: How long a card is looked for, in seconds from look to look. The event has been acknowledged: nobody waits.
_LOOKS = (0.0, 0.3, 1.0, 2.0)


class Files:
    """Listeners for evidence."""

    def __init__(self, counter: Counter) -> None:
        self._counter = counter

    async def ask(self, ack: AsyncAck, body: Body) -> None:
        """Add photo: open the modal, unless it is clear already that no file is taken."""
        await opening.ask(self._counter, ack, body, likely=_likely, view=_view)

    async def given(self, ack: AsyncAck, body: Body) -> None:
        """The modal was sent off."""
        files = file_payloads.given(body)
        if not files:
            await not_a_form(ack)
            return

        async def wanted(sent: Submission, person: Person) -> OfferFiles:
            return OfferFiles(sent.case_id, person, files, sent.pin)

        await take(self._counter, ack, body, wanted=wanted, beside=lambda *_: {}, trouble=lambda _: FILES_BLOCK)

    async def shared(self, body: Body) -> None:
        """A message with files: evidence where it hangs under a card that owes some, else nobody's business."""
        found = file_payloads.shared(body)
        if found is None:
            return
        shown = await self._under(found)
        if shown is None or not (shown.case.plan.photo or shown.case.care):
            return
        try:
            person = await self._counter.person(found.whom)
            answer = await self._counter.execute(OfferFiles(shown.case.id, person, found.files))
        except SignoffError as error:
            await self._counter.tell(found.whom, replies.trouble(error))
            return
        if answer is not None:
            await self._counter.tell(found.whom, replies.answer(answer, Action.ADD_FILE))

    async def _under(self, found: file_payloads.Shared) -> Shown | None:
        """The card that the message hangs under; a quick hand is faster than we note where a card is."""
        for pause in _LOOKS:
            await asyncio.sleep(pause)
            case_id = await self._counter.board.case_at(found.whom.channel_id, found.thread_ts)
            if case_id is not None:
                return await self._counter.board.look(case_id)
        return None

    async def other(self) -> None:
        """Every other message of the channels where the bot is: heard of, and left alone."""


def _likely(click: Click, person: Person) -> OfferFiles:
    return OfferFiles(click.case_id, person, (), click.pin)


def _view(click: Click, shown: Shown, _: Person) -> View:
    return ask_files(shown.case, click.whom.channel_id)
