"""An explanation as text for people and as plain data for programs.

Core: words only.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from bot.cases.model import Choice
from bot.config.explain import Explanation, Ruling, StageTold
from bot.escalation.timetable import Firing


def as_text(told: Explanation, file: str) -> str:
    """Lines for a terminal; ``file`` is the config's path, so that a rule's place can be clicked."""
    return "\n".join(_lines(told, file))


def _lines(told: Explanation, file: str) -> Iterator[str]:
    event = told.event
    what = (event.event_type, event.company, event.warehouse, str(event.value or "value not known"))
    yield ", ".join(part for part in what if part)
    yield f"Site: {told.site or 'none'}"
    for ruling in told.rulings:
        yield from _ruling(ruling, file)
    if told.plan is None:
        yield f"No case opens: {told.left_out}."
        return
    if told.plan.observe:
        yield f"Only observed: shown in {told.plan.observe}; nobody is asked and nothing is written."
    yield f"Approving: {told.plan.approve_does}. Rejecting: {told.plan.reject_does}."
    if told.choices:
        yield choice_line(told.choices, told.usual)
    if told.alone:
        yield f"Approved at once by the rule alone: {told.alone}. Once that is used up, the rules below it decide."
    if told.plan.missing:
        yield f"Not known: {', '.join(told.plan.missing)}; what asks for it fails closed."
    for number, stage in enumerate(told.stages, start=1):
        yield from _stage(stage, f"Stage {number} of {len(told.stages)}")
        yield from steps(stage, told.zone)


def choice_line(choices: Sequence[Choice], usual: Choice | None) -> str:
    """What whoever approves may choose, and what is taken where nothing is chosen."""
    said = ", ".join(f"{one.code} ({one.label})" for one in choices)
    taken = f"{usual.code} where nothing is chosen" if usual else "nothing by itself"
    return f"Whoever approves chooses: {said}; {taken}."


def _ruling(ruling: Ruling, file: str) -> Iterator[str]:
    rule = ruling.rule
    opens = "" if ruling.is_material else " (nobody is asked)"
    then = f"ignored: {rule.ignored_because}" if rule.ignored_because else f'policy "{rule.policy}"'
    then = "decide: approve" if rule.approves else then
    yield f'{ruling.event_type}{opens}: rule "{rule.name}" at {file}:{rule.line}, {then}'
    for passed in ruling.passed:
        yield f'  passed over "{passed.rule.name}" (line {passed.rule.line}): {passed.reason}'


def _stage(stage: StageTold, title: str) -> Iterator[str]:
    roles = f" {'and' if stage.every else 'or'} ".join(stage.roles)
    people = "1 person" if stage.count == 1 else f"{stage.count} people"
    yield f"{title}: {people} of {roles}, asked in {', '.join(stage.channels)}"
    for group in stage.untold:
        yield f"  may      whoever is in {group.told}, as far as limits and makers let them"
    for person in stage.people:
        yield f"  {'may    ' if person.may else 'may not'}  {person.email}: {person.why}"


def steps(stage: StageTold, zone: ZoneInfo) -> Iterator[str]:
    """When the answer is due and what comes if there is none, counted from the stage's opening, in local time."""
    if stage.due is not None:
        yield f"  answer due {local(stage.due, zone)}"
    for firing in stage.steps:
        again = f" (again, {firing.round})" if firing.round else ""
        yield f"  {local(firing.at, zone)}: {words_of(firing)}{again}"


def words_of(firing: Firing) -> str:
    """What a step does, in the words of the config."""
    return f"{firing.step.act.replace('_', ' ')} {firing.step.to}".strip()


def local(at: datetime, zone: ZoneInfo) -> str:
    """An instant where the record is."""
    return f"{at.astimezone(zone):%a %Y-%m-%d %H:%M %Z}"


def as_data(told: Explanation) -> dict[str, Any]:
    """For programs."""
    plan = told.plan
    return {
        "opens": plan is not None,
        "left_out": told.left_out,
        "site": told.site,
        "rulings": [
            {
                "event_type": one.event_type,
                "rule": one.rule.name,
                "line": one.rule.line,
                "policy": one.rule.policy,
                "material": one.is_material,
                "missing": list(one.missing),
                "passed": [
                    {"rule": each.rule.name, "line": each.rule.line, "reason": each.reason} for each in one.passed
                ],
            }
            for one in told.rulings
        ],
        "approved_by_rule": bool(told.alone),
        "observed": plan is not None and bool(plan.observe),
        "execution": plan.execution.value if plan else None,
        "choices": [one.code for one in told.choices],
        "default_choice": told.usual.code if told.usual else None,
        "stages": [
            {
                "roles": list(stage.roles),
                "every": stage.every,
                "count": stage.count,
                "channels": list(stage.channels),
                "groups": [str(group) for group in stage.untold],
                "people": [{"email": one.email, "may": one.may, "why": one.why} for one in stage.people],
                "due": stage.due.astimezone(told.zone).isoformat() if stage.due else None,
                "steps": [
                    {"at": one.at.astimezone(told.zone).isoformat(), "act": one.step.act.value, "to": one.step.to}
                    for one in stage.steps
                ],
            }
            for stage in told.stages
        ],
    }
