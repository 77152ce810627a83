"""The one authority function: may this person decide about this case?

Core. Every way in (button, modal, command line) goes through ``may``; nothing else decides about power. What
cannot be told is a refusal.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from bot.approvals.quorum import current_stage
from bot.cases.model import Case, Person
from bot.text import either


class Reason(StrEnum):
    """Every way to be refused, for audit and metrics."""

    UNKNOWN_CASE = "unknown_case"
    UNKNOWN_PERSON = "unknown_person"
    FOREIGN = "foreign_workspace"
    GUEST = "guest"
    DEACTIVATED = "deactivated"
    NOT_IN_ROLE = "not_in_role"
    OWN_REQUEST = "own_request"
    ANSWERED_BEFORE = "answered_before"
    DECIDED = "already_decided"
    OVER = "over_in_odoo"
    EXPIRED = "expired"
    CHANGED = "changed_since_shown"
    REASON_OWED = "reason_owed"
    NOT_STUCK = "nothing_to_mend"


@dataclass(frozen=True, slots=True)
class Allowed:
    """This person may, and acts as a member of this role."""

    as_role: str


@dataclass(frozen=True, slots=True)
class Refused:
    """This person may not. The sentence is for that person."""

    reason: Reason
    sentence: str


def may(person: Person, case: Case, members: Mapping[str, frozenset[str]]) -> Allowed | Refused:
    """Whether ``person`` may answer on (or mend the write-back of) ``case``.

    ``members`` maps each role of the case to its members' e-mail addresses as they are now, not as they were
    when the case opened: whoever has left a role has left its power.
    """
    barred = _barred(person)
    if barred is not None:
        return barred
    stage = current_stage(case)
    as_role = next((role for role in stage.roles if person.email in members.get(role, frozenset())), None)
    if as_role is None:
        return Refused(Reason.NOT_IN_ROLE, f"This is decided by {either(stage.roles)}; you are not in that role.")
    if not case.plan.self_approval and any(maker.email == person.email for maker in case.event.makers):
        return Refused(Reason.OWN_REQUEST, "You asked for this or changed it in Odoo, so somebody else has to decide.")
    return Allowed(as_role)


def _barred(person: Person) -> Refused | None:
    """Refused whatever the case is."""
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
