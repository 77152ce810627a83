"""A new exception, and putting it before people for the first time. Core."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from bot.approvals.quorum import current_stage
from bot.cases.answers import Transition, post_cards
from bot.cases.model import Case, Event, Kind, Plan, Revision, Status, WriteBackState
from bot.cases.opening import seen_entry
from bot.cases.planning import Rules
from bot.exceptions.care import NOT_YET, Care


def fresh(event: Event, plan: Plan, care: Care, now: datetime) -> Case:
    """A new exception about ``event``, of which nobody has been told."""
    return Case(
        id=0,
        kind=Kind.EXCEPTION,
        status=Status.OPEN,
        write_back=WriteBackState.NONE,
        revision=Revision(1, event, now),
        plan=plan,
        opened_at=now,
        channels=(),
        care=care,
    )


def show(case: Case, rules: Rules, now: datetime) -> Transition:
    """Its card, in the channels of those who are asked to take it."""
    after = replace(case, care=replace(case.care or NOT_YET, tell_at=None))
    after = replace(after, channels=current_stage(after).channels)
    return Transition(after, (seen_entry(after, "case.opened", now, rules),), post_cards(after, after.channels))
