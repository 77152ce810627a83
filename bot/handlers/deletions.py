"""Cards that somebody deletes in Slack: while people are asked, they come back.

One look at what was deleted; whether the card comes back is the sender's to say, by the state of its case.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.clock import Clock
from bot.group_commit import GroupCommit
from bot.handlers import payloads
from bot.slack.messages import RenewMessage


class Deletions:
    """Listeners for messages that are gone."""

    def __init__(self, writer: GroupCommit, clock: Clock) -> None:
        self._writer = writer
        self._clock = clock

    async def deleted(self, body: Mapping[str, Any]) -> None:
        """A message without replies, or the tombstone of one that has some. A second delivery finds nothing to do."""
        place = payloads.deleted(body)
        if place is not None:
            await self._writer.submit(RenewMessage(*place, self._clock.now()))
