"""Names that refer to something else in the file or in the catalog, and globs over them.

Core.
"""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import Annotated

from pydantic import AfterValidator, ValidationInfo

from bot.config.fields.known import known_to, refuse
from bot.config.fields.shown import shown
from bot.config.fields.text import OneOrMany, Text
from bot.config.model import GLOB
from bot.config.problems import did_you_mean


def _reference(kind: str, among: str) -> AfterValidator:
    """A name that must be one of ``Known.names[among]``."""

    def check(name: str, info: ValidationInfo) -> str:
        known = known_to(info).names[among]
        if name not in known:
            refuse(f'no {kind} named "{name}"', did_you_mean(name, known))
        return name

    return AfterValidator(check)


def _pattern(kind: str, among: str) -> AfterValidator:
    """A name or glob that must meet at least one of ``Known.names[among]``."""

    def check(pattern: str, info: ValidationInfo) -> str:
        known = known_to(info).names[among]
        if not any(pattern == name or fnmatchcase(name, pattern) for name in known):
            named = "matches" if GLOB & set(pattern) else "named"
            refuse(f'no {kind} {named} "{pattern}"', did_you_mean(pattern, known))
        return pattern

    return AfterValidator(check)


EventType = Annotated[
    Text, _reference("event type", "event_types"), shown("event type", example="inventory.count_variance")
]
RoleName = Annotated[Text, _reference("role", "roles"), shown("name of a role")]
SiteName = Annotated[Text, _reference("site", "sites"), shown("name of a site")]
CalendarName = Annotated[Text, _reference("calendar", "calendars")]
EscalationName = Annotated[Text, _reference("escalation", "escalations")]
SourceName = Annotated[Text, _reference("source", "odoo"), shown("name of a source")]
PolicyName = Annotated[Text, _reference("policy", "policies"), shown("name of a policy")]
Patterns = OneOrMany[Annotated[Text, shown("name or glob")]]
EventTypePatterns = OneOrMany[Annotated[Text, _pattern("event type", "event_types"), shown("event type or glob")]]
SourcePatterns = OneOrMany[Annotated[Text, _pattern("source", "odoo"), shown("name or glob of a source")]]
SeverityPatterns = OneOrMany[Annotated[Text, _reference("severity", "severities"), shown("`normal` or `high`")]]
ChoiceName = Annotated[Text, _reference("choice", "choices"), shown("`backorder`, `cancel_rest` or `wait`")]
DefaultChoice = Annotated[
    Text, _reference("choice", "default_choices"), shown("`backorder`, `cancel_rest`, `wait` or `ask`")
]
SitePatterns = OneOrMany[Annotated[Text, _pattern("site", "sites"), shown("name or glob of a site")]]
