"""What an admin does on the database from the command line, beside a running ``serve`` or without one.

Short transactions only; the running program hears of them by its own polling.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.cases.answers import Refusal, Transition
from bot.cases.commands import Retry
from bot.cases.model import Person
from bot.cases.outcome import ADMIN
from bot.cases.planning import Rules
from bot.cases.service import Service
from bot.clock import Clock
from bot.config.model import Config
from bot.db import Database, require_schema
from bot.effects import EffectKind
from bot.group_commit import GroupCommit
from bot.letters import Letter, discard, letters, revive
from bot.odoo.catalog import traits_of
from bot.outbox import State

_ADMIN = Person(ADMIN, "", "an admin on the command line")


@dataclass(frozen=True, slots=True)
class Replayed:
    """What became of one letter."""

    id: int
    accepted: bool
    sentence: str


async def dead_letters(url: str, *, every: bool) -> list[Letter]:
    """Dead letters and effects that have failed; with ``every`` all that are owed."""
    database = Database(url)
    try:
        await require_schema(database)
        async with database.read() as session:
            return await letters(session, every=every)
    finally:
        await database.close()


async def replay(url: str, config: Config, ids: Sequence[int] | None) -> list[Replayed]:
    """Replay the letters ``ids`` (None: every dead one)."""
    database, clock = Database(url), Clock()
    writer = GroupCommit(database)
    service = Service(writer, clock, Rules(config, traits_of(config.types)))
    await writer.start()
    try:
        await require_schema(database)
        async with database.read() as session:
            found = {one.id: one for one in await letters(session) if one.state is State.DEAD}
        wanted = sorted(found) if ids is None else ids
        return [await _replay(database, service, clock, one, found.get(one)) for one in wanted]
    finally:
        await writer.stop()
        await database.close()


async def _replay(database: Database, service: Service, clock: Clock, number: int, letter: Letter | None) -> Replayed:
    if letter is None:
        return Replayed(number, accepted=False, sentence="there is no dead letter of this number")
    if letter.kind is not EffectKind.WRITE_BACK:
        async with database.write() as session:
            await revive(session, [number], clock.now())
        return Replayed(number, accepted=True, sentence="will be tried again now")
    # The case decides whether its write-back may go again, and audits it, as for a click on Retry.
    answer = await service.execute(Retry(letter.case_id, _ADMIN))
    async with database.write() as session:
        await discard(session, [number])
    match answer:
        case Transition():
            return Replayed(number, accepted=True, sentence=f"case {letter.case_id} will be written again now")
        case Refusal():
            return Replayed(number, accepted=False, sentence=f"dropped: {answer.sentence}")
        case _:
            return Replayed(number, accepted=False, sentence="dropped: nothing is owed any more")
