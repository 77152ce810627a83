"""``pause`` of a policy: stopping the clock of a case.

Core but for pydantic.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from pydantic import Field

from bot.config import model
from bot.config.fields.figures import Expiry
from bot.config.fields.names import RoleName
from bot.config.fields.text import Unique
from bot.config.schema.part import Part


class Pause(Part):
    """``policies.<name>.pause``: stopping the clock of a case."""

    by: Unique[RoleName]
    """The roles whose people may, with `/approvals pause`."""
    longest: Expiry = timedelta(hours=8)
    """Wall time for which a case may stand still, all its pauses together."""


class Reassign(Part):
    """``policies.<name>.reassign``: having another role asked by hand."""

    by: Unique[RoleName]
    """The roles whose people may, with `/approvals reassign`."""
    to: Unique[RoleName]
    """The roles that may be asked instead."""
    most: Annotated[int, Field(ge=1, le=20)] = 3
    """How often a case may be handed over by hand."""

    def build(self) -> model.ReassignRule:
        """The frozen value."""
        return model.ReassignRule(tuple(self.by), tuple(self.to), self.most)
