"""``signoff explain`` and ``signoff test`` on the command line, for the example as it is shipped."""

from __future__ import annotations

import json
from pathlib import Path

from click.testing import CliRunner

from bot.cli import signoff
from tests.core.config_texts import EXAMPLE, ROOT

EXPECTED = ROOT / "signoff.example.tests.yaml"
EVENT = '{"event_type": "purchase.approval", "value": "30000 USD", "makers": ["controller@example.com"]}'


def _run(*arguments: str, text: str | None = None) -> tuple[int, str]:
    found = CliRunner().invoke(signoff, list(arguments), input=text)
    return found.exit_code, found.output


def test_an_event_is_explained_without_a_secret() -> None:
    code, told = _run("explain", "--config", str(EXAMPLE), "-", text=EVENT)

    assert code == 0
    assert 'rule "large purchases"' in told
    assert "may not  controller@example.com: made or changed the record" in told


def test_an_explanation_comes_as_json() -> None:
    code, told = _run("explain", "--config", str(EXAMPLE), "--json", "-", text=EVENT)

    assert code == 0
    assert [stage["count"] for stage in json.loads(told)["stages"]] == [2]


def test_an_event_that_cannot_be_read_ends_with_one() -> None:
    code, told = _run("explain", "--config", str(EXAMPLE), "-", text="{event_type: nope}")

    assert code == 1
    assert 'no event type named "nope"' in told


def test_the_expectations_of_the_example_are_met() -> None:
    code, told = _run("test", "--config", str(EXAMPLE), str(EXPECTED))

    assert code == 0
    assert told.splitlines()[-1].endswith(" as expected, 0 not.")


def test_an_expectation_that_is_not_met_ends_with_one_and_a_line(tmp_path: Path) -> None:
    file = tmp_path / "expected.yaml"
    file.write_text(EXPECTED.read_text().replace("expect: {rule: purchases}", "expect: {rule: purchase}", 1))

    code, told = _run("test", "--config", str(EXAMPLE), str(file))

    assert code == 1
    assert "  rule: expected purchase, found purchases" in told
    assert ", 1 not." in told
