"""Whether what was decided about a record holds for it as it is now, or people have to be asked anew.

Core. Rule, stages and limits are judged anew for changed figures; whoever has become a maker has lost the approval.
"""

from __future__ import annotations

from dataclasses import replace

from bot.approvals.powers import powers_at, reaches
from bot.approvals.quorum import all_complete, counting
from bot.cases import tolerance
from bot.cases.changing import is_as_agreed, is_as_it_was
from bot.cases.model import NOBODY_KNOWN, Case, Event, Maker, changes
from bot.cases.planning import Rules, plan_for, strictest


def holds_for(case: Case, event: Event, rules: Rules) -> bool:
    """Whether what was decided about ``case`` holds for the record as it is now: nobody would have to be asked anew.

    What was approved with changes holds for the record as it was then, and as it was agreed on, without a tolerance.
    """
    if case.revision.in_odoo is not None:
        return is_as_it_was(case, event.figures, event.lines) or is_as_agreed(case, event.seen, event.lines)
    if event.figures.equal(case.event.figures):
        return True
    after = amended(case, replace(event, makers=all_makers(case.event, event)), rules)
    return after is not None and (not case.is_approved or all_complete(after))


def amended(case: Case, event: Event, rules: Rules) -> Case | None:
    """``case`` with the figures of ``event`` in the same revision; None where they make another decision of it.

    Rule, stages and limits are judged anew. ``event`` has all makers, and whoever has become one has lost the approval
    given.
    """
    if case.revision.in_odoo is not None or (case.intended and case.intended.decision.changes):
        return None  # whoever made figures smaller saw the ones before
    known = replace(case, revision=replace(case.revision, event=replace(case.event, makers=event.makers)))
    wanted = plan_for(event, rules)
    if wanted.rule != case.plan.rule or not tolerance.covers(known, event.figures):
        return None
    if not _still_reached(known, event, rules):
        return None
    opening = case.opening
    revision = replace(case.revision, event=event, changed=changes(opening.seen, event.seen), opened_with=opening)
    return replace(case, revision=revision, plan=strictest([case.plan, wanted]))


def _still_reached(case: Case, event: Event, rules: Rules) -> bool:
    """Whether everybody whose approval counts, or is held, could give it about the new value."""
    powers = powers_at(case, rules)
    held = (case.intended.decision,) if case.intended else ()
    return all(reaches(given, event.value, powers) for given in (*counting(case), *held))


def all_makers(before: Event, now: Event) -> tuple[Maker, ...]:
    """Once a maker, always a maker; a change for which Odoo names nobody has a maker whom nobody knows."""
    found = (*before.makers, *now.makers)
    if now.anonymous and not now.figures.equal(before.figures):
        found = (*found, NOBODY_KNOWN)
    return tuple(dict.fromkeys(found))
