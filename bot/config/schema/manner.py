"""The keys of a policy that say how answers are given.

Core but for pydantic.
"""

from __future__ import annotations

from bot.config.fields.figures import ToleranceOfValue
from bot.config.schema.part import Part


class Tolerance(Part):
    """``policies.<name>.tolerance``: how far a figure may move while given answers stand."""

    value: ToleranceOfValue
    """A share such as `2%` or an amount such as `50 USD` of the value that the first approval was about; the border is
    inside. It covers what shows in the value: another vendor or another product asks anew at any price."""
