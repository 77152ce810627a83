"""``reports``: what Signoff posts by itself from time to time.

Core but for pydantic.
"""

from __future__ import annotations

from datetime import time
from typing import Literal, Self

from pydantic import TypeAdapter, model_validator

from bot.config import model
from bot.config.fields.addresses import FixedChannel
from bot.config.fields.known import refuse
from bot.config.fields.names import SiteName
from bot.config.fields.text import OneOrMany
from bot.config.fields.times import DAYS, TimeOfDay, TimeZone
from bot.config.schema.part import Part


class Weekly(Part):
    """``reports.weekly``: the figures of the last seven days, as a message with pictures below it (reports.md)."""

    channel: FixedChannel
    """Where it is posted. Everybody in the channel reads it."""
    day: Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"] = "mon"
    """On which day. It tells of the seven days before that one."""
    at: TimeOfDay = time(8)
    """From when on, local."""
    timezone: TimeZone | None = None
    """In whose days it counts. Else the zone of the one site, else of the default `calendar`, else UTC."""
    sites: OneOrMany[SiteName] | None = None
    """Only of these. Else of all, and of records without a site."""
    values: Literal["shown", "hidden"] = "shown"
    """`hidden` leaves amounts of money out. They are hidden anyway in a channel where a role with `values: hidden` is
    asked."""

    def build(self) -> model.Weekly:
        """The frozen value."""
        return model.Weekly(
            channel=self.channel,
            day=DAYS.index(self.day),
            at=self.at,
            timezone=self.timezone or "",
            sites=frozenset(self.sites or ()),
            shows_values=self.values == "shown",
        )


class Reports(Part):
    """``reports``: what is posted without anybody asking."""

    weekly: OneOrMany[Weekly] | None = None
    """The report of the week, once or for several channels. Else none."""

    @model_validator(mode="after")
    def one_a_channel(self) -> Self:
        """A channel is what tells whether its report was posted."""
        channels = [one.channel for one in self.weekly or ()]
        doubles = sorted({one for one in channels if channels.count(one) > 1})
        if doubles:
            refuse(f"{', '.join(doubles)} gets two weekly reports", "name the sites of both in one")
        return self


#: ``reports``, which is read alone.
REPORTS: TypeAdapter[Reports | None] = TypeAdapter(Reports | None)
