"""What nobody is asked about: rules that ignore, and stages whose condition is false.

What cannot be judged is asked about."""

from __future__ import annotations

import pytest

from bot.cases.answers import Transition
from bot.cases.commands import Observed
from bot.cases.model import Case, Event, Finding, Status
from bot.cases.planning import Rules
from bot.cases.transitions import transition
from bot.money import Money
from tests.core.config_texts import HEAD, ROLES, config_of, report_on
from tests.factories import NOW, PURCHASE, SALE, TRAITS, an_event

TEXT = (
    HEAD
    + ROLES
    + """\
  chief: {channel: "#chief", members: [cyd@example.com, dan@example.com]}
policies:
  usual:
    stages:
      - any_of: [finance]
      - {any_of: [chief], when: "partner != 'Globex'"}
rules:
  - name: paper clips
    match: {event_type: purchase.approval}
    under: 100 USD
    when: "warehouse == 'CHI'"
    decide: ignore
    reason: not worth a question
  - {name: everything else, policy: usual}
"""
)
RULES = Rules(config_of(TEXT), TRAITS)
SMALL = Money.parse("99.99 USD")


def seen(event: Event, case: Case | None = None) -> Transition | None:
    answer = transition(case, Observed(event.record, event), RULES, NOW)
    assert answer is None or isinstance(answer, Transition)
    return answer


def opened(event: Event) -> Case:
    answer = seen(event)
    assert answer is not None
    return answer.case


def test_nothing_opens_for_what_a_rule_ignores() -> None:
    assert seen(an_event(value=SMALL)) is None


@pytest.mark.parametrize(
    "event",
    [
        pytest.param(an_event(value=Money.parse("100 USD")), id="the border"),
        pytest.param(an_event(value=None), id="an unknown value"),
        pytest.param(an_event(value=Money.parse("5 EUR")), id="another currency"),
        pytest.param(an_event(value=SMALL, warehouse=None), id="an unknown warehouse"),
        pytest.param(an_event(value=SMALL, warehouse="DAL"), id="another warehouse"),
    ],
)
def test_what_cannot_be_judged_is_not_ignored(event: Event) -> None:
    assert opened(event).plan.rule == "everything else"


def test_a_finding_that_is_ignored_leaves_the_others() -> None:
    both = (Finding(PURCHASE, "above the limit"), Finding(SALE, "above the value"))

    case = opened(an_event(value=SMALL, findings=both))

    assert [one.event_type for one in case.event.findings] == [SALE]


def test_a_pending_case_that_a_rule_comes_to_ignore_is_withdrawn_with_the_reason() -> None:
    event = an_event()
    answer = seen(an_event(value=SMALL, seen=()), opened(event))

    assert answer is not None
    assert answer.case.status is Status.WITHDRAWN
    assert answer.case.ending == "rule “paper clips” leaves it out: not worth a question"


@pytest.mark.parametrize(
    ("partner", "stages", "missing"),
    [("Globex", 1, ()), ("Acme", 2, ()), (None, 2, ("partner",))],
)
def test_a_stage_is_asked_where_its_condition_holds_or_cannot_be_judged(
    partner: str | None, stages: int, missing: tuple[str, ...]
) -> None:
    plan = opened(an_event(partner=partner)).plan

    assert (len(plan.stages), plan.missing) == (stages, missing)


@pytest.mark.parametrize(
    ("right", "wrong", "told"),
    [
        ("    decide: ignore\n    reason: not worth a question\n", "    decide: ignore\n    policy: usual\n",
         "rules[0]: needs either policy or decide"),
        ("    reason: not worth a question\n", "", "rules[0]: decide: ignore and reason go together"),
        ("decide: ignore", "decide: allow", "rules[0].decide: must be approve or ignore"),
        ("else, policy: usual", "else, decide: ignore, reason: why not",
         "rules[1].decide: the last rule may not ignore the rest"),
        ("when: \"partner != 'Globex'\"", "when: \"partner > 5\"", "stages[1].when: cannot be judged: "),
    ],
)  # fmt: skip
def test_what_nobody_could_mean_is_refused(right: str, wrong: str, told: str) -> None:
    assert right in TEXT

    assert told in report_on(TEXT.replace(right, wrong)).as_text()
