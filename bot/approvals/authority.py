"""The one authority function: may this person do this about this case now?

Core. Every way in (button, modal, slash command, command line, and a decision taken in Odoo itself) goes through
``may``; nothing else decides about power. What cannot be told is a refusal.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.approvals.powers import Powers
from bot.approvals.quorum import answered_roles, answers, assign, barred_makers, current_stage, current_stage_number
from bot.approvals.standins import Voice, voices
from bot.cases.commands import Decide, Forward, Wanted
from bot.cases.model import Case, Person
from bot.config.model import Group, UnknownMaker
from bot.text import either, one_line


class Reason(StrEnum):
    """Every way to be refused, for audit and metrics."""

    UNKNOWN_CASE = "unknown_case"
    UNKNOWN_PERSON = "unknown_person"
    FOREIGN = "foreign_workspace"
    GUEST = "guest"
    DEACTIVATED = "deactivated"
    NOT_IN_ROLE = "not_in_role"
    NOT_NAMED = "role_not_named"
    NOT_TOLD = "power_not_told"
    OWN_REQUEST = "own_request"
    UNKNOWN_MAKER = "unknown_maker"
    OVER_LIMIT = "over_limit"
    ANSWERED_BEFORE = "answered_before"
    ROLE_ANSWERED = "role_answered"
    DECIDED = "already_decided"
    OVER = "over_in_odoo"
    EXPIRED = "expired"
    CHANGED = "changed_since_shown"
    REASON_OWED = "reason_owed"
    NOT_STUCK = "nothing_to_mend"
    TO_ONESELF = "to_oneself"
    UNFIT = "cannot_stand_in"
    BAD_DATES = "bad_dates"
    NOT_YOURS = "not_yours_to_delegate"
    NO_DELEGATION = "no_such_delegation"
    STANDS = "delegated_before"
    CODE_OWED = "code_owed"
    NOTHING_CHOSEN = "nothing_chosen"
    NOT_ALIKE = "not_alike"
    HELD = "answer_held"
    NOT_HELD = "nothing_held"
    NOBODY_ASKED = "nobody_asked"
    TOO_MANY = "too_many_remarks"
    SAID_BEFORE = "said_before"
    EVIDENCE_OWED = "evidence_owed"
    TOO_MANY_FILES = "too_many_files"
    OBSERVED = "only_observed"
    SAME_PLAN = "same_plan"
    BAD_TIME = "bad_time"
    NEWER_CASE = "newer_case"
    NOT_CHANGEABLE = "not_changeable"
    BAD_CHANGE = "bad_change"
    CHOICE_OWED = "choice_owed"
    NOT_OFFERED = "choice_not_offered"


@dataclass(frozen=True, slots=True)
class Allowed:
    """This person may, and acts as a member of this role."""

    as_role: str
    roles: tuple[str, ...] = ()  #: every role of the stage that this voice could answer for
    on_behalf_of: tuple[str, ...] = ()  #: addresses of those stood in for, the holder of the role last
    holder_name: str = ""  #: the name of that holder; empty where the person has the role


@dataclass(frozen=True, slots=True)
class Refused:
    """This person may not. The sentence is for that person."""

    reason: Reason
    sentence: str
    #: (place, sentence) of what was typed, where that can be mended; a place is as ``changing.place`` names it.
    beside: tuple[tuple[str, str], ...] = ()


def may(person: Person, command: Wanted, case: Case, now: datetime, powers: Powers) -> Allowed | Refused:
    """Whether ``person`` may do ``command`` now: answer the case's current stage, or mend its write-back.

    Somebody may through any voice: the own one, or that of whoever delegated. Of several refusals the one that is
    told is the most telling: why one's own role does not do, else why the delegation does not, else that there is none.
    """
    refused_at_once = barred(person)
    if refused_at_once is not None:
        return refused_at_once
    if powers.problem:
        return Refused(Reason.NOT_TOLD, powers.problem)
    answering = isinstance(command, Decide | Forward)
    refused: list[Refused] = []
    for voice in voices(person.email, (*powers.delegations, *case.forwards), now):
        found = _through(voice, case, powers, person if answering else None)
        if isinstance(found, Allowed):
            return found
        refused.append(found)
    return next((one for one in refused if one.reason is not Reason.NOT_IN_ROLE), refused[0])


def _through(voice: Voice, case: Case, powers: Powers, answering: Person | None) -> Allowed | Refused:
    """Whether this voice may, of whoever answers the stage. In the order in which a colleague would explain it."""
    stage = current_stage(case)
    roles = tuple(role for role in stage.roles if powers.holds(voice.holder, role))
    if not roles:
        return _in_no_role(stage.roles, powers)
    if len(voice.chain) > 1 and (group := powers.untold()):
        return untold(group)  # a stand-in's own power caps too, and may be a role by that group
    segregated = _segregated(voice, case)
    if segregated is not None:
        return segregated
    within = _within_limits(voice, roles, case, powers)
    if not within:
        return _over_limit(voice, case)
    if answering is not None:
        heard = _heard(answering, voice, within, case)
        if heard is not None:
            return heard
    behalf = voice.chain[1:]
    return Allowed(_acts_as(within, case), within, behalf, voice.holder_name)


def _in_no_role(roles: tuple[str, ...], powers: Powers) -> Refused:
    if group := powers.untold(roles):
        return untold(group)
    return Refused(Reason.NOT_IN_ROLE, f"This is decided by {either(roles)}; you are not in that role.")


def untold(group: Group) -> Refused:
    """It cannot be told who is in ``group``, so nobody gains power by it."""
    sentence = (
        f"Who is in {group.told} could not be looked up, so it cannot be told whether you may decide this. "
        "Nothing was decided; please try again in a moment."
    )
    return Refused(Reason.NOT_TOLD, sentence)


def _segregated(voice: Voice, case: Case) -> Refused | None:
    """Whoever made the record does not decide about it, nor does anybody in a maker's name."""
    makers = barred_makers(case)
    if voice.chain[0] in makers:
        return Refused(Reason.OWN_REQUEST, "You asked for this or changed it in Odoo, so somebody else has to decide.")
    if makers.intersection(voice.chain):
        sentence = f"{_named(voice)} asked for this or changed it in Odoo, so nobody can decide in that name."
        return Refused(Reason.OWN_REQUEST, sentence)
    strict = not case.plan.self_approval and case.plan.unknown_maker is UnknownMaker.REFUSE
    if strict and (unknown := [maker for maker in case.event.makers if maker.is_unknown]):
        who = one_line(unknown[0].name or unknown[0].login, 80)
        sentence = f"It is not known who in Slack {who} is, who made or changed this; your admin can name that person."
        return Refused(Reason.UNKNOWN_MAKER, sentence)
    return None


