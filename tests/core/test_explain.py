"""Explanations and expectations: what they say, what they refuse, and that every example of the documentation holds."""

from __future__ import annotations

import re
from datetime import datetime

import pytest

from bot.cases.planning import Rules
from bot.config.assemble import check_text
from bot.config.described import Described, describe, names_of
from bot.config.document import parse
from bot.config.expectations import Outcome, judge
from bot.config.explain import Explanation, explain
from bot.config.explain_text import as_data, as_text
from bot.config.problems import ConfigProblem
from bot.odoo.catalog import CATALOG, models_of, traits_of
from tests.core.config_texts import DOCUMENTATION, EXAMPLE, HEAD, ROLES, ROOT
from tests.core.config_texts import RULES as EVERYTHING
from tests.factories import NOW

EXPECTED = ROOT / "signoff.example.tests.yaml"
EXAMPLES = ROOT / "docs" / "examples.md"


def rules_of(text: str) -> Rules:
    report = check_text(
        text, file="signoff.yaml", event_types=CATALOG.keys(), find_secret=lambda name: f"not-the-secret-{name}"
    )
    assert report.config is not None, report.as_text()
    return Rules(report.config, traits_of(report.config.types))


RULES = rules_of(EXAMPLE.read_text())


def told(text: str, rules: Rules = RULES) -> Explanation:
    found = described(text, rules)
    assert isinstance(found, Described), found
    return explain(found.build(rules.config, models_of(rules.config.types)), rules, NOW)


def described(text: str, rules: Rules = RULES) -> Described | list[ConfigProblem]:
    document = parse(text)
    return describe(document, document.data, (), names_of(rules.config, models_of(rules.config.types)))


def judged(text: str, rules: Rules = RULES, now: datetime = NOW) -> list[Outcome] | list[ConfigProblem]:
    return judge(text, rules, models_of(rules.config.types), now)


def test_an_explanation_says_rule_and_line_and_why_not_the_others_and_who_may() -> None:
    event = (
        '{"event_type": "purchase.approval", "value": "12500 USD", "warehouse": "CHI",\n "makers": ["pm1@example.com"]}'
    )
    text = as_text(told(event), "signoff.yaml")
    line = EXAMPLE.read_text().splitlines().index("  - name: purchases") + 1

    assert text.splitlines()[0] == "purchase.approval, CHI, 12,500 USD"
    assert "Site: CHI" in text
    assert f'purchase.approval: rule "purchases" at signoff.yaml:{line}, policy "purchase"' in text
    assert f'  passed over "large purchases" (line {line - 4}): 12,500 USD is not over 25,000 USD' in text
    assert "Stage 1 of 1: 1 person of purchasing_manager, asked in #purchasing" in text
    assert "  may      pm2@example.com: purchasing_manager" in text
    assert "  answer due Tue 2026-03-03 08:00 CST" in text  # the Monday is a holiday of Illinois
    assert "  Tue 2026-03-03 08:30 CST: reassign to finance" in text
    assert "  may not  pm1@example.com: made or changed the record" in text
    assert "  may not  ops1@example.com: in none of the roles that are asked" in text


@pytest.mark.parametrize(
    ("classes", "due"),
    [("customer_class: VIP, ", "09:30"), ("customer_class: [Retail], ", "13:00"), ("customer_class: [], ", "13:00")],
)
def test_an_event_may_say_of_which_class_its_customer_is(classes: str, due: str) -> None:
    stage = "{any_of: [finance], sla: 4h wall, faster: [{match: {customer_class: VIP}, sla: 30m wall}]}"
    rules = rules_of(f"{HEAD}{ROLES}policies: {{one_approver: {{stages: [{stage}]}}}}\n{EVERYTHING}")
    (stage_told,) = told(f"{{event_type: sale.value, {classes}value: 9000 USD}}", rules).stages
    assert stage_told.due is not None
    assert f"{stage_told.due:%H:%M}" == due


