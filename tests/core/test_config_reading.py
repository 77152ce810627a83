"""From a file to values: secrets and where they must never show, damage, bounds, encodings."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.config.fields.secrets import MIN_TOKEN_LENGTH
from bot.config.load import MAX_BYTES, MAX_SECRET_BYTES, check, load
from bot.config.model import Secret
from bot.config.problems import Severity
from tests.core.config_texts import (
    ENV,
    EVENT_TYPES,
    HEAD,
    POLICIES,
    ROLES,
    SMALLEST,
    config_of,
    report_on,
)


@pytest.mark.parametrize(
    "slip",
    ["X", "*X", "!X", "&X", "@X", "%X", "'X", "[X]", "{X: 1}", "{X}", "{X, X}", "[{X}]", "X: 1", "|X", "${X"],
)
def test_no_message_repeats_a_secret_that_was_written_into_the_file(slip: str) -> None:
    """Whatever YAML makes of it: text, an alias, a tag, an anchor, a key, or nothing at all."""
    report = report_on(SMALLEST.replace("${ODOO_API_KEY}", slip.replace("X", "hunter2")))

    assert report.config is None
    assert "hunter2" not in report.as_text() + report.as_json()


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
        (b"#" * (MAX_BYTES + 1), "is larger than 1024 KiB"),
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
