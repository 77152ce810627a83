"""The outbox: effects as rows, from the transaction that owes them to the relay that performs them.

A row is pending, in flight under a lease, or dead; a performed one is gone. Of one ordering key only the oldest
is ever in flight (a unique index holds it whoever claims). Performing is at least once: every sender says why
a second run is harmless.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import (
    TextClause,
    and_,
    bindparam,
    delete,
    func,
    insert,
    literal,
    or_,
    select,
    text,
    update,
)

from bot.columns import UtcDateTime
from bot.db import Read, Write
from bot.effects import COALESCING, FOR_ODOO, HASTENED, Effect, EffectKind, Lane
from bot.group_commit import Apply
from bot.tables import effects

#: Longer than the longest call (a write to Odoo waits up to 90 s) and its answer: after it the sender is taken
#: for dead, and a sender that is still alive must not send any more.
LEASE = timedelta(seconds=150)


class State(StrEnum):
    """The life of an effect."""

    PENDING = "pending"  #: to be performed at ``due_at``
    IN_FLIGHT = "in_flight"  #: a worker holds its lease
    DEAD = "dead"  #: given up; a person may replay it


@dataclass(frozen=True, slots=True)
class Claimed:
    """An effect to be performed now by one worker."""

    id: int
    kind: EffectKind
    key: str
    case_id: int
    target: str
    attempts: int  #: this one included; more than 1 means that an earlier try may have taken effect
    lease_until: datetime
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Performed:
    """The effect has been performed, or there was nothing to do."""

    claimed: Claimed


@dataclass(frozen=True, slots=True)
class PutBack:
    """To be tried again at ``due_at``."""

    claimed: Claimed
    due_at: datetime
    error: str
    #: Whether the try may have counted; False gives the attempt back (the other side said "later").
    counted: bool = True


@dataclass(frozen=True, slots=True)
class Bury:
    """Given up: kept as a dead letter."""

    claimed: Claimed
    error: str


def topic(lane: Lane) -> str:
    """The waker of a lane's relay."""
    return f"effects:{lane}"


async def enqueue(session: Write, owed: Sequence[Effect], now: datetime) -> None:
    """Keep effects; of coalescing kinds no second one is kept while the first has not begun."""
    wanted = _merged(owed)
    fresh = await _without_twins(session, wanted)
    await _hasten(session, [one for one in wanted if one not in fresh], now)
    if not fresh:
        return
    # What is owed anew replaces a dead letter of the same kind.
    for kind in {effect.kind for effect in fresh} - COALESCING:
        same = and_(effects.c.kind == kind, effects.c.key.in_([one.key for one in fresh if one.kind is kind]))
        await session.execute(delete(effects).where(effects.c.state == State.DEAD, same))
    await session.execute(
        insert(effects),
        [
            {
                "lane": effect.lane,
                "kind": effect.kind,
                "key": effect.key,
                "case_id": effect.case_id,
                "target": effect.target,
                "state": State.PENDING,
                "due_at": now + effect.delay,
                "attempts": 0,
                "error": "",
                "created_at": now,
            }
            for effect in fresh
        ],
    )
    session.wakes.update(topic(effect.lane) for effect in fresh)


def live(table: str) -> TextClause:
    """Implied by what it stands beside, and written as the index on keys has it: else all that waits is gone through.

    An engine finds a partial index by its literal condition, not by bound values.
    """
    return text(f"{table}.state IN ('pending', 'in_flight')")


def _merged(owed: Sequence[Effect]) -> list[Effect]:
    """Each effect once, the least patient one."""
    wanted: dict[Effect, Effect] = {}
    for effect in owed:
        known = wanted.get(effect, effect)
        wanted[effect] = effect if effect.patience < known.patience else known
    return list(wanted.values())


async def _hasten(session: Write, twins: Sequence[Effect], now: datetime) -> None:
    """What only waited for something better to tell goes at once when that has come.

    What waits for longer keeps its time: it was put back, or Slack's pace holds it.
    """
    keys = [effect.key for effect in twins if effect.kind in HASTENED and not effect.patience]
    if not keys:
        return
    waiting = and_(live("effects"), effects.c.state == State.PENDING, effects.c.attempts == 0)
    soon = effects.c.due_at.between(now, now + FOR_ODOO)
    these = and_(effects.c.kind.in_(HASTENED), effects.c.key.in_(keys))
    await session.execute(update(effects).where(waiting, these, soon).values(due_at=now))
    session.wakes.add(topic(Lane.SLACK))


