"""Giving one's decisions to a stand-in for a time, and taking them back: what may be written, and what is refused.

Core. What a delegation is worth in a case (limits, makers, who has answered) is judged at each click by ``authority``;
here is only who may write one down. ``bot/delegations.py`` keeps them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.approvals.authority import Reason, Refused, barred, untold
from bot.approvals.holders import holders
from bot.approvals.standins import Delegation
from bot.audit.chain import Entry
from bot.cases.model import Person
from bot.cases.planning import Rules

#: Nobody is away for longer than this without a new look at it.
LONGEST = timedelta(days=366)


#: A number that leads to nothing.
NO_SUCH = Refused(Reason.NO_DELEGATION, "There is no such delegation any more; nothing was changed.")


@dataclass(frozen=True, slots=True)
class Delegate:
    """``person`` wants ``taker`` to decide in ``giver``'s name, from ``starts_at`` up to, not including, the end."""

    person: Person
    giver: Person
    taker: Person
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Revoke:
    """``person`` wants a delegation to end now."""

    person: Person
    delegation_id: int


DelegationCommand = Delegate | Revoke


def stands(known: Delegation) -> Refused:
    """A modal that was sent twice, or a time that is within another: one is enough."""
    until = f" up to {known.ends_at:%Y-%m-%d %H:%M} UTC" if known.ends_at else ""
    sentence = f"{known.taker_name} stands in for {known.giver_name}{until} already (number {known.id})."
    return Refused(Reason.STANDS, sentence)


def delegate(command: Delegate, rules: Rules, now: datetime) -> Delegation | Refused:
    """The delegation as it is to be kept, still without a number."""
    refused = _unfit(command) or _bad_dates(command, now) or _not_yours(command, rules)
    if refused is not None:
        return refused
    giver, taker = command.giver, command.taker
    starts_at = max(command.starts_at, now)
    return Delegation(0, giver.email, giver.name, taker.email, taker.name, starts_at, command.ends_at)


def revoke(command: Revoke, found: Delegation | None, rules: Rules, now: datetime) -> Refused | None:
    """Why the delegation stays as it is; None where it may end."""
    if found is None or (found.ends_at is not None and found.ends_at <= now):
        return NO_SUCH
    if command.person.email in {found.giver, found.taker} or is_deputy(command.person, rules):
        return barred(command.person)
    return Refused(Reason.NOT_YOURS, "Only who gave it, who holds it, or who delegates for others can end it.")


def _unfit(command: Delegate) -> Refused | None:
    """People who can neither give nor take."""
    if refused := barred(command.person):
        return refused
    for one in (command.giver, command.taker):
        if barred(one) is not None:
            sentence = f"{one.name} cannot decide here (a guest, a deactivated account, or without an address)."
            return Refused(Reason.UNFIT, sentence)
    if command.taker.email == command.giver.email or command.taker.key == command.giver.key:
        return Refused(Reason.TO_ONESELF, "Nobody stands in for himself; please choose somebody else.")
    return None


def _bad_dates(command: Delegate, now: datetime) -> Refused | None:
    if command.ends_at <= now or command.ends_at <= command.starts_at:
        return Refused(Reason.BAD_DATES, "The end has to be later than the start, and later than now.")
    if command.ends_at - command.starts_at > LONGEST:
        return Refused(Reason.BAD_DATES, f"It can last {LONGEST.days} days at most; please choose an earlier end.")
    return None


def _not_yours(command: Delegate, rules: Rules) -> Refused | None:
    """For others only the role that is named for it delegates, and never to itself."""
    person = command.person
    if person.email == command.giver.email:
        return None
    if not is_deputy(person, rules):
        group = holders(rules, rules.config.delegation_by, site=None).untold
        return untold(group) if group else Refused(Reason.NOT_YOURS, "You can give away your own decisions alone.")
    if person.email == command.taker.email or person.key == command.taker.key:
        return Refused(Reason.TO_ONESELF, "Whoever delegates for somebody absent cannot be the stand-in.")
    return None


def is_deputy(person: Person, rules: Rules) -> bool:
    """Whether the person delegates for others who are absent."""
    return person.email in holders(rules, rules.config.delegation_by, site=None).people


def given_entry(command: Delegate, made: Delegation, rules: Rules, now: datetime) -> Entry:
    """The audit entry of a new delegation."""
    detail = {**_told(made), "delegation": made.id, "by": command.person.name, "for_other": _for_other(command)}
    return _entry("delegation.given", command.person, detail, rules, now)


def revoked_entry(command: Revoke, found: Delegation, rules: Rules, now: datetime) -> Entry:
    """The audit entry of a delegation that ends early."""
    return _entry("delegation.revoked", command.person, {**_told(found), "delegation": found.id}, rules, now)


def refused_entry(command: DelegationCommand, refused: Refused, rules: Rules, now: datetime) -> Entry:
    """The audit entry of a refusal."""
    detail: dict[str, object] = {"reason": refused.reason.value, "command": type(command).__name__}
    if isinstance(command, Delegate):
        detail |= {"giver": command.giver.email, "taker": command.taker.email}
    return _entry("delegation.refused", command.person, detail, rules, now)


def _for_other(command: Delegate) -> bool:
    return command.person.email != command.giver.email


def _told(one: Delegation) -> dict[str, object]:
    return {
        "giver": one.giver,
        "giver_name": one.giver_name,
        "taker": one.taker,
        "taker_name": one.taker_name,
        "from": one.starts_at.isoformat(),
        "until": one.ends_at.isoformat() if one.ends_at else "",
    }


def _entry(action: str, person: Person, detail: dict[str, object], rules: Rules, now: datetime) -> Entry:
    told = {"name": person.name, "email": person.email, **detail}
    return Entry(action, person.key, now, None, "slack", None, None, rules.config.digest, told)
