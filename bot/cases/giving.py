"""What a decision that counts does to its case: it ends it, or more people are asked.

Core. Whether somebody may give it was judged before. Where the policy has a grace time, the answer that would end the
case is held for so long, and whoever gave it can take it back.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from bot.approvals.authority import Reason, Refused
from bot.approvals.eligible import eligible, never_silent, nobody_left
from bot.approvals.powers import powers_at
from bot.approvals.quorum import all_complete, current_stage, current_stage_number
from bot.cases import changing, choosing, evidence, outcome
from bot.cases.answers import Transition, post_cards, update_cards
from bot.cases.commands import Decide, Undo
from bot.cases.lines import LineChange, plain
from bot.cases.model import Case, Decision, Intended, Person, Status, Verdict
from bot.cases.planning import Rules
from bot.cases.refusals import EXPIRED, NO_DECISION
from bot.config.model import ReasonRule
from bot.escalation.attendance import is_pinged, mentions

_NOTHING_HELD = Refused(Reason.NOT_HELD, "There is nothing to take back any more. The card shows what stands.")


def chosen_code(case: Case, command: Decide) -> str | None:
    """The chosen reason of a rejection; empty where the policy names none, None where one is owed."""
    codes = case.plan.manner.reject_codes
    if command.verdict is not Verdict.REJECT or not codes:
        return ""
    return command.code if command.code in codes else None


def owes_reason(case: Case, verdict: Verdict) -> bool:
    """Whether the policy wants to know why."""
    rule = case.plan.approve_reason if verdict is Verdict.APPROVE else case.plan.reject_reason
    return rule is ReasonRule.REQUIRED


def give(case: Case, given: Decision, rules: Rules, now: datetime) -> Transition:
    """The case after ``given``; held, where it would end the case and the policy gives time to think again."""
    grace, agreed = case.plan.manner.grace, changing.applied(case, given.changes, rules)
    if grace and _ends(agreed, given):
        until = now + grace
        held = replace(case, intended=Intended(given, until))
        told = {**detail_of(agreed, given), "verdict": given.verdict.value, "until": until.isoformat()}
        made = outcome.entry(held, "case.held", given.person, now, rules, told, origin="slack")
        return Transition(held, (made,), update_cards(held))
    return _give(agreed, given, rules, now)


def release(case: Case, rules: Rules, now: datetime) -> Transition:
    """The grace time is over: what was held is given, as far as it still counts."""
    intended = case.intended
    if intended is None:
        msg = "nothing is held on this case"
        raise ValueError(msg)
    given = intended.decision
    return _give(replace(changing.applied(case, given.changes, rules), intended=None), given, rules, now)


def no_longer_pending(case: Case) -> Refused:
    """Why nobody answers a case that is over, or that nobody decides about."""
    if case.care is not None:
        return NO_DECISION
    if case.status is Status.EXPIRED:
        return EXPIRED
    if case.status in {Status.WITHDRAWN, Status.SUPERSEDED}:
        return Refused(Reason.OVER, f"This is over: {case.ending}. Nothing was changed by your click.")
    who = f" by {case.decisions[-1].name}" if case.decisions else ""
    return Refused(Reason.DECIDED, f"Already {case.status}{who}. Nothing was changed by your click.")


def held(intended: Intended) -> Refused:
    """Why nobody answers while another answer may still be taken back."""
    sentence = f"{intended.decision.name} has just answered, and may take it back for a moment. Nothing was changed."
    return Refused(Reason.HELD, sentence)


def not_taken_back(case: Case, command: Undo, now: datetime) -> Refused | None:
    """Why an answer stays; None for whoever gave the one that is held, up to the instant at which it counts."""
    intended = case.intended
    if case.status is not Status.PENDING or intended is None or intended.until <= now:
        return _NOTHING_HELD
    if intended.decision.person != command.person.key:
        return Refused(Reason.NOT_IN_ROLE, f"Only {intended.decision.name} can take that answer back.")
    return None


def undo(case: Case, command: Undo, rules: Rules, now: datetime) -> Transition:
    """What was held is taken back, and people are asked again."""
    after = replace(case, intended=None)
    detail = {"name": command.person.name, "email": command.person.email, "record": case.event.title}
    made = outcome.entry(after, "case.undone", command.person.key, now, rules, detail, origin="slack")
    return Transition(after, (made,), update_cards(after))


def detail_of(case: Case, given: Decision) -> dict[str, object]:
    """What the audit trail keeps of a decision."""
    shown = evidence.hashes(case)
    return {
        "name": given.name,
        "email": given.email,
        "role": given.as_role,
        "on_behalf_of": list(given.behalf),
        "holder": given.behalf_name,
        "reason": given.reason,
        "code": given.code,
        "stage": given.stage + 1,
        "record": case.event.title,
        "policy": case.plan.policy,
        "rule": case.plan.rule,
        "value": str(case.event.value or "unknown"),
        "seen": {item.label: item.shown for item in case.event.seen},
        **({"evidence": shown} if shown else {}),
        **({"changes": [_told(one) for one in given.changes]} if given.changes else {}),
        **_chosen(case, given),
    }


def _chosen(case: Case, given: Decision) -> dict[str, object]:
    """What was chosen: its code for programs, its label for people."""
    choice = choosing.named(case, given.choice)
    return {"choice": given.choice, "chosen": choice.label} if choice else {}


def _told(change: LineChange) -> list[object]:
    """For the audit trail: what it is called, before, after, and which line of the record it is."""
    return [f"{change.label}, {change.what}", plain(change.before), plain(change.after), change.line]


def _ends(case: Case, given: Decision) -> bool:
    return given.verdict is Verdict.REJECT or all_complete(replace(case, decisions=(*case.decisions, given)))


def _give(case: Case, given: Decision, rules: Rules, now: datetime) -> Transition:
    after = replace(case, decisions=(*case.decisions, given))
    person = Person(given.person, given.email, given.name)
    detail = detail_of(case, given)
    if given.verdict is Verdict.REJECT:
        return outcome.decided(after, Status.REJECTED, person, detail, rules, now)
    if all_complete(after):
        return outcome.decided(after, changing.approval_of(after), person, detail, rules, now)
    return _ask_on(after, given, detail, rules, now)


def _ask_on(case: Case, given: Decision, detail: Mapping[str, object], rules: Rules, now: datetime) -> Transition:
    """More people are asked: of the same stage, or of the next one in its own channels."""
    asked = never_silent(case, rules, now)
    number, stage = current_stage_number(asked), current_stage(asked)
    new = tuple(channel for channel in stage.channels if channel not in case.channels)
    after = replace(asked, channels=case.channels + new)
    turn = {"asked_now": list(stage.roles), "stage_now": number + 1, **nobody_left(asked)}
    if number > given.stage:
        site = rules.config.sites.get(asked.plan.site or "")
        may = eligible(asked, now, powers_at(asked, rules))
        pinged = [email for email in may if is_pinged(email, stage.roles, rules, site=site)]
        turn["mention"] = mentions(pinged, stage.roles, rules, site=site)
    told = {**detail, **turn}
    entry = outcome.entry(after, "case.stage_approved", given.person, now, rules, told, origin="slack")
    return Transition(after, (entry,), update_cards(case) + post_cards(after, new))