def _within_limits(voice: Voice, roles: tuple[str, ...], case: Case, powers: Powers) -> tuple[str, ...]:
    """The roles in which this voice reaches the case's value: the smallest power along the chain counts."""
    value = case.event.value
    if not powers.person_reaches(voice.holder, value):
        return ()
    if not all(powers.stand_in_reaches(email, value) for email in voice.chain[:-1]):
        return ()
    return tuple(role for role in roles if powers.role_reaches(role, value))


def _over_limit(voice: Voice, case: Case) -> Refused:
    value = case.event.value
    about = f"The value of {value}" if value else "A value that is not known"
    whose = "your limit" if len(voice.chain) == 1 else f"what {_named(voice)} and you may both decide"
    return Refused(Reason.OVER_LIMIT, f"{about} is above {whose}, so somebody with a higher limit has to decide.")


def _heard(person: Person, voice: Voice, roles: tuple[str, ...], case: Case) -> Refused | None:
    """Nobody is heard twice: not under another name or address, and in another stage only where the plan lets."""
    number = current_stage_number(case)
    asked = [given for given in case.standing if case.plan.distinct_people or given.stage == number]
    if any(given.person == person.key or given.identities.intersection(voice.chain) for given in asked):
        return Refused(
            Reason.ANSWERED_BEFORE,
            "You have answered already; somebody else has to give the other approval."
            if len(voice.chain) == 1
            else f"You or {_named(voice)} answered already; somebody else has to give the other approval.",
        )
    if not _answers_more(voice, roles, case, number):
        said = f"{either(roles).capitalize()} has answered already; the other roles are still asked."
        return Refused(Reason.ROLE_ANSWERED, said)
    return None


