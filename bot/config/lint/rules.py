"""Rules against each other: the last one, names, borders that no value meets, rules that are never reached.

Core: pure functions from a draft to problems.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase

from bot.config.lint.draft import Draft
from bot.config.model import Rule
from bot.config.problems import ConfigProblem
from bot.money import Money


def last_rule(draft: Draft) -> Iterator[ConfigProblem]:
    """The last rule catches everything, so that no event falls through."""
    if not draft.rules or (last := draft.rules[-1]) is None:
        return
    if not _unconditional(last):
        hint = "end the list with a rule that has only a name and a policy"
        yield draft.error(("rules", len(draft.rules) - 1), "the last rule must have no condition", hint)


def rule_names(draft: Draft) -> Iterator[ConfigProblem]:
    """A rule is known by its name: two of one name could not be told apart."""
    seen: dict[str, Rule] = {}
    for index, rule in draft.readable_rules():
        first = seen.setdefault(rule.name, rule)
        if first is not rule:
            place = ("rules", index, "name")
            yield draft.error(place, f'a rule named "{rule.name}" stands on line {first.line} already')


def windows(draft: Draft) -> Iterator[ConfigProblem]:
    """Money conditions that no value can meet."""
    for index, rule in draft.readable_rules():
        if rule.under is not None and rule.under.amount == 0:
            yield draft.error(("rules", index, "under"), "no absolute value is under 0")
        if rule.over is None or rule.under is None:
            continue
        if rule.over.currency != rule.under.currency:
            yield draft.error(("rules", index, "under"), "over and under are in different currencies")
        elif rule.over.amount >= rule.under.amount > 0:
            yield draft.error(("rules", index, "under"), f"no value is over {rule.over} and under {rule.under}")


def shadowed(draft: Draft) -> Iterator[ConfigProblem]:
    """Rules that an earlier one leaves nothing to."""
    rules = list(draft.readable_rules())
    for position, (index, rule) in enumerate(rules):
        covering = next((earlier for _, earlier in rules[:position] if _covers(earlier, rule)), None)
        if covering is None:
            continue
        cause = "has no condition" if _unconditional(covering) else "matches everything that this one does"
        message = f'never reached: rule "{covering.name}" on line {covering.line} {cause}'
        yield draft.error(("rules", index), message, "put the narrower rule first")


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
