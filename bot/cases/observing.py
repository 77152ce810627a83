"""Cases that are only observed: opened, routed and timed like any other, while nobody is asked and nothing is written.

Core. ``quiet`` stands behind every transition, so no rule elsewhere has to think of it: whatever a transition owes
beyond the card in the pilot channel is dropped, and its audit entries say that it was not done.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from bot.approvals.authority import Reason, Refused
from bot.audit.chain import Entry
from bot.cases.answers import Transition, entry, update_cards
from bot.cases.breach import Passed
from bot.cases.model import Case, Status, WriteBackState
from bot.cases.planning import Rules
from bot.effects import Effect, EffectKind

#: What a person is told who tries to act on such a case.
ONLY_OBSERVED = Refused(
    Reason.OBSERVED,
    "Signoff only observes here: nobody is asked, and nothing is written to Odoo. It is decided in Odoo as before; "
    "nothing was changed.",
)

_SHOWING = frozenset({EffectKind.UPDATE_CARD, EffectKind.TELL_STORY})


def quiet(before: Case | None, made: Transition) -> Transition:
    """``made`` without anything that would ask somebody or write something, where its case is only observed."""
    successor = quiet(None, made.successor) if made.successor else None
    pilot = made.case.plan.observe
    if not pilot:
        return replace(made, successor=successor) if successor else made
    shown = before.channels if before else ()
    stages = tuple(replace(stage, channels=(pilot,)) for stage in made.case.plan.stages)
    case = replace(
        made.case,
        plan=replace(made.case.plan, stages=stages),
        channels=tuple(one for one in made.case.channels if one == pilot or one in shown),
    )
    effects = tuple(effect for effect in made.effects if _only_shows(effect, case))
    return Transition(case, tuple(_marked(one) for one in made.entries), effects, successor)


def _only_shows(effect: Effect, case: Case) -> bool:
    if effect.kind is EffectKind.POST_CARD:
        return effect.target == case.plan.observe
    return effect.kind in _SHOWING and effect.target in case.channels


def _marked(made: Entry) -> Entry:
    """Nobody is mentioned; who would have been is kept for the report."""
    detail = dict(made.detail)
    told = detail.pop("mention", None)
    return replace(made, detail={**detail, "observed": True, **({"would_tell": told} if told else {})})


def would_have(case: Case, what: str, rules: Rules, now: datetime) -> Transition:
    """The end of a case that would have been decided without anybody: half a sentence says how.

    It covers its record, so that the same question is not observed twice.
    """
    ending = f"would have been {what}"
    after = replace(
        case, status=Status.EXPIRED, write_back=WriteBackState.NONE, closed_at=now, covers=True, ending=ending
    )
    made = entry(after, "case.observed", "signoff", now, rules, {"ending": ending, "record": case.event.title})
    return Transition(after, (made,), update_cards(after))


def as_seen(passed: Passed) -> Passed:
    """What people did in Odoo, as always: under the policy it may have been a breach, but no control is in force."""
    ending = passed.ending.replace(", past this case", "").replace(": control breach", "")
    against = " (the policy would not have let this person decide it alone)" if passed.why else ""
    return replace(passed, action="case.decided_in_odoo", ending=f"{ending}{against}", told=())
