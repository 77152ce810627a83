"""The config file: what loads and becomes which value, what is refused and in which words, what the guide says."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.config.durations import parse_duration, write_duration
from bot.config.load import check, load
from bot.config.model import (
    Execution,
    OnReject,
    Policy,
    ReasonRule,
    Role,
    RoleOverlay,
    Rule,
    Secret,
    Site,
    Source,
    Stage,
)
from bot.errors import ConfigError
from bot.money import Money
from tests.core.config_texts import (
    CONFIGS,
    DOCUMENTATION,
    ENV,
    EVENT_TYPES,
    EXAMPLE,
    HEAD,
    POLICIES,
    ROLES,
    RULES,
    SMALLEST,
    config_of,
    report_on,
)

GOOD = sorted((CONFIGS / "good").glob("*.yaml"))
BAD = sorted((CONFIGS / "bad").glob("*.yaml"))


@pytest.mark.parametrize("path", [*GOOD, EXAMPLE], ids=lambda path: path.stem)
def test_a_good_file_loads_without_a_word(path: Path) -> None:
    report = check(path, ENV, event_types=EVENT_TYPES)

    assert report.as_text() == ""
    assert report.config == load(path, ENV, event_types=EVENT_TYPES)


@pytest.mark.parametrize("path", BAD, ids=lambda path: path.stem)
def test_a_bad_file_is_refused_with_the_words_in_its_first_line(path: Path) -> None:
    first_line = path.read_text().splitlines()[0].removeprefix("# ")
    separator = ":" if first_line.partition(":")[0].isdigit() else ": "

    report = check(path, ENV, event_types=EVENT_TYPES)

    assert report.as_text() == f"{path}{separator}{first_line}"
    with pytest.raises(ConfigError) as refused:
        load(path, ENV, event_types=EVENT_TYPES)
    assert refused.value.sentence == report.as_text()


def test_every_part_of_the_file_becomes_a_value() -> None:
    config = load(CONFIGS / "good" / "yaml_1_2.yaml", ENV, event_types=EVENT_TYPES)

    assert config.sources == {
        "main": Source(
            name="main",
            url="http://127.0.0.1:8069",
            database="yes",
            login="17:00",
            api_key=Secret(ENV["ODOO_API_KEY"]),
            webhook_tokens=(Secret(ENV["ODOO_HOOK_TOKEN"]),),
            events=("sale.value",),
            users={"no": "norma@example.com", "on": "onur@example.com"},
            concurrency=4,
            reconcile_every=timedelta(seconds=60),
            settle=timedelta(minutes=5),
        )
    }
    people = frozenset({"ann@example.com", "bob@example.com", "cat@example.com"})
    assert config.roles == {"all": Role("all", "#all_of-us", people)}
    assert config.sites == {"NO": Site("NO", frozenset({"NO", "17:00"}), frozenset({"Nordic, AS"}), {})}
    assert config.policies == {
        "two": Policy(
            name="two",
            stages=(Stage(("all",), 2),),
            execution=Execution.RELEASE,
            on_reject=OnReject.NOTE,
            approve_reason=ReasonRule.OPTIONAL,
            reject_reason=ReasonRule.REQUIRED,
            self_approval=True,
        )
    }
    assert config.rules[0] == Rule(
        name="Norway",
        policy="two",
        line=19,
        match={"site": ("NO",), "warehouse": ("1*",)},
        over=Money.parse("0 USD"),
        under=Money.parse("99.50 USD"),
    )
    assert config.materiality == {"sale.value": Money.parse("10 USD")}


def test_what_is_left_out_has_the_defaults_of_the_model() -> None:
    """The defaults stand in the schema and in the model; they may not drift apart."""
    config = config_of(SMALLEST)
    main = config.sources["main"]

    assert main == Source("main", main.url, main.database, main.login, main.api_key, main.webhook_tokens, main.events)
    assert main.events == tuple(sorted(EVENT_TYPES))
    assert config.policies == {"one_approver": Policy("one_approver", (Stage(("finance",)),))}
    assert config.rules == (Rule("everything", "one_approver", 18),)
    assert (config.sites, config.materiality) == ({}, {})


def test_merged_keys_count_as_written_and_own_keys_win() -> None:
    config = load(CONFIGS / "good" / "anchors.yaml", ENV, event_types=EVENT_TYPES)

    assert [(source.database, source.url) for source in config.sources.values()] == [
        ("east", "https://erp.example.com"),
        ("west", "https://erp.example.com"),
    ]
    assert config.sources["west"].reconcile_every == timedelta(seconds=90)
    assert config.roles["finance_west"].members == {"ann@example.com", "bob@example.com"}


def test_a_site_overlay_keeps_what_it_does_not_name() -> None:
    config = config_of(
        HEAD
        + ROLES
        + POLICIES
        + RULES
        + "sites: {CHI: {match: {warehouse: CHI}, roles: {finance: {channel: '#chi'}}}}\n"
    )

    assert config.sites["CHI"].roles == {"finance": RoleOverlay(channel="#chi", members=None)}


def test_all_problems_are_told_at_once_in_the_order_of_the_lines() -> None:
    text = """\
