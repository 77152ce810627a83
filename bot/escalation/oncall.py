"""Who is on call: the people of each role at each place, and whether it is working time there. Core, pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.approvals.holders import holders
from bot.cases.planning import Rules
from bot.config.match import contact_for
from bot.config.model import Calendar, Site
from bot.escalation.attendance import away, of_role
from bot.escalation.calendar import shift
from bot.escalation.terms import calendar_of


@dataclass(frozen=True, slots=True)
class Watch:
    """A role at one place."""

    role: str
    site: str  #: empty for the people everywhere else
    people: tuple[str, ...]  #: addresses, with a note on who has hours of his own and is away
    contact: str  #: who hears of it when these do not answer; empty where nobody does
    hours: str  #: "at work until 18:00", "from Mon 06:00", "around the clock"


def watches(rules: Rules, now: datetime, *, role: str = "") -> Iterator[Watch]:
    """Every role (or one), first everywhere, then where a site has its own people or its own hours."""
    config = rules.config
    for name in config.roles:
        if role in ("", name):
            yield _watch(rules, name, None, now)
            for site in config.sites.values():
                if name in site.roles or site.calendar is not None:
                    yield _watch(rules, name, site, now)


def told(watch: Watch) -> str:
    """One line for people."""
    where = f" at {watch.site}" if watch.site else ""
    people = ", ".join(watch.people) or "nobody"
    contact = f"; then {watch.contact}" if watch.contact else ""
    return f"{watch.role.replace('_', ' ')}{where}: {people}{contact} ({watch.hours})"


def _watch(rules: Rules, role: str, site: Site | None, now: datetime) -> Watch:
    config, held = rules.config, holders(rules, role, site=site)
    untold = [f"and whoever is in {held.untold.told}, which could not be read"] if held.untold else []
    people = (*(_person(email, rules, now) for email in sorted(held.people)), *untold)
    contact = contact_for(config, role, site=site) or ""
    shift_name = of_role(config, role, site=site).shift
    calendar = config.calendars.get(shift_name) if shift_name else calendar_of(site, config)
    return Watch(role, site.name if site else "", people, contact, hours(calendar, now))


def _person(email: str, rules: Rules, now: datetime) -> str:
    """With the person's own hours, where these keep messages away now."""
    why = away(email, (), rules, now, site=None)
    return f"{email} ({why})" if why else email


def hours(calendar: Calendar | None, now: datetime) -> str:
    """Whether it is working time, until when or from when, in the time of the place."""
    if calendar is None:
        return "around the clock"
    found = shift(calendar, now)
    if found is None:
        return "never open"
    opens, closes = (instant.astimezone(ZoneInfo(calendar.timezone)) for instant in found)
    zone = f"{closes:%Z}"
    return f"at work until {closes:%H:%M} {zone}" if found[0] <= now else f"from {opens:%a %H:%M} {opens:%Z}"
