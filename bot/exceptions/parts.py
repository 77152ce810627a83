"""What of a record is owed a decision, and what an owner: its findings, told apart by the policies they fall under.

Core. A record has one approval for all of its findings of that kind, and an exception for each of the others.
"""

from __future__ import annotations

from dataclasses import replace

from bot.cases.event import CONTROL, Event
from bot.cases.planning import Rules, policy_of


def exception_parts(event: Event, rules: Rules) -> tuple[Event, ...]:
    """Each finding that somebody has to own, by itself."""
    if not _may_have_exceptions(event, rules):
        return ()
    return tuple(_owned(one) for one in _singles(event) if _is_exception(one, rules))


def approval_part(event: Event, rules: Rules) -> Event | None:
    """The event without the findings that somebody has to own; None where nothing is left to decide."""
    owned = {one.event_type for one in exception_parts(event, rules)}
    if not owned:
        return event
    left = [one for one in _singles(event) if one.event_type not in owned]
    if not left:
        return None
    findings = tuple(one for one in event.findings if one.event_type not in owned)
    seen = {item.field: item for one in reversed(left) for item in reversed(one.seen)}
    context = dict.fromkeys(pair for one in left for pair in one.context)
    return replace(left[0], findings=findings, seen=tuple(reversed(seen.values())), context=tuple(context), apart=())


def part_of(event: Event, event_type: str) -> Event | None:
    """One finding by itself; None where the record does not have it (any more)."""
    return next((one for one in _singles(event) if one.event_type == event_type), None)


def _owned(single: Event) -> Event:
    """A type that others decide about may be somebody's to own here: then Odoo holds nobody to a decision."""
    return replace(single, context=tuple(pair for pair in single.context if pair[0] != CONTROL))


def _singles(event: Event) -> tuple[Event, ...]:
    return event.apart or (event,)


def _may_have_exceptions(event: Event, rules: Rules) -> bool:
    """Says of most events, cheaply, that they have none."""
    if any(rules.traits[one.event_type].is_exception for one in _singles(event)):
        return True
    return any(policy.care is not None for policy in rules.config.policies.values())


def _is_exception(single: Event, rules: Rules) -> bool:
    return rules.traits[single.event_type].is_exception or policy_of(single, rules.config).care is not None