version: 1
odoo:
  main:
    url: erp.example.com
    databse: prod
    login: bot@example.com
    api_key: hunter2hunter2
    webhook_tokens: ["${ODOO_HOOK_TOKEN}", "${OTHER_TOKEN}"]
roles:
  finance: {channel: "#Finance", members: [ann]}
  buyers: {channel: "#buyers", members: [ann@example.com]}
policies:
  capex: {stages: [{any_of: [buyers], count: 2}]}
rules:
  - {name: large, over: 5000, policy: capx}
  - {name: small, under: 5 USD, policy: capex}
"""
    told = [(problem.line, problem.path) for problem in report_on(text).errors]

    assert told == [
        (3, "odoo.main.database"),
        (4, "odoo.main.url"),
        (5, "odoo.main.databse"),
        (7, "odoo.main.api_key"),
        (8, "odoo.main.webhook_tokens[1]"),
        (10, "roles.finance.channel"),
        (10, "roles.finance.members[0]"),
        (13, "policies.capex.stages[0].count"),
        (15, "rules[0].over"),
        (15, "rules[0].policy"),
        (16, "rules[1]"),
    ]


def test_every_missing_section_of_an_empty_mapping_is_named() -> None:
    told = [problem.path for problem in report_on("{}").errors]

    assert told == ["odoo", "policies", "roles", "rules", "version"]


def test_a_report_reads_as_json() -> None:
    good, bad = report_on(SMALLEST), report_on(SMALLEST.replace("any_of: [finance]", "any_of: [finanse]"))

    assert good.config is not None
    assert json.loads(good.as_json()) == {
        "file": "signoff.yaml",
        "ok": True,
        "digest": good.config.digest,
        "problems": [],
    }
    assert json.loads(bad.as_json()) == {
        "file": "signoff.yaml",
        "ok": False,
        "digest": None,
        "problems": [
            {
                "line": 16,
                "path": "policies.one_approver.stages[0].any_of[0]",
                "severity": "error",
                "message": 'no role named "finanse"',
                "hint": 'did you mean "finance"?',
            }
        ],
    }


@given(st.integers(0, 10**7 - 1).map(lambda seconds: timedelta(seconds=seconds)))
def test_a_span_reads_back_as_it_was_written(span: timedelta) -> None:
    assert parse_duration(write_duration(span)) == span


@pytest.mark.parametrize("text", ["", "5", "5 m", "m", "5m2h", "-5m", "1.5h", "5M", "5min", "\u0665m", "123456789s"])
def test_what_is_no_span_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not a length of time"):
        parse_duration(text)


def test_the_first_policy_of_the_documentation_loads_without_a_word() -> None:
    first, overlay, *_ = re.findall(r"```yaml\n(.*?)```", DOCUMENTATION.read_text(), re.DOTALL)

    assert report_on(first).as_text() == ""
    assert report_on(first + overlay).as_text() == ""


def test_a_policy_is_built_on_another_one_as_the_documentation_says() -> None:
    blocks = re.findall(r"```yaml\n(.*?)```", DOCUMENTATION.read_text(), re.DOTALL)
    pieces = next(block for block in blocks if block.startswith("x-"))
    first = blocks[0]
    text = f"{first[: first.index('policies:')]}{pieces}rules: [{{name: rest, policy: purchase_abroad}}]\n"
    base, built = (config_of(text).policies[name] for name in ("purchase", "purchase_abroad"))
    assert (built.approve_reason, built.execution, built.expires) == (
        ReasonRule.REQUIRED,
        Execution.CARRY_OUT,
        timedelta(days=30),
    )
    assert (base.expires, len(base.stages), len(built.stages)) == (timedelta(days=14), 1, 2)
