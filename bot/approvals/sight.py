"""Who may look at a case, and at its value. One answer for every list, count, picture and question about cases.

Core. People see what their roles are asked about, what they own, made or decided, and what a role with
``sees: everything`` lets them see at its places. What cannot be told is not shown.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from bot.approvals.holders import holders
from bot.approvals.standins import LONGEST_CHAIN, voices
from bot.cases.model import Case, Finding, Plan
from bot.cases.planning import Rules
from bot.config.match import channel_for
from bot.config.model import Act, Config, Role, Site

_ASKED_BY_STEPS = frozenset({Act.REASSIGN, Act.WIDEN})


class Sight(StrEnum):
    """How much of a case somebody sees."""

    NOTHING = "nothing"
    MASKED = "masked"  #: that it is there and how it stands, not how much it is about
    WHOLE = "whole"


@dataclass(frozen=True, slots=True)
class Window:
    """One role of one person at one place: through it cases are seen."""

    site: str | None  #: None: records without a site
    role: str
    everything: bool  #: every case of the place, not only those about which the role is asked
    values: bool  #: and how much they are about
    companies: frozenset[str]  #: whose records; empty means everybody's


@dataclass(frozen=True, slots=True)
class View:
    """Everything through which one person sees cases."""

    emails: frozenset[str]  #: one's own address, and those of people whom one stands in for
    windows: tuple[Window, ...]

    @property
    def of_values(self) -> View:
        """The same without the windows in which values are hidden."""
        return replace(self, windows=tuple(one for one in self.windows if one.values))


def view_of(email: str, rules: Rules, now: datetime) -> View:
    """What ``email`` sees at ``now``; a stand-in sees what is seen by whom he or she stands in for."""
    if not email:
        return View(frozenset(), ())
    emails = frozenset(voice.holder for voice in voices(email, rules.delegations, now))
    places: tuple[Site | None, ...] = (None, *rules.config.sites.values())
    found = (_windows(emails, role, site, rules) for site in places for role in rules.config.roles.values())
    return View(emails, tuple(window for some in found for window in some))


def _windows(emails: frozenset[str], role: Role, site: Site | None, rules: Rules) -> Iterator[Window]:
    if role.sites and (site is None or site.name not in role.sites):
        return
    if emails & holders(rules, role.name, site=site).people:
        yield Window(
            site.name if site else None, role.name, role.sees_everything, not role.hides_values, role.companies
        )


def channel_view(config: Config, site: Site, channel: str, *, values: bool = True) -> View:
    """What may be told in ``channel`` about ``site``: what the roles see there that are asked in it.

    Cards of theirs hang in the channel for whoever is in it. A channel in which nobody is asked is told nothing.
    """
    asked = (role for role in config.roles.values() if not role.sites or site.name in role.sites)
    windows = (
        Window(site.name, role.name, role.sees_everything, values and not role.hides_values, role.companies)
        for role in asked
        if channel_for(config, role.name, site=site, company=None) == channel
    )
    return View(frozenset(), tuple(windows))


def sight(case: Case, view: View) -> Sight:
    """How much of ``case`` is seen through ``view``."""
    if view.emails & involved(case):
        return Sight.WHOLE
    asked = asked_roles(case.plan)
    through = [one for one in view.windows if _shows(one, case, asked)]
    if not through:
        return Sight.NOTHING
    return Sight.WHOLE if any(one.values for one in through) else Sight.MASKED


def seen_by(case: Case, rules: Rules, now: datetime) -> frozenset[str]:
    """Addresses of everybody who sees anything of ``case`` at ``now``: of a few people whom it concerns, which."""
    site = rules.config.sites.get(case.plan.site or "")
    asked, company = asked_roles(case.plan), case.event.company
    here = site is not None or case.plan.site is None
    found = involved(case)
    for role in rules.config.roles.values() if here else ():
        reaches = not role.sites or (site is not None and site.name in role.sites)
        if (
            reaches
            and (not role.companies or company in role.companies)
            and (role.sees_everything or role.name in asked)
        ):
            found |= holders(rules, role.name, site=site).people
    for _ in range(LONGEST_CHAIN):
        found |= {one.taker for one in rules.delegations if one.holds(now) and one.giver in found}
    return found


def _shows(window: Window, case: Case, asked: frozenset[str]) -> bool:
    here = window.site == case.plan.site and (not window.companies or case.event.company in window.companies)
    return here and (window.everything or window.role in asked)


def involved(case: Case) -> frozenset[str]:
    """Who sees the case whatever their roles: its makers, its owner, who decided, who stands in on it."""
    makers = {maker.email for maker in case.event.makers}
    owner = {case.care.owner.email} if case.care and case.care.owner else set[str]()
    decided = {given.email for given in case.decisions}
    standing_in = {one.taker for one in case.forwards if one.ends_at is None}
    return frozenset(makers | owner | decided | standing_in) - {""}


def asked_roles(plan: Plan) -> frozenset[str]:
    """Every role that the plan asks, now or later."""
    named = (role for stage in plan.stages for role in (*stage.roles, *stage.first_roles, stage.last_resort or ""))
    stepped = (step.to for step in plan.steps if step.act in _ASKED_BY_STEPS)
    return frozenset((*named, *stepped)) - {""}


def masked(case: Case) -> Case:
    """The case without a figure that tells its value: its name, its kind, and how it stands are left."""
    event = case.event
    plain = tuple(Finding(one.event_type, one.event_type) for one in event.findings)
    without = replace(event, value=None, findings=plain, seen=(), context=(), partner=None, product=None, place=None)
    revision = replace(case.revision, event=without, changed=(), opened_with=None)
    decisions = tuple(replace(given, value=None, reason="") for given in case.decisions)
    return replace(case, revision=revision, decisions=decisions, remarks=(), ending="", problem="")
