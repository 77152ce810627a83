"""Where the copies of a case are: the table ``messages``.

Questions, and two members of the group commit. No rule is here, and no call to Slack.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, bindparam, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite

from bot.db import Read, Write
from bot.effects import DIRECT, Effect, EffectKind
from bot.group_commit import Apply
from bot.outbox import enqueue
from bot.slack.text import web_address
from bot.slack.unreachable import reached
from bot.tables import messages

#: The version of a copy of which only the place is known: every case is newer.
NEVER_DRAWN = -1
#: The version of a copy at whose place Slack lets us edit nothing: it shows something old, should the place come back.
LOST = -2


@dataclass(frozen=True, slots=True)
class MessageRef:
    """One copy of a case."""

    case_id: int
    channel: str  #: as the plan names it
    channel_id: str
    ts: str
    drawn_version: int  #: the case's version that it shows
    told: int = 0  #: number of the last audit entry that its thread was told of

    @property
    def is_lost(self) -> bool:
        """Whether its place is gone."""
        return self.drawn_version == LOST


@dataclass(frozen=True, slots=True)
class KeepMessage:
    """A copy was posted or drawn: remember where it is and what it shows."""

    case_id: int
    channel: str
    channel_id: str
    ts: str
    drawn_version: int


@dataclass(frozen=True, slots=True)
class AdoptMessage:
    """A copy turned up that nobody had noted (its post's answer was lost): remember it and draw it anew.

    A message that is known stays what it is, whatever a click pretended.
    """

    case_id: int
    channel: str
    channel_id: str
    ts: str
    at: datetime


@dataclass(frozen=True, slots=True)
class RenewMessage:
    """Something happened to a copy in Slack: what it shows is not known any more."""

    channel_id: str
    ts: str
    at: datetime


@dataclass(frozen=True, slots=True)
class LoseMessage:
    """The place of a copy is gone; it is remembered in case the place comes back."""

    channel_id: str
    ts: str


@dataclass(frozen=True, slots=True)
class Told:
    """The thread of a copy was told everything up to an audit entry."""

    channel_id: str
    ts: str
    until: int


@dataclass(frozen=True, slots=True)
class ForgetMessage:
    """A copy was deleted in Slack."""

    channel_id: str
    ts: str


async def refs_of(session: Read, case_ids: Iterable[int]) -> dict[int, tuple[MessageRef, ...]]:
    """The copies of cases, the oldest first; a case without one is missing from the answer."""
    wanted = sorted(set(case_ids))
    if not wanted:
        return {}
    rows = await session.execute(select(messages).where(messages.c.case_id.in_(wanted)).order_by(messages.c.id))
    found: dict[int, tuple[MessageRef, ...]] = defaultdict(tuple)
    for row in rows:
        found[row.case_id] += (
            MessageRef(row.case_id, row.channel, row.channel_id, row.ts, row.drawn_version, row.told),
        )
    return dict(found)


def address_of(workspace: str, refs: Iterable[MessageRef], *, channel: str = "") -> str:
    """The address of a case's card: in ``channel`` if there is one, else in another that is nobody's direct messages.

    Empty where there is no card, or where the ``workspace``'s own address is not known.
    """
    posted = [one for one in refs if not one.channel.startswith(DIRECT) and not one.is_lost]
    if not workspace or not posted:
        return ""
    ref = min(posted, key=lambda one: one.channel != channel)
    return web_address(f"{workspace.rstrip('/')}/archives/{ref.channel_id}/p{ref.ts.replace('.', '')}") or ""


async def case_at(session: Read, channel_id: str, ts: str) -> int | None:
    """The case whose card is that message; None where it is none of ours."""
    place = (messages.c.channel_id == channel_id) & (messages.c.ts == ts)
    return (await session.execute(select(messages.c.case_id).where(place))).scalar()


async def keep(session: Write, kept: Sequence[KeepMessage]) -> Sequence[None]:
    """Remember copies; what one shows never goes back to an older version."""
    new = _insert(session)
    drawn = new.excluded.drawn_version
    statement = new.on_conflict_do_update(
        index_elements=["channel_id", "ts"],
        set_={"drawn_version": drawn},
        where=messages.c.drawn_version < drawn,
    )
    await session.execute(
        statement, [_row(one.case_id, one.channel, one.channel_id, one.ts, one.drawn_version) for one in kept]
    )
    await reached(session, {one.channel.removeprefix(DIRECT) for one in kept})
    return [None] * len(kept)


async def adopt(session: Write, found: Sequence[AdoptMessage]) -> Sequence[None]:
    """Remember copies that nobody had noted, and owe each of them a redraw."""
    await session.execute(
        _insert(session).on_conflict_do_nothing(index_elements=["channel_id", "ts"]),
        [_row(one.case_id, one.channel, one.channel_id, one.ts, NEVER_DRAWN) for one in found],
    )
    owed = [Effect(EffectKind.UPDATE_CARD, one.case_id, one.channel) for one in found]
    await enqueue(session, owed, max(one.at for one in found))
    return [None] * len(found)


async def renew(session: Write, asked: Sequence[RenewMessage]) -> Sequence[None]:
    """Owe copies a redraw, whatever they show; a message that is none of ours is nobody's business."""
    for one in asked:
        this = (messages.c.channel_id == one.channel_id) & (messages.c.ts == one.ts)
        stale = update(messages).where(this).values(drawn_version=NEVER_DRAWN).returning(messages)
        owed = [Effect(EffectKind.UPDATE_CARD, row.case_id, row.channel) for row in await session.execute(stale)]
        await enqueue(session, owed, one.at)
    return [None] * len(asked)


async def lose(session: Write, lost: Sequence[LoseMessage]) -> Sequence[None]:
    """Remember that what these show is beyond us."""
    for one in lost:
        this = (messages.c.channel_id == one.channel_id) & (messages.c.ts == one.ts)
        await session.execute(update(messages).where(this).values(drawn_version=LOST))
    return [None] * len(lost)


async def told(session: Write, asked: Sequence[Told]) -> Sequence[None]:
    """Remember what threads were told; never less than before."""
    until: BindParameter[int] = bindparam("until")
    await session.execute(
        update(messages)
        .where(
            messages.c.channel_id == bindparam("this_channel"),
            messages.c.ts == bindparam("this_ts"),
            messages.c.told < until,
        )
        .values(told=until),
        [{"this_channel": one.channel_id, "this_ts": one.ts, "until": one.until} for one in asked],
    )
    return [None] * len(asked)


async def forget(session: Write, gone: Sequence[ForgetMessage]) -> Sequence[None]:
    """Drop copies that are no more."""
    await session.execute(
        delete(messages).where(
            messages.c.channel_id == bindparam("this_channel"), messages.c.ts == bindparam("this_ts")
        ),
        [{"this_channel": one.channel_id, "this_ts": one.ts} for one in gone],
    )
    return [None] * len(gone)


#: For the composition root: who writes which member of the group commit.
ROUTES: tuple[tuple[type, Apply], ...] = (
    (KeepMessage, keep),
    (AdoptMessage, adopt),
    (RenewMessage, renew),
    (LoseMessage, lose),
    (Told, told),
    (ForgetMessage, forget),
)


def _insert(session: Write) -> Any:
    """The two engines' insert with its conflict clauses, which SQLAlchemy types apart."""
    return (postgresql.insert if session.dialect == "postgresql" else sqlite.insert)(messages)


def _row(case_id: int, channel: str, channel_id: str, ts: str, drawn_version: int) -> dict[str, object]:
    return {
        "case_id": case_id,
        "channel": channel,
        "channel_id": channel_id,
        "ts": ts,
        "drawn_version": drawn_version,
        "told": 0,
    }
