"""``sites.<name>.digest``: what a site hears at the start of its shifts.

Core but for pydantic.
"""

from __future__ import annotations

from typing import Literal

from bot.config import model
from bot.config.fields.addresses import FixedChannel
from bot.config.schema.part import Part


class Digest(Part):
    """``sites.<name>.digest``: what is open, late and due, at the start of each span of the site's calendar."""

    channel: FixedChannel
    """Where it is posted. It tells what the roles may see that are asked in this channel about the site."""
    values: Literal["shown", "hidden"] = "shown"
    """`hidden`: no amount of money is told. Roles with `values: hidden` are told none anyway."""
    empty: Literal["line", "silent"] = "line"
    """What happens where nothing is open: one line says so, or nothing is posted."""

    def build(self) -> model.Digest:
        """The frozen value."""
        return model.Digest(self.channel, self.values == "shown", self.empty == "silent")
