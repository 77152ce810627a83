"""What a doctor finds: one thing that was looked at, how it stands, and how to mend it. Core: values alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    """What was found."""

    OK = "ok"
    WARN = "warn"  #: works, but not for ever, or not as well as it could
    BAD = "bad"  #: does not work
    UNKNOWN = "unknown"  #: could not be found out


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at."""

    name: str
    verdict: Verdict
    says: str
    mend: str = ""


def as_lines(title: str, checks: Sequence[Check]) -> str:
    """What was found, for people: a line each, and below it how to mend it."""
    lines = [title]
    for check in checks:
        lines.append(f"  {check.verdict:8}{check.name:11} {check.says}")
        lines += [f"{'':21}-> {check.mend}"] if check.mend else []
    return "\n".join(lines)
