"""The review that an approval past everybody owes: whether it is owed, by whom, and reminding them of it every day.

Core. That it is owed is read off the case, so it can be neither forgotten nor kept twice; when the next reminder is due
is kept with the clock of the case, and goes on after the case is closed.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from bot.approvals.holders import holders
from bot.cases.answers import Transition, entry, tell_story
from bot.cases.model import Case, Decision
from bot.cases.planning import Rules
from bot.cases.remark import RemarkKind

#: What such an approval stands under in place of a role.
ROLE: Final = "break-glass"

#: Wall time between two reminders.
EVERY: Final = timedelta(days=1)


def broken_by(case: Case) -> Decision | None:
    """The approval that went past everybody else, if there is one on the newest revision."""
    return next((given for given in case.standing if given.as_role == ROLE), None)


def owes_review(case: Case) -> bool:
    """Whether somebody still has to look at such an approval."""
    reviewed = any(remark.kind is RemarkKind.REVIEW for remark in case.remarks)
    return broken_by(case) is not None and not reviewed


def reminded_from(case: Case, now: datetime) -> Case:
    """``case`` with the first reminder of its review a day from ``now``."""
    return replace(case, chase=replace(case.chase, review_due=now + EVERY))


def reviewers(case: Case, rules: Rules) -> tuple[str, ...]:
    """Addresses of those who can give it: of the role, and neither who approved nor who made the record."""
    broken, glass = broken_by(case), rules.config.break_glass
    if broken is None or glass is None:
        return ()
    held = holders(rules, glass.review, site=rules.config.sites.get(case.plan.site or ""))
    barred = {broken.email, *(maker.email for maker in case.event.makers)}
    return tuple(sorted(held.people - barred))


def remind(case: Case, rules: Rules, now: datetime) -> Transition:
    """Whoever owes the review is told once more; days that were missed are not made up for."""
    due, broken, glass = case.chase.review_due or now, broken_by(case), rules.config.break_glass
    ahead = (now - due) // EVERY + 1
    after = replace(case, chase=replace(case.chase, review_due=due + ahead * EVERY))
    detail = {
        "name": broken.name if broken else "",
        "role": glass.review if glass else "",
        "record": case.event.title,
        "mention": list(reviewers(case, rules)),
    }
    return Transition(after, (entry(after, "case.review_owed", "signoff", now, rules, detail),), tell_story(after))
