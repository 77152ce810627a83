"""The proof that every stage can be decided: whoever made the record, whatever its value, at every working hour.

Core: pure functions from a draft to problems. Looked for is the worst case: earlier stages are answered by just those
whom this one will miss. Who can decide changes at limits and stage borders alone, so one value on each side of them,
and each border itself, stands for all; likewise one hour for each set of people who are away. A group that was not
looked up is taken for large enough. What is told is a counter-example, and only where some rule does lead there.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import chain, combinations
from zoneinfo import ZoneInfo

from bot.approvals.quorum import assign
from bot.config.lint.draft import Draft
from bot.config.lint.groups import listed, one_of_each, with_enough, with_known
from bot.config.lint.people import people
from bot.config.lint.reached import leads_there
from bot.config.match import members_for
from bot.config.model import Calendar, Config, Policy, Role, Site, Stage
from bot.config.problems import ConfigProblem, written
from bot.escalation.calendar import is_open
from bot.money import Money

#: How far ahead absences are looked at.
AHEAD = timedelta(days=28)
_HOUR = timedelta(hours=1)
_CENT = Decimal("0.01")
#: More roles than this in one ``all_of`` are only looked at one by one and all together.
_SUBSETS_OF = 6
_OUTSIDER = ""  #: a maker who is in no role
_HINT = "add a member or a role, raise a limit, or name a last_resort role at the top of the file"


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a record is, as far as it makes a difference to who decides."""

    config: Config
    site: Site | None
    company: str

    def __str__(self) -> str:
        where = f' at site "{self.site.name}"' if self.site else ""
        return f"{where} of company {self.company}" if self.company else where

    def powers(self, roles: Collection[str]) -> tuple[object, ...]:
        """What it makes of these roles: places that are alike here are alike in who can decide."""
        known = (self.config.roles[name] for name in sorted(roles) if name in self.config.roles)
        return tuple(
            (one.name, _reaches(one, self), _limit(self, one), members_for(self.config, one.name, site=self.site))
            for one in known
        )

    @property
    def calendar(self) -> Calendar | None:
        """In whose hours people are asked."""
        name = (self.site.calendar if self.site else None) or self.config.calendar
        return self.config.calendars.get(name) if name else None


@dataclass(frozen=True, slots=True)
class _Moment:
    """A working hour, and who is not at work in it."""

    at: datetime | None
    away: frozenset[str] = frozenset()


def dead_ends(draft: Draft) -> Iterator[ConfigProblem]:
    """Stages that may come to wait for nobody, each with one case in which they do."""
    if not draft.complete:
        return
    told = [problem.path for problem in people(draft)]
    draft = with_enough(with_known(draft))
    called = {rule.policy for rule in draft.config.rules}
    for policy in draft.config.policies.values():
        for index in range(len(policy.stages)) if policy.name in called else ():
            place = ("policies", policy.name, "stages", index)
            if not any(path.startswith(written(place)) for path in told):
                yield from (draft.warning(place, one, _HINT) for one in _found(draft, policy, index))


def _found(draft: Draft, policy: Policy, index: int) -> Iterator[str]:
    """Counter-examples for one stage, as sentences: one of each kind at most."""
    kinds: set[tuple[bool, bool]] = set()
    known: dict[object, _Stuck | None] = {}
    roles = {role for stage in policy.stages for role in stage.roles} | {draft.config.last_resort} - {""}
    for place in _places(draft.config):
        powers = place.powers(roles)
        for moment in _moments(draft, place, roles):
            values = [*_values(place, policy)]
            for value in values:
                kind, key = (value is None, moment.at is None), (powers, value, moment.away)
                if kind in kinds:
                    continue
                if key not in known:
                    known[key] = _stuck(place, policy, index, value, moment)
                stuck = known[key]
                if stuck and leads_there(draft, policy.name, place.site, place.company, value):
                    kinds.add(kind)
                    by = f" made by {listed([stuck.maker])}" if stuck.maker else ""
                    worth = _worth(value) if len(values) > 1 else ""
                    yield f"a record{by}{place}{worth}{_when(moment, place)}: {stuck.why}"


