"""The workshop: locks in step with pyproject.toml, images and compose file sane, the README's commands really there."""

from __future__ import annotations

import re
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from ruamel.yaml import YAML

ROOT = Path(__file__).resolve().parent.parent
LOCKS = ["requirements.txt", "requirements-dev.txt", "requirements-build.txt"]


def pyproject() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text())


def load_yaml(name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = YAML(typ="safe").load(ROOT / name)
    return loaded


def pins(name: str) -> dict[str, Requirement]:
    """The pinned packages of a lock by canonical name, hashes left out."""
    lines = re.findall(r"^(\w[^\\\n]*?)\s*\\?$", (ROOT / name).read_text(), flags=re.MULTILINE)
    return {canonicalize_name(pin.name): pin for pin in map(Requirement, lines)}


def wanted(*groups: str) -> list[Requirement]:
    """What pyproject.toml asks for, directly."""
    project, extra = pyproject()["project"], pyproject()["dependency-groups"]
    lists = {"run": project["dependencies"], "dev": project["optional-dependencies"]["dev"], **extra}
    return [Requirement(line) for group in groups for line in lists[group]]


@pytest.mark.parametrize("name", LOCKS)
def test_lock_pins_every_package_by_hash_and_names_no_host(name: str) -> None:
    text = (ROOT / name).read_text()
    entries = re.split(r"\n(?=\S)", text.strip())
    assert [entry.split()[0] for entry in entries if "--hash=sha256:" not in entry or "==" not in entry] == []
    assert re.findall(r"https?:|file:|--(?:extra-)?index-url|--find-links|--trusted-host", text) == []


@pytest.mark.parametrize(
    ("name", "groups"),
    [
        ("requirements.txt", ("run",)),
        ("requirements-dev.txt", ("run", "dev", "build")),
        ("requirements-build.txt", ("build",)),
    ],
)
def test_lock_is_in_step_with_pyproject(name: str, groups: tuple[str, ...]) -> None:
    pinned = pins(name)
    missing = [
        str(asked)
        for asked in wanted(*groups)
        if (pin := pinned.get(canonicalize_name(asked.name))) is None
        or not asked.specifier.contains(next(iter(pin.specifier)).version)
    ]
    assert missing == [], "run: make lock"


def test_lock_of_the_program_is_part_of_the_lock_of_the_developers() -> None:
    # Versions alone: a developer's tool may want the same package on more platforms, which widens its marker.
    program, developers = (
        {name: pin.specifier for name, pin in pins(lock).items()}
        for lock in ("requirements.txt", "requirements-dev.txt")
    )
    assert program.items() <= developers.items()


def test_lock_holds_what_sqlalchemy_needs_to_await() -> None:
    """SQLAlchemy 2.1 brings greenlet with its asyncio extra only."""
    assert "greenlet" in pins("requirements.txt")


def test_make_help_lists_every_target() -> None:
    phony = re.search(r"^\.PHONY: (.*)$", (ROOT / "Makefile").read_text(), flags=re.MULTILINE)
    assert phony
    printed = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert set(re.findall(r"^  make ([\w-]+)", printed, flags=re.MULTILINE)) == set(phony[1].split())


def test_readme_names_commands_that_exist() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), flags=re.MULTILINE))
    named = set(re.findall(r"\bmake ([a-z][a-z-]*)", _commands((ROOT / "README.md").read_text())))
    assert {"demo", "test"} <= named <= targets


def _commands(markdown: str) -> str:
    """The code of a page: prose may say "make sure"."""
    return "\n".join(re.findall(r"```.*?```|`[^`\n]+`", markdown, flags=re.DOTALL))


def test_shell_scripts_parse_and_stop_at_the_first_error() -> None:
    for name in (".ci/run", "scripts/setup.sh"):
        assert (ROOT / name).stat().st_mode & 0o111, f"{name} is not executable"
        assert "set -euo pipefail" in (ROOT / name).read_text()
        subprocess.run(["bash", "-n", ROOT / name], check=True)


