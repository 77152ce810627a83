"""What a config names of Slack: every channel that a card can lead to, every person, and where in the file each stands.

Core: values in, values out; whether they exist is not known here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from bot.config.match import fill
from bot.config.model import GLOB, SLACK, Act, Config, Group, Role, RoleOverlay, Site

#: Channel or address -> the places in the file that name it.
Places = Mapping[str, tuple[str, ...]]

_SITE, _COMPANY = "{site}", "{company}"


@dataclass(frozen=True, slots=True)
class NamedChannel:
    """A channel of the config."""

    name: str  #: "#name" or an id; with ``{company}`` in it where the file names no company
    places: tuple[str, ...]
    is_rare: bool = False  #: only for records that belong to no site, in a file that has sites

    @property
    def is_open(self) -> bool:
        """Whether the record alone says which channel it is."""
        return _COMPANY in self.name


def channels(config: Config) -> tuple[NamedChannel, ...]:
    """Every channel, its placeholders filled with the file's own sites and companies, in the order of the names."""
    found: defaultdict[str, dict[str, None]] = defaultdict(dict)
    usual: set[str] = set()
    for place, written, site in _written(config):
        for name in _filled(config, written, site):
            found[name][place] = None
            if site is not None or _SITE not in written or not config.sites:
                usual.add(name)
    return tuple(NamedChannel(name, tuple(found[name]), name not in usual) for name in sorted(found))


def people(config: Config) -> Places:
    """Every address, in their order."""
    found: defaultdict[str, dict[str, None]] = defaultdict(dict)
    for place, email in _addresses(config):
        found[email][place] = None
    return {email: tuple(found[email]) for email in sorted(found)}


def user_groups(config: Config) -> Places:
    """Every user group of Slack, those that are only pinged too, in their order."""
    return {group.name: places for group, places in groups_named(config).items() if group.source == SLACK}


def groups_named(config: Config) -> Mapping[Group, tuple[str, ...]]:
    """Every group of Odoo and Slack, in their order, with the places in the file that name it."""
    found: defaultdict[Group, dict[str, None]] = defaultdict(dict)
    for place, written in _of_roles(config):
        for key, group in (("members", written.group), ("ping", written.ping.group if written.ping else None)):
            if group is not None:
                found[group][f"{place}.{key}.{'usergroup' if group.source == SLACK else 'odoo_group'}"] = None
    return {group: tuple(found[group]) for group in sorted(found)}


def _of_roles(config: Config) -> Iterator[tuple[str, Role | RoleOverlay]]:
    """Every place of the file that says something of a role."""
    for role in config.roles.values():
        yield f"roles.{role.name}", role
    for site in config.sites.values():
        yield from ((f"sites.{site.name}.roles.{name}", overlay) for name, overlay in site.roles.items())


def _written(config: Config) -> Iterator[tuple[str, str, Site | None]]:
    """(place, channel as it is written, site) of everything that can lead to a channel."""
    posts = [
        (f"escalations.{name}[{number}]", step.to)
        for name, steps in config.escalations.items()
        for number, step in enumerate(steps)
        if step.act is Act.POST
    ]
    for site in (None, *config.sites.values()):
        for role in config.roles.values():
            if site is None or not role.sites or site.name in role.sites:
                yield _of_role(role, site), _channel(role, site), site
        yield from ((place, written, site) for place, written in posts)
    if config.admin_channel:
        yield "admin_channel", config.admin_channel, None
    if config.pilot_channel:
        yield "pilot_channel", config.pilot_channel, None
    if config.break_glass is not None:
        yield "break_glass.channel", config.break_glass.channel, None
    yield from (("reports.weekly.channel", one.channel, None) for one in config.weekly)


def _channel(role: Role, site: Site | None) -> str:
    overlay = None if site is None else site.roles.get(role.name)
    return role.channel if overlay is None or overlay.channel is None else overlay.channel


def _of_role(role: Role, site: Site | None) -> str:
    overlay = None if site is None else site.roles.get(role.name)
    here = site is not None and overlay is not None and overlay.channel is not None
    return f"sites.{site.name}.roles.{role.name}.channel" if site and here else f"roles.{role.name}.channel"


def _filled(config: Config, written: str, site: Site | None) -> Iterator[str]:
    if _COMPANY not in written:
        yield fill(written, site=site, company=None)
        return
    companies = (site.companies if site else frozenset()) or _companies(config)
    yield from (fill(written, site=site, company=company) for company in companies)
    if not companies:
        yield written if site is None else written.replace(_SITE, site.name.lower())


def _companies(config: Config) -> frozenset[str]:
    """The companies that the file names anywhere."""
    found = {name for role in config.roles.values() for name in role.companies}
    found |= {name for site in config.sites.values() for name in site.companies}
    asked = (name for rule in config.rules for name in rule.match.get("company", ()))
    return frozenset(found | {name for name in asked if not GLOB & set(name)})


def _addresses(config: Config) -> Iterator[tuple[str, str]]:
    for role in config.roles.values():
        yield from ((f"roles.{role.name}.members", email) for email in role.members)
        if role.escalation_contact:
            yield f"roles.{role.name}.escalation_contact", role.escalation_contact
    for site in config.sites.values():
        for name, overlay in site.roles.items():
            yield from ((f"sites.{site.name}.roles.{name}.members", email) for email in overlay.members or ())
            if overlay.escalation_contact:
                yield f"sites.{site.name}.roles.{name}.escalation_contact", overlay.escalation_contact
    yield from (("limits", email) for email in config.limits)
    yield from (("people", email) for email in config.people)
    if config.break_glass is not None:
        yield from (("break_glass.people", email) for email in config.break_glass.people)
