"""Break-glass: a named person approves alone in an emergency, everybody sees it, and somebody reviews it afterwards.

Core. It goes past roles, stages and limits, and past nothing else: not past the makers, the revision or the care of
the write-back. The reason is mandatory, the approval marked wherever it is shown, the review owed until it is given.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Final

from bot.approvals.authority import Allowed, Reason, Refused, may_speak, untold
from bot.approvals.holders import holders
from bot.approvals.quorum import current_stage_number
from bot.cases import outcome
from bot.cases.answers import Transition, post_cards
from bot.cases.commands import BreakGlass, Say
from bot.cases.giving import detail_of
from bot.cases.model import Case, Decision, Person, Status, Verdict
from bot.cases.planning import Rules
from bot.cases.remark import RemarkKind
from bot.text import clean

#: What such an approval stands under in place of a role.
ROLE: Final = "break-glass"

_NOT_NAMED = Refused(Reason.NOT_IN_ROLE, "Your config names nobody of your address for break-glass approvals.")
_OWN = Refused(Reason.OWN_REQUEST, "You asked for this or changed it in Odoo, so you cannot break the glass for it.")
_NO_REVIEW = Refused(Reason.NOBODY_ASKED, "No review is owed here (any more).")
_OWN_REVIEW = Refused(Reason.OWN_REQUEST, "You approved this yourself, so somebody else has to review it.")


def may_break(case: Case, person: Person, rules: Rules) -> Allowed | Refused:
    """Whether ``person`` may approve the pending ``case`` alone."""
    barred = may_speak(person)
    if barred is not None:
        return barred
    glass = rules.config.break_glass
    if glass is None or person.email not in glass.people:
        return _NOT_NAMED
    if any(maker.email == person.email for maker in case.event.makers):
        return _OWN
    return Allowed(ROLE)


def break_glass(case: Case, command: BreakGlass, rules: Rules, now: datetime) -> Transition:
    """The case approved by one person, told in the channel that the config names for it."""
    person, glass = command.person, rules.config.break_glass
    given = Decision(
        revision=case.revision.number,
        stage=current_stage_number(case),
        person=person.key,
        email=person.email,
        name=person.name,
        as_role=ROLE,
        verdict=Verdict.APPROVE,
        reason=clean(command.reason),
        at=now,
        value=case.event.value,
    )
    told = (glass.channel,) if glass is not None and glass.channel not in case.channels else ()
    after = replace(case, decisions=(*case.decisions, given), channels=case.channels + told)
    detail = {**detail_of(case, given), "break_glass": True}
    made = outcome.decided(after, Status.APPROVED, person, detail, rules, now)
    return replace(made, effects=(*made.effects, *post_cards(after, told)))


def broken_by(case: Case) -> Decision | None:
    """The approval that went past everybody else, if there is one on the newest revision."""
    return next((given for given in case.standing if given.as_role == ROLE), None)


def owes_review(case: Case) -> bool:
    """Whether somebody still has to look at such an approval."""
    reviewed = any(remark.kind is RemarkKind.REVIEW for remark in case.remarks)
    return broken_by(case) is not None and not reviewed


def may_review(case: Case, command: Say, rules: Rules) -> Allowed | Refused:
    """Whether a review is owed, and by this person."""
    barred = may_speak(command.person)
    if barred is not None:
        return barred
    broken, glass = broken_by(case), rules.config.break_glass
    if broken is None or glass is None or not owes_review(case):
        return _NO_REVIEW
    if broken.person == command.person.key or broken.email == command.person.email:
        return _OWN_REVIEW
    site = rules.config.sites.get(case.plan.site or "")
    held = holders(rules, glass.review, site=site)
    if command.person.email not in held.people:
        if held.untold:
            return untold(held.untold)
        return Refused(Reason.NOT_IN_ROLE, f"This is reviewed by {glass.review.replace('_', ' ')}.")
    return Allowed(glass.review)
