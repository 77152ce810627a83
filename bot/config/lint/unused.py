"""Parts that nothing refers to; judged only where everything that could refer to them was read.

Core: pure functions from a draft to problems.
"""

from __future__ import annotations

from collections.abc import Iterator

from bot.approvals.holders import groups_of
from bot.config.lint.draft import Draft
from bot.config.model import Config, Role, RoleOverlay
from bot.config.problems import ConfigProblem


def unused(draft: Draft) -> Iterator[ConfigProblem]:
    """Parts that nothing refers to; judged only where everything that could refer to them was read."""
    if not draft.complete:
        return
    called = {rule.policy for _, rule in draft.readable_rules()}
    called |= {pattern.policy for pattern in draft.config.patterns.values()}
    called |= {alarm.policy for alarm in draft.config.alarms.values()}
    called |= {name for policy in draft.config.policies.values() if policy.care for name in policy.care.approvals}
    for name in draft.config.policies:
        if name not in called:
            yield draft.warning(("policies", name), "no rule uses this policy")
    asked = _asked(draft.config)
    for name in draft.config.roles:
        if name not in asked:
            yield draft.warning(("roles", name), "no policy asks this role")
    overlays = (overlay.members or () for site in draft.config.sites.values() for overlay in site.roles.values())
    members = {email for some in (*(role.members for role in draft.config.roles.values()), *overlays) for email in some}
    for email in draft.config.limits if not any(groups_of(draft.config)) else ():
        if email not in members:
            yield draft.warning(("limits", email), "nobody with this address is in a role")


def unpinged(draft: Draft) -> Iterator[ConfigProblem]:
    """Addresses under ``ping`` that hold the role nowhere."""
    for name, role in draft.config.roles.items():
        overlays = [
            site.roles[name].members or frozenset() for site in draft.config.sites.values() if name in site.roles
        ]
        held = role.members.union(*overlays)
        strangers = sorted((role.ping.people or frozenset()) - held)
        if strangers and role.group is None:
            yield draft.warning(("roles", name, "ping"), f"{', '.join(strangers)} is no member of this role")


def unheard(draft: Draft) -> Iterator[ConfigProblem]:
    """Hours of people whom no step could write to."""
    if not draft.complete or any(groups_of(draft.config)):
        return
    roles: list[Role | RoleOverlay] = [*draft.config.roles.values(), *_overlays(draft.config)]
    heard = {email for role in roles for email in (*(role.members or ()), role.escalation_contact)}
    for email in draft.config.people:
        if email not in heard:
            yield draft.warning(("people", email), "nobody with this address is in a role or an escalation contact")


def _overlays(config: Config) -> list[RoleOverlay]:
    return [one for site in config.sites.values() for one in site.roles.values()]


def unused_times(draft: Draft) -> Iterator[ConfigProblem]:
    """Calendars and escalations that nothing refers to."""
    if not draft.complete:
        return
    config = draft.config
    counted = {config.calendar, *(site.calendar for site in config.sites.values())}
    shifts = [one.shift for one in config.roles.values()] + [one.shift for one in config.people.values()]
    counted |= {*shifts, *(one.shift for one in _overlays(config))}
    for name in draft.config.calendars:
        if name not in counted:
            yield draft.warning(("calendars", name), "no site and no shift uses this calendar")
    followed = {policy.escalation for policy in draft.config.policies.values()}
    for name in draft.config.escalations:
        if name not in followed:
            yield draft.warning(("escalations", name), "no policy uses this escalation")


def _asked(config: Config) -> set[str]:
    found = {role for policy in config.policies.values() for stage in policy.stages for role in stage.roles}
    found |= {step.to for steps in config.escalations.values() for step in steps}
    found |= {config.last_resort, config.delegation_by, config.reroute_by}
    for policy in config.policies.values():
        found |= set(policy.pause.roles) if policy.pause else set()
        found |= {*policy.reassign.by, *policy.reassign.to} if policy.reassign else set()
    return found | ({config.break_glass.review} if config.break_glass else set())


def unwatched(draft: Draft) -> Iterator[ConfigProblem]:
    """Figures for event types that never come in."""
    if not draft.complete:
        return
    watched = {event for source in draft.config.sources.values() for event in source.events}
    for event in draft.config.materiality:
        if event not in watched:
            yield draft.warning(("materiality", event), "no source watches this event type")
