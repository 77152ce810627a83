"""Whether enough people are there for every stage, at every site.

Core: pure functions from a draft to problems.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from bot.approvals.quorum import assign
from bot.config.lint.draft import Draft
from bot.config.lint.groups import with_known
from bot.config.match import group_for, members_for
from bot.config.model import Policy, Role, Site, Stage
from bot.config.problems import ConfigProblem, Place


def people(draft: Draft) -> Iterator[ConfigProblem]:
    """Stages that too few people can decide, at some site or everywhere."""
    draft = with_known(draft)
    for policy in draft.config.policies.values():
        for index, stage in enumerate(policy.stages):
            if all(role in draft.config.roles for role in stage.roles):
                yield from _stage_people(draft, policy, stage, place=("policies", policy.name, "stages", index))


def _stage_people(draft: Draft, policy: Policy, stage: Stage, *, place: Place) -> Iterator[ConfigProblem]:
    """Whether enough people hold the stage's roles, everywhere; told once for the first place where not."""
    for site in (None, *draft.config.sites.values()):
        if not any(_reaches(draft.config.roles[role], site) for role in stage.roles):
            continue  # none of its roles has power there, so it is not meant for there
        if any(group_for(draft.config, role, site=site) for role in stage.roles):
            continue  # how many people are in a group is seen when it is read
        held = _held(draft, stage, site)
        where = "" if site is None else f' at site "{site.name}"'
        if (number := _most(stage, held)) < stage.count:
            yield _too_few(draft, stage, number, place, where)
            return
        if len(held) == stage.count and not policy.self_approval:
            message = f"{_counted(len(held))} may decide{where}: on a record that one of them made, nobody is left"
            yield draft.warning(place, message, "add a member or a role, or set self_approval: true")
            return


def _too_few(draft: Draft, stage: Stage, number: int, place: Place, where: str) -> ConfigProblem:
    if stage.every:
        message = f"of {len(stage.roles)} roles only {number} can be answered, each by another person{where}"
        return draft.error((*place, "all_of"), message)
    return draft.error((*place, "count"), f"count is {stage.count}, but only {_counted(number)} may decide{where}")


def _most(stage: Stage, held: Mapping[str, tuple[str, ...]]) -> int:
    """How far the stage can get at most."""
    return len(assign(held)) if stage.every else len(held)


def _reaches(role: Role, site: Site | None) -> bool:
    return not role.sites or (site is not None and site.name in role.sites)


def _held(draft: Draft, stage: Stage, site: Site | None) -> Mapping[str, tuple[str, ...]]:
    """Who could answer for which of the stage's roles."""
    held: dict[str, tuple[str, ...]] = {}
    for role in stage.roles:
        members = members_for(draft.config, role, site=site) if _reaches(draft.config.roles[role], site) else ()
        for email in members:
            held[email] = (*held.get(email, ()), role)
    return held


def _counted(number: int) -> str:
    return "1 person" if number == 1 else f"{number} people"
