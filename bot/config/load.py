"""The config file on disk to a ``Config``: the only I/O of this package.

``load`` refuses, ``check`` tells. Both find every problem of a file in one pass. Secrets come from the
environment, or from the files that ``NAME_FILE`` variables point to; no message holds their values.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from bot.config.assemble import check_text
from bot.config.model import Config, Group
from bot.config.problems import ConfigProblem, Report, Severity
from bot.errors import ConfigError

MAX_BYTES = 1024 * 1024  #: 2,000 rules of ten conditions have about 600 KiB
MAX_SECRET_BYTES = 4096


def load(path: Path, env: Mapping[str, str], *, event_types: Collection[str]) -> Config:
    """The config in ``path``. Raises ConfigError whose sentence holds every error, one a line."""
    report = check(path, env, event_types=event_types)
    if report.config is None:
        raise ConfigError("\n".join(error.told(report.file) for error in report.errors), kind="config")
    return report.config


def check(
    path: Path,
    env: Mapping[str, str],
    *,
    event_types: Collection[str],
    now: datetime | None = None,
    insiders: Mapping[Group, frozenset[str]] | None = None,
) -> Report:
    """Everything that is wrong or odd in ``path``. Never raises for what is in the file, or for its absence.

    ``env`` holds the secrets that the file names; ``event_types`` is what the catalog knows; ``insiders`` who is in
    the groups of the file, where somebody was asked.
    """
    try:
        text = _read(path)
    except _UnreadableError as error:
        return Report(str(path), (ConfigProblem(0, "", str(error)),), None)
    find = _secrets(env)
    return check_text(text, file=str(path), event_types=event_types, find_secret=find, now=now, insiders=insiders)


def check_without_secrets(
    path: Path,
    env: Mapping[str, str],
    *,
    event_types: Collection[str],
    now: datetime | None = None,
    insiders: Mapping[Group, frozenset[str]] | None = None,
) -> Report:
    """As ``check``, but secrets that are not set are warnings: a pipeline that checks the file has none of them."""
    whole = check(path, env, event_types=event_types, now=now, insiders=insiders)
    if not any(_NOT_SET in one.message for one in whole.errors):
        return whole
    find = _secrets(env)

    def found_or_made_up(name: str) -> str:
        try:
            return find(name)
        except NotSetError:
            return f"{_MADE_UP}-{name.replace('_', '-')}"

    try:
        text = _read(path)
    except _UnreadableError:
        return whole
    report = check_text(
        text, file=str(path), event_types=event_types, find_secret=found_or_made_up, now=now, insiders=insiders
    )
    unset = [replace(one, severity=Severity.WARNING) for one in whole.errors if _NOT_SET in one.message]
    ordered = sorted((*unset, *report.problems), key=lambda problem: (problem.line, problem.path))
    return replace(report, problems=tuple(ordered))


#: Stands for a secret nobody gave, where only the file is looked at.
_MADE_UP = "not-the-secret"
_NOT_SET = "is not set"


class NotSetError(LookupError):
    """Neither the variable nor its file is there."""


class _UnreadableError(Exception):
    """The file cannot be read as text; the message says why."""


def _read(path: Path) -> str:
    try:
        with path.open("rb") as file:
            raw = file.read(MAX_BYTES + 1)
    except OSError as error:
        msg = f"cannot be read: {error.strerror}"
        raise _UnreadableError(msg) from error
    if len(raw) > MAX_BYTES:
        msg = f"is larger than {MAX_BYTES // 1024} KiB"
        raise _UnreadableError(msg)
    try:
        return raw.decode()
    except UnicodeDecodeError as error:
        msg = "is not UTF-8 text"
        raise _UnreadableError(msg) from error


def _secrets(env: Mapping[str, str]) -> Callable[[str], str]:
    """How ``${NAME}`` is looked up: the variable itself, else the file that ``NAME_FILE`` names."""

    def find(name: str) -> str:
        direct, file = env.get(name, ""), env.get(f"{name}_FILE", "")
        if direct and file:
            msg = f"both {name} and {name}_FILE are set"
            raise LookupError(msg)
        value = direct or (_secret_file(name, Path(file)) if file else "")
        if not value:
            msg = f"the environment variable {name} (or {name}_FILE) {_NOT_SET}"
            raise NotSetError(msg)
        return value

    return find


def _secret_file(name: str, path: Path) -> str:
    try:
        with path.open("rb") as file:
            raw = file.read(MAX_SECRET_BYTES + 1)
        if len(raw) > MAX_SECRET_BYTES:
            msg = f"the file that {name}_FILE names is too large for a secret"
            raise LookupError(msg)
        return raw.decode().strip()
    except OSError as error:
        msg = f"the file that {name}_FILE names cannot be read: {error.strerror}"
        raise LookupError(msg) from error
    except UnicodeDecodeError as error:
        msg = f"the file that {name}_FILE names is not text"
        raise LookupError(msg) from error
