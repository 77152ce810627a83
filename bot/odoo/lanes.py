"""What is under way between the program and each Odoo: its own readings and its own writes, at most so many at once.

Composition alone. A source that does not answer fills its own share and holds up no other; what is about a source that
the config no longer has is anybody's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from bot.bell import Bell
from bot.capacity import READING, WRITING
from bot.clock import Clock
from bot.escalation.runner import DueRows, Runner


def runners(
    sources: Iterable[str],
    intake: Callable[[frozenset[str]], DueRows],
    relay: Callable[[frozenset[str]], DueRows],
    *,
    clock: Clock,
    bell: Bell,
) -> list[Runner]:
    """Two for each source. ``intake`` and ``relay`` make one that leaves out what is about the sources it is told."""
    names = frozenset(sources)
    found: list[Runner] = []
    for name in sorted(names):
        others = names - {name}
        found.append(Runner(intake(others), capacity=READING, clock=clock, bell=bell))
        found.append(Runner(relay(others), capacity=WRITING, clock=clock, bell=bell))
    return found
