"""The shape of the config file: one strict pydantic model for each part, and how it becomes a frozen value.

Names are checked while a field is read, against ``Known``, so that a wrong name and a wrong type in the same
entry are told together. What needs several entries at once (people against counts, rules against each other) is
``lint``'s work. A module for each section; nothing outside this package sees these models.
"""

from __future__ import annotations

from bot.config.schema.calendars import CALENDAR_NAME, ESCALATIONS, Calendar, Step
from bot.config.schema.care import AT_ONCE, REPEATS, Alarm, ExceptionPolicy, Pattern
from bot.config.schema.people import LIMITS, ROLE_NAME, PersonHours, Role, Site
from bot.config.schema.policies import Policy
from bot.config.schema.reports import REPORTS
from bot.config.schema.rules import MATERIALITY, Rule
from bot.config.schema.sources import Source
from bot.config.schema.types import NarrowedType, OwnType
from bot.config.schema.whole import (
    ACTIVITY_AFTER,
    ADMIN_CHANNEL,
    BREAK_GLASS,
    HEARTBEAT,
    NAME,
    PEOPLE,
    SOURCE_NAME,
    TYPE_NAME,
    File,
)

__all__ = [
    "ACTIVITY_AFTER",
    "ADMIN_CHANNEL",
    "AT_ONCE",
    "BREAK_GLASS",
    "CALENDAR_NAME",
    "ESCALATIONS",
    "HEARTBEAT",
    "LIMITS",
    "MATERIALITY",
    "NAME",
    "PEOPLE",
    "REPEATS",
    "REPORTS",
    "ROLE_NAME",
    "SOURCE_NAME",
    "TYPE_NAME",
    "Alarm",
    "Calendar",
    "ExceptionPolicy",
    "File",
    "NarrowedType",
    "OwnType",
    "Pattern",
    "PersonHours",
    "Policy",
    "Role",
    "Rule",
    "Site",
    "Source",
    "Step",
]
