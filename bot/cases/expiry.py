"""The end of a case that nobody decided in time. Core.

Nothing is written to the record but a note, so the closed case covers it, as a rejection by note does: no new card asks
the same question again until the figures change.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from bot.cases.answers import Transition, entry, update_cards
from bot.cases.model import Case, Status
from bot.cases.planning import Rules
from bot.cases.requester import with_copy
from bot.cases.timing import expires_at
from bot.config.durations import write_duration
from bot.effects import Effect, EffectKind


def expire(case: Case, rules: Rules, now: datetime, *, told: Mapping[str, object] | None = None) -> Transition:
    """The pending ``case`` is over: nobody decided within the time that its policy gives.

    ``told``: what the step of an escalation says that ended it.
    """
    allowed = f"within {write_duration(case.plan.expires)}" if told is None and case.plan.expires else "in time"
    after = replace(case, status=Status.EXPIRED, closed_at=now, covers=True, ending=f"nobody decided it {allowed}")
    due = expires_at(case) or now
    detail = {"ending": after.ending, "record": case.event.title, "due_at": due.isoformat(), **(told or {})}
    made = entry(after, "case.expired", "signoff", now, rules, detail)
    wants_note = rules.traits[case.event.event_type].has_chatter
    note = (Effect(EffectKind.POST_NOTE, after.id, str(after.record)),) if wants_note else ()
    after, copy = with_copy(after)
    return Transition(after, (made,), (*update_cards(case), *note, *copy))
