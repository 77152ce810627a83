"""Wake-ups inside the process: work that has just been committed is looked at at once.

A bell that is not heard loses nothing: every loop also looks by itself after a while.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterable


class Bell:
    """Named topics with the events of those who wait for them."""

    def __init__(self) -> None:
        self._listeners: dict[str, list[asyncio.Event]] = defaultdict(list)

    def listen(self, topic: str, event: asyncio.Event) -> None:
        """Set ``event`` whenever ``topic`` is rung."""
        self._listeners[topic].append(event)

    def ring(self, topics: Iterable[str]) -> None:
        """Wake everybody who listens to one of ``topics``."""
        for topic in topics:
            for event in self._listeners[topic]:
                event.set()