def test_compose_file_holds_no_secret() -> None:
    """Every value that looks like a secret comes from the environment."""
    services = load_yaml("deploy/compose.yaml")["services"]
    literal = [
        f"{service}.{name}"
        for service, body in services.items()
        for name, value in body.get("environment", {}).items()
        if re.search("PASSWORD|TOKEN|SECRET|KEY|_URL", name) and not re.search(r"\$\{[A-Z_]+:[-?]", value)
    ]
    assert literal == []


def test_compose_file_asks_for_names_that_the_example_explains() -> None:
    asked = set(re.findall(r"\$\{([A-Z_]+)", (ROOT / "deploy/compose.yaml").read_text()))
    explained = re.findall(r"^#?([A-Z_]+)=", (ROOT / ".env.example").read_text(), flags=re.MULTILINE)
    assert asked <= set(explained)


def test_example_environment_holds_no_secret() -> None:
    lines = (ROOT / ".env.example").read_text().splitlines()
    assert [line for line in lines if re.match(r"[A-Z_]+=.+", line)] == []


def test_services_start_when_what_they_need_is_healthy() -> None:
    services = load_yaml("deploy/compose.yaml")["services"]
    assert {"signoff", "schema", "database", "odoo", "odoo-database"} == services.keys()
    needs = [(name, need, how) for name, body in services.items() for need, how in body.get("depends_on", {}).items()]
    # The schema is brought up to date once and has ended when Signoff starts.
    once = [need for _, need, how in needs if how["condition"] == "service_completed_successfully"]
    assert once == ["schema"]
    assert [need for _, need, how in needs if how["condition"] != "service_healthy"] == once
    # Signoff's own health check is in its image.
    assert [name for name, body in services.items() if "healthcheck" not in body] == ["signoff", "schema"]


def test_images_are_pinned_to_a_version() -> None:
    named = re.findall(r"^ARG PYTHON=(\S+)", (ROOT / "Dockerfile").read_text(), flags=re.MULTILINE)
    named += [body["image"] for body in load_yaml("deploy/compose.yaml")["services"].values() if "build" not in body]
    assert len(named) > 1
    assert [image for image in named if not re.search(r":\d+\.\d", image)] == []


def test_image_runs_the_program_as_nobody_special() -> None:
    steps = re.findall(r"^(\w+) (.*)$", (ROOT / "Dockerfile").read_text(), flags=re.MULTILINE)
    last_stage = dict(steps[max(i for i, (word, _) in enumerate(steps) if word == "FROM") :])
    assert last_stage["USER"] == "10001"
    assert last_stage["ENTRYPOINT"] == '["signoff"]'
    assert "/healthz" in (ROOT / "Dockerfile").read_text().split("HEALTHCHECK")[1]


def test_image_installs_nothing_unpinned() -> None:
    installs = re.findall(r"pip .*?install .*", (ROOT / "Dockerfile").read_text())
    assert installs
    assert [line for line in installs if "--require-hashes" not in line and "--no-index" not in line] == []


def test_build_context_leaves_secrets_and_databases_out() -> None:
    """Everything is left out but what is named: a ``.env`` in the clone never reaches an image."""
    lines = [line for line in (ROOT / ".dockerignore").read_text().splitlines() if line and not line.startswith("#")]
    kept = {line.removeprefix("!") for line in lines if line.startswith("!")}
    copied = set(re.findall(r"^COPY (?!--)(.+) \S+$", (ROOT / "Dockerfile").read_text(), flags=re.MULTILINE))
    assert lines[0] == "*"
    assert kept == {name for names in copied for name in names.split()}


def test_hooks_run_the_pinned_tools_and_fetch_nothing() -> None:
    repositories = load_yaml(".pre-commit-config.yaml")["repos"]
    assert [repository["repo"] for repository in repositories] == ["local"]
    assert {hook["language"] for hook in repositories[0]["hooks"]} == {"system"}
