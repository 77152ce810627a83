"""Giving a running case the plan that the config has by now: an explicit act of somebody whom the config names.

Core. It is the next revision: answers given under the plan before are void, and the buttons of late cards with them.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from bot.approvals.authority import Reason, Refused, barred
from bot.approvals.eligible import eligible
from bot.approvals.powers import powers_at
from bot.cases import giving
from bot.cases.answers import Answer, Transition, refuse
from bot.cases.changing import as_in_odoo
from bot.cases.commands import Over
from bot.cases.following import ask_anew, withdraw
from bot.cases.model import Case, Plan, Status
from bot.cases.planning import Rules, left_out, material_part, plan_for
from bot.cases.steward_commands import Reroute
from bot.cases.timing import is_expired
from bot.text import clean

_UNKNOWN = Refused(Reason.UNKNOWN_CASE, "This case is not known here; nothing was changed.")
_OVER = Refused(Reason.DECIDED, "Nobody is waited for on this case any more; nothing was changed.")
_NOBODY = Refused(
    Reason.NOT_IN_ROLE, "Your config names nobody who may reroute a case (reroute_by); nothing was changed."
)
_OWN = Refused(Reason.OWN_REQUEST, "You asked for this or changed it in Odoo, so somebody else has to reroute it.")
_SAME = Refused(Reason.SAME_PLAN, "The config gives this case the plan that it has; nothing was changed.")


def reroute(case: Case | None, command: Reroute, rules: Rules, now: datetime) -> Answer:
    """``case`` under the plan of the config as it is now; withdrawn where that leaves its record out."""
    if case is None:
        return refuse(None, command, _UNKNOWN, rules, now)
    refused = _refused(case, command, rules, now)
    if refused is not None:
        return refuse(case, command, refused, rules, now)
    known = as_in_odoo(case).event  # what was agreed on is void with the answers
    event = material_part(known, rules.config)
    if event is None:
        made = withdraw(case, Over(f"rerouted: {left_out(known, rules.config)}"), rules, now)
        return _by(made, command, case, now, rules)
    plan = plan_for(event, rules)
    if plan == case.plan:
        return refuse(case, command, _SAME, rules, now)
    return _by(ask_anew(case, event, plan, "case.rerouted", rules, now), command, case, now, rules)


def _refused(case: Case, command: Reroute, rules: Rules, now: datetime) -> Refused | None:
    """In the order in which a colleague would explain it: who you are, then what stands."""
    person = command.person
    role = rules.config.reroute_by
    refused = barred(person) or (None if role else _NOBODY)
    if refused is not None:
        return refused
    # At the place as the config has it now: the site of the plan may be what was taken out of the file.
    if not powers_at(replace(case, plan=plan_for(case.event, rules)), rules).holds(person.email, role):
        return Refused(Reason.NOT_IN_ROLE, f"Cases are rerouted by {role.replace('_', ' ')}; you are not in that role.")
    if any(maker.email == person.email for maker in case.event.makers):
        return _OWN
    if case.record.is_ours:
        return _SAME  # what was asked for is asked under the policy that was chosen
    if case.status is not Status.PENDING or is_expired(case, now):
        return _OVER
    return giving.held(case.intended) if case.intended else None


def _by(made: Transition, command: Reroute, before: Case, now: datetime, rules: Rules) -> Transition:
    """The audit entry names who it was, why, and what the plan was before."""
    person, after = command.person, made.case
    told: dict[str, object] = {
        "name": person.name,
        "email": person.email,
        "reason": clean(command.reason),
        "before": _told(before.plan),
        "after": _told(after.plan),
        "void": len(before.standing),
    }
    if after.status is Status.PENDING:
        told["mention"] = list(eligible(after, now, powers_at(after, rules)))
    (seen,) = made.entries
    return replace(made, entries=(replace(seen, actor=person.key, origin="slack", detail={**seen.detail, **told}),))


def _told(plan: Plan) -> dict[str, object]:
    return {"rule": plan.rule, "policy": plan.policy, "stages": [list(stage.roles) for stage in plan.stages]}
