"""Cases with their copies in Slack, as cards and clicks need them: many at once, one read.

Reads only. What is told is as new as the question; nothing is cached.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.cases import lists, store
from bot.cases.model import Case
from bot.coalesce import Coalescer
from bot.db import Database
from bot.slack.messages import MessageRef, case_at, refs_of


@dataclass(frozen=True, slots=True)
class Shown:
    """A case and where it is shown."""

    case: Case
    refs: tuple[MessageRef, ...]

    def copies_in(self, channel: str) -> tuple[MessageRef, ...]:
        """The copies in one channel, as the plan names it."""
        return tuple(ref for ref in self.refs if ref.channel == channel)


class Board:
    """Answers ``look``."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._asked = Coalescer(self._load)

    async def look(self, case_id: int) -> Shown | None:
        """The case as it is now, with its copies; None when there is none."""
        return await self._asked.get(case_id)

    async def members(self, group: Case, *, first: int, most: int) -> list[Shown]:
        """Those of a group or a list that are not over, from the ``first`` on, with their copies."""
        async with self._database.read() as session:
            found = await lists.members_of(session, group, first=first, most=most)
            refs = await refs_of(session, [one.id for one in found])
        return [Shown(one, refs.get(one.id, ())) for one in found]

    async def case_at(self, channel_id: str, ts: str) -> int | None:
        """The case whose card is that message; None where it is none of ours."""
        async with self._database.read() as session:
            return await case_at(session, channel_id, ts)

    async def _load(self, case_ids: Sequence[int]) -> dict[int, Shown]:
        async with self._database.read() as session:
            known = await store.by_id(session, case_ids)
            cases = {number: await lists.as_now(session, case) for number, case in known.items()}
            refs = await refs_of(session, case_ids)
        return {number: Shown(case, refs.get(number, ())) for number, case in cases.items()}
