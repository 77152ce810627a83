"""Approving with changes: smaller figures on lines that are there, as far as the policy lets, and what follows of it.

Core. From the change on, the case is about the changed record: its value, its stages and everybody's limits are judged
on the smaller figures, and the next one who is asked sees them. What was given before about more stands for less. The
record as Odoo has it is kept beside it until the change is written.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal
from typing import Final

from bot import numerals
from bot.approvals.authority import Reason, Refused
from bot.approvals.quorum import current_stage_number
from bot.cases.commands import Decide
from bot.cases.figures import Change, Figures, Seen
from bot.cases.lines import AsInOdoo, LineChange, Lines, Wish, between, place
from bot.cases.model import Case, Event, Plan, Status
from bot.cases.planning import Rules, merged_stages, plan_for, strictest
from bot.config.model import Changeable, Execution
from bot.money import Money

NOT_ALLOWED: Final = Refused(
    Reason.NOT_CHANGEABLE, "This cannot be approved with changes: its policy or its record does not allow it."
)
_GONE: Final = "This line is not on the record any more."
_NOTHING: Final = "Nothing is smaller than before. Please lower a figure, or use Approve."
#: Decimals that may be typed where the present figure has no more.
_USUAL_DIGITS: Final = 2


def offered(case: Case) -> tuple[Changeable, ...]:
    """What of the lines may be made smaller under the case's plan; nothing where there is no line, or no writing."""
    lines, plan = case.event.lines, case.plan
    if lines is None or not lines.lines or lines.fixed or plan.execution is not Execution.CARRY_OUT:
        return ()
    return tuple(one for one in plan.manner.changes if one in lines.may)


def wanted(case: Case, command: Decide) -> tuple[LineChange, ...] | Refused:
    """What ``command`` makes smaller, as the person's style has it; a refusal names each figure that does not do."""
    may, lines = offered(case), case.event.lines
    if lines is None or not may:
        return NOT_ALLOWED
    wishes = tuple(one for one in command.wishes or () if one.typed.strip())
    read = {one.place: _read(one, lines, may, command.person.locale) for one in wishes}
    wrong = tuple((where, found) for where, found in read.items() if isinstance(found, str))
    if wrong:
        return Refused(Reason.BAD_CHANGE, "Some figures cannot be taken as they are; nothing was decided.", wrong)
    changes = tuple(one for one in read.values() if isinstance(one, LineChange) and one.after != one.before)
    if not changes:
        first = place(lines.lines[0].id, may[0])
        return Refused(Reason.BAD_CHANGE, _NOTHING, ((first, _NOTHING),))
    return changes


def _read(wish: Wish, lines: Lines, may: Iterable[Changeable], style: str) -> LineChange | str:
    """The change, or why it is none, for whoever typed it."""
    line = lines.line(wish.line)
    if line is None or wish.what not in may:
        return _GONE
    before, after = line.figure(wish.what), numerals.read(wish.typed, style)
    if after is None:
        return f"Please write a number such as {numerals.write(before, style)}."
    if problem := _unfit(wish.what, before, after, style):
        return problem
    return LineChange(line.id, wish.what, line.label, before, after)


def _unfit(what: Changeable, before: Decimal, after: Decimal, style: str) -> str:
    if after == before:
        return ""
    if after <= 0:
        return f"The {what} has to be more than zero; to leave all of it out, reject."
    if after > before:
        return f"The {what} can only become smaller: at most {numerals.write(before, style)}."
    digits = max(_USUAL_DIGITS, _digits(before))
    if _digits(after) > digits:
        return f"At most {digits} decimals, please; Odoo would round it."
    return ""


def _digits(number: Decimal) -> int:
    return max(0, -int(number.normalize().as_tuple().exponent))


def applied(case: Case, changes: tuple[LineChange, ...], rules: Rules) -> Case:
    """The case about the record with ``changes``, under the plan for it; the same case where there are none."""
    after = with_changes(case, changes)
    return case if after is case else replace(after, plan=_plan(case, after.event, rules))


def with_changes(case: Case, changes: tuple[LineChange, ...]) -> Case:
    """The case about the record with ``changes``, whatever follows for its plan."""
    lines = case.event.lines
    if not changes or lines is None:
        return case
    event = _changed(case.event, lines, lines.changed_by(changes))
    kept = case.revision.in_odoo or AsInOdoo(case.event.figures, lines)
    return replace(case, revision=replace(case.revision, event=event, in_odoo=kept))


def least(case: Case) -> Case:
    """The case as if next to nothing were left of its value: whoever may not answer even that, need not try."""
    value = case.event.value
    if value is None:
        return case
    event = replace(case.event, value=replace(value, amount=Decimal(0)))
    return replace(case, revision=replace(case.revision, event=event))


