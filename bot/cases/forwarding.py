"""Forwarding one case: somebody who may answer lets another person answer in that name, on this case alone.

Core. The stand-in is judged at the click like any other: the smaller power of both, both bound by what either has made
or answered. It ends with the case, or when whoever gave it takes it back.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from bot.approvals.authority import Reason, Refused, barred
from bot.approvals.quorum import barred_makers
from bot.approvals.standins import Delegation
from bot.cases.answers import Answer, Transition, entry, post_cards, refuse, update_cards
from bot.cases.commands import Forward
from bot.cases.giving import no_longer_pending
from bot.cases.model import Case, Status
from bot.cases.planning import Rules
from bot.cases.refusals import UNKNOWN
from bot.cases.steward_commands import TakeBack
from bot.effects import DIRECT

_NOBODY = Refused(Reason.NO_DELEGATION, "Nobody answers this case in your name, so there is nothing to take back.")


def forward(case: Case, command: Forward, rules: Rules, now: datetime) -> Transition | Refused:
    """The case with its new stand-in, who gets a card of his own; ``command`` has passed the authority function."""
    giver, taker = command.person, command.taker
    refused = _unfit(case, command)
    if refused is not None:
        return refused
    made = Delegation(0, giver.email, giver.name, taker.email, taker.name, now, None)
    place = f"{DIRECT}{taker.email}"
    new = () if place in case.channels else (place,)
    after = replace(case, forwards=(*case.forwards, made), channels=case.channels + new)
    detail = {
        "name": giver.name,
        "email": giver.email,
        "taker": taker.email,
        "taker_name": taker.name,
        "mention": [taker.email],
    }
    told = entry(after, "case.forwarded", giver.key, now, rules, detail, origin="slack")
    return Transition(after, (told,), update_cards(case) + post_cards(after, new))


def take_back(case: Case | None, command: TakeBack, rules: Rules, now: datetime) -> Answer:
    """Nobody answers any more in the name of whoever asks for it. An answer that was given in it stands.

    Who was asked stays on the case with the instant, so that cards can say what became of it.
    """
    if case is None:
        return refuse(None, command, UNKNOWN, rules, now)
    person = command.person
    ended = tuple(one for one in case.forwards if one.giver == person.email and one.ends_at is None)
    refused = barred(person) or (None if case.status is Status.PENDING else no_longer_pending(case))
    if refused is not None or not ended:
        return refuse(case, command, refused or _NOBODY, rules, now)
    forwards = tuple(replace(one, ends_at=now) if one in ended else one for one in case.forwards)
    after = replace(case, forwards=forwards)
    detail = {
        "name": person.name,
        "email": person.email,
        "takers": [one.taker for one in ended],
        "taker_names": [one.taker_name for one in ended],
        "record": case.event.title,
    }
    told = entry(after, "case.forward_taken_back", person.key, now, rules, detail, origin="slack")
    return Transition(after, (told,), update_cards(after))


def _unfit(case: Case, command: Forward) -> Refused | None:
    giver, taker = command.person, command.taker
    if barred(taker) is not None:
        sentence = f"{taker.name} cannot decide here (a guest, a deactivated account, or without an address)."
        return Refused(Reason.UNFIT, sentence)
    if taker.email == giver.email or taker.key == giver.key:
        return Refused(Reason.TO_ONESELF, "Nobody stands in for himself; please choose somebody else.")
    if taker.email in barred_makers(case):
        sentence = f"{taker.name} asked for this or changed it in Odoo; please choose somebody else."
        return Refused(Reason.OWN_REQUEST, sentence)
    if any((one.giver, one.taker, one.ends_at) == (giver.email, taker.email, None) for one in case.forwards):
        return Refused(Reason.TO_ONESELF, f"{taker.name} has been asked in your name already.")
    return None
