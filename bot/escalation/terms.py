"""What a plan promises about time: in whose hours it is counted, how long an answer may take, which steps follow.

Core.
"""

from __future__ import annotations

from bot.config.conditions import judge, told
from bot.config.match import Facts
from bot.config.model import Calendar, Config, Faster, Policy, Site, Span, Stage, Step
from bot.money import CurrencyMismatch, Money


def calendar_of(site: Site | None, config: Config) -> Calendar | None:
    """The calendar of a record of ``site``; None where time is counted around the clock."""
    name = (site.calendar if site else None) or config.calendar
    return config.calendars[name] if name else None


def steps_of(policy: Policy, config: Config) -> tuple[Step, ...]:
    """What happens in a stage that nobody answers."""
    return config.escalations[policy.escalation] if policy.escalation else ()


def sla_of(stage: Stage, event: Facts) -> Span | None:
    """How long the answer may take: the shortest of the times that hold for the record."""
    return shortest(stage.sla, *(one.sla for one in stage.faster if _holds(one, event)))


def shortest(*spans: Span | None) -> Span | None:
    """The shortest that there is; of two alike wall time, which is over sooner."""
    known = [span for span in spans if span is not None]
    return min(known, key=lambda span: (span.amount, not span.wall), default=None)


def _holds(faster: Faster, event: Facts) -> bool:
    """What cannot be judged is urgent."""
    known = ((accepted, told(event, accepted.field)) for accepted in faster.match)
    matches = all(actual is None or accepted.accepts_one_of(actual) for accepted, actual in known)
    return matches and _exceeds(event.value, faster.over) and _is_true(faster, event)


def _is_true(faster: Faster, event: Facts) -> bool:
    return faster.when is None or judge(faster.when, event) is not False


def _exceeds(value: Money | None, border: Money | None) -> bool:
    if value is None or border is None:
        return True
    try:
        return value.exceeds(border)
    except CurrencyMismatch:
        return True
