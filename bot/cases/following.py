"""Following a record: opening a case, its next revision, and its end when Odoo has moved on.

Core. Level-triggered: the command says what the record is now, however that was learnt, and saying it twice
changes nothing.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from bot.approvals.eligible import never_silent
from bot.approvals.quorum import current_stage
from bot.audit.chain import Entry
from bot.cases import breach, expiry, straight, timing
from bot.cases.amending import all_makers, amended, holds_for
from bot.cases.answers import Answer, Transition, post_cards, update_cards
from bot.cases.breach import Passed
from bot.cases.changing import as_agreed, as_in_odoo
from bot.cases.commands import Observed, Over
from bot.cases.model import (
    Case,
    Change,
    Event,
    Finding,
    Plan,
    Revision,
    Status,
    WriteBackState,
    changes,
)
from bot.cases.observing import as_seen
from bot.cases.opening import open_case, seen_entry
from bot.cases.planning import Rules, event_types, left_out, material_part, plan_for, plan_of, strictest
from bot.effects import Effect, EffectKind
from bot.exceptions.parts import approval_part

#: Of a record for which nobody has to decide, though somebody may have to own something about it.
NO_DECISION_LEFT = Over("nothing about it asks for a decision any more")

#: On the card of a stuck write-back while the bot looks what somebody has made of the record.
_LOOKING = "the record was changed in Odoo, and the bot is looking."


def follow(case: Case | None, command: Observed, rules: Rules, now: datetime) -> Answer:
    """What an observation does to the record's open case, else its newest closed one that covers, else None."""
    now_is = command.now_is
    if isinstance(now_is, Event):
        now_is = approval_part(now_is, rules) or NO_DECISION_LEFT
    if isinstance(now_is, Over):
        return None if case is None else _no_longer_qualifies(case, now_is, rules, now)
    if case is None or case.closed_at is not None:
        return _open_unless_covered(case, now_is, rules, now)
    if case.status is not Status.PENDING:
        return None if holds_for(case, now_is, rules) else look_again(case, rules, now)
    return _still_pending(case, now_is, rules, now)


def _open_unless_covered(closed: Case | None, event: Event, rules: Rules, now: datetime) -> Transition | None:
    material = material_part(event, rules.config)
    if material is None:
        return None
    if closed is not None and closed.covers and _answers(closed, event, rules):
        return None
    alone = None if closed is not None and closed.covers else straight.approved(material, rules, now)
    return alone or open_case(material, rules, now)


def _answers(closed: Case, event: Event, rules: Rules) -> bool:
    """Whether a closed case answers for these figures. After a rejection any change is a new question.

    What was only observed answers for nothing once people are asked.
    """
    if closed.plan.observe and not plan_for(event, rules).observe:
        return False
    if closed.is_approved:
        return holds_for(closed, event, rules)
    return closed.event.fingerprint == event.fingerprint


def _no_longer_qualifies(case: Case, over: Over, rules: Rules, now: datetime) -> Transition | None:
    if case.closed_at is not None:
        return _end_cover(case, over, rules, now) if case.covers else None
    if case.status is not Status.PENDING:
        return look_again(case, rules, now)
    return withdraw(case, over, rules, now)


def look_again(case: Case, rules: Rules, now: datetime) -> Transition | None:
    """A write-back reads for itself, but one that waits for a person does not: it has to look what was made of it.

    Where an answer was lost it looks as if the settling time ended now: what could do harm is not repeated for it.
    """
    if not case.is_stuck:
        return None
    if case.write_back is WriteBackState.FAILED:
        after = replace(case, write_back=WriteBackState.QUEUED, problem=_LOOKING)
    else:
        after = replace(case, settle_until=now)
    entry = Entry(
        action="write_back.looked_again",
        actor="signoff",
        at=now,
        case_id=case.id,
        origin="odoo",
        revision=case.revision.number,
        fingerprint=case.event.fingerprint,
        config=rules.config.digest,
        detail={"problem": case.problem},
    )
    look = Effect(EffectKind.WRITE_BACK, case.id, str(case.record))
    return Transition(after, (entry,), (*update_cards(after), look))


def _end_cover(case: Case, over: Over, rules: Rules, now: datetime) -> Transition:
    """The record has left: if it comes back, even with equal figures, somebody has asked anew."""
    entry = Entry(
        action="case.cover_ended",
        actor=over.actor or "signoff",
        at=now,
        case_id=case.id,
        origin="odoo",
        revision=case.revision.number,
        fingerprint=case.event.fingerprint,
        config=rules.config.digest,
        detail={"record": case.event.title, "now": over.sentence},
    )
    return Transition(replace(case, covers=False), (entry,))


