"""An event as people write it down, to ask what the config would make of it.

Core but for pydantic. JSON is YAML, so one reader takes both and names the line of what it refuses.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field, ValidationError, ValidationInfo

from bot.cases.model import Event, Finding, Maker, RecordRef, Severity
from bot.config.document import Document
from bot.config.fields.known import Known, known_to, refuse
from bot.config.fields.names import EventType
from bot.config.fields.text import Text, Unique
from bot.config.model import SEVERITIES, Config
from bot.config.problems import ConfigProblem, Place, did_you_mean
from bot.config.schema.part import Part
from bot.config.translate import problems_of
from bot.money import Money


def _value(value: object) -> Money:
    try:
        return Money.parse(value if isinstance(value, str) else "")
    except ValueError:
        refuse("must be an amount with its currency", "write it as 5000 USD or -120.50 EUR")


def _instant(value: object) -> datetime:
    try:
        at = datetime.fromisoformat(value if isinstance(value, str) else "")
    except ValueError:
        refuse("must be an instant", "write it as 2026-03-02T09:00+01:00")
    if at.tzinfo is None:
        refuse("an instant needs its distance from UTC", f"write {at.isoformat()}Z or {at.isoformat()}+01:00")
    return at


def _source(name: str, info: ValidationInfo) -> str:
    known = known_to(info).names["odoo"]
    if name not in known:
        refuse(f'no source named "{name}"', did_you_mean(name, known))
    return name


def _severity(name: str) -> str:
    if name not in SEVERITIES:
        refuse(f"must be {' or '.join(SEVERITIES)}")
    return name


def _listed(value: object) -> object:
    return [value] if isinstance(value, str) else value


Tags = Annotated[list[Text], BeforeValidator(_listed)]
Instant = Annotated[datetime, BeforeValidator(_instant)]


class Described(Part):
    """One event. What is left out is not known."""

    event_type: EventType
    findings: Unique[EventType] | None = None  #: further ones, beside ``event_type``
    source: Annotated[Text, AfterValidator(_source)] | None = None  #: else the first one of the config
    model: Text | None = None  #: else the event type's own
    company: Text | None = None
    warehouse: Text | None = None
    value: Annotated[Money, BeforeValidator(_value)] | None = None
    rates: dict[str, float | int] = Field(default_factory=dict)  #: what one unit of the value's currency buys of others
    partner: Text | None = None
    customer_class: Tags | None = None  #: an empty list: none, and that is known
    category: Text | None = None
    severity: Annotated[Text, AfterValidator(_severity)] = Severity.NORMAL.value
    makers: list[Text] = Field(default_factory=list)  #: logins in Odoo
    at: Instant | None = None  #: when it comes

    def _worth(self) -> Money | None:
        rates = ((name, Decimal(str(rate))) for name, rate in sorted(self.rates.items()))
        return replace(self.value, rates=tuple(one for one in rates if one[1] > 0)) if self.value else None

    def build(self, config: Config, models: Mapping[str, str]) -> Event:
        """The event; ``models`` names the model of each event type."""
        source = config.sources[self.source or next(iter(config.sources))]
        record = RecordRef(source.name, self.model or models.get(self.event_type, ""), 0)
        kinds = dict.fromkeys((self.event_type, *(self.findings or ())))
        makers = (Maker(login, source.users.get(login, login).lower(), login) for login in self.makers)
        return Event(
            record=record,
            event_type=self.event_type,
            findings=tuple(Finding(kind, kind) for kind in kinds),
            title="the described record",
            company=self.company or "",
            warehouse=self.warehouse,
            value=self._worth(),
            makers=tuple(makers),
            seen=(),
            context=(),
            link="",
            partner=self.partner,
            customer_class=None if self.customer_class is None else tuple(sorted(set(self.customer_class))),
            category=self.category,
            severity=Severity(self.severity),
        )


def names_of(config: Config, event_types: Mapping[str, str]) -> Known:
    """What the names in a description may refer to."""
    return Known({"odoo": tuple(config.sources), "event_types": tuple(event_types)}, _no_secret)


def describe(document: Document, raw: object, place: Place, known: Known) -> Described | list[ConfigProblem]:
    """The event that stands at ``place`` of the document, or everything that is wrong with it."""
    try:
        return Described.model_validate(raw, context=known)
    except ValidationError as error:
        return list(problems_of(error, document, place, model=Described))


def _no_secret(name: str) -> str:
    raise LookupError(name)


__all__ = ["Described", "Instant", "describe", "names_of"]
