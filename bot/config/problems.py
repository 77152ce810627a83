"""What is wrong with a config file, as values, and how it is told to people and to programs.

Core: no I/O. A problem never holds a secret: no message in this package quotes the value of a key that may
carry one.
"""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from bot.config.model import Config

#: Where something stands in the file, from the top: ``("rules", 2, "policy")``.
Place: TypeAlias = tuple[str | int, ...]

#: ``odoo.main.api_key: {hunter2}`` is a mapping in YAML, and the secret would be part of a path.
_SECRET = re.compile(r"^\.odoo\..+\.(api_key|webhook_tokens)(\[|$)")


class Severity(StrEnum):
    """How bad a problem is."""

    ERROR = "error"  #: the file is refused
    WARNING = "warning"  #: the file works, but probably not as meant


@dataclass(frozen=True, slots=True)
class ConfigProblem:
    """One thing that is wrong, where it stands, and what would mend it."""

    line: int  #: counted from 1; 0 where the file as a whole is meant
    path: str  #: ``rules[2].policy``; empty where the file as a whole is meant
    message: str
    hint: str = ""
    severity: Severity = Severity.ERROR

    def told(self, file: str) -> str:
        """``signoff.yaml:14: rules[2].policy: what is wrong; hint``."""
        where = f"{file}:{self.line}" if self.line else file
        what = f"warning: {self.message}" if self.severity is Severity.WARNING else self.message
        parts = [where, self.path, f"{what}; {self.hint}" if self.hint else what]
        return ": ".join(part for part in parts if part)


@dataclass(frozen=True, slots=True)
class Report:
    """Everything that was found in one file, in the order of its lines."""

    file: str
    problems: tuple[ConfigProblem, ...]
    config: Config | None  #: None exactly when one of the problems is an error

    @property
    def errors(self) -> tuple[ConfigProblem, ...]:
        """The problems for which the file is refused."""
        return tuple(problem for problem in self.problems if problem.severity is Severity.ERROR)

    def as_text(self) -> str:
        """One line a problem, each clickable in an editor's terminal; empty when there is none."""
        return "\n".join(problem.told(self.file) for problem in self.problems)

    def as_json(self) -> str:
        """One JSON object for programs: ``file``, ``ok``, ``digest`` and ``problems``."""
        found = [
            {
                "line": problem.line,
                "path": problem.path,
                "severity": problem.severity.value,
                "message": problem.message,
                "hint": problem.hint,
            }
            for problem in self.problems
        ]
        digest = None if self.config is None else self.config.digest
        whole = {"file": self.file, "ok": self.config is not None, "digest": digest, "problems": found}
        return json.dumps(whole, indent=2, ensure_ascii=False)


def written(place: Place) -> str:
    """A place as people write it: ``rules[2].policy``. Nothing below a key that holds secrets is repeated."""
    text = ""
    for step in place:
        if isinstance(step, str) and _SECRET.search(text):
            break
        text += f"[{step}]" if isinstance(step, int) else f".{step}"
    return text.removeprefix(".")


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """The nearest known word as a hint, else the short list of them, else nothing."""
    choices = sorted(known)
    nearest = difflib.get_close_matches(word, choices, n=1, cutoff=0.6)
    if nearest:
        return f'did you mean "{nearest[0]}"?'
    return f"known: {', '.join(choices)}" if 0 < len(choices) <= _LISTED_AT_MOST else ""


_LISTED_AT_MOST = 15
