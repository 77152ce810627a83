"""Performs the card effects: puts a case's card into a channel, and makes the copies there true again.

What is drawn is the case as it is now, never as it was when the effect was owed. Knows nothing of retries, which are
the relay's, nor of what a card looks like.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from functools import partial
from typing import TypeVar

import structlog

from bot.cases.commands import Undelivered
from bot.cases.model import Case
from bot.cases.service import Service
from bot.clock import Clock
from bot.db import Database
from bot.effects import DIRECT
from bot.errors import PermanentError, SignoffError
from bot.group_commit import GroupCommit
from bot.metrics import EVENT_TO_CARD, UNDELIVERABLE
from bot.outbox import Claimed
from bot.relay import Later
from bot.slack import words
from bot.slack.board import Board, Shown
from bot.slack.cards import Card, bare, render
from bot.slack.gateway import Posted, SlackGateway
from bot.slack.marks import is_card_of
from bot.slack.messages import AdoptMessage, ForgetMessage, KeepMessage, LoseMessage, MessageRef
from bot.slack.queue import queue
from bot.slack.refusals import MESSAGE_GONE, PLACE_GONE, TOO_MUCH
from bot.slack.turns import POST, UPDATE, Turns

T = TypeVar("T")

log = structlog.get_logger(__name__)

#: A copy whose place is gone is tried again for so long, after waits that double between these.
_LOOKED_FOR, _SOONEST, _LATEST = timedelta(hours=12), timedelta(minutes=1), timedelta(minutes=30)


class _GoneError(Exception):
    """The place of a copy is gone."""

    def __init__(self, error: PermanentError) -> None:
        super().__init__(error.kind)
        self.error = error


class CardSender:
    """The sender of POST_CARD and UPDATE_CARD effects."""

    def __init__(
        self,
        gateway: SlackGateway,
        service: Service,
        *,
        database: Database,
        writer: GroupCommit,
        clock: Clock,
        turns: Turns,
    ) -> None:
        self._gateway = gateway
        self._service = service
        self._writer = writer
        self._clock = clock
        self._board = Board(database)
        self._database = database
        self._turns = turns

    async def post_card(self, claimed: Claimed) -> None:
        """Put the card into the channel, once.

        A second run is harmless: where a copy is known it is redrawn, and where an earlier try may have posted one
        it is looked for in the channel before anything is posted.
        """
        shown = await self._board.look(claimed.case_id)
        if shown is None:
            return
        if any(not ref.is_lost for ref in shown.copies_in(claimed.target)):
            await self._redraw(shown, claimed)
            return
        try:
            await self._post(shown.case, claimed)
        except PermanentError as error:
            await self._unreachable(claimed, error)
            return
        EVENT_TO_CARD.observe(max(0.0, (self._clock.now() - shown.case.opened_at).total_seconds()))

    async def update_card(self, claimed: Claimed) -> Later | None:
        """Make the copies in the channel true again.

        A second run is harmless: an edit says the same twice. Where there is no copy (its post was given up) there
        is nothing to do. A copy whose place is gone is tried again now and then: the place may come back.
        """
        shown = await self._board.look(claimed.case_id)
        lost = await self._redraw(shown, claimed) if shown is not None else []
        now = self._clock.now()
        waited = now - claimed.created_at
        if lost and waited < _LOOKED_FOR:
            return Later(now + min(max(waited, _SOONEST), _LATEST), "its place in Slack is gone")
        for ref in lost:  # should the place come back after all, a click on it has it drawn anew
            await self._writer.submit(ForgetMessage(ref.channel_id, ref.ts))
        return None

    async def _redraw(self, shown: Shown, claimed: Claimed) -> list[MessageRef]:
        """Each copy for itself: one that fails leaves no other one behind. Returns those whose place is gone."""
        failed: list[SignoffError] = []
        lost: list[MessageRef] = []
        for ref in shown.copies_in(claimed.target):
            if ref.drawn_version < shown.case.version:
                try:
                    await self._update(shown.case, ref, claimed)
                except _GoneError as gone:
                    lost.append(ref)
                    if not ref.is_lost:
                        await self._writer.submit(LoseMessage(ref.channel_id, ref.ts))
                        await self._undelivered(claimed, gone.error)
                except SignoffError as error:
                    failed.append(error)
        if failed:  # what may be tried again first: that tries the others again too
            raise min(failed, key=lambda error: isinstance(error, PermanentError))
        return lost

    async def _update(self, case: Case, ref: MessageRef, claimed: Claimed) -> None:
        try:
            await self._fitting(case, ref.channel, lambda card: self._edit(card, ref, claimed))
        except PermanentError as error:
            if error.kind in PLACE_GONE:
                raise _GoneError(error) from None
            await self._replace(case, ref, claimed, error)
            return
        await self._writer.submit(KeepMessage(case.id, ref.channel, ref.channel_id, ref.ts, case.version))

    async def _fitting(self, case: Case, channel: str, send: Callable[[Card], Awaitable[T]], *, late: str = "") -> T:
        """Send the fullest card that Slack takes: better a bare one than live buttons on a decided case."""
        for card in (render(case, channel, late=late), render(case, channel, short=True, late=late)):
            try:
                return await send(card)
            except PermanentError as error:
                if error.kind not in TOO_MUCH:
                    raise
                log.warning("card too much for slack", error=error.kind)
        return await send(bare(case))

    async def _edit(self, card: Card, ref: MessageRef, claimed: Claimed) -> None:
        await self._turns.take(UPDATE, ref.channel_id, claimed, self._gateway.update(ref.channel_id, ref.ts, card))

    async def _replace(self, case: Case, ref: MessageRef, claimed: Claimed, error: PermanentError) -> None:
        """The copy cannot be edited any more: another one takes its place.

        Where somebody deleted it, that is done while people are still asked; a finished one is let go. One that stands
        there and cannot be changed, such as beyond the time that the workspace allows for edits, is taken away.
        """
        log.info("card cannot be edited", error=error.kind, closed=case.closed_at is not None)
        if error.kind != MESSAGE_GONE or case.closed_at is None:
            await self._post(case, claimed, but=ref.ts)
        if error.kind != MESSAGE_GONE:
            try:
                await self._gateway.take_away(ref.channel_id, ref.ts)
            except PermanentError as refused:  # the new one below it says what stands
                log.warning("card cannot be taken away", error=refused.kind)
        await self._writer.submit(ForgetMessage(ref.channel_id, ref.ts))

    async def _post(self, case: Case, claimed: Claimed, *, but: str = "") -> None:
        """Post a copy, unless an earlier try has done so already; ``but`` is a message that is none."""
        found = await self._posted_before(claimed) if claimed.attempts > 1 else None
        if found is not None and found.ts != but:
            # What it shows is not known: adopting it owes it a redraw.
            log.info("card found after a lost answer")
            now = self._clock.now()
            await self._writer.submit(AdoptMessage(case.id, claimed.target, found.channel_id, found.ts, now))
            return
        late = await self._late(claimed)
        posted = await self._fitting(case, claimed.target, lambda card: self._put(card, claimed), late=late)
        await self._writer.submit(KeepMessage(case.id, claimed.target, posted.channel_id, posted.ts, case.version))

    async def _late(self, claimed: Claimed) -> str:
        """What a card says that had to wait for Slack; empty for one that did not."""
        waited = self._clock.now() - claimed.created_at
        if waited <= words.LATE:
            return ""
        async with self._database.read() as session:
            return words.late(waited, await queue(session))

    async def _unreachable(self, claimed: Claimed, error: PermanentError) -> None:
        """Nobody sees a card there. Raises the error where an admin is to mend it; then the letter can be replayed."""
        if error.kind not in PLACE_GONE:
            raise error
        await self._undelivered(claimed, error)
        if not claimed.target.startswith(DIRECT):
            raise error

    async def _undelivered(self, claimed: Claimed, error: PermanentError) -> None:
        log.warning("card undeliverable", channel=claimed.target, error=error.kind)
        UNDELIVERABLE.labels(error.kind).inc()
        await self._service.execute(Undelivered(claimed.case_id, claimed.target, error.kind, error.sentence))

    async def _put(self, card: Card, claimed: Claimed) -> Posted:
        post = self._gateway.post(claimed.target, card, claimed.case_id)
        return await self._turns.take(POST, claimed.target, claimed, post)

    async def _posted_before(self, claimed: Claimed) -> Posted | None:
        try:
            is_it = partial(is_card_of, claimed.case_id)
            return await self._gateway.find_marked(claimed.target, claimed.created_at, is_it)
        except PermanentError as error:
            # Without leave to read the channel nobody can tell. A second card is harmless (both answer for the same
            # case, and a click on a stray one adopts it); no card would leave people unasked.
            log.warning("cannot look for a lost card", error=error.kind)
            return None
