"""Whether somebody is written to now: shifts and quiet hours of people and of their roles at one place. Core, pure.

Looked up when a step comes, like the people themselves. It decides about messages alone: whoever is away may still
answer, and no step comes later for it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.approvals.holders import holders
from bot.cases.planning import Rules
from bot.config.match import ping_for
from bot.config.model import Calendar, Config, Reachable, Site
from bot.escalation.calendar import is_open, shift

_ANY_TIME = Reachable()

#: Quiet hours that never end are told as ending after this.
_LONG = timedelta(days=8)


def away(email: str, roles: Iterable[str], rules: Rules, now: datetime, *, site: Site | None) -> str:
    """Why ``email`` is not written to now, in words; empty where it can be done.

    ``roles`` are those in which this person is asked: being there in one of them is enough. A person's own shift goes
    before the role's; quiet hours of both count.
    """
    config = rules.config
    own = config.people.get(email, _ANY_TIME)
    held = [role for role in roles if email in holders(rules, role, site=site).people]
    reasons = [
        _unasked(email, role, rules, site) or _away(own, of_role(config, role, site=site), config, now) for role in held
    ]
    return min(reasons or [_away(own, _ANY_TIME, config, now)], key=bool)


def of_role(config: Config, role: str, *, site: Site | None) -> Reachable:
    """When the people of ``role`` at ``site`` are there; what a site leaves open is the role's."""
    known, overlay = config.roles.get(role), site.roles.get(role) if site else None
    here = Reachable(overlay.shift, overlay.quiet_hours) if overlay else _ANY_TIME
    if known is None:
        return here
    return Reachable(here.shift or known.shift, here.quiet_hours or known.quiet_hours)


def is_pinged(email: str, roles: Iterable[str], rules: Rules, *, site: Site | None) -> bool:
    """Whether ``email`` is to be mentioned for one of ``roles``; a stand-in, who holds none of them, is."""
    held = [role for role in roles if email in holders(rules, role, site=site).people]
    return not held or not all(_unasked(email, role, rules, site) for role in held)


def mentions(
    people: Collection[str], roles: Iterable[str], rules: Rules, *, site: Site | None, spared: Collection[str] = ()
) -> list[str]:
    """Whom to mention so that ``people`` hear of it: addresses, and Slack's ids of user groups.

    A user group that a role pings stands for those of its people who are meant. It is not mentioned where that would
    wake somebody of ``spared``, who is asked but left alone now; then they are mentioned one by one.
    """
    left, groups = dict.fromkeys(people), []
    for role in roles:
        group = ping_for(rules.config, role, site=site).group
        known = rules.groups.get(group) if group else None
        meant = known.people & left.keys() & holders(rules, role, site=site).people if known else frozenset()
        if known and known.mention and meant and not known.people.intersection(spared):
            groups.append(known.mention)
            left = {email: None for email in left if email not in meant}
    return [*left, *groups]


def _unasked(email: str, role: str, rules: Rules, site: Site | None) -> str:
    """Why ``email`` is never written to for ``role``, whatever the hour. A user group that is not known bars nobody."""
    ping = ping_for(rules.config, role, site=site)
    known = rules.groups.get(ping.group) if ping.group else None
    wanted = known.people if known else ping.people
    left_out = wanted is not None and email not in wanted
    return f"is not pinged for {role.replace('_', ' ')}" if left_out else ""


def _away(own: Reachable, role: Reachable, config: Config, now: datetime) -> str:
    for quiet in (own.quiet_hours, role.quiet_hours):
        if quiet is not None and is_open(quiet, now):
            return f"quiet hours until {_end(quiet, now)}"
    name = own.shift or role.shift
    calendar = config.calendars.get(name) if name else None
    if calendar is None or is_open(calendar, now):
        return ""
    return f"not on shift until {_opening(calendar, now)}"


def _end(quiet: Calendar, now: datetime) -> str:
    """The end of quiet hours, those that follow at once included."""
    found, end = shift(quiet, now), now
    while found is not None and found[0] <= end:
        end = found[1]
        found = shift(quiet, end) if end - now < _LONG else None
    return _told(quiet, end)


def _opening(calendar: Calendar, now: datetime) -> str:
    found = shift(calendar, now)
    return _told(calendar, found[0]) if found else "further notice"


def _told(calendar: Calendar, at: datetime) -> str:
    there = at.astimezone(ZoneInfo(calendar.timezone))
    return f"{there:%a %H:%M} {there:%Z}"
