"""A record that was decided in Odoo itself, past its open case: judged like a click, and reported as what it was.

Core. Odoo has done it and nothing here undoes it; but who might not have decided it alone has broken a control, and
that is said on the card, in the audit trail and to those whose decision it was.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from bot.approvals.authority import Reason, Refused, may
from bot.approvals.eligible import eligible
from bot.approvals.powers import powers_at
from bot.approvals.quorum import all_complete, current_stage_number
from bot.cases.changing import as_in_odoo
from bot.cases.commands import Decide, Over
from bot.cases.model import Case, Decision, Person, Verdict
from bot.cases.planning import Rules
from bot.cases.way import Way

_SOMEBODY = "somebody whom Odoo does not name"


@dataclass(frozen=True, slots=True)
class Passed:
    """What became of a case whose record was decided in Odoo."""

    action: str  #: of its audit entry
    ending: str
    why: str  #: the named reason of a breach; empty where there is none
    told: tuple[str, ...]  #: addresses of those whose decision it was
    way: Way | None = None  #: None where nobody approved it


def judge(case: Case, over: Over, rules: Rules, now: datetime) -> Passed:
    """Whether whoever approved the record in Odoo might have, alone and now."""
    done = f"{over.sentence} by {over.by or _SOMEBODY}, past this case"
    case = as_in_odoo(case)  # whatever was agreed here, it was approved as it stands there
    powers = powers_at(case, rules)
    person = Person(key=over.actor or "odoo", email=over.email, name=over.by or _SOMEBODY)
    command = Decide(case.id, case.revision.number, person, Verdict.APPROVE)
    verdict = may(person, command, case, now, powers)
    if isinstance(verdict, Refused):
        why, because = verdict.reason.value, _BECAUSE.get(verdict.reason, "who may not decide it")
    elif not all_complete(replace(case, decisions=(*case.decisions, _as_given(case, person, verdict.as_role, now)))):
        why, because = "not_enough_people", "although more people have to approve it"
    else:
        return Passed("case.decided_in_odoo", done, "", (), Way.ODOO)
    ending = f"{done}, {because}: control breach"
    return Passed("case.control_breach", ending, why, eligible(case, now, powers), Way.BREACH)


#: Half a sentence after the name of whoever did it.
_BECAUSE = {
    Reason.NOT_IN_ROLE: "who is not in the role that decides it",
    Reason.OWN_REQUEST: "who asked for it or changed it",
    Reason.OVER_LIMIT: "whose limit it exceeds",
    Reason.ANSWERED_BEFORE: "who had answered already",
    Reason.UNKNOWN_PERSON: "who cannot be told",
}


def _as_given(case: Case, person: Person, as_role: str, now: datetime) -> Decision:
    return Decision(
        revision=case.revision.number,
        stage=current_stage_number(case),
        person=person.key,
        email=person.email,
        name=person.name,
        as_role=as_role,
        verdict=Verdict.APPROVE,
        reason="",
        at=now,
        value=case.event.value,
    )