async def _without_twins(session: Write, wanted: Sequence[Effect]) -> list[Effect]:
    keys = [effect.key for effect in wanted if effect.kind in COALESCING]
    if not keys:
        return list(wanted)
    # A card that is still to be posted, or to be drawn anew, will show the newest state by itself; a story that is
    # still to be told will tell of this too. Locked, so that no other replica begins with the older state between
    # this look and our commit.
    waiting = await session.execute(
        select(effects.c.key, effects.c.kind)
        .where(
            live("effects"),
            effects.c.key.in_(keys),
            effects.c.state == State.PENDING,
            effects.c.kind.in_([*COALESCING, EffectKind.POST_CARD]),
        )
        .with_for_update()
    )
    twins = {(row.key, row.kind) for row in waiting}
    twins |= {(effect.key, effect.kind) for effect in wanted if effect.kind is EffectKind.POST_CARD}
    return [effect for effect in wanted if effect.kind not in COALESCING or not _has_twin(effect, twins)]


def _has_twin(effect: Effect, twins: set[tuple[str, str]]) -> bool:
    posted = effect.kind is EffectKind.UPDATE_CARD and (effect.key, EffectKind.POST_CARD) in twins
    return posted or (effect.key, effect.kind) in twins


# A worker whose lease ran out has nothing left to say: the row belongs to another one, or to nobody.
_MINE = and_(
    effects.c.id == bindparam("this_id"),
    effects.c.state == State.IN_FLIGHT,
    effects.c.lease_until == bindparam("this_lease", type_=UtcDateTime),
)


def _this(claimed: Claimed) -> dict[str, object]:
    return {"this_id": claimed.id, "this_lease": claimed.lease_until}


async def performed(session: Write, done: Sequence[Performed]) -> Sequence[None]:
    """Drop what has been performed."""
    await session.execute(delete(effects).where(_MINE), [_this(one.claimed) for one in done])
    # Nobody is woken for nothing: a look at the outbox costs more than this question.
    behind = select(effects.c.lane).where(
        live("effects"), effects.c.key.in_(sorted({one.claimed.key for one in done})), effects.c.state == State.PENDING
    )
    session.wakes.update(topic(Lane(lane)) for lane in (await session.execute(behind.distinct())).scalars())
    return [None] * len(done)


async def put_back(session: Write, asked: Sequence[PutBack]) -> Sequence[None]:
    """Keep effects for a later try."""
    await session.execute(
        update(effects)
        .where(_MINE)
        .values(
            state=State.PENDING,
            worker=None,
            lease_until=None,
            due_at=bindparam("then", type_=UtcDateTime),
            error=bindparam("said"),
            attempts=effects.c.attempts - bindparam("given_back"),
        ),
        [
            {**_this(one.claimed), "then": one.due_at, "said": one.error[:500], "given_back": 0 if one.counted else 1}
            for one in asked
        ],
    )
    session.wakes.update(_topics(session, [one.claimed for one in asked]))
    return [None] * len(asked)


async def bury(session: Write, asked: Sequence[Bury]) -> Sequence[None]:
    """Keep effects as dead letters."""
    await session.execute(
        update(effects).where(_MINE).values(state=State.DEAD, worker=None, lease_until=None, error=bindparam("said")),
        [{**_this(one.claimed), "said": one.error[:500]} for one in asked],
    )
    session.wakes.update(_topics(session, [one.claimed for one in asked]))
    return [None] * len(asked)


def _topics(session: Write, claimed: Sequence[Claimed]) -> set[str]:
    """Whoever waited behind these in their keys may go now."""
    return {topic(Effect(one.kind, one.case_id, one.target).lane) for one in claimed}


async def release(session: Write, workers: Collection[str] | None = None) -> None:
    """Free the leases of workers that are no more, or every lease: only right where no other process can be at work."""
    taken = update(effects).where(effects.c.state == State.IN_FLIGHT)
    of_these = taken if workers is None else taken.where(effects.c.worker.in_(workers))
    await session.execute(of_these.values(state=State.PENDING, worker=None, lease_until=None))
    session.wakes.update(topic(lane) for lane in Lane)


async def count(session: Read) -> dict[tuple[str, str], int]:
    """How many effects there are by (kind, state)."""
    rows = await session.execute(
        select(effects.c.kind, effects.c.state, func.count().label("number")).group_by(effects.c.kind, effects.c.state)
    )
    return {(row.kind, row.state): row.number for row in rows}


@dataclass(frozen=True, slots=True)
class Stuck:
    """A card that has not been posted."""

    id: int
    case_id: int
    target: str


async def stuck_cards(session: Read, since: datetime, *, untried: bool) -> list[Stuck]:
    """Cards that have been owed since ``since`` or longer and that Slack has not taken.

    Those that nobody has tried to post yet wait for their turn; they count only where ``untried`` says so.
    """
    failed = or_(effects.c.state == State.DEAD, effects.c.error != "", literal(untried))
    rows = await session.execute(
        select(effects.c.id, effects.c.case_id, effects.c.target)
        .where(effects.c.kind == EffectKind.POST_CARD, effects.c.created_at <= since, failed)
        .order_by(effects.c.id)
    )
    return [Stuck(row.id, row.case_id, row.target) for row in rows]


#: For the composition root: who writes which member of the group commit.
ROUTES: tuple[tuple[type, Apply], ...] = (
    (Performed, performed),
    (PutBack, put_back),
    (Bury, bury),
)
