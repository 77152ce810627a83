"""Conditions tried on a sample of each event type that they can meet, before a real one does.

Core: pure functions from a draft to problems.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from bot.config.conditions import LISTS, TEXTS, Condition, Unjudged, judge
from bot.config.lint.draft import Draft
from bot.config.model import Rule
from bot.config.problems import ConfigProblem


@dataclass(frozen=True, slots=True)
class _Sample:
    """An event of which every figure is known."""

    facts: Mapping[str, str | None]
    lists: Mapping[str, Sequence[str]]


def conditions(draft: Draft) -> Iterator[ConfigProblem]:
    """``when`` of rules that would be judged for no event, or not for those of one type."""
    for index, rule in draft.readable_rules():
        found = None if rule.when is None else _unjudged(rule.when, _met_by(rule, draft.event_types))
        if found is not None:
            yield draft.error(("rules", index, "when"), found)


def stage_conditions(draft: Draft) -> Iterator[ConfigProblem]:
    """``when`` of stages that would be judged for no event, so that the stage would always be asked."""
    for policy in draft.config.policies.values():
        for index, stage in enumerate(policy.stages):
            found = None if stage.when is None else _unjudged(stage.when, draft.event_types)
            if found is not None:
                yield draft.error(("policies", policy.name, "stages", index, "when"), found)


def faster_conditions(draft: Draft) -> Iterator[ConfigProblem]:
    """``when`` of shorter times that would be judged for no event, so that everything would be urgent."""
    for policy in draft.config.policies.values():
        for index, stage in enumerate(policy.stages):
            for number, one in enumerate(stage.faster):
                found = None if one.when is None else _unjudged(one.when, draft.event_types)
                if found is not None:
                    place = ("policies", policy.name, "stages", index, "faster", number, "when")
                    yield draft.error(place, found)


def _unjudged(condition: Condition, event_types: Sequence[str]) -> str | None:
    """Why the condition would not be judged for a sample of one of these types; None where it always is."""
    for event_type in event_types:
        found = judge(condition, sample(event_type))
        if isinstance(found, Unjudged):
            return f"{found.reason}, tried on a sample of {event_type}"
    return None


def _met_by(rule: Rule, event_types: Sequence[str]) -> list[str]:
    asked = [accepted for accepted in rule.fields if accepted.field == "event_type"]
    return [name for name in event_types if all(accepted.accepts(name) for accepted in asked)]


def sample(event_type: str) -> _Sample:
    """An event of this type, with a plausible text in each field."""
    facts = {**dict.fromkeys(TEXTS, "Sample"), "event_type": event_type, "severity": "normal", "currency": "USD"}
    lists = {**dict.fromkeys(LISTS, ("ann@example.com",)), "findings": (event_type,)}
    return _Sample(facts, lists)
