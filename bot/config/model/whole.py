"""The whole file as one value.

Core: values only. Which part of the file becomes which field is said in ``assemble.py``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from bot.config.model.calendars import Calendar
from bot.config.model.care import Alarm, Pattern
from bot.config.model.emergency import BreakGlass
from bot.config.model.escalations import Step
from bot.config.model.heartbeat import Heartbeat
from bot.config.model.people import Reachable, Role, Site
from bot.config.model.policies import Policy
from bot.config.model.reports import Weekly
from bot.config.model.rules import Rule
from bot.config.model.sources import Source
from bot.config.model.types import TypeSettings
from bot.money import Money


@dataclass(frozen=True, slots=True)
class Config:
    """The whole file."""

    digest: str  #: SHA-256 of the file's text before secrets were put in, hexadecimal
    path: str
    sources: Mapping[str, Source]
    roles: Mapping[str, Role]
    sites: Mapping[str, Site]
    policies: Mapping[str, Policy]
    rules: tuple[Rule, ...]
    materiality: Mapping[str, Money]  #: event type -> value below which no case opens
    calendars: Mapping[str, Calendar] = field(default_factory=dict)
    calendar: str | None = None  #: the calendar of records whose site names none
    escalations: Mapping[str, tuple[Step, ...]] = field(default_factory=dict)
    types: Mapping[str, TypeSettings] = field(default_factory=dict)  #: event type -> what the file says of it
    admin_channel: str = ""  #: where Signoff tells its admins something; empty for nowhere
    patterns: Mapping[str, Pattern] = field(default_factory=dict)
    alarms: Mapping[str, Alarm] = field(default_factory=dict)  #: by event type; under ``patterns`` too in the file
    limits: Mapping[str, Money] = field(default_factory=dict)  #: e-mail -> what this person decides about, in any role
    pilot_channel: str = ""  #: where what is only observed is shown; empty for nowhere
    people: Mapping[str, Reachable] = field(default_factory=dict)  #: e-mail -> when this person is written to
    activity_after: timedelta = timedelta(minutes=10)  #: how long Slack may be away before people are told in Odoo
    delegation_by: str = ""  #: the role that delegates for those who are absent; empty for none
    reroute_by: str = ""  #: the role whose people reroute cases; empty for none
    last_resort: str = ""  #: the role that is asked where nobody who may decide is left; empty for none
    heartbeat: Heartbeat | None = None  #: None: nobody outside is told
    break_glass: BreakGlass | None = None  #: None: nobody approves alone
    weekly: tuple[Weekly, ...] = ()  #: ``reports.weekly``
    #: The rules that an event type can meet, found once for each: most rules are about another one.
    _of_type: dict[str, tuple[Rule, ...]] = field(default_factory=dict, init=False, compare=False, repr=False)

    def asked_by_us(self, event_type: str) -> str | None:
        """The policy of what Signoff itself opens under this name; None where the config names none."""
        asks = self.patterns.get(event_type) or self.alarms.get(event_type)
        return asks.policy if asks is not None else None

    def rules_for(self, event_type: str) -> tuple[Rule, ...]:
        """The rules whose ``event_type`` does not rule this one out, in the file's order."""
        found = self._of_type.get(event_type)
        if found is None:
            found = tuple(rule for rule in self.rules if _can_meet(rule, event_type))
            self._of_type[event_type] = found
        return found


def _can_meet(rule: Rule, event_type: str) -> bool:
    return all(one.field != "event_type" or one.accepts(event_type) for one in rule.fields)
