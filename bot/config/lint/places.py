"""Sources and sites that get in each other's way.

Core: pure functions from a draft to problems.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from ipaddress import ip_address
from urllib.parse import urlsplit

from bot.approvals.sight import channel_view
from bot.config.lint.draft import Draft
from bot.config.model import Mode
from bot.config.problems import ConfigProblem, Place

#: Odoo's workers are stopped after two minutes by default; until then a call whose answer was lost may be at work.
#: https://www.odoo.com/documentation/18.0/developer/reference/cli.html (limit-time-real)
ODOO_AT_WORK = timedelta(minutes=2)


def same_database(draft: Draft) -> Iterator[ConfigProblem]:
    """Two sources on one database would open every case twice."""
    seen: dict[tuple[str, str], str] = {}
    for name, source in draft.config.sources.items():
        first = seen.setdefault((source.url, source.database), name)
        if first != name:
            yield draft.error(("odoo", name, "database"), f'is the database of source "{first}" already')


def site_overlaps(draft: Draft) -> Iterator[ConfigProblem]:
    """A record has one site, so two sites of the same kind may not claim the same records."""
    sites = list(draft.config.sites.values())
    for index, site in enumerate(sites):
        for earlier in sites[:index]:
            shared = site.warehouses & earlier.warehouses
            companies_meet = not site.companies or not earlier.companies or site.companies & earlier.companies
            if shared and companies_meet:
                message = f'warehouse {", ".join(sorted(shared))} belongs to site "{earlier.name}" already'
                yield draft.error(("sites", site.name, "match"), message)
            elif not earlier.warehouses and site.companies and site.companies <= earlier.companies:
                message = f'never reached: site "{earlier.name}" takes every record of its company'
                yield draft.error(("sites", site.name, "match"), message, "put the narrower site first")


def settle_too_short(draft: Draft) -> Iterator[ConfigProblem]:
    """Whoever gives a lost call up while Odoo may still carry it out has it carried out twice."""
    for name, source in draft.config.sources.items():
        if source.settle >= ODOO_AT_WORK:
            continue
        tell = draft.warning if _is_loopback(source.url) else draft.error
        message = "a call whose answer was lost may still be at work in Odoo for two minutes"
        yield tell(("odoo", name, "settle"), message, "write 2m or more")


def unguarded(draft: Draft) -> Iterator[ConfigProblem]:
    """What no guard carries out is never written as a person, nor as the bot in a person's stead."""
    for name, source in draft.config.sources.items():
        own = [one for one in source.events if one in source.types and source.types[one].own is not None]
        if source.act_as_user and own:
            message = f"no guard carries out {', '.join(own)}, so its approvals are not written while this is on"
            hint = "let its policy release, or leave it out of events"
            yield draft.warning(("odoo", name, "act_as_user"), message, hint)


def pilots(draft: Draft) -> Iterator[ConfigProblem]:
    """Whatever is only observed has to be shown somewhere."""
    config = draft.config
    rules: list[tuple[Place, Mode]] = [(("rules", index), rule.mode) for index, rule in draft.readable_rules()]
    sites: list[tuple[Place, Mode]] = [(("sites", name), site.mode) for name, site in config.sites.items()]
    sources: list[tuple[Place, Mode]] = [(("odoo", name), one.mode) for name, one in config.sources.items()]
    observed = [place for place, mode in (*rules, *sites, *sources) if mode is Mode.OBSERVE]
    if not config.pilot_channel:
        hint = 'name it at the top of the file, such as pilot_channel: "#signoff-pilot"'
        for place in observed:
            yield draft.error((*place, "mode"), "what is observed is shown in a pilot_channel, and none is named", hint)


def digests(draft: Draft) -> Iterator[ConfigProblem]:
    """A digest needs shifts to come at the start of, and somebody in its channel whose eyes it has."""
    config = draft.config
    for site in config.sites.values():
        if site.digest is None:
            continue
        if (site.calendar or config.calendar) is None:
            message = "comes at the start of each shift, and the site has no calendar"
            yield draft.error(("sites", site.name, "digest"), message, "give the site a calendar")
        if not channel_view(config, site, site.digest.channel).windows:
            message = f"no role is asked in {site.digest.channel} about this site, so there is nothing it may tell"
            yield draft.error(("sites", site.name, "digest", "channel"), message, "name the channel of a role")


def _is_loopback(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
