"""Which record falls under which policy.

Core: values only.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.money import Money


@dataclass(frozen=True, slots=True)
class Rule:
    """One routing line. An empty ``match`` with no money condition matches everything."""

    name: str
    policy: str
    line: int  #: where it stands in the file, for explanations
    match: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  #: field -> accepted globs
    over: Money | None = None  #: strictly more than this, by absolute value
    under: Money | None = None  #: strictly less than this, by absolute value