@dataclass(frozen=True, slots=True)
class _Stuck:
    """A stage that cannot be completed on some record."""

    maker: str
    why: str


def _stuck(place: _Place, policy: Policy, index: int, value: Money | None, moment: _Moment) -> _Stuck | None:
    """Whose record the stage cannot be completed on by those left; None where it always can."""
    asked = [number for number, stage in enumerate(policy.stages) if _is_asked(stage, value)] or [
        *range(len(policy.stages))
    ]
    if index not in asked:
        return None
    held = {number: _held(place, policy.stages[number], value, moment) for number in asked}
    makers = [_OUTSIDER] if policy.self_approval else [_OUTSIDER, *one_of_each(held[index])]
    for maker in makers:
        left = {number: {one: roles for one, roles in who.items() if one != maker} for number, who in held.items()}
        earlier = [number for number in asked if number < index] if policy.distinct_people else []
        lost = _lost(policy, left, index, earlier)
        if lost is None or _rescued(place, policy, index, value, moment, maker=maker, earlier=earlier, left=left):
            continue
        return _Stuck(maker, _told(policy.stages[index], frozenset(left[index]) - lost, lost))
    return None


def _told(stage: Stage, able: frozenset[str], lost: frozenset[str]) -> str:
    """Who could decide, how many are needed, and who has answered an earlier stage."""
    needed = f"each of {', '.join(stage.roles)} has to" if stage.every else f"{stage.count} needed"
    who = f"only {listed(able)} can decide" if able else "nobody can decide"
    before = f", once {listed(lost)} answered before" if lost else ""
    return f"{who}{before} ({needed})"


def _lost(
    policy: Policy, left: Mapping[int, Mapping[str, tuple[str, ...]]], index: int, earlier: Collection[int]
) -> frozenset[str] | None:
    """Those whom earlier stages can take away so that this one fails; None where it cannot fail."""
    stage, who = policy.stages[index], left[index]
    slots = {f"{number}.{n}": tuple(left[number]) for number in earlier for n in range(policy.stages[number].count)}
    for roles in _subsets(stage.roles) if stage.every else [stage.roles]:
        enough = len(roles) if stage.every else stage.count
        able = {one for one, theirs in who.items() if set(theirs) & set(roles)}
        taken = assign({slot: tuple(one for one in names if one in able) for slot, names in slots.items()})
        if len(able) - len(taken) < enough:
            return frozenset(taken)
    return None


def _rescued(
    place: _Place,
    policy: Policy,
    index: int,
    value: Money | None,
    moment: _Moment,
    *,
    maker: str,
    earlier: Collection[int],
    left: Mapping[int, Mapping[str, tuple[str, ...]]],
) -> bool:
    """Whether the last resort makes up the number: it is asked besides, and anybody counts then."""
    name = place.config.last_resort
    if not name or name in policy.stages[index].roles:
        return False
    stage = policy.stages[index]
    wider = Stage((*stage.roles, name), count=stage.count)
    who = {one: roles for one, roles in _held(place, wider, value, moment).items() if one != maker}
    stages = tuple(wider if number == index else one for number, one in enumerate(policy.stages))
    asked = Policy(policy.name, stages, distinct_people=policy.distinct_people)
    return _lost(asked, {**left, index: who}, index, earlier) is None


def _subsets(roles: tuple[str, ...]) -> Iterable[tuple[str, ...]]:
    """By Hall's theorem each role gets a person of its own unless some of the roles have too few together."""
    sizes = range(1, len(roles) + 1) if len(roles) <= _SUBSETS_OF else (1, len(roles))
    return chain.from_iterable(combinations(roles, size) for size in sizes)


def _held(place: _Place, stage: Stage, value: Money | None, moment: _Moment) -> dict[str, tuple[str, ...]]:
    """Who could answer for which of the stage's roles about ``value`` then."""
    held: dict[str, tuple[str, ...]] = {}
    for name in stage.roles:
        role = place.config.roles.get(name)
        if role is None or not _reaches(role, place) or not _within(value, _limit(place, role)):
            continue
        for email in members_for(place.config, name, site=place.site) - moment.away:
            if _within(value, place.config.limits.get(email)):
                held[email] = (*held.get(email, ()), name)
    return held


