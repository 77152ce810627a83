"""Which rule an event falls under, which site it belongs to, who is asked there and in which channel.

Core: pure functions over the config. A condition that cannot be evaluated fails closed: the rule does not
match, and the missing figure is named. Nothing here knows an event type or an Odoo model.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from bot.config import conditions
from bot.config.conditions import Condition, Unjudged, judge, told
from bot.config.model import EVERYBODY, Accepted, Config, Group, Ping, Rule, Site
from bot.money import CurrencyMismatch, Money

#: What a placeholder becomes where the record has no such thing: a channel of that name catches them.
NO_SITE = "no-site"
NO_COMPANY = "no-company"

MAX_CHANNEL_LENGTH = 80  #: https://docs.slack.dev/reference/methods/conversations.create


class Facts(conditions.Facts, Protocol):
    """What the rules can ask about an event."""

    @property
    def value(self) -> Money | None:
        """In company currency; None where it is not known."""


@dataclass(frozen=True, slots=True)
class Routed:
    """The first rule that matched."""

    rule: Rule
    policy: str
    missing: tuple[str, ...]  #: figures without which a rule above could not be judged, such as ``value in USD``


@dataclass(frozen=True, slots=True)
class NotMatched:
    """Why a rule above was passed over, as a sentence for explanations."""

    rule: Rule
    reason: str


@dataclass(frozen=True, slots=True)
class Unmet:
    """A condition that does not hold, or cannot be judged because ``missing`` is not known."""

    missing: str | None
    reason: Callable[[], str]  #: put into words only where somebody asks


class Allowance(Protocol):
    """What is left of the quotas of rules that approve alone."""

    def hinders(self, rule: Rule, event: Facts) -> Unmet | None:
        """Why ``rule`` may not approve ``event`` alone; None where it may."""


def match(config: Config, event: Facts, allowance: Allowance | None = None) -> Routed:
    """The first rule whose every condition holds.

    Rules that approve alone are tried only with an ``allowance``: without one the road is told that leads to people. A
    rule that asks nobody does not match where a rule above it could not be judged. Never raises for a config that was
    loaded: its last rule has no condition. Raises ValueError for one made by hand without such a rule.
    """
    missing: dict[str, None] = {}
    facts = event.facts
    event_type = facts.get("event_type")
    for rule in config.rules if event_type is None else config.rules_for(event_type):
        if _is_about_something_else(rule, facts):
            continue
        unmet = _first_unmet(rule, event) or _without_people(rule, event, missing, allowance)
        if not unmet:
            return Routed(rule, rule.policy, tuple(missing))
        missing.update((one.missing, None) for one in unmet if one.missing is not None)
    msg = "the last rule of a config must have no condition"
    raise ValueError(msg)


def passed_over(config: Config, event: Facts, allowance: Allowance | None = None) -> tuple[NotMatched, ...]:
    """The rules above the one that matches, in the file's order, each with what kept it from matching."""
    why: list[NotMatched] = []
    missing: dict[str, None] = {}
    for rule in config.rules:
        unmet = _first_unmet(rule, event) or _without_people(rule, event, missing, allowance)
        if not unmet:
            break
        missing.update((one.missing, None) for one in unmet if one.missing is not None)
        why.append(NotMatched(rule, "; ".join(one.reason() for one in unmet)))
    return tuple(why)


def below_materiality(config: Config, event: Facts) -> bool:
    """Whether no case opens: the value is strictly less than its event type's materiality.

    Fails closed: an unknown value, or one in another currency, is material.
    """
    least = config.materiality.get(event.facts.get("event_type") or "")
    if least is None or event.value is None or not event.value.compares_with(least):
        return False
    return event.value.is_under(least)


def _is_about_something_else(rule: Rule, facts: Mapping[str, str | None]) -> bool:
    """Whether one of its fields is one known text and not accepted: of most rules a cheap no."""
    for accepted in rule.fields:
        actual = facts.get(accepted.field)
        if actual is not None and not accepted.accepts(actual):
            return True
    return False


def _without_people(rule: Rule, event: Facts, missing: Mapping[str, None], allowance: Allowance | None) -> list[Unmet]:
    """What keeps a rule from letting something pass without a person, although its conditions hold."""
    if not rule.asks_nobody:
        return []
    if missing:
        return [Unmet(None, lambda: f"a rule above could not be judged without {', '.join(missing)}")]
    if not rule.approves:
        return []
    if allowance is None:
        return [Unmet(None, lambda: "it approves alone, and only what is asked for the first time")]
    hindered = allowance.hinders(rule, event)
    return [hindered] if hindered else []


def _first_unmet(rule: Rule, event: Facts) -> list[Unmet]:
    """What keeps the rule from matching: one condition that is false, else all that cannot be judged.

    A rule that is about something else anyway must not make the card say that a figure was missing.
    """
    unknown: list[Unmet] = []
    for unmet in _unmet(rule, event):
        if unmet.missing is None:
            return [unmet]
        unknown.append(unmet)
    return unknown


