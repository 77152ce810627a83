"""Who may approve alone in an emergency, where everybody hears of it, and who looks at it afterwards.

Core: values only.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class BreakGlass:
    """``break_glass``: an approval past roles, stages and limits."""

    people: frozenset[str]  #: e-mail addresses, lower case
    channel: str  #: where each one is shown
    review: str  #: the role that reviews each one
