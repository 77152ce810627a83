"""Whom a step of an escalation is meant for, and whom of them it reaches now. Core, pure.

People are looked up when the step comes: whoever has left a role is not asked any more. Where nobody of those a direct
message is meant for is at work, the next circle of people gets it; who was passed over, and why, is kept.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime

from bot.approvals.powers import powers_at
from bot.approvals.quorum import barred_makers, current_stage
from bot.cases.model import Case
from bot.cases.planning import Rules
from bot.config.match import contact_for
from bot.config.model import ASSIGNEES, Act, Site
from bot.effects import DIRECT
from bot.escalation.attendance import away, is_pinged, mentions
from bot.escalation.timetable import next_firing


@dataclass(frozen=True, slots=True)
class Audience:
    """Who is told, and who is not."""

    people: tuple[str, ...]
    passed_by: tuple[tuple[str, str], ...] = ()  #: (address, why not)
    nobody_there: bool = False  #: all of those asked are away
    mention: tuple[str, ...] = ()  #: by whose mention they hear of it: addresses, and Slack's ids of user groups

    def told(self) -> dict[str, object]:
        """For the audit entry; empty where nobody was passed over."""
        if not self.passed_by:
            return {}
        alone = {"nobody_there": True} if self.nobody_there else {}
        return {"not_told": [list(one) for one in self.passed_by], **alone}


def present(people: Collection[str], roles: Collection[str], case: Case, rules: Rules, now: datetime) -> Audience:
    """Those of ``people`` who are written to now; ``roles`` are those in which they are asked."""
    site = site_of(case, rules)
    reasons = {email: away(email, roles, rules, now, site=site) for email in people}
    here = tuple(email for email in people if not reasons[email])
    return Audience(here, tuple((email, why) for email, why in reasons.items() if why))


def reminded(case: Case, rules: Rules, now: datetime) -> Audience:
    """Those asked who are mentioned by a reminder: not who is away, nor who wants no reminders of this case now."""
    roles, site = current_stage(case).roles, site_of(case, rules)
    found = present(assignees(case, rules, now), roles, case, rules, now)
    away_all = not found.people and all(is_pinged(email, roles, rules, site=site) for email, _ in found.passed_by)
    here = tuple(one for one in found.people if not case.chase.is_quiet_for(one, now))
    snoozed = tuple((one, "wants no reminder yet") for one in found.people if one not in here)
    passed_by = (*found.passed_by, *snoozed)
    return Audience(here, passed_by, nobody_there=away_all, mention=_mentioned(here, passed_by, case, rules))


def _mentioned(
    people: Collection[str], passed_by: Collection[tuple[str, str]], case: Case, rules: Rules
) -> tuple[str, ...]:
    spared = [email for email, _ in passed_by]
    return tuple(mentions(people, current_stage(case).roles, rules, site=site_of(case, rules), spared=spared))


def written_to(case: Case, to: str, index: int, rules: Rules, now: datetime) -> Audience:
    """Whom a direct message reaches that is meant for ``to``; ``index`` is its step.

    A message that is meant for nobody reaches nobody: only those who are away are stood in for.
    """
    passed_by: dict[str, str] = {}
    for number, (people, roles) in enumerate(_circles(case, to, index, rules, now)):
        found = present(people, roles, case, rules, now)
        passed_by |= {email: why for email, why in found.passed_by if email not in passed_by}
        if found.people or (number == 0 and not people):
            passed = tuple(one for one in passed_by.items() if one[0] not in found.people)
            return Audience(found.people, passed, mention=_mentioned(found.people, passed, case, rules))
    return Audience((), tuple(passed_by.items()))


def next_in_line(case: Case, lost: str, rules: Rules, now: datetime) -> tuple[str, ...]:
    """Who is written to in the stead of ``lost`` (``@email``), whom Slack does not reach.

    Nobody where somebody else has been written to, or nobody is left.
    """
    if lost not in current_stage(case).channels or any(_is_other(one, lost) for one in current_stage(case).channels):
        return ()
    coming = next_firing(case)
    for people, roles in _circles(case, ASSIGNEES, coming.index - 1 if coming else len(case.plan.steps), rules, now):
        fresh = [one for one in people if f"{DIRECT}{one}" not in case.channels]
        found = present(fresh, roles, case, rules, now)
        if found.people:
            return found.people
    return ()


def assignees(case: Case, rules: Rules, now: datetime) -> tuple[str, ...]:
    """The e-mail addresses of those who may answer on the present stage and have not yet, in order.

    Of an exception: its owner, else everybody who may take it, whatever it is worth.
    """
    if case.care is not None and case.care.owner is not None:
        return (case.care.owner.email,)
    return _asked(case, rules, now)


def _asked(case: Case, rules: Rules, now: datetime) -> tuple[str, ...]:
    """Those of the roles that are asked, whoever owns it."""
    powers = powers_at(case, rules)
    asked = [role for role in current_stage(case).roles if role in powers.seats]
    reached = [role for role in asked if case.care is not None or powers.role_reaches(role, case.event.value)]
    seats = [powers.seats[role] for role in reached]
    people = {email for seat in seats for email in seat.members}
    people |= {one.taker for one in (*powers.delegations, *case.forwards) if one.giver in people and one.holds(now)}
    return tuple(sorted(people - _barred(case)))


def _barred(case: Case) -> frozenset[str]:
    """Who is not asked: has answered, or made what is decided about. Whoever made it may well look after it."""
    makers = barred_makers(case) if case.care is None else frozenset()
    return makers | {given.email for given in case.standing}


def contacts(case: Case, rules: Rules) -> tuple[str, ...]:
    """The escalation contacts of the roles that are asked, in order."""
    site = site_of(case, rules)
    found = {contact_for(rules.config, role, site=site) for role in current_stage(case).roles}
    return tuple(sorted(one for one in found if one))


def site_of(case: Case, rules: Rules) -> Site | None:
    """The case's site, as the config has it now."""
    return rules.config.sites.get(case.plan.site or "")


def _circles(
    case: Case, to: str, index: int, rules: Rules, now: datetime
) -> Iterator[tuple[tuple[str, ...], tuple[str, ...]]]:
    """(people, their roles): those asked (of an exception its owner, then they), their escalation contacts, and whom a
    later step asks.

    What is meant for the contacts begins with them, and comes to those asked at last.
    """
    asked = assignees(case, rules, now), current_stage(case).roles
    if to == ASSIGNEES:
        yield asked
    if case.care is not None and case.care.owner is not None:  # whoever else may take it from an owner who is away
        yield _asked(case, rules, now), current_stage(case).roles
    yield contacts(case, rules), ()
    role = _next_role(case, index)
    seat = powers_at(case, rules).seats.get(role)
    if seat is not None:
        yield tuple(sorted(seat.members - _barred(case))), (role,)
    if to != ASSIGNEES:
        yield asked


def _next_role(case: Case, index: int) -> str:
    """The role that a step after ``index`` hands over to."""
    later = case.plan.steps[index + 1 :]
    return next((step.to for step in later if step.act in {Act.REASSIGN, Act.WIDEN}), "")


def _is_other(channel: str, lost: str) -> bool:
    return channel.startswith(DIRECT) and channel != lost
