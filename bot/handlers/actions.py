"""The buttons of a card: read the click, know the person, one call of the service, commit, acknowledge, one sentence.

No rule is here. A click that fails is not acknowledged: Slack then shows that it was not taken, and ``failures``
tells the person why.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from slack_bolt.context.ack.async_ack import AsyncAck

from bot.cases.commands import BreakGlass, Decide, DoneByHand, GiveUpWriting, Retry, Say, Undo, Wanted
from bot.cases.model import Person
from bot.exceptions.commands import Acknowledge, Reopen
from bot.handlers import payloads, replies
from bot.handlers.counter import Counter
from bot.handlers.opening import not_understood, offer
from bot.handlers.payloads import Click
from bot.slack.buttons import Action
from bot.slack.modals import REMARKS, ask_reason, asks_first

Body = dict[str, Any]


_SAYS_NOTHING: Mapping[Action, type[Retry | Undo | Acknowledge]] = {
    Action.RETRY: Retry,
    Action.UNDO: Undo,
    Action.TAKE: Acknowledge,
}
_SAYS_WHY: Mapping[Action, type[DoneByHand | GiveUpWriting | Reopen]] = {
    Action.BY_HAND: DoneByHand,
    Action.GIVE_UP: GiveUpWriting,
    Action.REOPEN: Reopen,
}


class Actions:
    """Listeners for block_actions."""

    def __init__(self, counter: Counter) -> None:
        self._counter = counter

    async def answer(self, ack: AsyncAck, body: Body) -> None:
        """Every button but the one that leads to Odoo."""
        click = payloads.click(body)
        if click is None:
            await not_understood(self._counter, ack, body)
            return
        person = await self._counter.person(click.whom)
        shown = await self._counter.board.look(click.case_id)
        wanted = command(click, person)
        if shown is not None and asks_first(shown.case, click.action, click.choice):
            view = partial(ask_reason, shown.case, click.action, click.whom.channel_id, choice=click.choice)
            await offer(self._counter, ack, click, shown, likely=wanted, view=view)
            return
        sentence = replies.answer(await self._counter.execute(wanted), click.action)
        await ack()
        await self._counter.tell(click.whom, sentence)
        await self._counter.adopt(click, shown)

    async def follow_link(self, ack: AsyncAck) -> None:
        """Open in Odoo: the browser does it; Slack wants to hear that all is well."""
        await ack()


def command(asked: Click | payloads.Submission, person: Person) -> Wanted:
    """What the person asks of the case."""
    reason = asked.reason if isinstance(asked, payloads.Submission) else ""
    match asked.action:
        case Action.RETRY | Action.UNDO | Action.TAKE:
            return _SAYS_NOTHING[asked.action](asked.case_id, person, asked.pin)
        case Action.BY_HAND | Action.GIVE_UP | Action.REOPEN:
            return _SAYS_WHY[asked.action](asked.case_id, person, reason, asked.pin)
        case Action.ASK | Action.ANSWER | Action.COMMENT | Action.REVIEW:
            return Say(asked.case_id, person, REMARKS[asked.action], reason, asked.pin)
        case Action.BREAK_GLASS:
            return BreakGlass(asked.case_id, asked.revision, person, reason, asked.pin, asked.choice)
        case _:
            verdict = replies.VERDICTS[asked.action]
            code = asked.code if isinstance(asked, payloads.Submission) else ""
            return Decide(asked.case_id, asked.revision, person, verdict, reason, asked.pin, code, choice=asked.choice)
