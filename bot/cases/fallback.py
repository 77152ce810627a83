"""When Slack does not show a card: those it is meant for get an activity on the record in Odoo. Core, pure.

The case keeps whose activities there ought to be; ``bot.odoo.activities`` makes Odoo say the same. An activity asks
nobody anew and gives nobody power: what somebody then does in Odoo is judged as always.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from bot.approvals.quorum import current_stage, current_stage_number
from bot.cases.answers import Transition, entry, tell_story
from bot.cases.audience import assignees
from bot.cases.commands import FallBack
from bot.cases.model import Case, Kind
from bot.cases.planning import Rules
from bot.effects import DIRECT, Effect, EffectKind


def fall_back(case: Case, command: FallBack, rules: Rules, now: datetime) -> Transition | None:
    """``case`` with activities owed to everybody whom the places in ``command`` were to tell of it.

    What a list would have shown is told record by record.
    """
    if case.kind is Kind.LIST and case.care is not None:
        return Transition(case, (), then=tuple(FallBack(one, command.places) for one in case.care.members))
    if case.record.is_ours or not case.is_waiting or case.plan.observe or case.event.event_type not in rules.traits:
        return None
    if not rules.traits[case.event.event_type].has_activities:
        return None
    people = {email for place in command.places for email in _meant(case, place, rules, now)}
    fresh = sorted(people.difference(case.activities))
    if not fresh:
        return None
    after = replace(case, activities=tuple(sorted(people.union(case.activities))))
    told = {"record": case.event.title, "people": fresh, "places": list(command.places)}
    made = entry(after, "fallback.activities", "signoff", now, rules, told)
    return Transition(after, (made,), (_owed(after), *tell_story(after)))


def keep_activities(before: Case | None, made: Transition, rules: Rules, now: datetime) -> Transition:
    """``made`` with the activities that are still needed; those of people who have answered, or whom nobody asks any
    more, are to be done with."""
    if before is None or not made.case.activities:
        return made
    needed = _needed(before, made.case, rules, now)
    if needed == made.case.activities:
        return made
    after = replace(made.case, activities=needed)
    return replace(made, case=after, effects=(*made.effects, _owed(after)))


def _meant(case: Case, place: str, rules: Rules, now: datetime) -> tuple[str, ...]:
    if place.startswith(DIRECT):
        return (place.removeprefix(DIRECT),) if place in case.channels else ()
    return assignees(case, rules, now) if place in current_stage(case).channels else ()


def _needed(before: Case, after: Case, rules: Rules, now: datetime) -> tuple[str, ...]:
    if not after.is_waiting:
        return ()
    answered = {given.email for given in after.standing}
    left = tuple(email for email in after.activities if email not in answered)
    if (current_stage_number(before), current_stage(before).roles) == (
        current_stage_number(after),
        current_stage(after).roles,
    ):
        return left
    asked = assignees(after, rules, now)
    return tuple(email for email in left if email in asked)


def _owed(case: Case) -> Effect:
    return Effect(EffectKind.KEEP_ACTIVITIES, case.id, str(case.record))