def _answers_more(voice: Voice, roles: tuple[str, ...], case: Case, number: int) -> bool:
    """Whether an open role would be answered, where each has to be."""
    stage = case.plan.stages[number]
    given = {one.person: one.roles or (one.as_role,) for one in answers(case, number)}
    answered = len(assign(given))
    if not stage.asks_each or answered == len(stage.roles):
        return True
    return len(assign({**given, voice.chain[0]: roles})) > answered


def _acts_as(roles: tuple[str, ...], case: Case) -> str:
    """The first role that nobody has answered for yet."""
    taken = answered_roles(answers(case, current_stage_number(case)))
    return next((role for role in roles if role not in taken), roles[0])


def _named(voice: Voice) -> str:
    return one_line(voice.holder_name or voice.holder, 80)


def may_pause(person: Person, case: Case, powers: Powers) -> Allowed | Refused:
    """Whether ``person`` may stop the case's clock and start it again: the policy names the roles."""
    roles = case.plan.pause.roles if case.plan.pause else ()
    return _of_roles(person, roles, powers, ("The clock is stopped", "Nobody may stop this clock."))


def may_reassign(person: Person, case: Case, powers: Powers) -> Allowed | Refused:
    """Whether ``person`` may have another role asked: the policy names who may."""
    roles = case.plan.reassign.by if case.plan.reassign else ()
    return _of_roles(person, roles, powers, ("It is handed over", "Nobody may hand this case over by hand."))


def _of_roles(person: Person, roles: tuple[str, ...], powers: Powers, said: tuple[str, str]) -> Allowed | Refused:
    """Whether the person holds one of ``roles``; ``said`` begins the sentence for who does not, or is all of it."""
    refused = barred(person)
    if refused is not None:
        return refused
    if powers.problem:
        return Refused(Reason.NOT_TOLD, powers.problem)
    held = next((role for role in roles if powers.holds(person.email, role)), None)
    if held is not None:
        return Allowed(held)
    done, nobody = said
    return Refused(Reason.NOT_IN_ROLE, f"{done} by {either(roles)}; you are not in that role." if roles else nobody)


def may_care(person: Person, case: Case, now: datetime, powers: Powers) -> Allowed | Refused:
    """Whether ``person`` may look after an exception: its owner, and whoever is in a role that is asked.

    Neither limits nor the makers count: nothing is approved by it, and whoever received the goods may well own it.
    """
    refused = barred(person)
    if refused is not None:
        return refused
    if powers.problem:
        return Refused(Reason.NOT_TOLD, powers.problem)
    owner = case.care.owner if case.care else None
    if owner is not None and owner.email == person.email:
        return Allowed("owner")
    stage = current_stage(case)
    for voice in voices(person.email, powers.delegations, now):
        roles = tuple(role for role in stage.roles if powers.holds(voice.holder, role))
        if roles:
            return Allowed(roles[0], roles, voice.chain[1:], voice.holder_name)
    return Refused(Reason.NOT_IN_ROLE, f"This is looked after by {either(stage.roles)}; you are not in that role.")


def barred(person: Person) -> Refused | None:
    """Refused whatever the case is; None for everybody else."""
    if person.foreign:
        return Refused(Reason.FOREIGN, "Only people of this workspace can decide here.")
    if person.deactivated:
        return Refused(Reason.DEACTIVATED, "Your Slack account is deactivated.")
    if person.guest:
        return Refused(Reason.GUEST, "Guests of this workspace cannot decide.")
    if not person.email:
        return Refused(
            Reason.UNKNOWN_PERSON,
            "Slack did not tell your e-mail address, so your role is not known. "
            "Please ask your admin to check the bot's users:read.email scope.",
        )
    return None


def may_speak(person: Person) -> Refused | None:
    """Why ``person`` may not even comment; None where that is fine: it decides nothing."""
    return barred(person)
