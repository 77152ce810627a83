"""A pytest plugin: a green run must really have run what it stands for.

It fails a run that is otherwise green when a test of the PostgreSQL side was skipped, when fewer tests ran on
PostgreSQL than on SQLite, or, where SIGNOFF_REQUIRE_BROWSER is set, when no browser test ran or one was skipped.
It counts reports, not collected items, so that it says the same with and without pytest-xdist.
"""

from __future__ import annotations

import os
from collections import Counter

import pytest

ENGINE = "database_engine"


def pytest_configure(config: pytest.Config) -> None:
    """Count in the main process only; the workers of pytest-xdist report to it."""
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(Gate(config), "signoff-gate")


def pytest_itemcollected(item: pytest.Item) -> None:
    """Note the engine where the report will carry it, also from another process."""
    callspec = getattr(item, "callspec", None)
    if callspec is not None and ENGINE in callspec.params:
        item.user_properties.append((ENGINE, callspec.params[ENGINE]))


class Gate:
    """Counts what ran and judges it at the end."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._ran: Counter[str] = Counter()
        self._skipped: Counter[str] = Counter()
        self._findings: list[str] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Take one phase of one test into account."""
        if hasattr(report, "wasxfail"):
            return
        for label in _labels(report):
            if report.outcome == "skipped":
                self._skipped[label] += 1
            elif report.when == "call":
                self._ran[label] += 1

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Turn a green run red when it covered less than it should."""
        if session.exitstatus != pytest.ExitCode.OK or self._config.option.collectonly:
            return
        self._findings = [*self._engine_findings(), *self._browser_findings()]
        if self._findings:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Say how many tests ran on which engine, and what was missing."""
        if self._ran["sqlite"] or self._ran["postgresql"]:
            terminalreporter.write_line(
                f"tests with a database: {self._ran['sqlite']} on SQLite, {self._ran['postgresql']} on PostgreSQL"
            )
        for finding in self._findings:
            terminalreporter.write_line(f"FAILED {finding}", red=True, bold=True)

    def _engine_findings(self) -> list[str]:
        findings = []
        skipped, ran = self._skipped["postgresql"], self._ran
        if skipped:
            findings.append(f"{skipped} tests on PostgreSQL were skipped")
        if not skipped and ran["postgresql"] < ran["sqlite"] and not self._narrowed():
            findings.append(f"fewer tests ran on PostgreSQL ({ran['postgresql']}) than on SQLite ({ran['sqlite']})")
        if not ran["postgresql"] and self._whole_suite():
            findings.append("no test ran on PostgreSQL")
        return findings

    def _browser_findings(self) -> list[str]:
        if not os.environ.get("SIGNOFF_REQUIRE_BROWSER"):
            return []
        if self._skipped["browser"]:
            return [f"{self._skipped['browser']} browser tests were skipped, and SIGNOFF_REQUIRE_BROWSER is set"]
        if not self._ran["browser"]:
            return ["no browser test ran, and SIGNOFF_REQUIRE_BROWSER is set"]
        return []

    def _narrowed(self) -> bool:
        """Whether the person asked for a part of the tests that may hold one engine only."""
        option = self._config.option
        chosen = option.markexpr or option.keyword or option.deselect or getattr(option, "lf", False)
        return bool(chosen) or any("::" in argument for argument in self._config.args)

    def _whole_suite(self) -> bool:
        return not self._narrowed() and self._config.args_source is pytest.Config.ArgsSource.TESTPATHS


def _labels(report: pytest.TestReport) -> list[str]:
    labels = [str(value) for name, value in report.user_properties if name == ENGINE]
    if "browser" in report.keywords:
        labels.append("browser")
    return labels