def test_an_explanation_is_data_for_programs_too() -> None:
    found = as_data(told("{event_type: inventory.count_variance, value: -99.99 USD}"))

    assert (found["opens"], found["stages"], found["execution"]) == (False, [], None)
    assert found["rulings"][0]["rule"] == "everything else"
    assert found["rulings"][0]["material"] is False
    assert [one["rule"] for one in found["rulings"][0]["passed"]] == [rule.name for rule in RULES.config.rules[:-1]]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("{}", "1: event_type: is missing"),
        ("{event_type: purchase.aproval}", '1: event_type: no event type named "purchase.aproval"; did you mean'),
        ("{event_type: sale.value, value: 5000}", "1: value: must be an amount with its currency"),
        ("{event_type: sale.value,\nvalue: five USD}", "2: value: must be an amount with its currency"),
        ("{event_type: sale.value, source: other}", '1: source: no source named "other"'),
        ("{event_type: sale.value, severity: low}", "1: severity: must be normal or high"),
        ("{event_type: sale.value, colour: red}", "1: colour: unknown key"),
        ("{event_type: sale.value, makers: ann@example.com}", "1: makers: must be a list"),
        ("{event_type: sale.value, at: '2026-03-02T09:00'}", "1: at: an instant needs its distance from UTC"),
        ("{event_type: sale.value, at: tomorrow}", "1: at: must be an instant"),
    ],
)
def test_an_event_that_cannot_be_read_is_refused_at_its_line(text: str, problem: str) -> None:
    found = described(text)

    assert isinstance(found, list)
    assert found[0].told("e").startswith(f"e:{problem}")


def test_the_example_does_what_its_expectations_say() -> None:
    found = judged(EXPECTED.read_text())

    assert [(one.name, one.differences) for one in found if isinstance(one, Outcome) and one.differences] == []
    assert len(found) == EXPECTED.read_text().count("- name:")


def _examples() -> list[tuple[str, str, str]]:
    """Each section of the examples: its heading, its policy, its expectations."""
    head, *sections = EXAMPLES.read_text().split("\n## ")
    (beginning,) = _blocks(head)
    found = []
    for section in sections:
        config, expectations = _blocks(section)
        found.append((section.splitlines()[0], beginning + config, expectations))
    return found


def _blocks(text: str) -> list[str]:
    return re.findall(r"```yaml\n(.*?)```", text, re.DOTALL)


@pytest.mark.parametrize(("config", "expectations"), [pytest.param(*rest, id=name) for name, *rest in _examples()])
def test_a_worked_example_loads_and_does_what_it_says(config: str, expectations: str) -> None:
    found = judged(expectations, rules_of(config))

    assert [one for one in found if not isinstance(one, Outcome) or one.differences] == []


def test_there_are_at_least_ten_worked_examples() -> None:
    assert len(_examples()) >= 10


@pytest.mark.parametrize(
    ("expect", "difference"),
    [
        ("{rule: purchase}", "rule: expected purchase, found purchases"),
        ("{opens: false}", "opens: expected false, found true"),
        ("{site: DAL}", "site: expected DAL, found none"),
        ("{execution: release}", "execution: expected release, found carry_out"),
        ("{missing: [value in USD]}", "missing: expected value in USD, found none"),
        ("{stages: []}", "stages: expected 0, found 1 (purchasing_manager)"),
        ("{stages: [{count: 2}]}", "stage 1: count: expected 2, found 1"),
        ("{stages: [{roles: [finance]}]}", "stage 1: roles: expected finance, found purchasing_manager"),
        (
            "{stages: [{may: [ops1@example.com]}]}",
            "stage 1: expected that ops1@example.com may decide, but: in none of the roles that are asked",
        ),
        (
            '{stages: [{due: "2026-03-02T09:00Z"}]}',
            "stage 1: due: expected 2026-03-02 09:00:00 UTC, found 2026-03-03 14:00:00 UTC",
        ),
        (
            "{stages: [{may: [nobody@example.com]}]}",
            "stage 1: expected that nobody@example.com may decide, but: nobody in the config",
        ),
        (
            "{stages: [{may_not: [PM2@example.com]}]}",
            "stage 1: expected that PM2@example.com may not decide, but may, as purchasing_manager",
        ),
    ],
)
def test_what_is_otherwise_than_expected_is_told_in_a_line(expect: str, difference: str) -> None:
    event = "{event_type: purchase.approval, value: 100 USD}"
    (found,) = judged(f"cases: [{{name: one, event: {event}, expect: {expect}}}]")

    assert isinstance(found, Outcome)
    assert found.differences == (difference,)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("cases: []", "cases: must be a list of expectations"),
        ("version: 1", "version: unknown key"),
        ("grops: {}", 'grops: unknown key; did you mean "groups"?'),
        ("cases: [{name: a}]\ngroups: {dock: [a@b.co]}", "groups.dock: the config names no such group"),
        ("cases: [{name: a}]", "cases[0].event: is missing"),
        ("cases: [{name: a, event: {event_type: sale.value}, expect: {ruel: x}}]", "cases[0].expect.ruel: unknown key"),
        ("cases: [", "this is not valid YAML"),
        ("cases: [{name: a, event: {event_type: sale.velue}, expect: {}}]", "cases[0].event.event_type: no event type"),
    ],
)
def test_an_expectation_file_that_cannot_be_read_is_refused(text: str, problem: str) -> None:
    first = judged(text)[0]

    assert isinstance(first, ConfigProblem)
    assert problem in first.told("")


