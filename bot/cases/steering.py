"""What people do about the chase of a case: no reminders for oneself for a while, and another role asked by hand. Core.

Neither decides anything, and neither moves a step: a snooze silences what would mention one person, and the clock of a
case that was handed over runs on.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import assert_never

from bot.approvals.authority import Allowed, Reason, Refused, barred, may_reassign
from bot.approvals.powers import powers_at, within
from bot.approvals.quorum import barred_makers, current_stage, current_stage_number, needed
from bot.cases.answers import Answer, Transition, entry, post_cards, refuse, tell_story, update_cards
from bot.cases.audience import assignees, contacts, reminded
from bot.cases.clock_commands import ClockCommand, Pause, Reassign, Resume, Silence
from bot.cases.escalation_acts import handed_to
from bot.cases.model import Case
from bot.cases.pausing import set_clock
from bot.cases.planning import Rules
from bot.config.durations import write_duration
from bot.effects import DIRECT, Effect, EffectKind
from bot.text import clean

#: Whoever wants longer peace from a case names a stand-in.
SHORTEST, LONGEST = timedelta(minutes=1), timedelta(days=1)

_UNKNOWN = Refused(Reason.UNKNOWN_CASE, "This case is not known here; nothing was changed.")
_OVER = Refused(Reason.DECIDED, "Nobody is waited for on this case any more; nothing was changed.")
_HELD = Refused(Reason.HELD, "Somebody has just answered, and may take it back for a moment. Nothing was changed.")
_NO_STEPS = Refused(Reason.NOT_STUCK, "No reminders come on this case, so there is nothing to snooze.")
_NOT_REMINDED = Refused(Reason.NOT_IN_ROLE, "You are not reminded of this case: it is asked of others.")
_BOUNDS = f"{write_duration(SHORTEST)} to {write_duration(LONGEST)}"
_LENGTH = Refused(Reason.OVER_LIMIT, f"Reminders rest for {_BOUNDS}; nothing was changed.")
_WHY = Refused(Reason.REASON_OWED, "Please say why; the reason is shown in the thread.")
_EACH = Refused(Reason.NOT_STUCK, "Each of this stage's roles has to answer, so none can be replaced.")
_TAKEN = Refused(Reason.NOT_STUCK, "This is in somebody's hands already: assign it on its card. Nothing was changed.")
_OWN = Refused(Reason.OWN_REQUEST, "You asked for this or changed it in Odoo, so somebody else says who decides it.")


def steer(case: Case | None, command: ClockCommand, rules: Rules, now: datetime) -> Answer:
    """What a person's wish does to ``case``."""
    if isinstance(command, Pause | Resume):
        return set_clock(case, command, rules, now)
    refused = _UNKNOWN if case is None else _refused(case, command, rules, now)
    if case is None or refused is not None:
        return refuse(case, command, refused or _UNKNOWN, rules, now)
    match command:
        case Silence():
            return _snoozed(case, command, rules, now)
        case Reassign():
            return _reassigned(case, command, rules, now)
        case _:
            assert_never(command)


