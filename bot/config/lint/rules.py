"""Rules against each other: the last one, names, borders that no value meets, rules that are never reached.

Core: pure functions from a draft to problems.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from bot.config.lint.draft import Draft
from bot.config.model import GLOB, Accepted, Rule
from bot.config.problems import ConfigProblem
from bot.money import Money


def last_rule(draft: Draft) -> Iterator[ConfigProblem]:
    """The last rule catches everything, so that no event falls through."""
    if not draft.rules or (last := draft.rules[-1]) is None:
        return
    if not last.is_unconditional:
        hint = "end the list with a rule that has only a name and a policy"
        yield draft.error(("rules", len(draft.rules) - 1), "the last rule must have no condition", hint)
    if last.asks_nobody:
        hint = "name the policy for what no other rule wanted"
        what = "approve" if last.approves else "ignore"
        yield draft.error(("rules", len(draft.rules) - 1, "decide"), f"the last rule may not {what} the rest", hint)


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


def unbounded(draft: Draft) -> Iterator[ConfigProblem]:
    """Rules that approve alone, whatever the value."""
    for index, rule in draft.readable_rules():
        if rule.approves and rule.under is None and rule.quota.value_per_day is None:
            message = "approves whatever the value is, even one that is not known"
            yield draft.warning(("rules", index, "decide"), message, "give the rule an under, such as under: 100 USD")


def shadowed(draft: Draft) -> Iterator[ConfigProblem]:
    """Rules that an earlier one leaves nothing to."""
    earlier = _Earlier()
    for index, rule in draft.readable_rules():
        covering = next((wide for wide in earlier.candidates(rule) if _covers(wide, rule)), None)
        earlier.add(rule)
        if covering is None:
            continue
        cause = "has no condition" if covering.is_unconditional else "matches everything that this one does"
        message = f'never reached: rule "{covering.name}" on line {covering.line} {cause}'
        yield draft.error(("rules", index), message, "put the narrower rule first")


class _Earlier:
    """The rules read so far, by what a rule that they cover has to have: thousands cannot be compared in pairs.

    A rule covers another one only if every field it names accepts what the other names there, so it is filed under
    one of its fields, and that field's patterns; under the field alone where one of the patterns is a glob.
    """

    def __init__(self) -> None:
        self._filed: dict[tuple[str, str], list[Rule]] = defaultdict(list)

    def add(self, rule: Rule) -> None:
        """Remember a rule under the field by which the fewest others are known."""
        filings = [_filings(accepted) for accepted in rule.fields] or [[("", "")]]
        for place in min(filings, key=lambda places: max(len(self._filed[place]) for place in places)):
            self._filed[place].append(rule)

    def candidates(self, narrow: Rule) -> list[Rule]:
        """The rules that may cover ``narrow``, in the file's order."""
        places = [("", "")]
        for accepted in narrow.fields:
            places += [(accepted.field, ""), (accepted.field, accepted.patterns[0])]
        found = [rule for place in places for rule in self._filed.get(place, ())]
        return sorted(found, key=lambda rule: rule.line)


def _filings(accepted: Accepted) -> list[tuple[str, str]]:
    if accepted.globs:
        return [(accepted.field, "")]
    return [(accepted.field, pattern) for pattern in accepted.patterns]


def _covers(wide: Rule, narrow: Rule) -> bool:
    """Whether every event that ``narrow`` matches is matched by ``wide`` too. False where it is not certain.

    A rule that approves alone leaves everything to the others once its quota is used up, or a record comes back.
    """
    if wide.approves:
        return False
    if wide.when is not None and wide.when != narrow.when:
        return False
    for accepted in wide.fields:
        wanted = narrow.match.get(accepted.field)
        if wanted is None or not all(_takes_in(accepted, pattern) for pattern in wanted):
            return False
    return _reaches(wide.over, narrow.over, below=True) and _reaches(wide.under, narrow.under, below=False)


def _takes_in(accepted: Accepted, pattern: str) -> bool:
    """Whether whatever meets ``pattern`` is accepted."""
    if pattern in accepted.names or "*" in accepted.names:
        return True
    return not GLOB & set(pattern) and accepted.accepts(pattern)


def _reaches(wide: Money | None, narrow: Money | None, *, below: bool) -> bool:
    """Whether the wide rule's border is no stricter; ``below`` for a lower border."""
    if wide is None:
        return True
    if narrow is None or wide.currency != narrow.currency:
        return False
    return wide.amount <= narrow.amount if below else wide.amount >= narrow.amount
