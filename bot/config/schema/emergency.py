"""``break_glass``: approvals past roles, stages and limits.

Core but for pydantic.
"""

from __future__ import annotations

from bot.config import model
from bot.config.fields.addresses import Email, FixedChannel
from bot.config.fields.names import RoleName
from bot.config.fields.text import Unique
from bot.config.schema.part import Part


class BreakGlass(Part):
    """``break_glass``: who may approve alone in an emergency."""

    people: Unique[Email]
    """Who may approve alone with `/approvals break-glass CASE`, past roles, stages and limits, but never what they
    asked for themselves, nor without the evidence that the policy owes. A reason is mandatory."""
    channel: FixedChannel
    """Where each such approval is shown at once."""
    review: RoleName
    """The role whose people review each of them afterwards, with the button Reviewed and a comment; they are reminded
    every day, in the card's thread, until somebody has. Neither who approved nor who made the record reviews it."""

    def build(self) -> model.BreakGlass:
        """The frozen value."""
        return model.BreakGlass(frozenset(self.people), self.channel, self.review)
