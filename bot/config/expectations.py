"""Expectation files: events, and what the config must make of each. The customer's own tests of the own policy.

Core but for pydantic. A case of the file names only what it cares about; everything it names is compared exactly.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import AfterValidator, Field, TypeAdapter, ValidationError
from pydantic_core import PydanticCustomError

from bot.approvals.holders import named_groups
from bot.approvals.insiders import Insiders
from bot.cases.planning import Rules
from bot.config.described import Described, Instant, names_of
from bot.config.document import Value, parse
from bot.config.explain import Explanation, StageTold, explain
from bot.config.explain_text import words_of
from bot.config.fields.addresses import Email
from bot.config.fields.known import REFUSED, refuse
from bot.config.fields.text import Text, Unique
from bot.config.model import SLACK, Config, Group
from bot.config.problems import ConfigProblem, did_you_mean
from bot.config.schema.part import Part
from bot.config.translate import problems_of


def _decide(word: str) -> str:
    if word not in _DECIDE:
        refuse(f"must be {' or '.join(_DECIDE)}")
    return word


_DECIDE = ("approve", "ignore")


class ExpectedStep(Part):
    """What a step must be."""

    at: Instant
    act: Text | None = None
    to: Text | None = None


class ExpectedStage(Part):
    """What a stage must be."""

    roles: list[Text] | None = None
    count: Annotated[int, Field(ge=1)] | None = None
    channels: list[Text] | None = None
    may: list[Text] | None = None  #: each of these may answer it
    may_not: list[Text] | None = None  #: none of these may
    only: list[Text] | None = None  #: exactly these may
    due: Instant | None = None  #: when its answer is due, counted from the event's ``at``
    steps: list[ExpectedStep] | None = None  #: what comes if nobody answers, all of it


class Expected(Part):
    """What must follow."""

    opens: bool | None = None
    observed: bool | None = None
    decide: Annotated[Text, AfterValidator(_decide)] | None = None
    rule: Text | None = None
    policy: Text | None = None
    site: Text | None = None
    execution: Text | None = None
    missing: list[Text] | None = None
    stages: list[ExpectedStage] | None = None


#: What may stand at the top of a file; keys that begin with ``_OWN`` hold pieces for anchors, as in the config.
_KEYS = ("cases", "groups")
_OWN = "x-"


class Case(Part):
    """One expectation."""

    name: Text
    event: Described
    expect: Expected


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one expectation."""

    name: str
    line: int
    differences: tuple[str, ...]  #: empty where all is as expected


def judge(text: str, rules: Rules, models: Mapping[str, str], now: datetime) -> list[Outcome] | list[ConfigProblem]:
    """Every expectation of a file held against the config, or what is wrong with the file.

    An event without an instant of its own comes at ``now``.
    """
    document = parse(text)
    if document.problems:
        return list(document.problems)
    raw = document.data.get("cases")
    unknown = [key for key in document.data if key not in _KEYS and not key.startswith(_OWN)]
    if unknown or not isinstance(raw, list) or not raw:
        path = unknown[0] if unknown else "cases"
        message = "unknown key" if unknown else "must be a list of expectations"
        return [ConfigProblem(document.line((path,)), path, message, did_you_mean(path, _KEYS) if unknown else "")]
    known = names_of(rules.config, models)
    problems: list[ConfigProblem] = []
    cases: list[tuple[int, Case]] = []
    try:
        rules = replace(rules, groups=insiders(document.data.get("groups", {}), rules.config))
    except ValidationError as error:
        problems += problems_of(error, document, ("groups",), model=None)
    for index, entry in enumerate(raw):
        place = ("cases", index)
        try:
            cases.append((document.line(place), Case.model_validate(entry, context=known)))
        except ValidationError as error:
            problems += problems_of(error, document, place, model=Case)
    return problems or [_outcome(case, line, rules, models, now=now) for line, case in cases]


def _outcome(case: Case, line: int, rules: Rules, models: Mapping[str, str], *, now: datetime) -> Outcome:
    found = explain(case.event.build(rules.config, models), rules, case.event.at or now)
    return Outcome(case.name, line, tuple(_differences(case.expect, found)))


def _differences(wanted: Expected, found: Explanation) -> Iterator[str]:
    leading = found.rulings[0]
    actual = {
        "opens": found.plan is not None,
        "observed": found.plan is not None and bool(found.plan.observe),
        "rule": leading.rule.name,
        "policy": leading.rule.policy,
        "decide": "approve" if found.alone else "ignore" if leading.rule.ignored_because else None,
        "site": found.site,
        "execution": found.plan.execution.value if found.plan else None,
        "missing": list(found.plan.missing) if found.plan else list(leading.missing),
    }
    for key, value in actual.items():
        if key in wanted.model_fields_set:
            yield from _compared(key, getattr(wanted, key), value)
    if wanted.stages is not None:
        yield from _stages(wanted.stages, found.stages)


