"""``/approvals mine``: what waits for the asker's answer, and nothing that is not theirs to see."""

from __future__ import annotations

from bot.cases.model import Case, Person
from bot.cases.review import reviewers
from bot.cases.rules_now import rules_now
from bot.cases.service import Service
from bot.cases.waiting import owing_review
from bot.clock import Clock
from bot.db import Database
from bot.handlers.slash import Asked
from bot.reports.mine import LOOKED_AT, to_answer, to_look_after
from bot.slack.listing import MARK
from bot.slack.notice import Notice, notice
from bot.slack.words import care_line, review_line, span, waiting_line

#: Reviews that are looked at for one answer.
_REVIEWS = 200
_SHOWN = 20


class ApprovalsDesk:
    """Answers the subcommands."""

    def __init__(self, database: Database, service: Service, clock: Clock) -> None:
        self._database = database
        self._service = service
        self._clock = clock

    async def mine(self, asked: Asked) -> Notice:
        """The cases on which the authority function would let the asker answer now."""
        found, whole = await self.waiting_for(asked.person)
        now = self._clock.now()
        lines = [f"{MARK} {waiting_line(case)}, for {span(now - case.opened_at)}" for case in found[:_SHOWN]]
        if len(found) > _SHOWN:
            lines.append(f"… and {len(found) - _SHOWN} more")
        if not whole:
            lines.append(f"Only the oldest {LOOKED_AT} open approvals that you can see were looked at.")
        lines += [f"{MARK} {review_line(case)}" for case in await self._reviews_of(asked.person)]
        owned = await self._to_look_after(asked.person)
        lines += [f"{MARK} {care_line(case)}, for {span(now - case.opened_at)}" for case in owned[:_SHOWN]]
        if len(owned) > _SHOWN:
            lines.append(f"… and {len(owned) - _SHOWN} more exceptions")
        return notice(lines or ["Nothing waits for you."], title=f"Waiting for you: {len(found) + len(owned)}")

    async def _to_look_after(self, person: Person) -> list[Case]:
        """Exceptions that the person has in hand, or could take."""
        now = self._clock.now()
        async with self._database.read() as session:
            rules = await rules_now(session, self._service.rules, now)
            return await to_look_after(session, person, rules, now)

    async def _reviews_of(self, person: Person) -> list[Case]:
        """Approvals past everybody that the person is asked to review."""
        async with self._database.read() as session:
            rules = await rules_now(session, self._service.rules, self._clock.now())
            found = await owing_review(session, limit=_REVIEWS)
        return [case for case in found if person.email in reviewers(case, rules)]

    async def waiting_for(self, person: Person) -> tuple[list[Case], bool]:
        """What the person may answer, and whether everything was looked at."""
        now = self._clock.now()
        async with self._database.read() as session:
            rules = await rules_now(session, self._service.rules, now)
            return await to_answer(session, person, rules, now)
