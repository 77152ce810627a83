"""What people do with an exception: take it, give it to somebody, put it off, settle it, open it again.

Core. Who may is the authority function's to say. A late click changes nothing: what is over stays as it is, but for a
person who reopens what was resolved, in words and with a reason.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final, assert_never

from bot.approvals.authority import Allowed, Reason, Refused, barred, may_care
from bot.approvals.powers import powers_at
from bot.approvals.quorum import current_stage
from bot.cases.answers import Answer, Transition, entry, post_cards, refuse, update_cards
from bot.cases.audience import assignees
from bot.cases.model import SETTLED, Case, Person, Status, WriteBackState
from bot.cases.planning import Rules
from bot.cases.refusals import CHANGED, CODE_OWED, REASON_OWED
from bot.config.model import OTHER
from bot.effects import DIRECT, Effect, EffectKind
from bot.escalation.calendar import shift
from bot.exceptions import asking
from bot.exceptions.care import NOT_YET, Care, Owner, Resolved, renewed
from bot.exceptions.commands import (
    Acknowledge,
    Alike,
    AskApproval,
    Assign,
    CareCommand,
    Gathered,
    Reopen,
    Resolve,
    Snooze,
)
from bot.exceptions.gathering import spread
from bot.text import clean

#: Characters of the text of a resolution: it is kept in the case's row, and stands on the card.
LONGEST: Final = 1000

#: The revision that a member of a group is resolved at with the others: its figures do not matter to that.
AS_A_WHOLE: Final = 0

#: The farthest that something can be put off at once.
FARTHEST: Final = timedelta(days=30)

_NO_EXCEPTION = Refused(Reason.DECIDED, "This is an approval; nobody owns it. Nothing was changed by your click.")
_NOT_OVER = Refused(Reason.NOT_STUCK, "This is not resolved, so there is nothing to reopen.")
_STILL_WRITTEN = Refused(Reason.NOT_STUCK, "The resolution is still on its way to Odoo; please try again in a moment.")
_BAD_TIME = Refused(Reason.BAD_TIME, "Please choose a time within the next 30 days; nothing was changed.")
_NO_SHIFT = Refused(
    Reason.BAD_TIME, "Your config has no calendar here, so there is no next shift. Please choose a time."
)
_OTHER_OWES = Refused(Reason.REASON_OWED, f"The cause “{OTHER}” says nothing by itself: please say what it was.")


def judge(case: Case, wanted: CareCommand, rules: Rules, now: datetime) -> Allowed | Refused:
    """Whether ``wanted`` is taken, its texts aside."""
    refused = _not_now(case, wanted)
    return refused or may_care(wanted.person, case, now, powers_at(case, rules))


def do(case: Case, command: CareCommand, verdict: Allowed, rules: Rules, now: datetime) -> Answer:
    """The exception after ``command``, which was judged before."""
    match command:
        case Acknowledge():
            made: Transition | Refused = _acknowledge(case, command, verdict, rules, now)
        case Assign():
            made = _assign(case, command, verdict, rules, now)
        case Snooze():
            made = _snooze(case, command, verdict, rules, now)
        case Resolve():
            made = _resolve(case, command, verdict, rules, now)
        case AskApproval():
            made = asking.ask(case, command, verdict, rules, now)
        case Reopen():
            made = _reopen(case, command, verdict, rules, now)
        case _:
            assert_never(command)
    if isinstance(made, Refused):
        return refuse(case, command, made, rules, now)
    return spread(case, command, made)


def is_owned_by(case: Case, email: str) -> bool:
    """Whether it is in this person's hands, or waits for this person to take it."""
    owner = _care(case).owner if case.is_waiting and not _care(case).parent else None
    return owner is not None and owner.email == email


