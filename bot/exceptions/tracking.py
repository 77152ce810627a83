"""Following a record that somebody has to own: an exception opens, its figures change, it ends when Odoo has moved on.

Core. Level-triggered, as ``cases/following.py`` is for approvals. Whoever owns it does so whatever figures change.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from bot.approvals.quorum import current_stage
from bot.cases.answers import Transition, entry, post_cards, update_cards
from bot.cases.commands import Over
from bot.cases.event import Event
from bot.cases.figures import changes
from bot.cases.following import look_again
from bot.cases.model import Case, Revision, Status
from bot.cases.opening import seen_entry
from bot.cases.planning import Rules, left_out, plan_for
from bot.exceptions.care import NOT_YET, Care
from bot.exceptions.commands import Gather, Tracked
from bot.exceptions.showing import fresh, show

#: Of a record that still asks for something, and no longer for this.
NO_LONGER_SO = Over("it is no longer so in Odoo")


def track(case: Case | None, command: Tracked, rules: Rules, now: datetime) -> Transition | None:
    """What an observation does to the open exception of that type, else to the newest closed one that covers."""
    now_is = command.now_is
    if isinstance(now_is, Event) and (why := left_out(now_is, rules.config)):
        now_is = Over(why)
    if isinstance(now_is, Over):
        return None if case is None else _over(case, now_is, rules, now)
    if case is None or case.closed_at is not None:
        return _open_unless_covered(case, now_is, rules, now)
    if not case.is_waiting:
        return look_again(case, rules, now) if not now_is.figures.equal(case.event.figures) else None
    return _still_open(case, now_is, rules, now)


def tell(case: Case, rules: Rules, now: datetime) -> Transition:
    """It was true for as long as the policy wants: people are told, of it alone or of several at once."""
    if not _is_gathered(case):
        return show(case, rules, now)
    after = replace(case, care=replace(case.care or NOT_YET, tell_at=None))
    told = {"record": case.event.title, "due_at": (case.care or NOT_YET).tell_at}
    made = entry(after, "exception.still_true", "signoff", now, rules, {**told, "due_at": str(told["due_at"])})
    return Transition(after, (made,), then=(Gather(case.id),))


def _is_gathered(case: Case) -> bool:
    return case.plan.care is not None and case.plan.care.group is not None and not case.plan.observe


def _open_unless_covered(closed: Case | None, event: Event, rules: Rules, now: datetime) -> Transition | None:
    if closed is not None and closed.covers and closed.event.fingerprint == event.fingerprint:
        return None
    return _open(event, rules, now)


def _open(event: Event, rules: Rules, now: datetime) -> Transition:
    plan = plan_for(event, rules)
    wait = plan.care.debounce if plan.care else None
    opened = fresh(event, plan, Care(tell_at=now + wait if wait else None), now)
    if wait or _is_gathered(opened):
        noticed = seen_entry(opened, "exception.noticed", now, rules)
        return Transition(opened, (noticed,), then=() if wait else (Gather(0),))
    return show(opened, rules, now)


def _over(case: Case, over: Over, rules: Rules, now: datetime) -> Transition | None:
    ending = f"{over.sentence} by {over.by}" if over.by else over.sentence
    if case.closed_at is not None:
        if not case.covers:
            return None
        after, action = replace(case, covers=False), "case.cover_ended"
        told = {"record": case.event.title, "now": over.sentence}
        return Transition(after, (entry(after, action, over.actor or "signoff", now, rules, told, origin="odoo"),))
    if not case.is_waiting:
        return look_again(case, rules, now)
    after = replace(case, status=Status.WITHDRAWN, closed_at=now, ending=ending)
    told = {"ending": ending, "record": case.event.title}
    made = entry(after, "case.withdrawn", over.actor or "signoff", now, rules, told, origin="odoo")
    return Transition(after, (made,), update_cards(after))


def _still_open(case: Case, event: Event, rules: Rules, now: datetime) -> Transition | None:
    if event.figures.equal(case.event.figures):
        return _learn(case, event, rules, now)
    changed = changes(case.event.seen, event.seen)
    revision = Revision(case.revision.number + 1, event, now, changed)
    return _seen_anew(replace(case, revision=revision), "exception.changed", rules, now)


def _learn(case: Case, event: Event, rules: Rules, now: datetime) -> Transition | None:
    """The same figures and another date or urgency. What only stands beside it is news to nobody."""
    known = case.event
    if (event.deadline, event.severity) == (known.deadline, known.severity):
        return None
    learnt = replace(event, findings=known.findings)
    return _seen_anew(replace(case, revision=replace(case.revision, event=learnt)), "exception.learnt", rules, now)


def _seen_anew(case: Case, action: str, rules: Rules, now: datetime) -> Transition:
    """Every copy is made true again. Where another rule holds for the new figures, its people are asked besides."""
    plan = plan_for(case.event, rules)
    new: tuple[str, ...] = ()
    if plan.rule != case.plan.rule and case.care is not None:
        told = case.care.tell_at is None
        case = replace(case, plan=plan)
        new = tuple(one for one in current_stage(case).channels if told and one not in case.channels)
    after = replace(case, channels=case.channels + new)
    return Transition(after, (seen_entry(after, action, now, rules),), (*update_cards(case), *post_cards(after, new)))
