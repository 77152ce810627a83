"""Who holds a role at a place: the people whom the config names, and those in its group of Odoo or Slack.

Core. A group that nobody could be asked about lately has nobody in it here, and says so: what cannot be told gives
nobody power, and is no reason to think that nobody is left either.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from bot.cases.planning import Rules
from bot.config.match import group_for, members_for
from bot.config.model import Config, Group, Role, RoleOverlay, Site


@dataclass(frozen=True, slots=True)
class Holders:
    """The people of a role at one place."""

    people: frozenset[str]  #: addresses
    untold: Group | None = None  #: the group whose people cannot be told now


def holders(rules: Rules, role: str, *, site: Site | None) -> Holders:
    """Who holds ``role`` at ``site``, as far as it can be told; nobody where the config has no such role."""
    listed = members_for(rules.config, role, site=site)
    group = group_for(rules.config, role, site=site)
    if group is None:
        return Holders(listed)
    known = rules.groups.get(group)
    return Holders(listed, group) if known is None else Holders(listed | known.people)


def everybody(rules: Rules) -> frozenset[str]:
    """Addresses of all who hold a role anywhere, or stand in for somebody."""
    places = (None, *rules.config.sites.values())
    held = (holders(rules, role, site=site).people for site in places for role in rules.config.roles)
    return frozenset().union(*held, (one.taker for one in rules.delegations))


def groups_of(config: Config) -> Iterator[Group]:
    """Every group that gives somebody power, once."""
    return iter(dict.fromkeys(group for _, group in _held(config)))


def named_groups(config: Config) -> Iterator[Group]:
    """Every group that the config names, those that are only pinged too; once."""
    return iter(dict.fromkeys(group for _, group in (*_held(config), *_pinged(config))))


def roles_with(config: Config, group: Group) -> tuple[str, ...]:
    """The roles that the people of ``group`` hold, somewhere at least."""
    return tuple(dict.fromkeys(name for name, one in _held(config) if one == group))


def roles_pinging(config: Config, group: Group) -> tuple[str, ...]:
    """The roles for which ``group`` is mentioned, somewhere at least."""
    return tuple(dict.fromkeys(name for name, one in _pinged(config) if one == group))


def _held(config: Config) -> list[tuple[str, Group]]:
    return [(name, one.group) for name, one in _written(config) if one.group is not None]


def _pinged(config: Config) -> list[tuple[str, Group]]:
    return [(name, one.ping.group) for name, one in _written(config) if one.ping and one.ping.group is not None]


def _written(config: Config) -> Iterator[tuple[str, Role | RoleOverlay]]:
    """Every place of the file that says something of a role."""
    yield from config.roles.items()
    for site in config.sites.values():
        yield from site.roles.items()