def hand_back(case: Case, rules: Rules, now: datetime, *, why: str = "") -> Transition:
    """It is everybody's again: its owner did nothing more within the time of the policy, or cannot be reached."""
    care = _care(case)
    after = replace(case, status=Status.OPEN, care=replace(care, owner=None, acknowledged=False, hand_back_at=None))
    told = {
        "owner": care.owner.name if care.owner else "",
        "record": case.event.title,
        "why": why,
        "due_at": (now if why else care.hand_back_at or now).isoformat(),
        "mention": list(assignees(after, rules, now)),
    }
    return Transition(after, (entry(after, "exception.handed_back", "signoff", now, rules, told),), update_cards(after))


def _care(case: Case) -> Care:
    return case.care or NOT_YET


def _not_now(case: Case, wanted: CareCommand) -> Refused | None:
    """What keeps anybody from it, in the order in which a colleague would explain it."""
    if case.care is None:
        return _NO_EXCEPTION
    if isinstance(wanted, Reopen):
        return _not_reopened(case)
    if not case.is_waiting:
        return _over(case)
    if case.care.parent and wanted.pin:
        return Refused(Reason.DECIDED, f"This is looked after together with others, as case {case.care.parent}.")
    if isinstance(wanted, Resolve) and wanted.revision not in {case.revision.number, AS_A_WHOLE}:
        return CHANGED
    return None


def _over(case: Case) -> Refused:
    if case.status is Status.RESOLVED:
        by = f" by {case.care.resolved.name}" if case.care and case.care.resolved else ""
        return Refused(Reason.DECIDED, f"Already resolved{by}. Nothing was changed by your click.")
    return Refused(Reason.OVER, f"This is over: {case.ending}. Nothing was changed by your click.")


def _not_reopened(case: Case) -> Refused | None:
    if case.status is not Status.RESOLVED:
        return _over(case) if not case.is_waiting else _NOT_OVER
    if case.write_back not in SETTLED:
        return _STILL_WRITTEN
    if case.successor is not None:
        sentence = f"A newer case is about the same record: case {case.successor}. Nothing was changed by your click."
        return Refused(Reason.NEWER_CASE, sentence)
    return None


def _acknowledge(case: Case, command: Acknowledge, verdict: Allowed, rules: Rules, now: datetime) -> Transition:
    person, before = command.person, _care(case).owner
    care = replace(_care(case), owner=_owner(person), acknowledged=True)
    awake = replace(case.chase, paused="", paused_until=None) if _care(case).snoozed else case.chase
    after = replace(case, status=Status.ACKNOWLEDGED, care=renewed(care, case.plan.care, now), chase=awake)
    from_whom = before.name if before is not None and before.person != person.key else ""
    told = {**_who(case, person, verdict), "from": from_whom}
    return _made(after, "exception.acknowledged", person, told, rules, now)


def _assign(case: Case, command: Assign, verdict: Allowed, rules: Rules, now: datetime) -> Transition | Refused:
    to = command.to
    if barred(to) is not None:
        sentence = f"{to.name} cannot take it (a guest, a deactivated account, or without an address)."
        return Refused(Reason.UNFIT, sentence)
    if to.key == command.person.key:
        return _acknowledge(case, Acknowledge(case.id, to, command.pin), verdict, rules, now)
    care = replace(_care(case), owner=_owner(to), acknowledged=False, hand_back_at=None)
    place = f"{DIRECT}{to.email}"
    new = () if place in case.channels or _care(case).parent else (place,)
    after = replace(case, status=Status.OPEN, care=care, channels=case.channels + new)
    told = {**_who(case, command.person, verdict), "to": to.email, "to_name": to.name, "mention": [to.email]}
    made = _made(after, "exception.assigned", command.person, told, rules, now)
    return replace(made, effects=(*update_cards(case), *post_cards(after, new)))


def _snooze(case: Case, command: Snooze, verdict: Allowed, rules: Rules, now: datetime) -> Transition | Refused:
    until = command.until or _next_shift(case, now)
    if until is None:
        return _NO_SHIFT
    if not now < until <= now + FARTHEST:
        return _BAD_TIME
    person = command.person
    chase = replace(case.chase, paused=f"put off by {person.name}", paused_until=until)
    after = replace(case, chase=chase, care=replace(_care(case), snoozed=True))
    told = {**_who(case, person, verdict), "cause": chase.paused, "until": until.isoformat()}
    return _made(after, "exception.snoozed", person, told, rules, now)


