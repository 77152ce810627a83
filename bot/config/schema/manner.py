"""The keys of a policy that say how answers are given.

Core but for pydantic.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from pydantic import Field

from bot.config import model
from bot.config.fields.figures import Near, ToleranceOfValue
from bot.config.schema.part import Part


class Tolerance(Part):
    """``policies.<name>.tolerance``: how far a figure may move while given answers stand."""

    value: ToleranceOfValue
    """A share such as `2%` or an amount such as `50 USD` of the value that the first approval was about; the border is
    inside. It covers what shows in the value: another vendor or another product asks anew at any price."""


class Burst(Part):
    """``policies.<name>.burst``: many approvals at once, listed in one card."""

    count: Annotated[int, Field(ge=2, le=50)] = 10
    """From so many on that came into a channel within the window they are listed. Those before keep their cards."""
    window: Near = timedelta(minutes=10)
    """Wall time within which so many come."""

    def build(self) -> model.Burst:
        """The frozen value."""
        return model.Burst(self.count, self.window)
