"""Groups in the proofs: by those who are in them, or by as many people as could be asked for.

Core. The file does not tell who is in a group. A proof that takes it for large enough still finds what no group could
mend: a limit that is too low, a shift that is over, another role that runs out of people.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from bot.approvals.holders import groups_of
from bot.config.lint.draft import Draft
from bot.config.model import Config, Group, Role, RoleOverlay

#: Parts what a group is called from the number of somebody in it; no address has it.
_NUMBER = "\x00"


def with_known(draft: Draft) -> Draft:
    """``draft`` with everybody named who is in a group, where that was looked up."""
    return replace(draft, config=_named(draft.config, draft.insiders)) if draft.insiders else draft


def with_enough(draft: Draft) -> Draft:
    """``draft`` with people made up for each group that was not looked up: more than the longest policy asks."""
    stages = [sum(stage.count for stage in policy.stages) for policy in draft.config.policies.values()]
    number = max(stages, default=0) + 2  # the maker of the record, and one to spare
    made_up = {group: frozenset(_somebody(group, one) for one in range(number)) for group in groups_of(draft.config)}
    return replace(draft, config=_named(draft.config, made_up)) if made_up else draft


def listed(people: Iterable[str]) -> str:
    """Addresses, and each group of whom somebody is among them."""
    return ", ".join(dict.fromkeys(name.partition(_NUMBER)[0] for name in sorted(people)))


def one_of_each(people: Iterable[str]) -> list[str]:
    """``people`` in their order, with one for all who were made up for a group: they are alike."""
    return list({name.partition(_NUMBER)[0]: name for name in sorted(people)}.values())


def _somebody(group: Group, number: int) -> str:
    return f"somebody in {group.told}{_NUMBER}{number}"


def _named(config: Config, known: Mapping[Group, frozenset[str]]) -> Config:
    roles = {name: _role(role, known) for name, role in config.roles.items()}
    sites = {
        name: replace(site, roles={role: _overlay(overlay, known) for role, overlay in site.roles.items()})
        for name, site in config.sites.items()
    }
    return replace(config, roles=roles, sites=sites)


def _role(role: Role, known: Mapping[Group, frozenset[str]]) -> Role:
    if role.group is None or role.group not in known:
        return role
    return replace(role, members=role.members | known[role.group], group=None)


def _overlay(overlay: RoleOverlay, known: Mapping[Group, frozenset[str]]) -> RoleOverlay:
    if overlay.group is None or overlay.group not in known:
        return overlay
    return replace(overlay, members=(overlay.members or frozenset()) | known[overlay.group], group=None)