def _next_shift(case: Case, now: datetime) -> datetime | None:
    """When the next working time of its place begins; None where nobody has said when people work."""
    calendar = case.plan.calendar
    if calendar is None:
        return None
    found = shift(calendar, now)
    if found is not None and found[0] <= now:
        found = shift(calendar, found[1])
    return found[0] if found else None


def _resolve(case: Case, command: Resolve, verdict: Allowed, rules: Rules, now: datetime) -> Transition | Refused:
    text, rule = clean(command.text, LONGEST), case.plan.care
    if rule is None or command.root_cause not in rule.root_causes or command.resolution not in rule.resolutions:
        return CODE_OWED
    if command.root_cause == OTHER and not text:
        return _OTHER_OWES
    person = command.person
    resolved = Resolved(command.root_cause, command.resolution, text, person.key, person.name, now)
    care = replace(_care(case), resolved=resolved, hand_back_at=None, snoozed=False)
    after = _settled(replace(case, status=Status.RESOLVED, care=care, decided_at=now), resolved, rules, now)
    told = {
        **_who(case, person, verdict),
        "root_cause": resolved.root_cause,
        "resolution": resolved.resolution,
        "text": text,
        "owner": care.owner.name if care.owner else "",
        "value": str(case.event.value or "unknown"),
        "seen": {item.label: item.shown for item in case.event.seen},
    }
    made = _made(after, "exception.resolved", person, told, rules, now)
    owed = (Effect(EffectKind.WRITE_BACK, case.id, str(case.record)),) if after.closed_at is None else ()
    return replace(made, effects=(*made.effects, *owed))


def _settled(case: Case, resolved: Resolved, rules: Rules, now: datetime) -> Case:
    """Owed to Odoo, or over at once where Odoo is not told of it."""
    traits = rules.traits[case.event.event_type]
    if (traits.has_chatter or resolved.resolution in traits.settles) and not case.record.is_ours:
        return replace(case, write_back=WriteBackState.QUEUED)
    return replace(case, write_back=WriteBackState.NONE, closed_at=now, covers=True, ending=resolved.said)


def _reopen(case: Case, command: Reopen, verdict: Allowed, rules: Rules, now: datetime) -> Transition | Refused:
    reason = clean(command.reason)
    if not reason:
        return REASON_OWED
    care = Care(reopened=_care(case).reopened + 1, parent=command.group, apart=_care(case).apart)
    after = replace(
        case,
        status=Status.OPEN,
        write_back=WriteBackState.NONE,
        care=care,
        decided_at=None,
        closed_at=None,
        covers=False,
        ending="",
        problem="",
    )
    told = {**_who(case, command.person, verdict), "reason": reason, "mention": list(assignees(after, rules, now))}
    made = _made(after, "exception.reopened", command.person, told, rules, now)
    if command.group:
        return replace(made, then=(Gathered(command.group, (Alike(case.id, case.event.title, case.event.value),)),))
    return made if case.channels else _shown_at_last(made)


def _shown_at_last(made: Transition) -> Transition:
    """What was a member of a group has a card of its own from now on."""
    after = replace(made.case, channels=current_stage(made.case).channels)
    return replace(made, case=after, effects=post_cards(after, after.channels))


def _owner(person: Person) -> Owner:
    return Owner(person.key, person.email, person.name)


def _who(case: Case, person: Person, verdict: Allowed) -> dict[str, object]:
    return {"name": person.name, "email": person.email, "role": verdict.as_role, "record": case.event.title}


def _made(
    after: Case, action: str, person: Person, told: Mapping[str, object], rules: Rules, now: datetime
) -> Transition:
    """One step of a person: its audit entry, and every card made true."""
    made = entry(after, action, person.key, now, rules, told, origin="slack")
    return Transition(after, (made,), update_cards(after))
