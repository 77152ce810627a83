"""Show all: the pages of a group or a list, and the button beside one that gives it a card of its own.

No rule is here. A click in the modal is answered in the modal, which then shows what stands.
"""

from __future__ import annotations

from slack_bolt.context.ack.async_ack import AsyncAck

from bot.cases.answers import Refusal
from bot.errors import SignoffError
from bot.exceptions.commands import BringOut
from bot.handlers import payloads, replies
from bot.handlers.actions import Body
from bot.handlers.counter import Counter
from bot.handlers.opening import not_understood, opened, shown_by
from bot.slack import members_modal as modal
from bot.slack.board import Shown
from bot.slack.messages import address_of
from bot.slack.modals import View


class MembersDesk:
    """Listeners of the button and of its modal."""

    def __init__(self, counter: Counter) -> None:
        self._counter = counter

    async def show(self, ack: AsyncAck, body: Body) -> None:
        """The button of the card."""
        asked = await shown_by(self._counter, ack, body)
        if asked is None:
            return
        click, shown = asked
        if shown.case.care is None:
            await not_understood(self._counter, ack, body)
            return
        view = await self._view(shown, page=1, channel_id=click.whom.channel_id)
        await ack()
        await self._counter.tell(click.whom, await opened(self._counter, click.trigger_id, view))

    async def turn(self, ack: AsyncAck, body: Body) -> None:
        """Another page."""
        await ack()
        await self._redraw(body)

    async def bring_out(self, ack: AsyncAck, body: Body) -> None:
        """One of them is to have a card of its own."""
        click = payloads.click(body)
        if click is None:
            await not_understood(self._counter, ack, body)
            return
        try:
            person = await self._counter.person(click.whom)
            answer = await self._counter.execute(BringOut(click.case_id, person))
            said = answer.sentence if isinstance(answer, Refusal) else replies.BROUGHT_OUT
        except SignoffError as error:
            said = replies.trouble(error)
        await ack()
        await self._redraw(body, said)

    async def _redraw(self, body: Body, said: str = "") -> None:
        """The modal as things stand by now; a closed one is nobody's loss, for the card says the same."""
        seen = payloads.leafed(body)
        shown = await self._counter.board.look(seen.case_id) if seen is not None else None
        if seen is None or shown is None:
            return
        view = await self._view(shown, page=seen.page, channel_id=seen.channel_id, said=said)
        await self._counter.redraw(seen.view_id, view)

    async def _view(self, shown: Shown, *, page: int, channel_id: str, said: str = "") -> View:
        page = min(max(page, 1), modal.pages(shown.case))
        found = await self._counter.board.members(shown.case, first=(page - 1) * modal.PAGE, most=modal.PAGE)
        workspace = await self._workspace()
        cards = {one.case.id: address_of(workspace, one.refs) for one in found}
        listed = [one.case for one in found]
        return modal.members(shown.case, listed, page=page, channel_id=channel_id, cards=cards, said=said)

    async def _workspace(self) -> str:
        """Its address; empty where Slack does not tell."""
        try:
            return (await self._counter.gateway.identity()).url
        except SignoffError:
            return ""
