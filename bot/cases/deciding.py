"""An answer on the current stage: whether it is taken, and what is kept of it.

Core. Authority comes first, then whether the card still showed what is asked; an approval with changes is judged on the
changed record throughout. What a decision that counts does to its case is ``giving.py``'s.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from bot.approvals.authority import Allowed, Reason, Refused
from bot.approvals.quorum import current_stage_number
from bot.cases import changing, choosing, evidence, giving
from bot.cases.answers import Answer, refuse
from bot.cases.commands import Decide, Forward
from bot.cases.lines import LineChange, place
from bot.cases.model import Case, Decision, Verdict
from bot.cases.planning import Rules
from bot.cases.refusals import ASKED_ANEW, CHANGED, CODE_OWED, REASON_OWED
from bot.text import clean

#: Whether this case, as it stands or as it would be, is the person's to answer: authority and nothing else.
Judge = Callable[[Case], Allowed | Refused]


def may_answer(case: Case, command: Decide | Forward, judge: Judge, rules: Rules) -> Allowed | Refused:
    """In the order in which a colleague would explain it: not yours, changed, something is owed first."""
    changes = _wishes(case, command)
    verdict = judge(_as_wished(case, command, changes, rules))
    if isinstance(verdict, Refused):
        return _beside(verdict, case, command)
    if (stale := _stale(case, command)) is not None:
        return stale
    if isinstance(changes, Refused):
        return changes
    return evidence.gate(case, command) or verdict


def decide(case: Case, command: Decide, verdict: Allowed, rules: Rules, now: datetime) -> Answer:
    """The answer is given, or why something is missing of it; ``verdict`` is what ``may_answer`` said."""
    reason, code = clean(command.reason), giving.chosen_code(case, command)
    if code is None:
        return refuse(case, command, CODE_OWED, rules, now)
    if not reason and giving.owes_reason(case, command.verdict):
        return refuse(case, command, REASON_OWED, rules, now)
    changes = () if command.wishes is None else changing.wanted(case, command)
    if isinstance(changes, Refused):
        return refuse(case, command, changes, rules, now)
    choice = choosing.taken(case, command.choice) if command.verdict is Verdict.APPROVE else ""
    if isinstance(choice, Refused):
        return refuse(case, command, choice, rules, now)
    given = Decision(
        revision=case.revision.number,
        stage=current_stage_number(case),
        person=command.person.key,
        email=command.person.email,
        name=command.person.name,
        as_role=verdict.as_role,
        verdict=command.verdict,
        reason=reason,
        at=now,
        value=changing.applied(case, changes, rules).event.value,
        roles=verdict.roles,
        behalf=verdict.on_behalf_of,
        behalf_name=verdict.holder_name,
        code=code,
        changes=changes,
        choice=choice,
    )
    made = giving.give(case, given, rules, now)
    if not command.together:
        return made
    told = tuple(replace(one, detail={**one.detail, "together": command.together}) for one in made.entries)
    return replace(made, entries=told)


def _stale(case: Case, command: Decide | Forward) -> Refused | None:
    """Why the card that was clicked showed something else than what is asked now; None where it did not."""
    is_newest = command.revision == case.revision.number
    if is_newest and command.pin in ("", case.pin):
        return None
    if command.pin != case.event.pin:
        return CHANGED
    return choosing.chosen_since(case) if is_newest else ASKED_ANEW


def _wishes(case: Case, command: Decide | Forward) -> tuple[LineChange, ...] | Refused:
    """What is to be smaller; nothing yet where somebody is only about to say so."""
    if not isinstance(command, Decide) or command.wishes is None:
        return ()
    if not command.wishes:
        return () if changing.offered(case) else changing.NOT_ALLOWED
    return changing.wanted(case, command)


def _as_wished(case: Case, command: Decide | Forward, changes: tuple[LineChange, ...] | Refused, rules: Rules) -> Case:
    """The case that is judged: as changed, or where that cannot be told yet, as little as it could become."""
    if not isinstance(command, Decide) or command.wishes is None:
        return case
    if isinstance(changes, Refused) or not changes:
        return changing.least(case)
    return changing.applied(case, changes, rules)


def _beside(refused: Refused, case: Case, command: Decide | Forward) -> Refused:
    """A limit that is still exceeded can be mended where the figures were typed."""
    typed = isinstance(command, Decide) and bool(command.wishes)
    if not typed or refused.reason is not Reason.OVER_LIMIT or case.event.lines is None:
        return refused
    may = changing.offered(case)
    where = place(case.event.lines.lines[0].id, may[0]) if may else ""
    return replace(refused, beside=((where, refused.sentence),)) if where else refused
