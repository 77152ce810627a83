"""Cases that are only observed: everything happens but what people or Odoo would notice."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.approvals.authority import Reason
from bot.cases.answers import Refusal, Transition
from bot.cases.clock_commands import Pause
from bot.cases.codec import plan_from_text, plan_to_text
from bot.cases.commands import Command, Consider, Observed, Over, Tick
from bot.cases.model import Case, Event, Finding, Status
from bot.cases.planning import Rules
from bot.cases.transitions import transition
from bot.effects import EffectKind
from bot.slack.cards import render
from tests.core.config_texts import HEAD, ROLES, config_of, report_on
from tests.factories import NOW, PURCHASE, SALE, TRAITS, a_decide, a_person, an_event, usd

PILOT = "#signoff-pilot"
POLICIES = """\
  chief: {channel: "#chief", members: [cyd@example.com, dan@example.com]}
escalations:
  chase:
    - {after: 1h wall, remind: assignees}
    - {after: 1h wall, dm: assignees}
    - {after: 1h wall, reassign_to: chief}
    - {after: 1h wall, post: "#management"}
    - {after: 1h wall, then: reject}
policies:
  usual:
    escalation: chase
    stages: [{any_of: [finance]}, {any_of: [chief], over: 20000 USD}]
"""
ON_A_RULE = """\
rules:
  - {name: purchases, match: {event_type: purchase.approval}, policy: usual, mode: observe}
  - {name: everything else, policy: usual}
"""
ON_NOTHING = "rules:\n  - {name: everything else, policy: usual}\n"
PILOT_KEY = f'pilot_channel: "{PILOT}"\n'


def ruled(rules: str = ON_A_RULE, head: str = HEAD, more: str = "") -> Rules:
    return Rules(config_of(head + PILOT_KEY + ROLES + POLICIES + rules + more), TRAITS)


RULES = ruled()


def made(case: Case | None, command: Command, rules: Rules = RULES, hours: int = 0) -> Transition:
    answer = transition(case, command, rules, NOW + timedelta(hours=hours))
    assert isinstance(answer, Transition)
    return answer


def opened(event: Event | None = None, rules: Rules = RULES) -> Case:
    event = event or an_event()
    answer = made(None, Observed(event.record, event), rules)
    return answer.case


def numbered(case: Case) -> Case:
    return replace(case, id=1)


@pytest.mark.parametrize(
    "rules",
    [
        RULES,
        ruled(ON_NOTHING, head=HEAD + "    mode: observe\n"),
        ruled(ON_NOTHING, more="sites: {CHI: {match: {warehouse: CHI}, mode: observe}}\n"),
    ],
    ids=["a rule", "a source", "a site"],
)
def test_a_case_is_shown_in_the_pilot_channel_alone(rules: Rules) -> None:
    event = an_event()
    answer = made(None, Observed(event.record, event), rules)
    assert answer.case.channels == (PILOT,)
    assert [(one.kind, one.target) for one in answer.effects] == [(EffectKind.POST_CARD, PILOT)]


def test_the_card_has_no_button_and_says_who_would_be_asked() -> None:
    card = render(numbered(opened()), PILOT)
    assert not [block for block in card.blocks if block["type"] == "actions"]
    assert card.text.startswith("Only observed: ")
    assert "finance would be asked" in str(card.blocks).lower()


@pytest.mark.parametrize("command", [a_decide(), Consider(a_decide()), Pause(1, a_person(), timedelta(hours=1), "x")])
def test_whoever_tries_to_act_is_told_that_it_is_only_observed(command: Command) -> None:
    answer = transition(numbered(opened()), command, RULES, NOW)
    assert isinstance(answer, Refusal)
    assert answer.reason is Reason.OBSERVED


def test_every_step_comes_in_its_time_and_reaches_nobody() -> None:
    case, actions = numbered(opened()), []
    for hours in range(1, 6):
        answer = made(case, Tick(1), hours=hours)
        case = answer.case
        actions += [one.action for one in answer.entries]
        assert {one.target for one in answer.effects} <= {PILOT}
        assert {one.kind for one in answer.effects} <= {EffectKind.UPDATE_CARD, EffectKind.TELL_STORY}
        assert all("mention" not in one.detail and one.detail["observed"] for one in answer.entries)
    assert actions == [
        "escalation.reminded",
        "escalation.messaged",
        "escalation.reassigned",
        "escalation.posted",
        "case.observed",
    ]
    assert (case.status, case.ending) == (Status.EXPIRED, "would have been rejected: nobody answered")
    assert case.channels == (PILOT,)


def test_what_people_do_in_odoo_is_no_breach() -> None:
    over = Over("confirmed in Odoo", by="Mia", actor="odoo:main:7", email="mia@example.com", approved=True)
    answer = made(numbered(opened()), Observed(an_event().record, over))
    assert [one.action for one in answer.entries] == ["case.decided_in_odoo"]
    assert "breach" not in answer.case.ending
    assert "would not have let this person" in answer.case.ending


def test_one_question_is_not_observed_twice_and_asked_once_people_are() -> None:
    over = numbered(opened())
    for hours in range(1, 6):
        over = made(over, Tick(1), hours=hours).case
    event = an_event()
    assert transition(over, Observed(event.record, event), RULES, NOW) is None
    asked = made(over, Observed(event.record, event), ruled(ON_NOTHING))
    assert (asked.case.id, asked.case.channels) == (0, ("#finance",))


def test_an_open_case_is_asked_once_it_is_observed_no_longer() -> None:
    event = an_event()
    answer = made(numbered(opened()), Observed(event.record, event), ruled(ON_NOTHING))
    assert [one.action for one in answer.entries] == ["case.went_live"]
    assert (answer.case.revision.number, answer.case.plan.observe) == (2, "")
    assert (EffectKind.POST_CARD, "#finance") in [(one.kind, one.target) for one in answer.effects]


def test_a_finding_that_is_observed_adds_nothing_to_what_people_are_asked() -> None:
    both = an_event(findings=(Finding(PURCHASE, "above the limit"), Finding(SALE, "something else")))
    case = opened(both)
    assert (case.plan.observe, case.plan.rule) == ("", "everything else")


def test_the_mark_is_kept_with_the_plan() -> None:
    plan = opened().plan
    assert plan_from_text(plan_to_text(plan)) == plan


def test_a_case_over_a_value_keeps_its_stages() -> None:
    assert [stage.roles for stage in opened(an_event(value=usd("30000"))).plan.stages] == [("finance",), ("chief",)]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (HEAD + ROLES + POLICIES + ON_A_RULE, "rules[0].mode: what is observed is shown in a pilot_channel, and none"),
        (
            HEAD + PILOT_KEY + ROLES + POLICIES + ON_A_RULE.replace("policy: usual, ", "decide: ignore, reason: x, "),
            "rules[0]: what is ignored opens no case",
        ),
        (HEAD + PILOT_KEY + ROLES + POLICIES + ON_A_RULE.replace("observe", "watch"), "must be live or observe"),
    ],
)
def test_what_makes_no_sense_is_refused(text: str, told: str) -> None:
    assert told in report_on(text).as_text()
