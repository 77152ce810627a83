"""Escalations against the policies that use them: steps that could never come, and people who are not there.

Core: pure functions from a draft to problems.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from bot.config.lint.draft import Draft
from bot.config.model import CONTACT, ENDINGS, Act, Policy, Step
from bot.config.problems import ConfigProblem


def shares(draft: Draft) -> Iterator[ConfigProblem]:
    """A share of nothing never comes."""
    for policy, steps in _used(draft):
        counts_in_shares = any(isinstance(step.after, Decimal) for step in steps)
        for index, stage in enumerate(policy.stages):
            if counts_in_shares and stage.sla is None and policy.care is not None:
                key = ("acknowledge", "resolve")[index]
                message = f'has no {key}, and escalation "{policy.escalation}" counts in shares of it'
                yield draft.error(("policies", policy.name), message, f"add {key}, such as 2h")
            elif counts_in_shares and stage.sla is None:
                message = f'has no sla, and escalation "{policy.escalation}" counts in shares of it'
                yield draft.error(
                    ("policies", policy.name, "stages", index), message, "give the stage an sla, such as 2h"
                )


def endless(draft: Draft) -> Iterator[ConfigProblem]:
    """Steps that would end an exception, which only a resolution does; and approvals that it cannot ask for."""
    for policy, steps in _used(draft):
        for step in steps if policy.care else ():
            if step.act in ENDINGS:
                message = f'escalation "{policy.escalation}" would {step.act} an exception; that step is left out'
                yield draft.warning(("policies", policy.name, "escalation"), message)
    for policy in draft.config.policies.values():
        for name in policy.care.approvals if policy.care else ():
            asked = draft.config.policies.get(name)
            if asked is not None and asked.care is not None:
                message = f'"{name}" is of kind exception, so nobody approves under it'
                yield draft.error(("policies", policy.name, "approvals"), message)


def order(draft: Draft) -> Iterator[ConfigProblem]:
    """Steps behind an end, and shares that come before the step above them."""
    for name, steps in draft.config.escalations.items():
        highest = Decimal(0)
        for index, step in enumerate(steps):
            place = ("escalations", name, index)
            if step.act in ENDINGS and index + 1 < len(steps):
                yield draft.error(place, "ends the case, so the steps after it never come")
            if isinstance(step.after, Decimal):
                if step.after < highest:
                    message = f"{step.after:.0%} comes before the {highest:.0%} of a step above"
                    yield draft.error((*place, "after"), message, "put the steps in their order")
                highest = max(highest, step.after)


def reassigned(draft: Draft) -> Iterator[ConfigProblem]:
    """A hand-over to a role with too few people for the stage would never be decided."""
    for policy, steps in _used(draft):
        most = max((stage.count for stage in policy.stages), default=1)
        for index, step in enumerate(steps):
            role = draft.config.roles.get(step.to)
            if step.act is Act.REASSIGN and role is not None and role.group is None and len(role.members) < most:
                message = f'"{step.to}" has {len(role.members)} people, but policy "{policy.name}" needs {most}'
                yield draft.error(("escalations", str(policy.escalation), index, "reassign_to"), message)


def handed_over(draft: Draft) -> Iterator[ConfigProblem]:
    """The same for what people may hand over by hand."""
    for policy in draft.config.policies.values():
        most = max((stage.count for stage in policy.stages if not stage.every), default=1)
        for index, name in enumerate(policy.reassign.to if policy.reassign else ()):
            role = draft.config.roles.get(name)
            if role is not None and role.group is None and len(role.members) < most:
                message = f'"{name}" has {len(role.members)} people, but the policy needs {most}'
                yield draft.error(("policies", policy.name, "reassign", "to", index), message)


def contacts(draft: Draft) -> Iterator[ConfigProblem]:
    """A step that tells the contact of roles which have none."""
    for policy, steps in _used(draft):
        roles = {role for stage in policy.stages for role in stage.roles if role in draft.config.roles}
        known = {role for role in roles if draft.config.roles[role].escalation_contact}
        known |= {
            name for site in draft.config.sites.values() for name, one in site.roles.items() if one.escalation_contact
        }
        for index, step in enumerate(steps):
            if step.act is Act.DM and step.to == CONTACT and roles and not roles & known:
                message = f'no role that policy "{policy.name}" asks has an escalation_contact'
                yield draft.warning(("escalations", str(policy.escalation), index, "dm"), message)


def around_the_clock(draft: Draft) -> Iterator[ConfigProblem]:
    """Sites that were forgotten when the others got their hours."""
    if not draft.config.calendars or draft.config.calendar is not None:
        return
    for name, site in draft.config.sites.items():
        if site.calendar is None:
            message = "has no calendar, so time is counted around the clock here"
            yield draft.warning(("sites", name), message, "name one of the calendars, here or as calendar at the top")


def _used(draft: Draft) -> Iterator[tuple[Policy, tuple[Step, ...]]]:
    """Policies with the steps of their escalations."""
    for policy in draft.config.policies.values():
        if policy.escalation in draft.config.escalations:
            yield policy, draft.config.escalations[str(policy.escalation)]
