"""The file as a whole: its sections, for the JSON Schema and the reference.

Core but for pydantic. A config is not read through ``File`` but part by part (``assemble.py``), so that one wrong
entry does not hide what is wrong between the others.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Literal

from pydantic import Field, GetJsonSchemaHandler, TypeAdapter
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from bot.config.fields.addresses import Email, FixedChannel
from bot.config.fields.figures import MoneyAmount, Patience
from bot.config.fields.names import CalendarName, EventType, RoleName
from bot.config.schema.calendars import Calendar, Escalation
from bot.config.schema.care import Alarm, ExceptionPolicy, Pattern, PatternName
from bot.config.schema.emergency import BreakGlass
from bot.config.schema.heartbeat import Heartbeat
from bot.config.schema.part import Part
from bot.config.schema.people import PersonHours, Role, Site
from bot.config.schema.policies import Policy
from bot.config.schema.reports import Reports
from bot.config.schema.rules import Rule
from bot.config.schema.sources import Source
from bot.config.schema.types import NarrowedType, OwnType

#: A source's name is part of the webhook's URL.
SOURCE_NAME = r"^[a-z0-9][a-z0-9_-]{0,63}$"
#: Dotted, as the catalog's own names are.
TYPE_NAME = r"^[a-z][a-z0-9_]{0,31}(\.[a-z][a-z0-9_]{0,31}){1,2}$"
NAME = r"^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$"

#: ``admin_channel``, which is read alone.
ADMIN_CHANNEL: TypeAdapter[str] = TypeAdapter(FixedChannel)

#: ``break_glass``, which is read alone.
BREAK_GLASS: TypeAdapter[BreakGlass | None] = TypeAdapter(BreakGlass | None)

#: ``people``: addresses to hours.
PEOPLE: TypeAdapter[dict[str, PersonHours]] = TypeAdapter(dict[Email, PersonHours])

#: ``activity_after``, which is read alone.
ACTIVITY_AFTER: TypeAdapter[timedelta] = TypeAdapter(Patience)

#: ``heartbeat``, which is read alone.
HEARTBEAT: TypeAdapter[Heartbeat | None] = TypeAdapter(Heartbeat | None)

_SourceName = Annotated[str, Field(pattern=SOURCE_NAME)]
_TypeName = Annotated[str, Field(pattern=TYPE_NAME)]
_Name = Annotated[str, Field(pattern=NAME)]


class _ByKind:
    """Says in the JSON Schema which policy is meant, so that an editor marks the very key that is wrong."""

    def __get_pydantic_json_schema__(self, core: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        usual, exception = handler(core)["anyOf"]
        is_exception = {"properties": {"kind": {"const": "exception"}}, "required": ["kind"]}
        return {"if": is_exception, "then": exception, "else": usual}


class _BySubject:
    """The same of patterns: what repeats says of which cases."""

    def __get_pydantic_json_schema__(self, core: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        repeats, alarm = handler(core)["anyOf"]
        return {"if": {"anyOf": [{"required": ["event_types"]}, {"required": ["by"]}]}, "then": repeats, "else": alarm}


class File(Part):
    """The top of the file."""

    version: Literal[1]
    """The version of this format."""
    odoo: Annotated[dict[_SourceName, Source], Field(min_length=1)]
    """The Odoo databases. A name is part of the webhook's address, `/odoo/main/<token>`, so lower-case letters,
    digits, `-` and `_`."""
    roles: Annotated[dict[_Name, Role], Field(min_length=1)]
    """Groups of people."""
    sites: dict[_Name, Site] = Field(default_factory=dict)
    """Places with their own people. The first that a record matches is its site."""
    policies: Annotated[dict[_Name, Annotated[Policy | ExceptionPolicy, _ByKind()]], Field(min_length=1)]
    """Ways to decide, and ways to look after what nobody has to decide (`kind: exception`)."""
    rules: Annotated[list[Rule], Field(min_length=1)]
    """Which record falls under which policy; tried from the top, and the last one has no condition."""
    materiality: dict[EventType, MoneyAmount] = Field(default_factory=dict)
    """The value below which no case opens."""
    types: dict[_TypeName, NarrowedType | OwnType] = Field(default_factory=dict)
    """Event types: one of the catalog narrowed, or one of your own with its `model` (event-types.md)."""
    admin_channel: FixedChannel | None = None
    """Where Signoff tells its admins what concerns no case, such as checkpoints of the audit trail (audit.md)."""
    pilot_channel: FixedChannel | None = None
    """Where what is under `mode: observe` is shown, without buttons; required there."""
    patterns: dict[PatternName, Annotated[Pattern | Alarm, _BySubject()]] = Field(default_factory=dict)
    """What repeats, and who is asked why: `repeat.variance` and others. What Signoff notices of itself, and who is
    told: `system.stuck_approval` and others (exceptions.md)."""
    limits: dict[Email, MoneyAmount] = Field(default_factory=dict)
    """The highest value that a person decides about, in whatever role and in whoever's name."""
    people: dict[Email, PersonHours] = Field(default_factory=dict)
    """When a person is written to directly: the working hours, and hours of quiet."""
    activity_after: Patience = timedelta(minutes=10)
    """How long Slack may fail to take a card or a direct message before everybody it is meant for gets an activity on
    the record in Odoo. 10s to 1d of wall time."""
    calendars: dict[_Name, Calendar] = Field(default_factory=dict)
    """When people work."""
    calendar: CalendarName | None = None
    """The calendar of records whose site names none; without any, time is counted around the clock."""
    escalations: dict[_Name, Escalation] = Field(default_factory=dict)
    """What happens when nobody answers: steps, in their order."""
    delegation_by: RoleName | None = None
    """The role whose members name stand-ins for people who are absent. Else everybody only for themselves."""
    reroute_by: RoleName | None = None
    """The role whose members give an open case the plan of the config as it is now, with `/signoff reroute CASE`. Else
    nobody: cases keep their plan."""
    last_resort: RoleName | None = None
    """The role that is asked besides where too few people are left who may decide. Else only the card says so."""
    heartbeat: Heartbeat | None = None
    """An address that is fetched while the self-audit is well. Else nobody outside is told."""
    break_glass: BreakGlass | None = None
    """Who may approve alone in an emergency. Else nobody."""
    reports: Reports | None = None
    """What is posted without anybody asking. Else nothing."""
