"""``calendars`` and ``escalations``: when people work, and what happens when nobody answers.

Core but for pydantic.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import Field, TypeAdapter, model_validator

from bot.config import model
from bot.config.fields.addresses import Channel
from bot.config.fields.figures import MoneyAmount
from bot.config.fields.known import refuse
from bot.config.fields.names import CalendarName, RoleName
from bot.config.fields.text import OneOrMany, Unique
from bot.config.fields.times import Day, Region, ShareOrSpan, TimeZone, Week
from bot.config.schema.part import Part

#: More would only annoy; what is not answered by then needs another step.
_MOST_REPEATS = 20


class Calendar(Part):
    """``calendars.<name>``: the working hours of a place."""

    timezone: TimeZone
    """The zone in which the hours are meant."""
    hours: Week
    """Hours by day: `mon-fri: "06:00-18:00"`, several as a list. A span belongs to the day on which it starts;
    `"22:00-06:00"` runs on into the next day."""
    holidays: OneOrMany[Region] | None = None
    """Public holidays on which no span starts, the days on which they are observed included."""
    closed: Unique[Day] | None = None
    """Own closing days."""

    def build(self) -> model.Calendar:
        """The frozen value."""
        mon, tue, wed, thu, fri, sat, sun = self.hours
        hours = (mon, tue, wed, thu, fri, sat, sun)
        return model.Calendar(self.timezone, hours, tuple(self.holidays or ()), frozenset(self.closed or ()))


class Ending(StrEnum):
    """``then``: how a step ends the case."""

    EXPIRE = "expire"
    REJECT = "reject"
    APPROVE = "approve"


class Step(Part):
    """``escalations.<name>[n]``: when, and exactly one thing to do."""

    after: ShareOrSpan
    """When: a share of the stage's SLA, counted from the stage's opening, or a time after the step before it (its
    last repeat)."""
    remind: Literal["assignees", "channel"] | None = None
    """Say under the card that it waits; `assignees` mentions those who may decide."""
    dm: Literal["assignees", "contact"] | None = None
    """The card as a direct message, with its buttons: to those who may decide, or to the roles' escalation contacts."""
    post: Channel | None = None
    """The card into another channel."""
    reassign_to: RoleName | None = None
    """Ask this role instead."""
    widen_to: RoleName | None = None
    """Ask this role too."""
    then: Annotated[Ending, Field(strict=False)] | None = None
    """End it: `expire`, `reject`, or `approve` up to `limit`."""
    limit: MoneyAmount | None = None
    """Of `then: approve`: the largest value that is approved without anybody; required there."""
    also: Literal["channel"] | None = None
    """Say it under the card, too."""
    repeat: Annotated[int, Field(ge=0, le=_MOST_REPEATS)] = 0
    """How many further times, each after the same time again."""

    @model_validator(mode="after")
    def one_thing_to_do(self) -> Self:
        """A step with two acts would leave open which of them is repeated, and one without does nothing."""
        named = [key for key in _ACTS if getattr(self, key) is not None]
        if len(named) != 1:
            refuse("names " + (" and ".join(named) or "nothing to do"), f"give it exactly one of {', '.join(_ACTS)}")
        if (self.then is Ending.APPROVE) != (self.limit is not None):
            refuse("approving without anybody needs a limit, and only that has one", "write limit: 100 USD")
        if self.then is not None and self.repeat:
            refuse("an end is not repeated")
        return self

    def build(self) -> model.Step:
        """The frozen value."""
        key = next(key for key in _ACTS if getattr(self, key) is not None)
        value = str(getattr(self, key))
        act, to = (model.Act(value), "") if key == "then" else (model.Act(key), value)
        return model.Step(self.after, act, to, self.also is not None, self.repeat, self.limit)


_ACTS = ("remind", "dm", "post", "reassign_to", "widen_to", "then")

Escalation = Annotated[list[Step], Field(min_length=1, max_length=20)]

#: ``calendar``: the name of one.
CALENDAR_NAME: TypeAdapter[str] = TypeAdapter(CalendarName)

#: ``escalations``: names to steps.
ESCALATIONS: TypeAdapter[dict[str, list[Step]]] = TypeAdapter(dict[str, Escalation])
