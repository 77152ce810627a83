"""The set-up script: what is missing is named with the line that mends it, and nothing is done twice.

It runs here in a folder of its own, with stand-ins for Python that answer as the real ones would.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
TOOLS = ["awk", "bash", "cat", "cut", "dirname", "env", "grep", "mkdir", "sha256sum"]

TOO_OLD = 'case "$*" in --version) echo "Python 3.9.2";; *) exit 1;; esac'
WITHOUT_VENV = 'case "$*" in --version) echo "Python 3.12.3";; *ensurepip*) exit 1;; *print*) echo 3.12;; esac'
COMPLETE = """
case "$*" in
    --version) echo "Python 3.12.3" ;;
    "-m venv --clear .venv") mkdir -p .venv/bin && cat "$0" >.venv/bin/python && /bin/chmod +x .venv/bin/python ;;
    *"pip install"*) echo "$*" >>installed ;;
esac
"""


class Machine:
    """A clone on a machine that has the tools named and nothing else."""

    def __init__(self, folder: Path) -> None:
        self.clone = folder / "clone"
        self._bin = folder / "bin"
        for made in (self.clone / "scripts", self._bin):
            made.mkdir(parents=True)
        for name in ("scripts/setup.sh", "requirements-dev.txt", "pyproject.toml"):
            shutil.copy(ROOT / name, self.clone / name)
        for tool in TOOLS:
            (self._bin / tool).symlink_to(shutil.which(tool) or tool)

    def add(self, name: str, script: str) -> None:
        """Put a program into the path."""
        path = self._bin / name
        path.write_text(f"#!/bin/bash\n{script}\n")
        path.chmod(0o755)

    def set_up(self) -> subprocess.CompletedProcess[str]:
        """Run the script as ``make setup`` does."""
        environment = {**os.environ, "PATH": str(self._bin), "PYTHON": ""}
        script = self.clone / "scripts" / "setup.sh"
        return subprocess.run([script], env=environment, capture_output=True, text=True, check=False)

    def installed(self) -> list[str]:
        """The arguments of every installation."""
        log = self.clone / "installed"
        return log.read_text().splitlines() if log.exists() else []


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


@pytest.mark.parametrize(
    ("python", "said", "line"),
    [
        pytest.param(None, "no python3 was found", "sudo apt-get install -y python3 python3-venv", id="no-python"),
        pytest.param(TOO_OLD, "Python 3.9.2 is too old", "sudo apt-get install -y python3.11 ", id="too-old"),
        pytest.param(WITHOUT_VENV, "without the venv module", "sudo apt-get install -y python3.12-venv", id="no-venv"),
    ],
)
def test_what_is_missing_is_named_with_the_line_that_mends_it(
    machine: Machine, python: str | None, said: str, line: str
) -> None:
    if python:
        machine.add("python3", python)
    result = machine.set_up()
    assert result.returncode == 1
    assert said in result.stderr
    assert [text for text in result.stderr.splitlines() if "apt-get" in text and line in text]
    assert machine.installed() == []


def test_a_newer_python_beside_an_old_one_is_found(machine: Machine) -> None:
    machine.add("python3", TOO_OLD)
    machine.add("python3.12", COMPLETE)
    assert machine.set_up().returncode == 0


def test_packages_are_installed_by_hash_and_the_project_without_a_look_at_an_index(machine: Machine) -> None:
    machine.add("python3", COMPLETE)
    assert machine.set_up().returncode == 0
    requirements, project = machine.installed()
    assert "--require-hashes --requirement requirements-dev.txt" in requirements
    assert "--no-deps --no-build-isolation --editable ." in project


def test_a_second_run_does_nothing_until_the_lock_changes(machine: Machine) -> None:
    machine.add("python3", COMPLETE)
    machine.set_up()
    again = machine.set_up()
    assert (again.returncode, again.stderr, len(machine.installed())) == (0, "", 2)
    with (machine.clone / "requirements-dev.txt").open("a") as lock:
        lock.write("one-more==1.0\n")
    machine.set_up()
    assert len(machine.installed()) == 4


def test_a_failed_installation_is_not_taken_for_done(machine: Machine) -> None:
    machine.add("python3", COMPLETE.replace('echo "$*" >>installed', "exit 1"))
    assert machine.set_up().returncode == 1
    assert machine.set_up().returncode == 1


def test_a_missing_browser_and_make_are_mentioned_and_stop_nothing(machine: Machine) -> None:
    machine.add("python3", COMPLETE)
    result = machine.set_up()
    assert result.returncode == 0
    assert "sudo apt-get install -y make" in result.stderr
    assert "sudo apt-get install -y chromium" in result.stderr


def test_a_browser_with_its_driver_is_not_mentioned(machine: Machine) -> None:
    for name in ("python3", "chromium", "chromedriver"):
        machine.add(name, COMPLETE)
    assert "chromium" not in machine.set_up().stderr