def _still_pending(case: Case, event: Event, rules: Rules, now: datetime) -> Transition | None:
    if timing.is_expired(case, now):
        return expiry.expire(case, rules, now)  # it is read again once it is closed, and asks anew if it has changed
    material = material_part(event, rules.config)
    if material is None:
        return withdraw(case, Over(_too_little(case, event, rules)), rules, now)
    event, material = as_agreed(case, event), as_agreed(case, material)
    makers = all_makers(case.event, event)
    known = replace(material, makers=makers)
    if case.plan.observe and not (plan := plan_for(known, rules)).observe:
        return ask_anew(case, known, plan, "case.went_live", rules, now)  # nobody agreed on a change of it
    if event.figures.equal(case.event.figures):
        return _learn(case, known, rules, now)
    after = amended(case, known, rules)
    return _revise(case, known, rules, now) if after is None else _ask(after, "case.amended", rules, now)


def _too_little(case: Case, event: Event, rules: Rules) -> str:
    """Why nobody is asked any more although Odoo still shows something."""
    why = left_out(event, rules.config)
    if any(one.event_type == event.event_type for one in case.event.findings):
        return why.replace("its value is below", "its value fell below")
    return f"what asked for people is gone, and {why}"


def too_few_left(case: Case, rules: Rules, now: datetime) -> Transition | None:
    """The last resort asked, where people have left their roles since; None where enough are there."""
    if case.status is not Status.PENDING or timing.is_expired(case, now) or never_silent(case, rules, now) is case:
        return None
    return _ask(case, "case.nobody_left", rules, now)


def _revise(case: Case, event: Event, rules: Rules, now: datetime) -> Transition:
    """The record changed: same case, next revision, given approvals void, rule and stages judged anew."""
    plan = plan_for(event, rules)
    before = as_in_odoo(case).event
    changed = changes(before.seen, event.seen) or (_worth(before, event),)
    revision = Revision(case.revision.number + 1, event, now, changed)
    after = replace(case, revision=revision, plan=plan, intended=None)
    return _ask(after, "case.revised", rules, now)


def ask_anew(case: Case, event: Event, plan: Plan, action: str, rules: Rules, now: datetime) -> Transition:
    """Another plan for the same record: its next revision, so that answers with their changes, and buttons, are void.

    ``event`` is as Odoo has it.
    """
    changed = changes(as_in_odoo(case).event.seen, event.seen)
    revision = Revision(case.revision.number + 1, event, now, changed)
    return _ask(replace(case, revision=revision, plan=plan, intended=None), action, rules, now)


def _worth(before: Event, after: Event) -> Change:
    """The same figures are worth another amount: people approved, and limits are about, the amount."""
    return Change("Value", str(before.value or "unknown"), str(after.value or "unknown"))


def _learn(case: Case, event: Event, rules: Rules, now: datetime) -> Transition | None:
    """The same figures, and something new about them: who made them, or one more reason to ask people."""
    gained = [kind for kind in event_types(event) if kind not in event_types(case.event)]
    if gained:
        event = replace(event, findings=_all_findings(case.event.findings, event.findings))
        plan = strictest([case.plan, *(plan_of(kind, event, rules) for kind in gained)])
        known = replace(case, revision=replace(case.revision, event=event), plan=plan)
        return _ask(known, "case.finding_gained", rules, now)
    learnt = replace(
        case.event,
        makers=event.makers,
        deadline=event.deadline,
        deadline_what=event.deadline_what,
        lines=event.lines,
    )
    if learnt == case.event:
        return None
    action = "case.makers_known" if learnt.makers != case.event.makers else "case.deadline_moved"
    if learnt == replace(case.event, lines=event.lines):
        action = "case.lines_known"
    return _ask(replace(case, revision=replace(case.revision, event=learnt)), action, rules, now)


def _ask(case: Case, action: str, rules: Rules, now: datetime) -> Transition:
    """Every copy is made true again, and whoever is asked now and has none gets one."""
    asked = never_silent(case, rules, now)
    new = tuple(channel for channel in current_stage(asked).channels if channel not in case.channels)
    after = replace(asked, channels=case.channels + new)
    return Transition(after, (seen_entry(after, action, now, rules),), update_cards(case) + post_cards(after, new))


def _all_findings(before: tuple[Finding, ...], now: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """Inside one revision findings are gained, never lost, as their stages are."""
    kinds = {finding.event_type for finding in now}
    return (*now, *(finding for finding in before if finding.event_type not in kinds))


def withdraw(case: Case, over: Over, rules: Rules, now: datetime) -> Transition:
    """Nobody has to decide any more."""
    ending = f"{over.sentence} by {over.by}" if over.by else over.sentence
    passed = breach.judge(case, over, rules, now) if over.approved else Passed("case.withdrawn", ending, "", ())
    passed = as_seen(passed) if case.plan.observe and over.approved else passed
    after = replace(
        case, status=Status.WITHDRAWN, closed_at=now, ending=passed.ending, intended=None, overtaken=passed.way
    )
    detail = {"ending": passed.ending, "record": case.event.title, "breach": passed.why, "mention": list(passed.told)}
    entry = Entry(
        action=passed.action,
        actor=over.actor or "signoff",
        at=now,
        case_id=case.id,
        origin="odoo",
        revision=case.revision.number,
        fingerprint=case.event.fingerprint,
        config=rules.config.digest,
        detail={name: value for name, value in detail.items() if value},
    )
    return Transition(after, (entry,), update_cards(after))