def _reaches(role: Role, place: _Place) -> bool:
    at_site = not role.sites or (place.site is not None and place.site.name in role.sites)
    return at_site and (not role.companies or place.company in role.companies)


def _limit(place: _Place, role: Role) -> Money | None:
    overlay = place.site.roles.get(role.name) if place.site else None
    return role.limit if overlay is None or overlay.limit is None else overlay.limit


def _within(value: Money | None, limit: Money | None) -> bool:
    """Of a limit in another currency only the record's day can tell; here it is not what stands in the way."""
    return limit is None or (value is not None and (value.currency != limit.currency or not value.exceeds(limit)))


def _is_asked(stage: Stage, value: Money | None) -> bool:
    """Whether the stage may be asked; a condition is taken to hold."""
    for border, holds in ((stage.over, Money.exceeds), (stage.under, Money.is_under)):
        told = border is not None and value is not None and value.currency == border.currency
        if border is not None and value is not None and told and not holds(value, border):
            return False
    return True


def _values(place: _Place, policy: Policy) -> Iterator[Money | None]:
    """A value for each side of each border, each border, and one that is not known."""
    roles = [place.config.roles[one] for stage in policy.stages for one in stage.roles if one in place.config.roles]
    members = {email for role in roles for email in members_for(place.config, role.name, site=place.site)}
    borders = [
        *(border for stage in policy.stages for border in (stage.over, stage.under)),
        *(_limit(place, role) for role in roles),
        *(limit for email, limit in place.config.limits.items() if email in members),
    ]
    known = {border for border in borders if border is not None}
    for currency in sorted({border.currency for border in known}):
        amounts = {border.amount for border in known if border.currency == currency}
        near = {amount + step for amount in amounts for step in (-_CENT, Decimal(0), _CENT)} | {Decimal(0)}
        yield from (Money(amount, currency) for amount in sorted(near) if amount >= 0)
    yield None


def _places(config: Config) -> Iterator[_Place]:
    named = {company for role in config.roles.values() for company in role.companies}
    for site in (None, *config.sites.values()):
        here = sorted(site.companies) if site and site.companies else ["", *sorted(named)]
        yield from (_Place(config, site, company) for company in here)


def _moments(draft: Draft, place: _Place, roles: Collection[str]) -> Iterator[_Moment]:
    """One working hour for each set of people who are away; the first is any moment at which all are there."""
    yield _Moment(None)
    config, now = draft.config, draft.now
    members = {email for role in roles for email in members_for(config, role, site=place.site)}
    shifts = {email: shift for email in sorted(members) if (shift := _shifts(place, roles, email))}
    if now is None or not shifts:
        return
    seen = {frozenset[str]()}
    start = now.replace(minute=0, second=0, microsecond=0) + _HOUR
    for hour in range(AHEAD // _HOUR):
        at = start + hour * _HOUR
        if not is_open(place.calendar, at):
            continue
        away = frozenset(email for email, theirs in shifts.items() if not any(is_open(one, at) for one in theirs))
        if away not in seen:
            seen.add(away)
            yield _Moment(at, away)


def _shifts(place: _Place, roles: Collection[str], email: str) -> list[Calendar]:
    """The calendars by which somebody is at work; none where that is at any time."""
    config = place.config
    own = config.people.get(email)
    if own is not None and own.shift:
        return [config.calendars[own.shift]]
    names = [_shift_of(place, role) for role in roles if email in members_for(config, role, site=place.site)]
    return [config.calendars[name] for name in names if name] if all(names) else []


def _shift_of(place: _Place, name: str) -> str | None:
    overlay, role = place.site.roles.get(name) if place.site else None, place.config.roles.get(name)
    return (overlay.shift if overlay else None) or (role.shift if role else None)


def _worth(value: Money | None) -> str:
    return f", worth {value}" if value else ", if its value is not known"


def _when(moment: _Moment, place: _Place) -> str:
    if moment.at is None:
        return ""
    there = moment.at.astimezone(ZoneInfo(place.calendar.timezone if place.calendar else "UTC"))
    return f", on {there:%a %Y-%m-%d %H:%M %Z}, when {listed(moment.away)} are not on shift"
