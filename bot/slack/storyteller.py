"""Performs TELL_STORY effects: one reply below each copy of a card, with what happened since the last one.

Reads the audit entries of the case behind the number that the copy was told up to. Knows nothing of what a line says,
which is ``story``'s, nor of retries, which are the relay's.
"""

from __future__ import annotations

import json

import structlog

from bot.audit import log as audit
from bot.audit.chain import Sealed
from bot.clock import Clock
from bot.db import Database
from bot.errors import PermanentError
from bot.group_commit import GroupCommit
from bot.outbox import Claimed
from bot.relay import Later
from bot.slack.board import Board
from bot.slack.gateway import SlackGateway
from bot.slack.messages import MessageRef, Told
from bot.slack.people import People
from bot.slack.refusals import PLACE_GONE, THREAD_GONE
from bot.slack.story import Happened, is_address, is_told, reply
from bot.slack.turns import POST, Turns

log = structlog.get_logger(__name__)

#: Entries read for one reply; more are told in the next.
_MOST = 50


class StoryTeller:
    """The sender of TELL_STORY effects."""

    def __init__(
        self,
        gateway: SlackGateway,
        people: People,
        *,
        database: Database,
        writer: GroupCommit,
        clock: Clock,
        turns: Turns,
    ) -> None:
        self._gateway = gateway
        self._people = people
        self._database = database
        self._writer = writer
        self._clock = clock
        self._board = Board(database)
        self._turns = turns

    async def tell(self, claimed: Claimed) -> Later | None:
        """Tell the threads of the copies in a channel.

        A second run is harmless: a copy remembers up to which entry it was told, and where an earlier try may have
        told more, the thread itself is asked.
        """
        shown = await self._board.look(claimed.case_id)
        left = [await self._tell(ref, claimed) for ref in shown.copies_in(claimed.target)] if shown else []
        return Later(self._clock.now(), "there is more to tell") if any(left) else None

    async def _tell(self, ref: MessageRef, claimed: Claimed) -> bool:
        """Whether there is more to tell than found room."""
        after = max(ref.told, await self._told_before(ref)) if claimed.attempts > 1 else ref.told
        async with self._database.read() as session:
            sealed = await audit.about(session, ref.case_id, after=after, limit=_MOST)
        happened = [one for one in map(_happened, sealed) if is_told(one)]
        if happened:
            until = await self._reply(ref, happened, claimed)
        elif sealed:
            until = sealed[-1].seq
        else:
            return False
        await self._writer.submit(Told(ref.channel_id, ref.ts, until))
        return bool(sealed) and (len(sealed) == _MOST or until < (happened[-1].seq if happened else 0))

    async def _reply(self, ref: MessageRef, happened: list[Happened], claimed: Claimed) -> int:
        """Post one reply. Returns the number of the last entry that is in it."""
        wanted = {name for one in happened for name in one.mentioned if is_address(name)}
        ids = {email: found for email in sorted(wanted) if (found := await self._people.id_of(email))}
        told, until = reply(happened, ids, self._clock.now())
        post = self._gateway.reply(ref.channel_id, ref.ts, told, case_id=ref.case_id, until=until)
        try:
            await self._turns.take(POST, ref.channel_id, claimed, post)
        except PermanentError as error:
            if error.kind not in PLACE_GONE | THREAD_GONE:
                raise
            # The card itself is gone, or its channel: mending that is the card's business, and tells the story anew.
            log.info("nowhere to tell the story", error=error.kind)
            return happened[-1].seq
        return until

    async def _told_before(self, ref: MessageRef) -> int:
        try:
            return await self._gateway.told_until(ref.channel_id, ref.ts, ref.case_id)
        except PermanentError as error:
            # Without leave to read the channel nobody can tell; a line told twice is better than one that is missing.
            log.warning("cannot look for a lost reply", error=error.kind)
            return 0


def _happened(sealed: Sealed) -> Happened:
    detail = json.loads(sealed.detail_text) if sealed.detail_text else {}
    return Happened(sealed.seq, sealed.entry.action, sealed.entry.at, detail)
