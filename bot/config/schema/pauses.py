"""``pause`` of a policy: stopping the clock of a case.

Core but for pydantic.
"""

from __future__ import annotations

from datetime import timedelta

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
