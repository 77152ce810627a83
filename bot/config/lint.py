"""What is wrong with a config although every part of it reads well: people, rules and sites against each other.

Core: pure functions from the parts that could be read to problems. A part that could not be read is None or
absent here and is not complained about twice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase

from bot.config.model import Policy, Role, Rule, Site, Source, Stage
from bot.config.problems import ConfigProblem, Place, Severity, written
from bot.money import Money


@dataclass(frozen=True, slots=True)
class Draft:
    """The readable parts of a file, in its order."""

    sources: Mapping[str, Source]
    roles: Mapping[str, Role]
    sites: Mapping[str, Site]
    policies: Mapping[str, Policy]
    rules: tuple[Rule | None, ...]  #: None where a rule could not be read
    materiality: Mapping[str, Money]
    line: Callable[[Place], int]
    complete: bool  #: whether everything in the file could be read

    def error(self, place: Place, message: str, hint: str = "") -> ConfigProblem:
        """A problem for which the file is refused."""
        return ConfigProblem(self.line(place), written(place), message, hint)

    def warning(self, place: Place, message: str, hint: str = "") -> ConfigProblem:
        """A problem that is told, no more."""
        return ConfigProblem(self.line(place), written(place), message, hint, Severity.WARNING)


def lint(draft: Draft) -> list[ConfigProblem]:
    """Every problem that takes more than one part of the file to see."""
    return [problem for check in _CHECKS for problem in check(draft)]


def _same_database(draft: Draft) -> Iterator[ConfigProblem]:
    """Two sources on one database would open every case twice."""
    seen: dict[tuple[str, str], str] = {}
    for name, source in draft.sources.items():
        first = seen.setdefault((source.url, source.database), name)
        if first != name:
            yield draft.error(("odoo", name, "database"), f'is the database of source "{first}" already')


def _site_overlaps(draft: Draft) -> Iterator[ConfigProblem]:
    """A record has one site, so two sites of the same kind may not claim the same records."""
    sites = list(draft.sites.values())
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


def _people(draft: Draft) -> Iterator[ConfigProblem]:
    for policy in draft.policies.values():
        for index, stage in enumerate(policy.stages):
            if all(role in draft.roles for role in stage.roles):
                yield from _stage_people(draft, policy, stage, place=("policies", policy.name, "stages", index))


def _stage_people(draft: Draft, policy: Policy, stage: Stage, *, place: Place) -> Iterator[ConfigProblem]:
    """Whether enough people hold the stage's roles, everywhere; told once for the first place where not."""
    for site in (None, *draft.sites.values()):
        people = len(_holders(draft, stage, site))
        where = "" if site is None else f' at site "{site.name}"'
        if people < stage.count:
            message = f"count is {stage.count}, but only {_counted(people)} may decide{where}"
            yield draft.error((*place, "count"), message)
            return
        if people == stage.count and not policy.self_approval:
            message = f"{_counted(people)} may decide{where}: on a record that one of them made, nobody is left"
            yield draft.warning(place, message, "add a member or a role, or set self_approval: true")
            return


def _holders(draft: Draft, stage: Stage, site: Site | None) -> frozenset[str]:
    held: set[str] = set()
    for role in stage.roles:
        overlay = None if site is None else site.roles.get(role)
        own = None if overlay is None else overlay.members
        held |= draft.roles[role].members if own is None else own
    return frozenset(held)


def _counted(people: int) -> str:
    return "1 person" if people == 1 else f"{people} people"


def _last_rule(draft: Draft) -> Iterator[ConfigProblem]:
    if not draft.rules or (last := draft.rules[-1]) is None:
        return
    if not _unconditional(last):
        hint = "end the list with a rule that has only a name and a policy"
        yield draft.error(("rules", len(draft.rules) - 1), "the last rule must have no condition", hint)


def _rule_names(draft: Draft) -> Iterator[ConfigProblem]:
    seen: dict[str, Rule] = {}
    for index, rule in _readable(draft):
        first = seen.setdefault(rule.name, rule)
        if first is not rule:
            place = ("rules", index, "name")
            yield draft.error(place, f'a rule named "{rule.name}" stands on line {first.line} already')


def _windows(draft: Draft) -> Iterator[ConfigProblem]:
    """Money conditions that no value can meet."""
    for index, rule in _readable(draft):
        if rule.under is not None and rule.under.amount == 0:
            yield draft.error(("rules", index, "under"), "no absolute value is under 0")
        if rule.over is None or rule.under is None:
            continue
        if rule.over.currency != rule.under.currency:
            yield draft.error(("rules", index, "under"), "over and under are in different currencies")
        elif rule.over.amount >= rule.under.amount > 0:
            yield draft.error(("rules", index, "under"), f"no value is over {rule.over} and under {rule.under}")


def _shadowed(draft: Draft) -> Iterator[ConfigProblem]:
    """Rules that an earlier one leaves nothing to."""
    rules = list(_readable(draft))
    for position, (index, rule) in enumerate(rules):
        covering = next((earlier for _, earlier in rules[:position] if _covers(earlier, rule)), None)
        if covering is None:
            continue
        cause = "has no condition" if _unconditional(covering) else "matches everything that this one does"
        message = f'never reached: rule "{covering.name}" on line {covering.line} {cause}'
        yield draft.error(("rules", index), message, "put the narrower rule first")


def _readable(draft: Draft) -> Iterable[tuple[int, Rule]]:
    return ((index, rule) for index, rule in enumerate(draft.rules) if rule is not None)


def _unconditional(rule: Rule) -> bool:
    return not rule.match and rule.over is None and rule.under is None


def _covers(wide: Rule, narrow: Rule) -> bool:
    """Whether every event that ``narrow`` matches is matched by ``wide`` too. False where it is not certain."""
    for field, accepted in wide.match.items():
        wanted = narrow.match.get(field)
        if wanted is None or not all(_accepts(accepted, pattern) for pattern in wanted):
            return False
    return _reaches(wide.over, narrow.over, below=True) and _reaches(wide.under, narrow.under, below=False)


def _accepts(accepted: Iterable[str], pattern: str) -> bool:
    literal = not set(pattern) & set("*?[")
    return any(own in (pattern, "*") or (literal and fnmatchcase(pattern, own)) for own in accepted)


def _reaches(wide: Money | None, narrow: Money | None, *, below: bool) -> bool:
    """Whether the wide rule's border is no stricter; ``below`` for a lower border."""
    if wide is None:
        return True
    if narrow is None or wide.currency != narrow.currency:
        return False
    return wide.amount <= narrow.amount if below else wide.amount >= narrow.amount


def _unused(draft: Draft) -> Iterator[ConfigProblem]:
    """Parts that nothing refers to; judged only where everything that could refer to them was read."""
    if not draft.complete:
        return
    called = {rule.policy for _, rule in _readable(draft)}
    for name in draft.policies:
        if name not in called:
            yield draft.warning(("policies", name), "no rule uses this policy")
    asked = {role for policy in draft.policies.values() for stage in policy.stages for role in stage.roles}
    for name in draft.roles:
        if name not in asked:
            yield draft.warning(("roles", name), "no policy asks this role")


def _unwatched(draft: Draft) -> Iterator[ConfigProblem]:
    """Figures for event types that never come in."""
    if not draft.complete:
        return
    watched = {event for source in draft.sources.values() for event in source.events}
    for event in draft.materiality:
        if event not in watched:
            yield draft.warning(("materiality", event), "no source watches this event type")


_CHECKS = (
    _same_database,
    _site_overlaps,
    _people,
    _last_rule,
    _rule_names,
    _windows,
    _shadowed,
    _unused,
    _unwatched,
)
