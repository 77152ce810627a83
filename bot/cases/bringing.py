"""A card of its own for what is shown together with others: taken out of a group, or opened from a list.

Core. Taken out, an exception is everybody's again, with a clock of its own; an approval stays on its list, which only
shows it. A late click changes nothing.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from bot.approvals.authority import Reason, Refused, barred, may_care
from bot.approvals.powers import powers_at
from bot.approvals.quorum import current_stage
from bot.cases.answers import Answer, Transition, entry, post_cards, refuse, update_cards
from bot.cases.audience import assignees
from bot.cases.model import Case, Status
from bot.cases.planning import Rules
from bot.cases.refusals import UNKNOWN
from bot.exceptions.care import NOT_YET, renewed
from bot.exceptions.commands import Alike, BringOut, TakenOut

_ALONE = Refused(Reason.ANSWERED_BEFORE, "It has a card of its own already; nothing was changed.")


def bring_out(case: Case | None, command: BringOut, rules: Rules, now: datetime) -> Answer:
    """``case`` with a card of its own."""
    refused = UNKNOWN if case is None else _not_now(case, command, rules, now)
    if case is None or refused is not None:
        return refuse(case, command, refused or UNKNOWN, rules, now)
    return _opened(case, command, rules, now) if case.care is None else _taken_out(case, command, rules, now)


def _not_now(case: Case, command: BringOut, rules: Rules, now: datetime) -> Refused | None:
    if not case.is_waiting:
        sentence = f"This is over: {case.ending or case.status.replace('_', ' ')}. Nothing was changed by your click."
        return Refused(Reason.OVER, sentence)
    if case.care is None:
        return barred(command.person) or (None if any(not one.alone for one in case.listed) else _ALONE)
    if not case.care.parent:
        return _ALONE
    verdict = may_care(command.person, case, now, powers_at(case, rules))
    return verdict if isinstance(verdict, Refused) else None


def _opened(case: Case, command: BringOut, rules: Rules, now: datetime) -> Transition:
    hidden = tuple(one.channel for one in case.listed if not one.alone)
    after = replace(case, listed=tuple(replace(one, alone=True) for one in case.listed))
    told = {"name": command.person.name, "email": command.person.email, "record": case.event.title}
    made = entry(after, "case.opened_from_list", command.person.key, now, rules, told, origin="slack")
    return Transition(after, (made,), post_cards(after, hidden))


def _taken_out(case: Case, command: BringOut, rules: Rules, now: datetime) -> Transition:
    """Whoever had the group in hand had this one with it, and is asked like everybody else from now on."""
    care = case.care or NOT_YET
    alone = replace(care, parent=0, apart=True, owner=None, acknowledged=False)
    after = replace(case, status=Status.OPEN, care=renewed(alone, case.plan.care, now))
    new = tuple(one for one in current_stage(after).channels if one not in case.channels)
    after = replace(after, channels=(*case.channels, *new))
    told = {
        "name": command.person.name,
        "email": command.person.email,
        "record": case.event.title,
        "group": care.parent,
        "mention": list(assignees(after, rules, now)),
    }
    made = entry(after, "exception.taken_out", command.person.key, now, rules, told, origin="slack")
    left = TakenOut(care.parent, Alike(case.id, case.event.title, case.event.value))
    return Transition(after, (made,), (*update_cards(case), *post_cards(after, new)), then=(left,))
