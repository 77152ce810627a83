"""What waits for Slack, counted in the outbox: how many messages and edits, for which channel most.

Reads only; how long that takes at Slack's pace is ``pacing``'s to say.
"""

from __future__ import annotations

from sqlalchemy import func, select

from bot.db import Read
from bot.effects import EffectKind, Lane
from bot.outbox import State
from bot.slack.pacing import Queue
from bot.tables import effects

#: Each of these is an edit, and of these neither; every other effect of the lane is a message.
_EDITS = frozenset({EffectKind.UPDATE_CARD})
_SILENT = frozenset({EffectKind.FETCH_FILE, EffectKind.PUBLISH_HOME})


async def queue(session: Read) -> Queue:
    """Everything that is owed to Slack, due or put back."""
    rows = await session.execute(
        select(effects.c.kind, effects.c.target, func.count().label("number"))
        .where(effects.c.lane == Lane.SLACK, effects.c.state != State.DEAD)
        .group_by(effects.c.kind, effects.c.target)
    )
    posts: dict[str, int] = {}
    edits = 0
    for row in rows:
        if row.kind in _EDITS:
            edits += row.number
        elif row.kind not in _SILENT:
            posts[row.target] = posts.get(row.target, 0) + row.number
    return Queue(posts_by_channel=posts, edits=edits)
