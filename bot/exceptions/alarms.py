"""What Signoff notices of itself, as something to own: the event of each, and whether it is news beside the last one.

Core. What is the matter is looked up by ``bot.alarms``; here it gets its words, its figures and its place. There is one
place a kind and source, so that nothing is told twice, and none of it is counted among what it tells of.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from bot.approvals.quorum import current_stage
from bot.cases.event import Event, Finding, RecordRef, Related, Severity
from bot.cases.figures import Seen
from bot.cases.model import Case, Status
from bot.config.model import Alarm, Span, System
from bot.escalation.calendar import elapsed
from bot.exceptions.patterns import parent_of
from bot.text import one_line

#: Cases that a card lists, and numbers that are compared.
_NAMED: Final = 8
MOST: Final = 200

_TITLES: Final = {
    System.STUCK_APPROVAL: "Approvals that nobody answers",
    System.WEBHOOK_SILENT: "No webhooks from Odoo",
    System.QUEUE_BACKLOG: "Work that does not get done",
    System.WRITEBACK_FAILED: "Decisions that are not in Odoo",
    System.ORPHAN: "Records that nobody looks after",
    System.CONFIG_REJECTED: "The config file was refused",
}

#: What is compared with what was told before: numbers or names, one after the other.
_SEPARATOR: Final = ", "


@dataclass(frozen=True, slots=True)
class Noticed:
    """One thing that is the matter."""

    name: System
    source: str
    text: str  #: why it needs somebody, as half a sentence
    about: tuple[str, ...]  #: what exactly, each by a name that stays: whatever is new in it is news
    related: tuple[Related, ...] = ()
    context: tuple[tuple[str, str], ...] = ()

    @property
    def place(self) -> RecordRef:
        """What stands in for its record."""
        return place_of(self.name, self.source)


def place_of(name: System, source: str) -> RecordRef:
    """What stands in for the record of what is noticed about ``source``."""
    return parent_of(source, name.value, "source", source)


def event_of(noticed: Noticed, *, several: bool) -> Event:
    """What is the matter, as an event; it names its source where there are ``several``."""
    title = f"{_TITLES[noticed.name]}{f' ({noticed.source})' if several else ''}"
    told = _SEPARATOR.join(noticed.about[:MOST])
    return Event(
        record=noticed.place,
        event_type=noticed.name.value,
        findings=(Finding(noticed.name.value, one_line(noticed.text, 200)),),
        title=title,
        company="",
        warehouse=None,
        value=None,
        makers=(),
        seen=(Seen("about", "Cases" if noticed.related else "About", told, one_line(told, 120)),),
        context=noticed.context,
        link="",
        severity=Severity.HIGH,
        related=noticed.related[:_NAMED],
    )


def is_news(known: Case | None, event: Event) -> bool:
    """Whether ``event`` says more than the case that is open, or that was settled and still holds."""
    if known is None:
        return True
    if known.closed_at is None:
        return known.is_waiting and known.event.seen != event.seen
    return not set(_about(event)) <= set(_about(known.event))


def _about(event: Event) -> Iterable[str]:
    return event.seen[0].value.split(_SEPARATOR) if event.seen else ()


def is_stuck(case: Case, alarm: Alarm, now: datetime) -> bool:
    """Whether an approval waits longer than it may and nobody has answered, or nobody is left who could."""
    if case.status is not Status.PENDING or case.intended is not None or case.chase.paused or case.plan.observe:
        return False
    since = max(case.opened_at, case.revision.at, *(given.at for given in case.standing))
    return has_passed(case, alarm.after, since, now)


def has_passed(case: Case, after: Span, since: datetime, now: datetime) -> bool:
    """Whether ``after`` has passed since an instant in the hours of the case's place."""
    return elapsed(case.plan.calendar, since, now, wall=after.wall) >= after.amount


def nobody_can(case: Case) -> bool:
    """Whether too few are left who could answer, and there is nobody to ask instead."""
    return current_stage(case).last_resort == ""


def related(cases: Iterable[Case]) -> tuple[Related, ...]:
    """Cases as a card lists them."""
    return tuple(Related(one.id, one_line(one.event.title, 80), one.event.link) for one in cases)
