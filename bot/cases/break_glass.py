"""Break-glass: a named person approves alone in an emergency, everybody sees it, and somebody reviews it afterwards.

Core. It goes past roles, stages and limits, and past nothing else: not past the makers, the revision or the care of
the write-back. The reason is mandatory, the approval marked wherever it is shown, the review owed until it is given.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from bot.approvals.authority import Allowed, Reason, Refused, may_speak, untold
from bot.approvals.holders import holders
from bot.approvals.quorum import current_stage_number
from bot.cases import choosing, evidence, outcome
from bot.cases.answers import Answer, post_cards, refuse
from bot.cases.changing import approval_of
from bot.cases.commands import BreakGlass, Say
from bot.cases.giving import detail_of
from bot.cases.model import Case, Decision, Person, Verdict
from bot.cases.planning import Rules
from bot.cases.review import ROLE, broken_by, owes_review, reminded_from
from bot.config.model import UnknownMaker
from bot.text import clean

_NOT_NAMED = Refused(Reason.NOT_IN_ROLE, "Your config names nobody of your address for break-glass approvals.")
_OWN = Refused(Reason.OWN_REQUEST, "You asked for this or changed it in Odoo, so you cannot break the glass for it.")
_UNKNOWN_MAKER = Refused(
    Reason.UNKNOWN_MAKER, "It is not known who in Slack made or changed this; your admin can name that person."
)
_NO_REVIEW = Refused(Reason.NOBODY_ASKED, "No review is owed here (any more).")
_MADE = Refused(Reason.OWN_REQUEST, "You asked for this or changed it in Odoo, so somebody else has to review it.")
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
    if evidence.is_owed(case):
        return evidence.OWED
    strict = not case.plan.self_approval and case.plan.unknown_maker is UnknownMaker.REFUSE
    if strict and any(maker.is_unknown for maker in case.event.makers):
        return _UNKNOWN_MAKER
    return Allowed(ROLE)


def break_glass(case: Case, command: BreakGlass, rules: Rules, now: datetime) -> Answer:
    """The case approved by one person, told in the channel that the config names for it."""
    person, glass, choice = command.person, rules.config.break_glass, choosing.taken(case, command.choice)
    if isinstance(choice, Refused):
        return refuse(case, command, choice, rules, now)
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
        choice=choice,
    )
    told = (glass.channel,) if glass is not None and glass.channel not in case.channels else ()
    after = replace(case, decisions=(*case.decisions, given), channels=case.channels + told)
    after = reminded_from(after, now)
    detail = {**detail_of(case, given), "break_glass": True}
    made = outcome.decided(after, approval_of(after), person, detail, rules, now)
    return replace(made, effects=(*made.effects, *post_cards(after, told)))


def may_review(case: Case, command: Say, rules: Rules) -> Allowed | Refused:
    """Whether a review is owed, and by this person."""
    barred = may_speak(command.person)
    if barred is not None:
        return barred
    broken, glass = broken_by(case), rules.config.break_glass
    if broken is None or glass is None or not owes_review(case):
        return _NO_REVIEW
    return _is_own(case, broken, command.person) or _reviews(case, command.person, glass.review, rules)


def _is_own(case: Case, broken: Decision, person: Person) -> Refused | None:
    if broken.person == person.key or broken.email == person.email:
        return _OWN_REVIEW
    return _MADE if any(maker.email == person.email for maker in case.event.makers) else None


def _reviews(case: Case, person: Person, role: str, rules: Rules) -> Allowed | Refused:
    held = holders(rules, role, site=rules.config.sites.get(case.plan.site or ""))
    if person.email in held.people:
        return Allowed(role)
    if held.untold:
        return untold(held.untold)
    return Refused(Reason.NOT_IN_ROLE, f"This is reviewed by {role.replace('_', ' ')}.")
