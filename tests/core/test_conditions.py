"""``when``: what is true, what is false, what cannot be judged, and what is refused before any event comes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.cases.model import Severity
from bot.config.conditions import LISTS, MAX_LENGTH, TEXTS, Unjudged, compile_condition, judge
from bot.config.match import match, passed_over
from bot.config.model import SEVERITIES
from bot.money import Money
from tests.core.config_texts import HEAD, POLICIES, ROLES, config_of, report_on


@dataclass(frozen=True)
class AnEvent:
    """What a condition asks about."""

    facts: Mapping[str, str | None] = field(default_factory=dict)
    lists: Mapping[str, Sequence[str]] = field(default_factory=dict)
    value: Money | None = None


EVENT = AnEvent(
    {"event_type": "sale.value", "partner": "Acme West", "warehouse": "CHI", "severity": "high", "site": None},
    {
        "findings": ("sale.value", "sale.discount"),
        "makers": ("mia@example.com",),
        "customer_class": (),
    },
)


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("partner.startsWith('Acme')", True),
        ("partner != 'Acme West'", False),
        ("severity == 'high' && warehouse in ['CHI', 'DAL']", True),
        ("size(findings) > 1", True),
        ("'sale.margin' in findings", False),
        ("'VIP' in customer_class", False),
        ("size(customer_class) == 0", True),
        ("makers.exists(one, one.endsWith('@example.com'))", True),
        ("makers.all(one, one == 'bob@example.com')", False),
        ("partner.matches('^Acme (West|East)$')", True),
        ("true", True),
    ],
)
def test_an_expression_holds_or_does_not(text: str, holds: bool) -> None:
    assert judge(compile_condition(text), EVENT) is holds


@pytest.mark.parametrize(
    ("text", "why"),
    [
        pytest.param("site == 'CHI'", Unjudged("site is not known", "site"), id="a figure is not known"),
        pytest.param("site != 'CHI'", Unjudged("site is not known", "site"), id="nor is what it is not"),
        pytest.param("!(site == 'CHI')", Unjudged("site is not known", "site"), id="nor the opposite"),
        pytest.param("true || site == 'CHI'", Unjudged("site is not known", "site"), id="nor beside what is true"),
        pytest.param("category == 'x'", Unjudged("category is not known", "category"), id="a figure is absent"),
        pytest.param("partner", Unjudged("does not come out as true or false"), id="a text is not a truth value"),
        pytest.param("size(findings)", Unjudged("does not come out as true or false"), id="nor is a number"),
        pytest.param("findings[7] == 'x'", Unjudged("cannot be judged: index out of bounds: 7"), id="out of bounds"),
    ],
)
def test_what_cannot_be_judged_is_neither_true_nor_false(text: str, why: Unjudged) -> None:
    assert judge(compile_condition(text), EVENT) == why


@pytest.mark.parametrize("text", ["partner > 5", "partner && true", "1 / 0 > 1", "partner.size() / 0 == 1", "-partner"])
def test_an_error_is_neither_true_nor_false(text: str) -> None:
    assert isinstance(judge(compile_condition(text), EVENT), Unjudged)


_NOISE = st.lists(
    st.sampled_from(
        [*TEXTS, *LISTS, "==", "!=", "&&", "||", "!", "(", ")", "'a'", "1", "0", "/", "in", "[0]", ".size()"]
    ),
    min_size=1,
    max_size=9,
).map(" ".join)


@given(_NOISE | st.text(max_size=20))
def test_no_expression_raises_but_to_be_refused(text: str) -> None:
    try:
        condition = compile_condition(text)
    except ValueError:
        return
    for event in (EVENT, AnEvent()):
        assert isinstance(judge(condition, event), bool | Unjudged)


@given(_NOISE, st.sampled_from(TEXTS))
def test_a_condition_that_asks_for_an_unknown_figure_never_holds(noise: str, name: str) -> None:
    try:
        condition = compile_condition(f"({noise}) || {name} == {name}")
    except ValueError:
        return
    unknown = AnEvent({**dict.fromkeys(TEXTS, "a"), name: None}, EVENT.lists)

    assert isinstance(judge(condition, unknown), Unjudged)


HEADED = HEAD + ROLES + POLICIES


def _rule(when: str, event_type: str = "sale.value") -> str:
    return (
        f"rules:\n  - {{name: one, match: {{event_type: {event_type}}}, policy: one_approver, when: {when}}}\n"
        "  - {name: rest, policy: one_approver}\n"
    )


@pytest.mark.parametrize(
    ("when", "told"),
    [
        ("'partner =='", "is not a CEL expression: "),
        ("'value > 5000'", "cannot compare money; use over: and under:, which know its currency"),
        ("'partnr == \"Acme\"'", "nothing is named partnr; known: event_type, "),
        ("'true || partnr == \"Acme\"'", "nothing is named partnr; known: event_type, "),
        ("'partner > 5'", "cannot be judged: No such overload"),
        ("partner", "does not come out as true or false, tried on a sample of sale.value"),
        ("\"partner.matches('A(')\"", "cannot be judged: Function 'matches' error: 'A(' not a valid regex"),
        ("\"partner.nope('A')\"", "cannot be judged: Undefined variable or function: 'nope'"),
        ("5", "must be a CEL expression; write it in quotes"),
        (f"'{'true && ' * 200}true'", f"is longer than {MAX_LENGTH} characters"),
    ],
)
def test_an_expression_that_could_not_be_judged_is_refused_with_the_file(when: str, told: str) -> None:
    report = report_on(HEADED + _rule(when))

    assert [problem.path for problem in report.errors] == ["rules[0].when"]
    assert f": rules[0].when: {told}" in report.as_text()


def test_a_condition_that_cannot_be_judged_lets_the_next_rule_decide_and_is_named() -> None:
    config = config_of(HEADED + _rule("\"warehouse != 'CHI'\""))
    event = AnEvent({"event_type": "sale.value", "warehouse": None})

    assert (match(config, event).rule.name, match(config, event).missing) == ("rest", ("warehouse",))
    assert passed_over(config, event)[0].reason == "when: warehouse is not known"


def test_a_false_condition_is_explained_with_its_text() -> None:
    config = config_of(HEADED + _rule("\"warehouse != 'CHI'\""))

    assert passed_over(config, EVENT)[0].reason == "when: warehouse != 'CHI' is false"


def test_a_rule_with_a_condition_hides_no_rule_below_it() -> None:
    below = "  - {name: two, match: {event_type: sale.value}, policy: one_approver}\n  - {name: rest"
    text = (HEADED + _rule("\"warehouse != 'CHI'\"")).replace("  - {name: rest", below)

    assert report_on(text).as_text() == ""


def test_severities_are_those_of_events() -> None:
    assert tuple(Severity) == SEVERITIES
