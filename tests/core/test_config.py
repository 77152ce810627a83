"""The config file: what loads, what is refused and in which words, and what is only warned about."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from bot.config import schema
from bot.config.durations import parse_duration, write_duration
from bot.config.fields import MIN_TOKEN_LENGTH
from bot.config.load import MAX_BYTES, MAX_SECRET_BYTES, check, load
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
from bot.config.problems import Severity
from bot.config.translate import models_in
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
    config_of,
    report_on,
)

GOOD = sorted((CONFIGS / "good").glob("*.yaml"))
BAD = sorted((CONFIGS / "bad").glob("*.yaml"))
SMALLEST = HEAD + ROLES + POLICIES + RULES


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


_ONE_EACH = "  lone: {channel: '#lone', members: [ann@example.com]}\n"


@pytest.mark.parametrize(
    ("text", "warning"),
    [
        pytest.param(
            SMALLEST.replace("[ann@example.com, bob@example.com]", "[ann@example.com]"),
            "signoff.yaml:16: policies.one_approver.stages[0]: warning: 1 person may decide: on a record that one of"
            " them made, nobody is left; add a member or a role, or set self_approval: true",
            id="nobody is left when the maker may not decide",
        ),
        pytest.param(
            SMALLEST + "sites: {CHI: {match: {warehouse: CHI}, roles: {finance: {members: [cat@example.com]}}}}\n",
            'signoff.yaml:16: policies.one_approver.stages[0]: warning: 1 person may decide at site "CHI": on a'
            " record that one of them made, nobody is left; add a member or a role, or set self_approval: true",
            id="nobody is left at one site",
        ),
        pytest.param(
            HEAD + ROLES + _ONE_EACH + POLICIES + RULES,
            "signoff.yaml:13: roles.lone: warning: no policy asks this role",
            id="a role that nobody asks",
        ),
        pytest.param(
            HEAD + ROLES + POLICIES + "  idle: {stages: [{any_of: [finance]}]}\n" + RULES,
            "signoff.yaml:17: policies.idle: warning: no rule uses this policy",
            id="a policy without a rule",
        ),
        pytest.param(
            HEAD
            + "    events: [sale.value]\n"
            + ROLES
            + POLICIES
            + RULES
            + "materiality: {purchase.approval: 5 USD}\n",
            "signoff.yaml:20: materiality.purchase.approval: warning: no source watches this event type",
            id="a materiality without events",
        ),
    ],
)
def test_an_oddity_is_warned_about_and_loads(text: str, warning: str) -> None:
    report = report_on(text)

    assert report.as_text() == warning
    assert report.config is not None


@pytest.mark.parametrize(
    ("earlier", "later", "reached"),
    [
        ("over: 100 USD", "over: 200 USD", False),
        ("over: 200 USD", "over: 100 USD", True),
        ("over: 100 USD", "over: 100 USD", False),
        ("over: 100 USD", "over: 200 EUR", True),
        ("under: 100 USD", "under: 50 USD", False),
        ("under: 50 USD", "under: 100 USD", True),
        ("under: 100 USD", "over: 50 USD", True),
        ("match: {site: [CHI]}", "match: {site: [CHI], company: A}", False),
        ("match: {site: [CHI], company: A}", "match: {site: [CHI]}", True),
        ("match: {company: [A, B]}", "match: {company: B}", False),
        ("match: {company: [A, B]}", "match: {company: [B, C]}", True),
        ("match: {company: 'A*'}", "match: {company: Acme}", False),
        ("match: {company: 'A*'}", "match: {company: 'Ac*'}", True),
        ("match: {company: '*'}", "match: {company: 'Ac*'}", False),
        ("match: {company: '*'}", "over: 5 USD", True),
    ],
)
def test_a_rule_is_refused_only_when_an_earlier_one_certainly_leaves_nothing_to_it(
    earlier: str,
    later: str,
    reached: bool,
) -> None:
    rules = (
        "rules:\n"
        f"  - {{name: earlier, {earlier}, policy: one_approver}}\n"
        f"  - {{name: later, {later}, policy: one_approver}}\n"
        "  - {name: everything, policy: one_approver}\n"
    )
    report = report_on(HEAD + ROLES + POLICIES + rules + "sites: {CHI: {match: {warehouse: CHI}}}\n")

    assert (report.config is not None) is reached, report.as_text()


@pytest.mark.parametrize(
    ("earlier", "later", "apart"),
    [
        ("{warehouse: [A, B]}", "{warehouse: [C, B]}", False),
        ("{warehouse: A}", "{warehouse: A, company: X}", False),
        ("{warehouse: A, company: X}", "{warehouse: A}", False),
        ("{warehouse: A, company: X}", "{warehouse: A, company: Y}", True),
        ("{warehouse: A}", "{warehouse: B, company: X}", True),
        ("{company: X}", "{warehouse: A, company: X}", False),
        ("{company: X}", "{company: X}", False),
        ("{company: X}", "{company: [X, Y]}", True),
        ("{company: X}", "{warehouse: A}", True),
        ("{warehouse: A, company: X}", "{company: X}", True),
    ],
)
def test_two_sites_may_not_claim_the_same_records(earlier: str, later: str, apart: bool) -> None:
    """Broader sites may follow narrower ones: the first that takes a record is its site."""
    report = report_on(f"{SMALLEST}sites:\n  one: {{match: {earlier}}}\n  two: {{match: {later}}}\n")

    assert [problem.path for problem in report.errors] == ([] if apart else ["sites.two.match"])


def test_what_may_be_used_by_an_unreadable_part_is_not_called_unused() -> None:
    idle = "  idle: {stages: [{any_of: [lone]}]}\n"
    text = HEAD + "    events: [sale.value]\n" + ROLES + _ONE_EACH + POLICIES + idle + RULES
    text += "materiality: {purchase.approval: 5 USD}\n"

    whole, torn = report_on(text), report_on(text.replace("database: prod", "database: 7"))

    told = {problem.path for problem in whole.problems} - {problem.path for problem in torn.problems}
    assert told == {"policies.idle", "materiality.purchase.approval"}


def test_no_message_repeats_a_secret() -> None:
    """Wherever a secret may land by mistake: in its own key, as an alias, a tag, a URL, a value too short."""
    slips = [
        "hunter2",
        "*hunter2",
        "!hunter2",
        "'hunter2",
        "[hunter2]",
        "{hunter2: 1}",
        "&hunter2",
        "@hunter2",
        "%hunter2",
    ]
    for slip in slips:
        text = SMALLEST.replace("${ODOO_API_KEY}", slip)
        report = report_on(text)
        assert report.config is None
        assert "hunter2" not in report.as_text() + report.as_json(), slip


def test_the_value_of_a_secret_is_in_no_message_and_in_no_representation(tmp_path: Path) -> None:
    path = tmp_path / "signoff.yaml"
    path.write_text(SMALLEST)

    refused = check(path, {"ODOO_API_KEY": "s3cr3t", "ODOO_HOOK_TOKEN": "hunter2"}, event_types=EVENT_TYPES)
    loaded = load(path, ENV, event_types=EVENT_TYPES)

    assert "hunter2" not in refused.as_text() + refused.as_json()
    assert ENV["ODOO_API_KEY"] not in repr(loaded)
    assert ENV["ODOO_HOOK_TOKEN"] not in repr(loaded)


def test_the_digest_is_that_of_the_file_whatever_the_secrets_are(tmp_path: Path) -> None:
    path = tmp_path / "signoff.yaml"
    path.write_bytes(SMALLEST.encode())
    other = ENV | {"ODOO_API_KEY": "another key"}

    digests = {load(path, env, event_types=EVENT_TYPES).digest for env in (ENV, other)}

    assert digests == {hashlib.sha256(SMALLEST.encode()).hexdigest()}


def test_a_secret_may_stand_in_a_file_of_its_own(tmp_path: Path) -> None:
    key = tmp_path / "key"
    key.write_text("from-a-file\n")
    path = tmp_path / "signoff.yaml"
    path.write_text(SMALLEST)
    env = {"ODOO_API_KEY_FILE": str(key), "ODOO_HOOK_TOKEN": ENV["ODOO_HOOK_TOKEN"]}

    config = load(path, env, event_types=EVENT_TYPES)

    assert config.sources["main"].api_key == Secret("from-a-file")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "the environment variable ODOO_API_KEY (or ODOO_API_KEY_FILE) is not set"),
        (b"\xff\xfe", "the file that ODOO_API_KEY_FILE names is not text"),
        (b"x" * (MAX_SECRET_BYTES + 1), "the file that ODOO_API_KEY_FILE names is too large for a secret"),
    ],
    ids=["empty", "binary", "too large"],
)
def test_a_secret_file_that_holds_no_secret_is_refused(tmp_path: Path, content: bytes, message: str) -> None:
    key = tmp_path / "key"
    key.write_bytes(content)
    path = tmp_path / "signoff.yaml"
    path.write_text(SMALLEST)
    env = {"ODOO_API_KEY_FILE": str(key), "ODOO_HOOK_TOKEN": ENV["ODOO_HOOK_TOKEN"]}

    report = check(path, env, event_types=EVENT_TYPES)

    assert report.as_text() == f"{path}:7: odoo.main.api_key: {message}"


@pytest.mark.parametrize(("length", "accepted"), [(MIN_TOKEN_LENGTH - 1, False), (MIN_TOKEN_LENGTH, True)])
def test_a_webhook_token_of_the_least_length_is_accepted(tmp_path: Path, length: int, accepted: bool) -> None:
    path = tmp_path / "signoff.yaml"
    path.write_text(SMALLEST)

    report = check(path, ENV | {"ODOO_HOOK_TOKEN": "t" * length}, event_types=EVENT_TYPES)

    assert (report.config is not None) is accepted


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "cannot be read: No such file or directory"),
        (b"version: \xff", "is not UTF-8 text"),
        (b"#" * (MAX_BYTES + 1), "is larger than 256 KiB"),
    ],
    ids=["absent", "not UTF-8", "too large"],
)
def test_a_file_that_cannot_be_read_is_refused_by_name(tmp_path: Path, content: bytes | None, message: str) -> None:
    path = tmp_path / "signoff.yaml"
    if content is not None:
        path.write_bytes(content)

    assert check(path, ENV, event_types=EVENT_TYPES).as_text() == f"{path}: {message}"


def test_an_editor_of_windows_changes_nothing(tmp_path: Path) -> None:
    """A byte order mark and carriage returns are read as if they were not there."""
    path = tmp_path / "signoff.yaml"
    path.write_bytes(b"\xef\xbb\xbf" + SMALLEST.replace("\n", "\r\n").encode())

    config = load(path, ENV, event_types=EVENT_TYPES)

    assert config.rules == config_of(SMALLEST).rules
    assert config.digest == hashlib.sha256(path.read_bytes()).hexdigest()


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


def test_hundreds_of_rules_are_not_too_many() -> None:
    """The bounds against bombs leave room for every honest file."""
    line = "  - {{name: r{0}, match: {{warehouse: [A{0}, B{0}]}}, over: 5 USD, policy: one_approver}}"
    rules = "\n".join(["rules:", *map(line.format, range(300)), "  - {name: rest, policy: one_approver}"])

    assert len(config_of(HEAD + ROLES + POLICIES + rules).rules) == 301


_YAMLISH = st.text(alphabet=st.sampled_from("ab:- \n[]{},&*!|>'\"%@#?<0.\t\\~"), max_size=60)


@given(_YAMLISH)
def test_no_text_makes_reading_raise(text: str) -> None:
    report = report_on(text)

    assert report.config is None
    assert report.errors


@given(st.data())
def test_no_damage_to_a_good_file_makes_reading_raise(data: st.DataObject) -> None:
    """Cut a piece out of the example and put another in: a report comes back, and a config exactly without errors."""
    start = data.draw(st.integers(0, len(SMALLEST)))
    end = data.draw(st.integers(start, min(start + 40, len(SMALLEST))))

    report = report_on(SMALLEST[:start] + data.draw(_YAMLISH) + SMALLEST[end:])

    assert (report.config is None) == bool(report.errors)
    assert all(problem.severity in Severity for problem in report.problems)


@pytest.mark.parametrize("opening", ["[", "{a: ", "- ", "? ", "a: &a [*a, "])
def test_deep_nesting_is_refused_before_it_costs_anything(opening: str) -> None:
    """The parser's time grows with the square of the depth: unbounded, this would take a quarter of an hour."""
    report = report_on(opening * (MAX_BYTES // len(opening)))

    assert "nested too deeply" in report.as_text()


def test_an_anchor_may_be_defined_anew() -> None:
    text = SMALLEST.replace("login: bot", "login: &name bot").replace("database: prod", "database: &name prod")

    assert report_on(text).as_text() == ""


@given(st.integers(0, 10**7 - 1).map(lambda seconds: timedelta(seconds=seconds)))
def test_a_span_reads_back_as_it_was_written(span: timedelta) -> None:
    assert parse_duration(write_duration(span)) == span


@pytest.mark.parametrize("text", ["", "5", "5 m", "m", "5m2h", "-5m", "1.5h", "5M", "5min", "\u0665m", "12345678s"])
def test_what_is_no_span_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not a length of time"):
        parse_duration(text)


def test_the_first_policy_of_the_documentation_loads_without_a_word() -> None:
    first, overlay, *_ = re.findall(r"```yaml\n(.*?)```", DOCUMENTATION.read_text(), re.DOTALL)

    assert report_on(first).as_text() == ""
    assert report_on(first + overlay).as_text() == ""


def _keys(part: type[BaseModel]) -> Iterator[str]:
    for name, info in part.model_fields.items():
        yield name
        for inner in models_in(info.annotation):
            yield from _keys(inner)


@pytest.mark.parametrize("part", [schema.Source, schema.Role, schema.Site, schema.Policy, schema.Rule])
def test_every_key_is_documented(part: type[BaseModel]) -> None:
    """In a table's first column, by itself or at the end of its path."""
    first_columns = re.findall(r"^\| `(?:[^`|]*\.)?(\w+)` \|", DOCUMENTATION.read_text(), re.MULTILINE)

    assert set(_keys(part)) - {"roles", "match", "reason"} <= set(first_columns)
