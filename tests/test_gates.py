"""The gate turns a green run red when it covered less than it stands for. Each test here judges a small run."""

from __future__ import annotations

from collections.abc import Callable

import pytest

Run = Callable[..., pytest.RunResult]

HEAD = """
import pytest
both = pytest.mark.parametrize("database_engine", ["sqlite", "postgresql"])
lite = pytest.mark.parametrize("database_engine", ["sqlite"])
"""
ON_BOTH = "@both\ndef test_pair(database_engine): pass\n"
ON_SQLITE_ALONE = "@lite\ndef test_single(database_engine): pass\n"
SKIPPED_ON_POSTGRES = "@both\ndef test_pair(database_engine):\n    if database_engine != 'sqlite': pytest.skip()\n"
FAILING = "def test_wrong(): assert False\n"
PURE = "def test_pure(): pass\n"
BROWSER = "@pytest.mark.browser\ndef test_page(): pass\n"
BROWSER_SKIPPED = "@pytest.mark.browser\ndef test_page_unseen(): pytest.skip()\n"


@pytest.fixture
def run(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run pytest with the gate over a file of the given tests, as ``run(ON_BOTH, "-x")``."""
    monkeypatch.delenv("SIGNOFF_REQUIRE_BROWSER", raising=False)
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    pytester.makeini("[pytest]\ntestpaths = inner\nmarkers = browser")
    (pytester.path / "inner").mkdir()

    def run(tests: str, *arguments: str) -> pytest.RunResult:
        (pytester.path / "inner" / "test_inner.py").write_text(HEAD + tests)
        return pytester.runpytest_inprocess("-p", "tests.gates", "-p", "no:cacheprovider", *arguments)

    return run


@pytest.mark.parametrize(
    ("tests", "arguments", "finding"),
    [
        pytest.param(ON_BOTH + ON_SQLITE_ALONE, (), "fewer tests ran on PostgreSQL (1) than on SQLite (2)", id="fewer"),
        pytest.param(ON_BOTH + SKIPPED_ON_POSTGRES, (), "1 tests on PostgreSQL were skipped", id="skipped"),
        pytest.param(SKIPPED_ON_POSTGRES, ("-k", "pair"), "1 tests on PostgreSQL were skipped", id="skipped-chosen"),
        pytest.param(PURE, (), "no test ran on PostgreSQL", id="none"),
    ],
)
def test_a_run_that_neglects_postgres_fails(run: Run, tests: str, arguments: tuple[str, ...], finding: str) -> None:
    result = run(tests, *arguments)
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines([f"FAILED {finding}"])


@pytest.mark.parametrize(
    ("tests", "arguments"),
    [
        pytest.param(ON_BOTH + PURE, (), id="both-engines"),
        pytest.param(ON_BOTH + PURE, ("-p", "xdist", "-n", "2"), id="both-engines-in-parallel"),
        pytest.param(ON_BOTH, ("-k", "sqlite"), id="one-engine-asked-for-by-keyword"),
        pytest.param(ON_BOTH, ("inner/test_inner.py::test_pair[sqlite]",), id="one-engine-asked-for-by-name"),
        pytest.param(PURE, ("inner",), id="a-folder-without-a-database"),
        pytest.param(ON_BOTH + BROWSER_SKIPPED, (), id="no-browser-on-a-laptop"),
    ],
)
def test_a_run_that_did_what_was_asked_passes(run: Run, tests: str, arguments: tuple[str, ...]) -> None:
    assert run(tests, *arguments).ret == pytest.ExitCode.OK


@pytest.mark.parametrize(
    ("tests", "finding"),
    [
        (ON_BOTH + BROWSER + BROWSER_SKIPPED, "1 browser tests were skipped, and SIGNOFF_REQUIRE_BROWSER is set"),
        (ON_BOTH, "no browser test ran, and SIGNOFF_REQUIRE_BROWSER is set"),
    ],
)
def test_where_a_browser_is_required_skipping_it_fails(
    run: Run, monkeypatch: pytest.MonkeyPatch, tests: str, finding: str
) -> None:
    monkeypatch.setenv("SIGNOFF_REQUIRE_BROWSER", "1")
    result = run(tests)
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines([f"FAILED {finding}"])


def test_where_a_browser_is_required_running_it_passes(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SIGNOFF_REQUIRE_BROWSER", "1")
    assert run(ON_BOTH + BROWSER).ret == pytest.ExitCode.OK


def test_a_red_run_is_left_as_it_is(run: Run) -> None:
    result = run(FAILING)
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.no_fnmatch_line("FAILED no test ran*")
