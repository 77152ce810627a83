"""``/approvals delegate``, ``delegations`` and ``revoke``: naming a stand-in, seeing who stands in, ending it.

No rule is here: the register asks ``approvals/delegating``. Whoever is named a stand-in is told, and so is an absent
person in whose name it was done; what is lost on that way stands in ``/approvals delegations``.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import structlog
from slack_bolt.context.ack.async_ack import AsyncAck

from bot.approvals.authority import Refused
from bot.approvals.delegating import Delegate, Revoke, is_deputy
from bot.approvals.standins import Delegation
from bot.cases.answers import Refusal, Transition
from bot.cases.commands import Forward
from bot.cases.rules_now import rules_now
from bot.cases.steward_commands import TakeBack
from bot.db import Database
from bot.delegations import Delegations, concerning
from bot.effects import DIRECT
from bot.errors import SignoffError
from bot.handlers import payloads, replies
from bot.handlers.chosen import Chosen
from bot.handlers.counter import Counter
from bot.handlers.payloads import Whom
from bot.handlers.slash import Asked, case_number
from bot.slack.cards import Card
from bot.slack.delegation_modal import END, GIVER, START, TAKER, ask_stand_in, ask_whom
from bot.slack.modals import not_done
from bot.slack.notice import Notice, notice
from bot.text import one_line

#: Stands for no date: it is past, and so never allowed.
_NEVER = datetime.fromtimestamp(0, UTC)

log = structlog.get_logger(__name__)

_WHICH = "Please say which one by its number; /approvals delegations lists them."
_WHICH_CASE = "Please say which case by the number on its card, such as /approvals forward 12."
_WHICH_BACK = "Please say which case by the number on its card, such as /approvals take-back 12."
_CHOOSE = "Please choose somebody."


class DelegationDesk:
    """Answers the subcommands and the modal."""

    def __init__(self, database: Database, register: Delegations, counter: Counter) -> None:
        self._database = database
        self._register = register
        self._counter = counter

    async def ask(self, asked: Asked) -> str:
        """Open the modal."""
        now = self._counter.clock.now()
        async with self._database.read() as session:
            rules = await rules_now(session, self._counter.service.rules, now)
        view = ask_stand_in(now, for_others=is_deputy(asked.person, rules))
        await self._counter.gateway.open_modal(asked.trigger_id, view)
        return ""

    async def listed(self, asked: Asked) -> Notice:
        """What the asker has given and holds."""
        async with self._database.read() as session:
            found = await concerning(session, asked.person.email, self._counter.clock.now())
        return notice([_line(one) for one in found] or ["Nobody stands in for you, nor you for anybody."])

    async def end(self, asked: Asked) -> str:
        """End one early."""
        number = case_number(asked)
        if number is None:
            return _WHICH
        found = await self._register.execute(Revoke(asked.person, number))
        if isinstance(found, Refused):
            return found.sentence
        await self._tell(found.taker, f"You no longer stand in for {found.giver_name}; {asked.person.name} ended it.")
        return f"Ended: {_line(found)}"

    async def submit(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        """The modal was sent off."""
        who = payloads.whom(body)
        chosen = Chosen(body)
        if who is None:
            await ack(response_action="update", view=not_done(replies.NOT_UNDERSTOOD))
            return
        if not chosen.person(TAKER):
            await ack(response_action="errors", errors={TAKER: _CHOOSE})
            return
        try:
            command = await self._command(who, chosen)
            made = await self._register.execute(command)
        except SignoffError as error:
            await ack(response_action="errors", errors={TAKER: replies.trouble(error)})
            return
        if isinstance(made, Refused):
            await ack(response_action="errors", errors={TAKER: made.sentence})
            return
        await ack()
        await self._told(command, made)

    async def ask_whom(self, asked: Asked) -> str:
        """Open the modal that forwards one case."""
        number = case_number(asked)
        shown = await self._counter.board.look(number) if number is not None else None
        if shown is None:
            return _WHICH_CASE
        await self._counter.gateway.open_modal(asked.trigger_id, ask_whom(shown.case))
        return ""

    async def forward(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        """The modal was sent off: one call of the service."""
        sent, taker = payloads.pointed(body), Chosen(body).person(TAKER)
        if sent is None or not taker:
            await ack(response_action="update", view=not_done(replies.NOT_UNDERSTOOD))
            return
        try:
            person = await self._counter.person(sent.whom)
            named = await self._counter.people.person(taker, sent.whom.team_id)
            given = await self._counter.execute(Forward(sent.case_id, sent.revision, person, named, sent.pin))
        except SignoffError as error:
            await ack(response_action="errors", errors={TAKER: replies.trouble(error)})
            return
        if isinstance(given, Refusal):
            await ack(response_action="errors", errors={TAKER: given.sentence})
            return
        await ack()

    async def take_back(self, asked: Asked) -> str:
        """Nobody answers one case in the asker's name any more."""
        number = case_number(asked)
        if number is None:
            return _WHICH_BACK
        answer = await self._counter.service.execute(TakeBack(number, asked.person))
        if not isinstance(answer, Transition):
            return answer.sentence if isinstance(answer, Refusal) else "There was nothing to do."
        ended = [one for one in answer.case.forwards if one.giver == asked.person.email]
        record = one_line(answer.case.event.title, 100)
        for one in dict.fromkeys(one.taker for one in ended):
            await self._tell(
                one, f"You no longer answer {record} in the name of {asked.person.name}, who took it back."
            )
        return f"Taken back: nobody answers {record} in your name any more. An answer that was given stands."

    async def _command(self, who: Whom, chosen: Chosen) -> Delegate:
        people = self._counter.people
        person = await self._counter.person(who)
        giver = await people.person(chosen.person(GIVER), who.team_id) if chosen.person(GIVER) else person
        taker = await people.person(chosen.person(TAKER), who.team_id)
        return Delegate(person, giver, taker, chosen.instant(START) or _NEVER, chosen.instant(END) or _NEVER)

    async def _told(self, command: Delegate, made: Delegation) -> None:
        span = f"from {_at(made.starts_at)} up to {_at(made.ends_at)}"
        await self._tell(made.taker, f"You stand in for {made.giver_name} {span}. Cards come as they do to you now.")
        said = f"{made.taker_name} stands in for {made.giver_name} {span} (number {made.id})."
        for email in dict.fromkeys((command.person.email, made.giver)):
            await self._tell(email, said)

    async def _tell(self, email: str, sentence: str) -> None:
        """Write to somebody; a lost message is logged and no more."""
        try:
            await self._counter.gateway.say(f"{DIRECT}{email}", card(sentence))
        except SignoffError as error:
            log.warning("delegation not told", error=error.kind)


def card(sentence: str) -> Card:
    """A sentence to one person, as a message."""
    told = notice([sentence])
    return Card(told.text, told.blocks)


def _line(one: Delegation) -> str:
    return f"{one.id}: {one.taker_name} stands in for {one.giver_name}, {_at(one.starts_at)} up to {_at(one.ends_at)}"


def _at(when: datetime | None) -> str:
    return f"{when:%Y-%m-%d %H:%M} UTC" if when else "the end of the case"