def test_the_examples_are_where_the_documentation_says() -> None:
    linked = re.findall(r"\]\((examples\.md|\.\./signoff\.example\.tests\.yaml)\)", DOCUMENTATION.read_text())

    assert set(linked) == {"examples.md", "../signoff.example.tests.yaml"}


BY_GROUPS = """\
roles:
  finance: {channel: "#finance", members: {odoo_group: account.group_account_manager}}
  dock: {channel: "#dock", members: {usergroup: dock, trust_usergroup: true, people: [dee@example.com]}, limit: 100 USD}
policies: {one: {stages: [{any_of: [finance, dock]}]}}
rules: [{name: everything, policy: one}]
"""
KNOWN_PEOPLE = (
    'groups: {account.group_account_manager: [ann@example.com, Bob@example.com], "@dock": [eve@example.com]}\n'
)


@pytest.mark.parametrize(
    ("groups", "stage", "told"),
    [
        (KNOWN_PEOPLE, "only: [ann@example.com, dee@example.com, eve@example.com]", ""),
        (KNOWN_PEOPLE, "only: [ann@example.com]", "only: expected ann@example.com, found ann@example.com, dee"),
        (KNOWN_PEOPLE, "may_not: [bob@example.com, zoe@example.com]", ""),
        (
            "",
            "only: [dee@example.com]",
            "only: whoever is in the group account.group_account_manager of Odoo",
        ),
        ("", "may_not: [zoe@example.com]", "expected that zoe@example.com may not decide, but whoever is in the group"),
        ("", "may_not: [bob@example.com]", ""),
        ("", "may: [dee@example.com]", ""),
    ],
    ids=[
        "exactly these",
        "more than these",
        "not these",
        "not told who else",
        "not told whether",
        "made it",
        "by name",
    ],
)
def test_expectations_of_stages_that_groups_decide(groups: str, stage: str, told: str) -> None:
    event = "{event_type: sale.value, value: 50 USD, makers: [bob@example.com]}"
    cases = f"cases: [{{name: one, event: {event}, expect: {{stages: [{{{stage}}}]}}}}]"
    (found,) = judged(groups + cases, rules_of(HEAD + BY_GROUPS))
    assert isinstance(found, Outcome)
    assert [one[: len(f"stage 1: {told}")] for one in found.differences] == ([f"stage 1: {told}"] if told else [])


@pytest.mark.parametrize(
    ("small", "rest", "observed"),
    [("", "", "false"), (", mode: observe", "", "true"), ("", ", mode: observe", "true")],
    ids=["live", "the rule is observed", "the road below it is observed"],
)
def test_a_rule_that_decides_alone_is_expected_to(small: str, rest: str, observed: str) -> None:
    alone = f"[{{name: small, under: 100 USD, decide: approve{small}}}, {{name: rest, policy: one{rest}}}]"
    text = BY_GROUPS.replace("[{name: everything, policy: one}]", f'{alone}\npilot_channel: "#pilot"')
    config = rules_of(HEAD + text)

    def expected(value: str, wanted: str) -> tuple[str, ...]:
        event = f"{{event_type: sale.value, value: {value} USD}}"
        (found,) = judged(f"cases: [{{name: one, event: {event}, expect: {{{wanted}}}}}]", config)
        assert isinstance(found, Outcome)
        return found.differences

    assert expected("99.99", f"decide: approve, observed: {observed}, rule: small") == ()
    assert expected("99.99", "decide: ignore") == ("decide: expected ignore, found approve",)
    assert expected("100", "decide: approve, rule: rest") == ("decide: expected approve, found none",)