def _stages(wanted: list[ExpectedStage], found: tuple[StageTold, ...]) -> Iterator[str]:
    if len(wanted) != len(found):
        roles = "; ".join(", ".join(stage.roles) for stage in found)
        yield f"stages: expected {len(wanted)}, found {len(found)} ({roles or 'no case opens'})"
        return
    for number, (one, stage) in enumerate(zip(wanted, found, strict=True), start=1):
        yield from (f"stage {number}: {line}" for line in _stage(one, stage))


def _stage(wanted: ExpectedStage, found: StageTold) -> Iterator[str]:
    actual: dict[str, Any] = {"roles": list(found.roles), "count": found.count, "channels": list(found.channels)}
    for key, value in actual.items():
        if key in wanted.model_fields_set:
            yield from _compared(key, getattr(wanted, key), value)
    yield from _people(wanted, found)
    yield from _times(wanted, found)


def _people(wanted: ExpectedStage, found: StageTold) -> Iterator[str]:
    """Who may and who may not; of a group whose people are not known nobody can be said to be left out."""
    people = {person.email: person for person in found.people}
    for email in wanted.may or ():
        person = people.get(email.lower())
        if person is None or not person.may:
            yield f"expected that {email} may decide, but: {person.why if person else 'nobody in the config'}"
    for email in wanted.may_not or ():
        person = people.get(email.lower())
        if person is not None and person.may:
            yield f"expected that {email} may not decide, but may, as {person.why}"
        elif found.untold and (person is None or person.unsure):
            yield f"expected that {email} may not decide, but {_whoever(found)}"
    yield from _only(wanted, found)


def _only(wanted: ExpectedStage, found: StageTold) -> Iterator[str]:
    if wanted.only is not None and found.untold:
        yield f"only: {_whoever(found)}"
    elif wanted.only is not None:
        allowed = sorted(person.email for person in found.people if person.may)
        yield from _compared("only", sorted(email.lower() for email in wanted.only), allowed)


def _whoever(found: StageTold) -> str:
    groups = ", ".join(group.told for group in found.untold)
    return f"whoever is in {groups} may; say under groups who that is"


def _times(wanted: ExpectedStage, found: StageTold) -> Iterator[str]:
    if "due" in wanted.model_fields_set:
        yield from _compared("due", wanted.due, found.due)
    if wanted.steps is None:
        return
    told = [f"{_shown(one.at)} {words_of(one)}" for one in found.steps]
    if len(wanted.steps) != len(told):
        yield f"steps: expected {len(wanted.steps)}, found {len(told)} ({'; '.join(told) or 'none'})"
        return
    for number, (one, firing) in enumerate(zip(wanted.steps, found.steps, strict=True), start=1):
        yield from _compared(f"step {number}", one.at, firing.at)
        for key, actual in (("act", firing.step.act.value), ("to", firing.step.to)):
            if key in one.model_fields_set:
                yield from _compared(f"step {number}: {key}", getattr(one, key), actual)


def _compared(what: str, wanted: object, found: object) -> Iterator[str]:
    if wanted != found:
        yield f"{what}: expected {_shown(wanted)}, found {_shown(found)}"


def _shown(value: object) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "none"
    return str(value).lower() if isinstance(value, bool) or value is None else str(value)


_PEOPLE: TypeAdapter[dict[str, list[str]]] = TypeAdapter(dict[str, Unique[Email]])


def insiders(raw: Value, config: Config) -> Mapping[Group, Insiders]:
    """Who is taken to be in which group: ``groups`` of the file. Raises ValidationError.

    A group is named as in the config, with its source or the ``@`` where that is needed to tell it from another.
    """
    named = list(named_groups(config))
    found: dict[Group, Insiders] = {}
    for name, people in _PEOPLE.validate_python(raw, strict=True).items():
        meant = [group for group in named if name in {str(group), group.name}]
        if not meant:
            raise _unknown(name, named)
        found |= dict.fromkeys(meant, Insiders(frozenset(people)))
    return found


def _unknown(name: str, named: Sequence[Group]) -> ValidationError:
    hint = did_you_mean(name, [str(group) if group.source == SLACK else group.name for group in named])
    error = PydanticCustomError(REFUSED, REFUSED, {"told": "the config names no such group", "hint": hint})
    return ValidationError.from_exception_data("groups", [{"type": error, "loc": (name,), "input": name}])


__all__ = ["Outcome", "judge"]
