"""Who holds a role at a place: the people whom the config names, and the users of its group in Odoo.

Core. A group that nobody could be asked about lately has nobody in it here, and says so: what cannot be told gives
nobody power, and is no reason to think that nobody is left either.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from bot.cases.planning import Rules
from bot.config.match import group_for, members_for
from bot.config.model import Config, OdooGroup, Site


@dataclass(frozen=True, slots=True)
class Holders:
    """The people of a role at one place."""

    people: frozenset[str]  #: addresses
    untold: OdooGroup | None = None  #: the group whose users cannot be told now


def holders(rules: Rules, role: str, *, site: Site | None) -> Holders:
    """Who holds ``role`` at ``site``, as far as it can be told; nobody where the config has no such role."""
    listed = members_for(rules.config, role, site=site)
    group = group_for(rules.config, role, site=site)
    if group is None:
        return Holders(listed)
    known = rules.groups.get(group)
    return Holders(listed, group) if known is None else Holders(listed | known)


def groups_of(config: Config) -> Iterator[OdooGroup]:
    """Every group that the config asks Odoo about, once."""
    overlays = (overlay for site in config.sites.values() for overlay in site.roles.values())
    asked = [role.group for role in config.roles.values()] + [overlay.group for overlay in overlays]
    return iter(dict.fromkeys(group for group in asked if group is not None))


def roles_with(config: Config, group: OdooGroup) -> tuple[str, ...]:
    """The roles that the users of ``group`` hold, somewhere at least."""
    overlays = [(name, overlay.group) for site in config.sites.values() for name, overlay in site.roles.items()]
    held = [(role.name, role.group) for role in config.roles.values()] + overlays
    return tuple(dict.fromkeys(name for name, one in held if one == group))
