"""Quotas of rules that approve alone: what one decision uses up, what is used up today, and whether there is more.

Core. A quota's day is the local day of the record's site. What cannot be told or added up lets nothing through.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from bot.config.match import Facts, Unmet
from bot.config.model import Config, Rule
from bot.escalation.terms import calendar_of
from bot.money import Money

#: A sum beyond this is not kept exactly (``columns.Micros``).
_LARGEST = Decimal(9_000_000_000_000)

EVERYBODY = ""  #: stands for a rule's whole day, beside those of single makers


@dataclass(frozen=True, slots=True)
class Use:
    """One decision of a rule."""

    rule: str
    day: date
    makers: tuple[str, ...]  #: addresses, as far as they are known
    value: Money | None


@dataclass(frozen=True, slots=True)
class Spent:
    """What is used up."""

    counts: Mapping[tuple[str, date, str], int] = field(default_factory=dict)  #: (rule, day, maker or EVERYBODY)
    sums: Mapping[tuple[str, date, str], Decimal] = field(default_factory=dict)  #: (rule, day, currency)

    def plus(self, uses: Iterable[Use]) -> Spent:
        """And ``uses`` besides."""
        counts, sums = dict(self.counts), dict(self.sums)
        for use in uses:
            for who in (EVERYBODY, *use.makers):
                key = (use.rule, use.day, who)
                counts[key] = counts.get(key, 0) + 1
            if use.value is not None:
                place = (use.rule, use.day, use.value.currency)
                sums[place] = sums.get(place, Decimal(0)) + abs(use.value.amount)
        return Spent(counts, sums)


NOTHING_SPENT = Spent()


class _Untouched:
    """As if no quota were ever used up: what a rule would approve alone is nothing that another one ignores."""

    def hinders(self, rule: Rule, event: Facts) -> Unmet | None:
        return None


UNTOUCHED = _Untouched()


@dataclass(frozen=True, slots=True)
class Budget:
    """What is left at ``now``."""

    config: Config
    spent: Spent
    now: datetime

    def hinders(self, rule: Rule, event: Facts) -> Unmet | None:
        """Why ``rule`` may not approve ``event`` alone; None where it may."""
        use = self.use(rule, event)
        return self._too_many(rule, use) or self._too_many_of_one(rule, use, event) or self._too_much(rule, use)

    def use(self, rule: Rule, event: Facts) -> Use:
        """What the decision would use up."""
        makers = tuple(sorted({maker for maker in event.lists.get("makers", ()) if "@" in maker}))
        value = event.value if rule.quota.value_per_day is not None else None
        return Use(rule.name, local_day(event, self.config, self.now), makers, value)

    def told(self, rule: Rule, use: Use) -> dict[str, str]:
        """How much of the quota is used up once ``use`` is counted, for the audit trail."""
        quota, after = rule.quota, self.spent.plus((use,))
        told: dict[str, str] = {"day": use.day.isoformat()}
        if quota.per_day is not None:
            told["per_day"] = f"{after.counts[use.rule, use.day, EVERYBODY]} of {quota.per_day}"
        if quota.per_person is not None:
            counted = (f"{maker} {after.counts[use.rule, use.day, maker]}" for maker in use.makers)
            told["per_person"] = f"{', '.join(counted)} of {quota.per_person}"
        if quota.value_per_day is not None:
            total = after.sums.get((use.rule, use.day, quota.value_per_day.currency), Decimal(0))
            told["value_per_day"] = f"{total:,f} of {quota.value_per_day}"
        return told

    def _too_many(self, rule: Rule, use: Use) -> Unmet | None:
        most = rule.quota.per_day
        if most is None or self.spent.counts.get((use.rule, use.day, EVERYBODY), 0) < most:
            return None
        return Unmet(None, lambda: f"its quota of {most} a day is used up")

    def _too_many_of_one(self, rule: Rule, use: Use, event: Facts) -> Unmet | None:
        most = rule.quota.per_person
        if most is None:
            return None
        if not use.makers or len(use.makers) < len(set(event.lists.get("makers", ()))):
            return Unmet("who made it", lambda: "it is not known who made the record, so nobody's quota can be told")
        full = [one for one in use.makers if self.spent.counts.get((use.rule, use.day, one), 0) >= most]
        return Unmet(None, lambda: f"the quota of {most} a day of {', '.join(full)} is used up") if full else None

    def _too_much(self, rule: Rule, use: Use) -> Unmet | None:
        most = rule.quota.value_per_day
        if most is None:
            return None
        if use.value is None or use.value.currency != most.currency:
            return Unmet(f"value in {most.currency}", lambda: f"its value cannot be added up in {most.currency}")
        total = self.spent.sums.get((use.rule, use.day, most.currency), Decimal(0)) + abs(use.value.amount)
        most_of_all = min(most.amount, _LARGEST)
        return Unmet(None, lambda: f"its quota of {most} a day would be exceeded") if total > most_of_all else None


def local_day(event: Facts, config: Config, now: datetime) -> date:
    """The day it is where the record is; in UTC where no calendar says where that is."""
    site = config.sites.get(event.facts.get("site") or "")
    calendar = calendar_of(site, config)
    return now.astimezone(ZoneInfo(calendar.timezone if calendar else "UTC")).date()