def wake(case: Case, rules: Rules, now: datetime) -> Transition:
    """The peace of some people is over: who is still asked is reminded."""
    over = sorted(email for email, until in case.chase.snoozed if until <= now)
    left = tuple(one for one in case.chase.snoozed if one[1] > now)
    after = replace(case, chase=replace(case.chase, snoozed=left))
    people = [email for email in over if email in _audience(case, rules, now)]
    waiting = write_duration(timedelta(minutes=(now - case.opened_at) // timedelta(minutes=1)))
    told = {"record": case.event.title, "mention": people, "waiting": waiting}
    places = [f"{DIRECT}{email}" for email in people if f"{DIRECT}{email}" in case.channels]
    below = tuple(Effect(EffectKind.TELL_STORY, case.id, place) for place in places)
    return Transition(after, (entry(after, "reminder.due", "signoff", now, rules, told),), (*tell_story(after), *below))


def _refused(case: Case, command: Silence | Reassign, rules: Rules, now: datetime) -> Refused | None:
    if not case.is_waiting:
        return _OVER
    if isinstance(command, Silence):
        return barred(command.person) or _not_snoozed(case, command, rules, now)
    allowed = may_reassign(command.person, case, powers_at(case, rules))
    return _not_reassigned(case, command, rules) if isinstance(allowed, Allowed) else allowed


def _not_snoozed(case: Case, command: Silence, rules: Rules, now: datetime) -> Refused | None:
    if not case.plan.steps:
        return _NO_STEPS
    if command.person.email not in _audience(case, rules, now):
        return _NOT_REMINDED
    return None if SHORTEST <= command.length <= LONGEST else _LENGTH


def _audience(case: Case, rules: Rules, now: datetime) -> frozenset[str]:
    """Everybody whom a step may tell of the case, or has told already."""
    direct = {one.removeprefix(DIRECT) for one in current_stage(case).channels if one.startswith(DIRECT)}
    return frozenset(direct.union(assignees(case, rules, now), contacts(case, rules)))


def _snoozed(case: Case, command: Silence, rules: Rules, now: datetime) -> Transition:
    person, until = command.person, now + command.length
    others = tuple(one for one in case.chase.snoozed if one[0] != person.email)
    after = replace(case, chase=replace(case.chase, snoozed=(*others, (person.email, until))))
    told = {"name": person.name, "email": person.email, "record": case.event.title, "until": until.isoformat()}
    return Transition(after, (entry(after, "reminder.snoozed", person.key, now, rules, told, origin="slack"),))


def _not_reassigned(case: Case, command: Reassign, rules: Rules) -> Refused | None:
    """Why the case is not handed over although this person may; in the order in which a colleague would say it."""
    if case.care is not None and case.care.owner is not None:
        return _TAKEN
    if command.person.email in _makers(case):
        return _OWN
    if case.intended is not None:
        return _HELD
    if current_stage(case).every:
        return _EACH
    return _not_named(case, command.role, rules) or _unfit(case, command.role, rules) or _unexplained(command)


def _makers(case: Case) -> frozenset[str]:
    """Who is kept from it for having made the record; whoever made it may well look after what is wrong with it."""
    return barred_makers(case) if case.care is None else frozenset()


def _unexplained(command: Reassign) -> Refused | None:
    return None if clean(command.reason) else _WHY


def _not_named(case: Case, role: str, rules: Rules) -> Refused | None:
    """Why the policy does not let this role be asked, or nobody else any more."""
    rule = case.plan.reassign
    named = [one for one in (rule.to if rule else ()) if one in rules.config.roles]
    if rule is None or role not in named:
        whom = ", ".join(named) or "no role"
        return Refused(Reason.NOT_NAMED, f"This case may be handed to {whom}; nothing was changed.")
    if case.chase.handed >= rule.most:
        said = f"This case was handed over {case.chase.handed} times already, as often as its policy lets."
        return Refused(Reason.OVER_LIMIT, f"{said} Nothing was changed.")
    return None


def _unfit(case: Case, role: str, rules: Rules) -> Refused | None:
    """Why this role could not decide the case."""
    said = role.replace("_", " ")
    if current_stage(case).roles == (role,):
        return Refused(Reason.UNFIT, f"It is {said} that is asked already. Nothing was changed.")
    seat = powers_at(case, rules).seats[role]
    if case.care is None and not within(case.event.value, seat.limit):
        return Refused(Reason.OVER_LIMIT, f"The value is above the limit of {said}. Nothing was changed.")
    if seat.untold is not None:
        return Refused(Reason.NOT_TOLD, f"It cannot be told just now who is in {said}. Nothing was changed.")
    left = seat.members - _makers(case) - {given.email for given in case.standing}
    given = sum(one.stage == current_stage_number(case) for one in case.standing)
    if len(left) + given < needed(case, current_stage_number(case)):
        return Refused(Reason.UNFIT, f"Too few people of {said} may answer this. Nothing was changed.")
    return None


def _reassigned(case: Case, command: Reassign, rules: Rules, now: datetime) -> Transition:
    person = command.person
    handed = handed_to(case, command.role, rules)
    new = tuple(one for one in current_stage(handed).channels if one not in case.channels)
    chase = replace(handed.chase, handed=handed.chase.handed + 1)
    after = replace(handed, chase=chase, channels=case.channels + new)
    found = reminded(after, rules, now)
    told = {
        "name": person.name,
        "email": person.email,
        "record": case.event.title,
        "before": list(current_stage(case).roles),
        "role": command.role,
        "reason": clean(command.reason),
        "stage": current_stage_number(case) + 1,
        "mention": list(found.mention),
        **found.told(),
    }
    made = entry(after, "case.reassigned", person.key, now, rules, told, origin="slack")
    return Transition(after, (made,), (*update_cards(after), *post_cards(after, new)))
