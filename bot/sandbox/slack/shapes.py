"""Small checks that compose into the schema of Block Kit.

A check takes a value, its JSON pointer and the list of findings. Knows nothing of any particular block; the
wording of the findings follows Slack's own messages, so that what the bot logs here is what it would log there.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

Findings = list[str]
Check = Callable[[Any, str, Findings], None]


def complain(findings: Findings, problem: str, at: str) -> None:
    """Note one problem at a JSON pointer, worded as Slack words it."""
    findings.append(f"[ERROR] {problem} [json-pointer:{at}]")


@dataclass(frozen=True, slots=True)
class Shape:
    """An object: which keys it must and may have, and what else must hold. Unknown keys are refused."""

    required: Mapping[str, Check]
    optional: Mapping[str, Check] = field(default_factory=dict)
    also: Check | None = None

    def __call__(self, value: Any, at: str, findings: Findings) -> None:
        if not isinstance(value, dict):
            complain(findings, "must provide an object", at)
            return
        for key in self.required:
            if key not in value:
                complain(findings, f"missing required field: {key}", at)
        for key, item in value.items():
            check = self.required.get(key) or self.optional.get(key)
            if check is None:
                complain(findings, f"invalid additional property: {key}", at)
            else:
                check(item, f"{at}/{key}", findings)
        if self.also is not None:
            self.also(value, at, findings)


def string(longest: int, shortest: int = 1) -> Check:
    """Text of ``shortest`` to ``longest`` characters."""

    def check(value: Any, at: str, findings: Findings) -> None:
        if not isinstance(value, str):
            complain(findings, "must provide a string", at)
        elif len(value) > longest:
            complain(findings, f"must be less than {longest + 1} characters", at)
        elif len(value) < shortest:
            complain(findings, f"must be more than {shortest - 1} characters", at)

    return check


def integer(lowest: int, highest: int) -> Check:
    """A whole number within bounds, both included."""

    def check(value: Any, at: str, findings: Findings) -> None:
        if not isinstance(value, int) or isinstance(value, bool):
            complain(findings, "must provide a number", at)
        elif not lowest <= value <= highest:
            complain(findings, f"must be between {lowest} and {highest}", at)

    return check


def boolean(value: Any, at: str, findings: Findings) -> None:
    """True or false, not a string that looks like it."""
    if not isinstance(value, bool):
        complain(findings, "must provide a boolean", at)


def one_of(allowed: Collection[str]) -> Check:
    """One of a few words."""

    def check(value: Any, at: str, findings: Findings) -> None:
        if value not in allowed:
            complain(findings, f"must be a valid enum value: {', '.join(sorted(allowed))}", at)

    return check


def list_of(item: Check, most: int, least: int = 1) -> Check:
    """A list of ``least`` to ``most`` items that each pass ``item``."""

    def check(value: Any, at: str, findings: Findings) -> None:
        if not isinstance(value, list):
            complain(findings, "must provide an array", at)
            return
        if len(value) > most:
            complain(findings, f"no more than {most} items allowed", at)
        if len(value) < least:
            complain(findings, f"must have at least {least} item{'s' if least > 1 else ''}", at)
        for index, each in enumerate(value):
            item(each, f"{at}/{index}", findings)

    return check


def by_type(shapes: Mapping[str, Check]) -> Check:
    """An object whose ``type`` chooses its shape."""

    def check(value: Any, at: str, findings: Findings) -> None:
        if not isinstance(value, dict):
            complain(findings, "must provide an object", at)
            return
        kind = value.get("type")
        shape = shapes.get(kind) if isinstance(kind, str) else None
        if shape is None:
            complain(findings, f"unsupported type: {kind}", f"{at}/type")
        else:
            shape(value, at, findings)

    return check


def anything(value: Any, at: str, findings: Findings) -> None:
    """No demand: for the ``type`` that already chose the shape."""
