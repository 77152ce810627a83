"""``/signoff reroute``: an open case gets the plan of the config as it is now, by somebody whom the config names."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.approvals.authority import Reason
from bot.cases.answers import Refusal, Transition
from bot.cases.model import Case, Status
from bot.cases.planning import Rules
from bot.cases.steward_commands import Reroute
from bot.cases.transitions import transition
from bot.effects import EffectKind
from tests.core.config_texts import HEAD, ROLES, config_of
from tests.factories import NOW, TRAITS, a_case, a_decide, a_decision, a_person, a_plan, an_event, usd

OPS = "  ops: {channel: '#ops', members: [olga@example.com, ann@example.com, mia@example.com]}\n"
POLICIES = "policies:\n  one_approver: {stages: [{any_of: [finance]}]}\n  by_ops: {stages: [{any_of: [ops]}]}\n"
BEFORE = "rules:\n  - {name: everything, policy: one_approver}\n"
AFTER = "rules:\n  - {name: everything, policy: by_ops}\n"
KEY = "reroute_by: ops\n"


def ruled(rules: str = AFTER, key: str = KEY, more: str = "") -> Rules:
    return Rules(config_of(HEAD + ROLES + OPS + POLICIES + rules + key + more), TRAITS)


def by(email: str = "olga@example.com", why: str = "ops took over") -> Reroute:
    return Reroute(1, a_person(email), why)


def rerouted(case: Case, command: Reroute | None = None, rules: Rules | None = None) -> Transition:
    answer = transition(case, command or by(), rules or ruled(), NOW)
    assert isinstance(answer, Transition)
    return answer


def refused(case: Case, command: Reroute, rules: Rules) -> Reason:
    answer = transition(case, command, rules, NOW)
    assert isinstance(answer, Refusal)
    assert [one.action for one in answer.entries] == ["case.refused"]
    return answer.reason


def test_an_open_case_gets_the_plan_of_the_config_and_is_asked_anew() -> None:
    case = a_case(decisions=(a_decision(),), plan=a_plan(stages=(replace(a_plan().stages[0], count=2),)))
    made = rerouted(case)
    assert [stage.roles for stage in made.case.plan.stages] == [("ops",)]
    assert (made.case.revision.number, made.case.standing, made.case.status) == (2, (), Status.PENDING)
    assert {(one.kind, one.target) for one in made.effects} >= {
        (EffectKind.UPDATE_CARD, "#finance"),
        (EffectKind.POST_CARD, "#ops"),
    }


def test_the_audit_entry_says_who_why_and_what_was_before() -> None:
    (entry,) = rerouted(a_case(decisions=(a_decision(),))).entries
    assert (entry.action, entry.actor, entry.origin) == ("case.rerouted", "slack:T1:UOLGA", "slack")
    assert entry.detail["reason"] == "ops took over"
    assert entry.detail["before"] == {"rule": "everything", "policy": "one_approver", "stages": [["finance"]]}
    assert entry.detail["after"] == {"rule": "everything", "policy": "by_ops", "stages": [["ops"]]}
    assert (entry.detail["void"], entry.detail["mention"]) == (1, ["ann@example.com", "olga@example.com"])


def test_a_late_click_on_the_card_of_before_decides_nothing_and_is_told_the_truth() -> None:
    case = rerouted(a_case()).case
    late = a_decide("ann@example.com", pin=case.event.pin)
    answer = transition(case, late, ruled(), NOW)
    assert isinstance(answer, Refusal)
    assert answer.sentence.startswith("It is asked anew")


@pytest.mark.parametrize(
    ("case", "command", "rules", "reason"),
    [
        (a_case(), by("bob@example.com"), ruled(), Reason.NOT_IN_ROLE),
        (a_case(), by(), ruled(key=""), Reason.NOT_IN_ROLE),
        (a_case(), by("mia@example.com"), ruled(), Reason.OWN_REQUEST),
        (a_case(), Reroute(1, a_person("olga@example.com", guest=True)), ruled(), Reason.GUEST),
        (a_case(), by(), ruled(BEFORE), Reason.SAME_PLAN),
        (a_case(status=Status.REJECTED), by(), ruled(), Reason.DECIDED),
        (
            a_case(plan=a_plan(expires=timedelta(hours=1)), opened_at=NOW - timedelta(hours=1)),
            by(),
            ruled(),
            Reason.DECIDED,
        ),
    ],
    ids=["another role", "nobody named", "a maker", "a guest", "the same plan", "decided", "expired"],
)
def test_who_may_not_or_what_is_over_is_refused_and_audited(
    case: Case, command: Reroute, rules: Rules, reason: Reason
) -> None:
    assert refused(case, command, rules) is reason


def test_a_case_that_the_config_leaves_out_by_now_is_withdrawn() -> None:
    made = rerouted(a_case(), rules=ruled(more="materiality: {purchase.approval: 20000 USD}\n"))
    assert (made.case.status, made.entries[0].action) == (Status.WITHDRAWN, "case.withdrawn")
    assert made.case.ending == "rerouted: its value is below 20,000 USD"
    assert made.entries[0].actor == "slack:T1:UOLGA"


def test_a_case_whose_site_is_gone_can_be_rerouted_though_nobody_could_decide_it() -> None:
    orphan = a_case(plan=replace(a_plan(), site="LOST"))
    assert rerouted(orphan).case.plan.site is None


def test_rerouting_never_approves_by_a_rule_alone() -> None:
    alone = AFTER.replace("rules:\n", "rules:\n  - {name: small, under: 99999 USD, decide: approve}\n")
    made = rerouted(a_case(event=an_event(value=usd("5"))), rules=ruled(alone))
    assert (made.case.status, made.case.plan.policy) == (Status.PENDING, "by_ops")
