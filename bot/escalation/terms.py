"""What a plan promises about time: in whose hours it is counted, how long an answer may take, which steps follow.

Core.
"""

from __future__ import annotations

from bot.config.model import Calendar, Config, Faster, Policy, Site, Span, Stage, Step
from bot.money import CurrencyMismatch, Money


def calendar_of(site: Site | None, config: Config) -> Calendar | None:
    """The calendar of a record of ``site``; None where time is counted around the clock."""
    name = (site.calendar if site else None) or config.calendar
    return config.calendars[name] if name else None


def steps_of(policy: Policy, config: Config) -> tuple[Step, ...]:
    """What happens in a stage that nobody answers."""
    return config.escalations[policy.escalation] if policy.escalation else ()


def sla_of(stage: Stage, value: Money | None) -> Span | None:
    """How long the answer may take: the shortest of the times that hold for ``value``."""
    faster = [one.sla for one in stage.faster if _holds(one, value)]
    return shortest(stage.sla, *faster)


def shortest(*spans: Span | None) -> Span | None:
    """The shortest that there is; of two alike wall time, which is over sooner."""
    known = [span for span in spans if span is not None]
    return min(known, key=lambda span: (span.amount, not span.wall), default=None)


def _holds(faster: Faster, value: Money | None) -> bool:
    """What cannot be compared is urgent."""
    if value is None:
        return True
    try:
        return value.exceeds(faster.over)
    except CurrencyMismatch:
        return True