def agreed(case: Case) -> tuple[LineChange, ...]:
    """What was made smaller so far, against what Odoo has."""
    stands, lines = case.revision.in_odoo, case.event.lines
    return () if stands is None or lines is None else between(stands.lines, lines)


def about_to_be(case: Case) -> tuple[LineChange, ...]:
    """As ``agreed``, with what an answer that is still held would make smaller."""
    held = case.intended.decision.changes if case.intended else ()
    return agreed(with_changes(case, held))


def in_words(changes: Iterable[LineChange]) -> tuple[Change, ...]:
    """For people, line by line."""
    return tuple(one.words for one in changes)


def as_agreed(case: Case, event: Event) -> Event:
    """``event``, read just now, with what was agreed of it, where it is otherwise as it was."""
    if not is_as_it_was(case, event.figures, event.lines):
        return event
    return replace(event, value=case.event.value, seen=case.event.seen, lines=case.event.lines)


def as_in_odoo(case: Case) -> Case:
    """The case about the record as Odoo has it: whoever decides it there decides about that."""
    stands = case.revision.in_odoo
    if stands is None:
        return case
    event = replace(case.event, value=stands.figures.value, seen=stands.figures.seen, lines=stands.lines)
    return replace(case, revision=replace(case.revision, event=event, in_odoo=None))


def is_as_it_was(case: Case, now: Figures, lines: Lines | None) -> bool:
    """Whether a record is what it was when changes were agreed on: the very lines, with the figures of then."""
    stands = case.revision.in_odoo
    if stands is None or lines is None:
        return False
    return now.equal(stands.figures) and lines.same_as(stands.lines)


def is_as_agreed(case: Case, seen: Iterable[Seen], lines: Lines | None) -> bool:
    """Whether a record has the figures that were agreed on; its total may differ by Odoo's rounding alone."""
    wanted_lines = case.event.lines
    if case.revision.in_odoo is None or lines is None or wanted_lines is None:
        return False
    if _firm(seen) != _firm(case.event.seen):
        return False
    return lines.same_as(wanted_lines) and lines.comes_to(wanted_lines)


def approval_of(case: Case) -> Status:
    """What an approval of the case as it is agreed on is called."""
    return Status.APPROVED if case.revision.in_odoo is None else Status.APPROVED_WITH_CHANGES


def _firm(seen: Iterable[Seen]) -> dict[str, str]:
    """What is no quantity and no price."""
    return {one.field: one.value if one.firm is None else one.firm for one in seen}


def _changed(event: Event, before: Lines, after: Lines) -> Event:
    value = event.value
    if value is not None and before.total.amount:
        share = after.total.amount / before.total.amount
        digits = max(0, -int(value.amount.as_tuple().exponent))
        value = replace(Money.of(value.amount * share, value.currency, digits=digits), rates=value.rates)
    seen = tuple(_shown(one, before, after) for one in event.seen)
    return replace(event, value=value, seen=seen, lines=after)


def _shown(seen: Seen, before: Lines, after: Lines) -> Seen:
    if seen.field == after.total_in:
        return replace(seen, value=str(after.total), shown=str(after.total))
    if seen.field != after.shown_in:
        return seen
    told = [f"{one.line}|{one.what}|{one.after}" for one in between(before, after)]
    digest = hashlib.sha256("\n".join((seen.value, *told)).encode()).hexdigest()[:32]
    return replace(seen, value=digest, shown=after.words)


def _plan(case: Case, event: Event, rules: Rules) -> Plan:
    """The stages that the changed value asks for: those that are begun, and what it wants of the rest.

    Where another rule would take the changed record, nothing is lost, and what that rule wants is asked besides.
    """
    wants = plan_for(event, rules)
    if wants.rule != case.plan.rule:
        return case.plan if _decides_alone(wants.rule, rules) else strictest([case.plan, wants])
    begun = case.plan.stages[: current_stage_number(case) + 1]
    return replace(case.plan, stages=merged_stages((*begun, *wants.stages)), missing=wants.missing)


def _decides_alone(name: str, rules: Rules) -> bool:
    """Whether the rule asks nobody: it adds nothing to what people are asked already."""
    return any(one.name == name and (one.approves or bool(one.ignored_because)) for one in rules.config.rules)


__all__ = [
    "NOT_ALLOWED",
    "about_to_be",
    "agreed",
    "applied",
    "approval_of",
    "as_agreed",
    "as_in_odoo",
    "in_words",
    "is_as_agreed",
    "is_as_it_was",
    "least",
    "offered",
    "wanted",
    "with_changes",
]
