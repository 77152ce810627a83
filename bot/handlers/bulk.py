"""``/approvals bulk``: several alike cases in one go. Parse, one call of the service for each case, answer.

No rule is here: what may go together is ``cases.bulk``'s, who may decide the authority function's, case by case.
"""

from __future__ import annotations

import asyncio

from slack_bolt.context.ack.async_ack import AsyncAck

from bot.approvals.authority import Reason
from bot.cases import bulk
from bot.cases.answers import Refusal
from bot.cases.bulk import Batch
from bot.cases.commands import Decide
from bot.cases.model import Case, Person, Verdict
from bot.errors import SignoffError
from bot.handlers import payloads, replies
from bot.handlers.actions import Body
from bot.handlers.approvals import ApprovalsDesk
from bot.handlers.counter import Counter
from bot.handlers.opening import opened
from bot.handlers.payloads import Picked
from bot.handlers.slash import Asked, case_number
from bot.slack.bulk import CASES_BLOCK, choose, result
from bot.slack.modals import REASON_BLOCK, not_done
from bot.slack.notice import Notice, notice
from bot.text import one_line

_NOTHING = "Nothing that waits for you can be approved together. /approvals mine lists what waits."


class BulkDesk:
    """Answers the subcommand."""

    def __init__(self, counter: Counter, approvals: ApprovalsDesk) -> None:
        self._counter = counter
        self._approvals = approvals

    async def bulk(self, asked: Asked) -> Notice | str:
        """Open the list; where there are several kinds, say how to name one."""
        waiting, _ = await self._approvals.waiting_for(asked.person)
        found = bulk.batches(waiting)
        named = [one for one in found if one.rule.casefold() == asked.rest.casefold()] if asked.rest else list(found)
        if not named:
            return _NOTHING if not found else _which(found)
        if len(named) > 1:
            return _which(found)
        return await opened(self._counter, asked.trigger_id, choose(named[0], asked.whom.channel_id))

    async def alike(self, asked: Asked) -> str:
        """Open the list of what can go together with one case, by its number."""
        waiting, _ = await self._approvals.waiting_for(asked.person)
        number = case_number(asked)
        found = next((one for one in bulk.batches(waiting) if any(case.id == number for case in one.cases)), None)
        if found is None:
            return _NOTHING
        return await opened(self._counter, asked.trigger_id, choose(found, asked.whom.channel_id))


class BulkSubmissions:
    """Listener for the list that was sent off."""

    def __init__(self, counter: Counter) -> None:
        self._counter = counter

    async def answer(self, ack: AsyncAck, body: Body) -> None:
        """What was chosen is decided, case by case; the modal then says what became of each."""
        picked = payloads.picked(body)
        if picked is None:
            await ack(response_action="update", view=not_done(replies.NOT_UNDERSTOOD))
            return
        try:
            person = await self._counter.person(picked.whom)
            cases = await self._load(picked)
            refused = bulk.refusal(cases)
            if refused is not None:
                await ack(response_action="errors", errors={f"{CASES_BLOCK}0": refused.sentence})
                return
            await self._decide(ack, picked, cases, person)
        except SignoffError as error:
            await ack(response_action="errors", errors={REASON_BLOCK: replies.trouble(error)})

    async def _load(self, picked: Picked) -> list[Case]:
        found = await asyncio.gather(*(self._counter.board.look(one.case_id) for one in picked.cases))
        return [shown.case for shown in found if shown is not None]

    async def _decide(self, ack: AsyncAck, picked: Picked, cases: list[Case], person: Person) -> None:
        titles = {case.id: one_line(case.event.title, 80) for case in cases}
        wanted = [
            Decide(
                one.case_id,
                one.revision,
                person,
                Verdict.APPROVE,
                picked.reason,
                one.pin,
                together=len(picked.cases),
            )
            for one in picked.cases
        ]
        given = await asyncio.gather(*(self._counter.execute(one) for one in wanted))
        refused = [(one, answer) for one, answer in zip(wanted, given, strict=True) if isinstance(answer, Refusal)]
        if refused and all(answer.reason is Reason.REASON_OWED for _, answer in refused):
            await ack(response_action="errors", errors={REASON_BLOCK: refused[0][1].sentence})
            return
        lines = [f"{titles.get(one.case_id, f'Case {one.case_id}')}: {answer.sentence}" for one, answer in refused]
        approved = len(wanted) - len(refused)
        await ack(response_action="update", view=result(lines, approved=approved, asked=len(wanted)))


def _which(found: tuple[Batch, ...]) -> Notice:
    lines = [f"/approvals bulk {one.rule} – {len(one.cases)} cases, at most {one.limit} at once" for one in found]
    return notice(["Several kinds wait for you; please name one:", *lines])