def _unmet(rule: Rule, event: Facts) -> Iterator[Unmet]:
    for accepted in rule.fields:
        actual = told(event, accepted.field)
        if actual is None or not accepted.accepts_one_of(actual):
            yield _field(accepted, actual)
    if rule.over is not None:
        yield from _money("over", rule.over, event.value)
    if rule.under is not None:
        yield from _money("under", rule.under, event.value)
    if rule.when is not None:
        yield from _when(rule, rule.when, event)


def _field(accepted: Accepted, actual: Sequence[str] | None) -> Unmet:
    name = accepted.field
    if actual is None:
        return Unmet(name, lambda: f"{name} is not known")
    return Unmet(None, lambda: f"{name} is {' and '.join(actual) or 'none'}, not {' or '.join(accepted.patterns)}")


def _money(word: str, border: Money, value: Money | None) -> Iterator[Unmet]:
    figure = f"value in {border.currency}"
    if value is None:
        yield Unmet(figure, lambda: "the value is not known")
        return
    try:
        holds = value.exceeds(border) if word == "over" else value.is_under(border)
    except CurrencyMismatch:
        yield Unmet(figure, lambda: f"the value is in {value.currency}, not in {border.currency}")
        return
    if not holds:
        yield Unmet(None, lambda: f"{value} is not {word} {border}")


def _when(rule: Rule, condition: Condition, event: Facts) -> Iterator[Unmet]:
    found = judge(condition, event)
    if isinstance(found, Unjudged):
        yield Unmet(found.missing or f'the condition of rule "{rule.name}"', lambda: f"when: {found.reason}")
    elif not found:
        yield Unmet(None, lambda: f"when: {condition} is false")


def resolve_site(config: Config, *, warehouse: str | None, company: str | None) -> Site | None:
    """The first site in the file's order that the record belongs to, or None.

    A site that names warehouses takes no record whose warehouse is not known; the same for companies.
    """
    for site in config.sites.values():
        if (not site.warehouses or warehouse in site.warehouses) and (not site.companies or company in site.companies):
            return site
    return None


def members_for(config: Config, role: str, *, site: Site | None) -> frozenset[str]:
    """Addresses of those whom the config names for ``role`` at ``site``; nobody where there is no such role."""
    overlay = None if site is None else site.roles.get(role)
    if overlay is not None and overlay.members is not None:
        return overlay.members
    known = config.roles.get(role)
    return frozenset() if known is None else known.members


def group_for(config: Config, role: str, *, site: Site | None) -> Group | None:
    """The group whose people hold ``role`` at ``site`` as well."""
    overlay = None if site is None else site.roles.get(role)
    if overlay is not None and overlay.members is not None:
        return overlay.group
    known = config.roles.get(role)
    return None if known is None else known.group


def ping_for(config: Config, role: str, *, site: Site | None) -> Ping:
    """Who of those who hold ``role`` at ``site`` is mentioned and written to."""
    overlay = None if site is None else site.roles.get(role)
    if overlay is not None and overlay.ping is not None:
        return overlay.ping
    known = config.roles.get(role)
    return EVERYBODY if known is None else known.ping


def channel_for(config: Config, role: str, *, site: Site | None, company: str | None) -> str:
    """Where the people of ``role`` are asked about a record of ``site`` and ``company``.

    A channel id, or ``#name`` with its placeholders filled in. A placeholder the record has no value for
    becomes ``no-site`` or ``no-company``, so that such cards can be caught in a channel of that name.
    Raises KeyError for a role that the config does not have.
    """
    overlay = None if site is None else site.roles.get(role)
    written = overlay.channel if overlay is not None and overlay.channel is not None else config.roles[role].channel
    return fill(written, site=site, company=company)


def contact_for(config: Config, role: str, *, site: Site | None) -> str | None:
    """Who hears of it when the people of ``role`` at ``site`` do not answer."""
    overlay = None if site is None else site.roles.get(role)
    if overlay is not None and overlay.escalation_contact is not None:
        return overlay.escalation_contact
    known = config.roles.get(role)
    return None if known is None else known.escalation_contact


def fill(written: str, *, site: Site | None, company: str | None) -> str:
    """A channel as the file writes it, with its placeholders filled in."""
    if not written.startswith("#"):
        return written
    values = {"site": NO_SITE if site is None else site.name, "company": company or NO_COMPANY}
    for placeholder, value in values.items():
        written = written.replace(f"{{{placeholder}}}", slug(value))
    return written[: MAX_CHANNEL_LENGTH + 1]


def slug(name: str) -> str:
    """A name as Slack allows it in a channel: lower case, letters, digits, ``-`` and ``_``."""
    lower = unicodedata.normalize("NFKC", name).lower()
    return re.sub(r"[^\w]+", "-", lower).strip("-") or "x"
