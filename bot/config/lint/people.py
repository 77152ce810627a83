"""Whether enough people are there for every stage, at every site.

Core: pure functions from a draft to problems.
"""

from __future__ import annotations

from collections.abc import Iterator

from bot.config.lint.draft import Draft
from bot.config.model import Policy, Site, Stage
from bot.config.problems import ConfigProblem, Place


def people(draft: Draft) -> Iterator[ConfigProblem]:
    """Stages that too few people can decide, at some site or everywhere."""
    for policy in draft.config.policies.values():
        for index, stage in enumerate(policy.stages):
            if all(role in draft.config.roles for role in stage.roles):
                yield from _stage_people(draft, policy, stage, place=("policies", policy.name, "stages", index))


def _stage_people(draft: Draft, policy: Policy, stage: Stage, *, place: Place) -> Iterator[ConfigProblem]:
    """Whether enough people hold the stage's roles, everywhere; told once for the first place where not."""
    for site in (None, *draft.config.sites.values()):
        number = len(_holders(draft, stage, site))
        where = "" if site is None else f' at site "{site.name}"'
        if number < stage.count:
            message = f"count is {stage.count}, but only {_counted(number)} may decide{where}"
            yield draft.error((*place, "count"), message)
            return
        if number == stage.count and not policy.self_approval:
            message = f"{_counted(number)} may decide{where}: on a record that one of them made, nobody is left"
            yield draft.warning(place, message, "add a member or a role, or set self_approval: true")
            return


def _holders(draft: Draft, stage: Stage, site: Site | None) -> frozenset[str]:
    held: set[str] = set()
    for role in stage.roles:
        overlay = None if site is None else site.roles.get(role)
        own = None if overlay is None else overlay.members
        held |= draft.config.roles[role].members if own is None else own
    return frozenset(held)


def _counted(number: int) -> str:
    return "1 person" if number == 1 else f"{number} people"
