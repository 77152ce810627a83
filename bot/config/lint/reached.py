"""Whether some rule leads a record to a policy: a rule of it that no earlier one stands before.

Core. Conditions in CEL are taken to hold where they lead there, and not to hold where they lead away: what is looked
for is one record for which it could be so.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from bot.config.lint.draft import Draft
from bot.config.model import GLOB, Rule, Site
from bot.money import Money

_CENT = Decimal("0.01")
#: What a record has in a field that no rule asks about.
_NOTHING_NAMED = "\x00"
#: So many rules of one policy are looked at; with more, one of them will do.
_LOOKED_AT = 50


def leads_there(draft: Draft, policy: str, site: Site | None, company: str, value: Money | None) -> bool:
    """Whether a record of that place and value can fall under ``policy``."""
    rules = draft.config.rules
    mine = [index for index, rule in enumerate(rules) if rule.policy == policy]
    if len(mine) > _LOOKED_AT:
        return True
    return any(
        not any(_takes(one, facts, value) for one in rules[:index])
        for index in mine
        if _holds(rules[index], value)
        for facts in _records(draft, rules[index], site, company)
    )


def _records(draft: Draft, rule: Rule, site: Site | None, company: str) -> Iterator[dict[str, str]]:
    """Records that the rule's fields accept, one for each event type, at that place."""
    asked = {one.field: _text(one.patterns[0]) for one in rule.fields}
    place = {"site": site.name if site else _NOTHING_NAMED, **({"company": company} if company else {})}
    for event_type in draft.event_types:
        facts = {**asked, "event_type": event_type, **place}
        if all(one.accepts(facts[one.field]) for one in rule.fields):
            yield facts


def _text(pattern: str) -> str:
    """A text that meets the pattern, for all but the oddest."""
    return pattern if not GLOB & set(pattern) else pattern.replace("*", "").replace("?", "x")


def _takes(rule: Rule, facts: dict[str, str], value: Money | None) -> bool:
    """Whether an earlier rule certainly takes the record away."""
    if rule.when is not None or rule.approves:
        return False
    return all(one.accepts(facts.get(one.field, _NOTHING_NAMED)) for one in rule.fields) and _holds(rule, value)


def _holds(rule: Rule, value: Money | None) -> bool:
    for border, holds in ((rule.over, Money.exceeds), (rule.under, Money.is_under)):
        if border is None:
            continue
        if value is None or value.currency != border.currency or not holds(value, border):
            return False
    return True
