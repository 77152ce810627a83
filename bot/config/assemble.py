"""The text of a config to a ``Report``: read, check every entry by itself, check them together, build.

Core but for YAML and pydantic: no file, no environment; secrets come through a function.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TypeVar

from pydantic import BaseModel, TypeAdapter, ValidationError

from bot.config import model, schema
from bot.config.document import Document, Value, parse
from bot.config.fields.known import Known
from bot.config.lint import Draft, lint
from bot.config.problems import ConfigProblem, Place, Report, Severity, did_you_mean, written
from bot.config.translate import ELSEWHERE, problems_of

VERSION = 1
#: Begins keys at the top whose pieces are only there to be used elsewhere, by anchors.
_OWN = "x-"
_KEYS = tuple(schema.File.model_fields)
_REQUIRED = tuple(key for key, info in schema.File.model_fields.items() if info.is_required())

#: The currency of an amount, wherever in the file it stands; a text that only looks like one costs a look-up.
_CURRENCY = re.compile(r"\s*\d[\d.]*\s+([A-Z]{3})\s*")

#: What is read for it costs a look-up too; it may stand in a match or in an expression.
_CLASS = "customer_class"

_SYSTEM = tuple(one.value for one in model.System)

_Part = TypeVar("_Part", bound=BaseModel)
_Value = TypeVar("_Value")


def check_text(
    text: str,
    *,
    file: str,
    event_types: Collection[str],
    find_secret: Callable[[str], str],
    now: datetime | None = None,
    insiders: Mapping[model.Group, frozenset[str]] | None = None,
) -> Report:
    """Everything that is wrong or odd in ``text``, and the config when nothing is wrong.

    ``find_secret`` gives an environment name's value, or raises LookupError with a sentence that does not hold it.
    With ``now`` the shifts of the next weeks are looked at too; ``insiders`` says who is in the groups of the file.
    """
    document = parse(text)
    reading = _Reading(document, event_types, find_secret)
    draft = reading.draft(digest=hashlib.sha256(text.encode()).hexdigest(), path=file)
    problems = [*reading.problems, *lint(replace(draft, now=now, insiders=insiders or {}))]
    refused = any(problem.severity is Severity.ERROR for problem in problems)
    ordered = tuple(sorted(problems, key=lambda problem: (problem.line, problem.path)))
    return Report(file, ordered, None if refused else draft.config)


class _Reading:
    """One pass over a document; ``problems`` grows while the parts are read."""

    def __init__(self, document: Document, event_types: Collection[str], find_secret: Callable[[str], str]) -> None:
        self.problems = list(document.problems)
        self._document = document
        self._catalog = event_types
        self._amounts = tuple(_amounts(document.data))
        self._currencies = tuple(sorted({currency for _, currency in self._amounts}))
        self._asks_class = _CLASS in json.dumps(document.data)
        self._event_types = tuple(dict.fromkeys((*event_types, *self._names("types"))))
        named = {section: self._names(section) for section in _KEYS}
        fixed = {"severities": model.SEVERITIES, "choices": model.CHOICES}
        fixed["default_choices"] = (*model.CHOICES, model.ASK)
        self._known = Known({**named, "event_types": self._event_types, **fixed}, find_secret)

    def draft(self, *, digest: str, path: str) -> Draft:
        """Every part that can be read; a section of the file is a line here."""
        if self._document.readable:
            self._top()
        types = self._types()
        sources = {
            name: replace(
                part.build(name, self._event_types),
                types=types,
                currencies=self._currencies,
                customer_class=self._asks_class,
            )
            for name, part in self._entries("odoo", schema.Source)
        }
        rules = self._rules()
        materiality = self._value("materiality", schema.MATERIALITY, {})
        limits = self._value("limits", schema.LIMITS, {})
        glass = self._value("break_glass", schema.BREAK_GLASS, None)
        beat = self._value("heartbeat", schema.HEARTBEAT, None)
        reports = self._value("reports", schema.REPORTS, None)
        repeats, alarms = self._patterns()
        config = model.Config(
            digest=digest,
            path=path,
            sources=sources,
            roles={name: part.build(name) for name, part in self._entries("roles", schema.Role)},
            sites={name: part.build(name) for name, part in self._entries("sites", schema.Site)},
            policies=self._policies(),
            rules=tuple(rule for rule in rules if rule is not None),
            materiality=materiality,
            types=types,
            admin_channel=self._value("admin_channel", schema.ADMIN_CHANNEL, ""),
            pilot_channel=self._value("pilot_channel", schema.ADMIN_CHANNEL, ""),
            limits=limits,
            patterns=repeats,
            alarms=alarms,
            calendars={name: part.build() for name, part in self._entries("calendars", schema.Calendar)},
            calendar=self._value("calendar", schema.CALENDAR_NAME, "") or None,
            escalations={
                name: tuple(step.build() for step in steps)
                for name, steps in self._value("escalations", schema.ESCALATIONS, {}, part=schema.Step).items()
            },
            activity_after=self._value("activity_after", schema.ACTIVITY_AFTER, timedelta(minutes=10)),
            people={
                email: one.build()
                for email, one in self._value("people", schema.PEOPLE, {}, part=schema.PersonHours).items()
            },
            delegation_by=self._value("delegation_by", schema.ROLE_NAME, ""),
            reroute_by=self._value("reroute_by", schema.ROLE_NAME, ""),
            last_resort=self._value("last_resort", schema.ROLE_NAME, ""),
            heartbeat=None if beat is None else beat.build(),
            break_glass=None if glass is None else glass.build(),
            weekly=() if reports is None else tuple(one.build() for one in reports.weekly or ()),
        )
        known = tuple(sorted(self._event_types))
        return Draft(config, rules, known, self._document.line, complete=not self.problems, amounts=self._amounts)

    def _names(self, section: str) -> tuple[str, ...]:
        entries = self._document.data.get(section)
        return tuple(entries) if isinstance(entries, dict) else ()

    def _report(self, place: Place, message: str, hint: str = "") -> None:
        self.problems.append(ConfigProblem(self._document.line(place), written(place), message, hint))

    def _top(self) -> None:
        data, lines = self._document.data, self._document.lines
        for key in data:
            if key not in _KEYS and not key.startswith(_OWN):
                self._report((key,), "unknown key", ELSEWHERE.get(key) or did_you_mean(key, _KEYS))
        for key in _REQUIRED:
            if (key,) not in lines:
                self._report((key,), "is missing", "write version: 1" if key == "version" else "")
        version = data.get("version", VERSION)
        if version != VERSION or isinstance(version, bool):
            self._report(("version",), f"must be {VERSION}, the only version this program reads")

    def _entries(self, section: str, part: type[_Part]) -> Iterator[tuple[str, _Part]]:
        """The readable entries of a section that maps names to parts."""
        for name, raw in self._named_parts(section):
            if (read := self._read(raw, part, (section, name))) is not None:
                yield name, read

    def _named_parts(self, section: str) -> Iterator[tuple[str, Value]]:
        """The entries of a section that maps names to parts, as they were written."""
        entries = self._document.data.get(section, {})
        if not isinstance(entries, dict):
            self._report((section,), "must be a mapping of names to their settings")
            return
        if not entries and section in self._document.data and section in _REQUIRED:
            self._report((section,), "must not be empty")
        shape = schema.SOURCE_NAME if section == "odoo" else schema.NAME
        for name, raw in entries.items():
            if re.fullmatch(shape, name) is None:
                letters = "lower-case letters" if section == "odoo" else "letters"
                self._report((section, name), f"a name holds {letters}, digits, - and _, at most 64")
            yield name, raw

    def _policies(self) -> dict[str, model.Policy]:
        """Of each kind its own keys."""
        found: dict[str, model.Policy] = {}
        for name, raw in self._named_parts("policies"):
            is_exception = isinstance(raw, dict) and raw.get("kind") == "exception"
            part: type[schema.Policy | schema.ExceptionPolicy]
            part = schema.ExceptionPolicy if is_exception else schema.Policy
            if (read := self._read(raw, part, ("policies", name))) is not None:
                found[name] = read.build(name)
        return found

    def _patterns(self) -> tuple[dict[str, model.Pattern], dict[str, model.Alarm]]:
        """What repeats, and what Signoff notices of itself; the name says which."""
        entries = self._document.data.get("patterns", {})
        if not isinstance(entries, dict):
            self._report(("patterns",), "must be a mapping of names to their settings")
            return {}, {}
        repeats: dict[str, model.Pattern] = {}
        alarms: dict[str, model.Alarm] = {}
        for name, raw in entries.items():
            place = ("patterns", name)
            if name in schema.REPEATS:
                if (pattern := self._read(raw, schema.Pattern, place)) is not None:
                    repeats[name] = pattern.build(name, self._event_types)
            elif name not in _SYSTEM:
                self._report(place, "no such pattern", did_you_mean(name, (*schema.REPEATS, *_SYSTEM)))
            elif (alarm := self._read(raw, schema.Alarm, place)) is not None:
                alarms[name] = alarm.build(model.System(name))
                if alarm.after is not None and name in schema.AT_ONCE:
                    self._report((*place, "after"), "is told of at once", "write debounce in its policy instead")
        return repeats, alarms

    def _types(self) -> dict[str, model.TypeSettings]:
        """What the file says of event types: those of the catalog can be narrowed, the others are its own."""
        entries = self._document.data.get("types", {})
        if not isinstance(entries, dict):
            self._report(("types",), "must be a mapping of event types to their settings")
            return {}
        return dict(self._type(name, raw) for name, raw in entries.items())

    def _type(self, name: str, raw: Value) -> tuple[str, model.TypeSettings]:
        place = ("types", name)
        if name not in self._catalog and re.fullmatch(schema.TYPE_NAME, name) is None:
            self._report(place, "an event type's name is dotted and lower case, such as planning.forecast")
        part: type[schema.NarrowedType | schema.OwnType]
        part = schema.NarrowedType if name in self._catalog else schema.OwnType
        read = self._read(raw, part, place)
        return name, model.TypeSettings() if read is None else read.build()

    def _rules(self) -> tuple[model.Rule | None, ...]:
        raw = self._document.data.get("rules")
        if raw is None:
            return ()
        if not isinstance(raw, list) or not raw:
            self._report(("rules",), "must be a list of rules, the last one without a condition")
            return ()
        return tuple(self._rule(entry, index) for index, entry in enumerate(raw))

    def _rule(self, raw: Value, index: int) -> model.Rule | None:
        place = ("rules", index)
        read = self._read(raw, schema.Rule, place)
        return None if read is None else read.build(self._document.line(place))

    def _value(
        self, section: str, shape: TypeAdapter[_Value], default: _Value, *, part: type[BaseModel] | None = None
    ) -> _Value:
        """A section that is a value, or maps names to plain values or to lists of parts."""
        if section not in self._document.data:
            return default
        try:
            return shape.validate_python(self._document.data[section], context=self._known)
        except ValidationError as error:
            self.problems += problems_of(error, self._document, (section,), model=part)
            return default

    def _read(self, raw: Value, part: type[_Part], place: Place) -> _Part | None:
        try:
            return part.model_validate(raw, context=self._known)
        except ValidationError as error:
            self.problems += problems_of(error, self._document, place, model=part)
            return None


def _amounts(value: Value, place: Place = ()) -> Iterator[tuple[Place, str]]:
    """Everything that reads like money, with its place and its currency."""
    if isinstance(value, dict):
        for key, held in value.items():
            yield from _amounts(held, (*place, key))
    elif isinstance(value, list):
        for index, held in enumerate(value):
            yield from _amounts(held, (*place, index))
    elif isinstance(value, str) and (found := _CURRENCY.fullmatch(value)):
        yield place, found[1]
