"""Coalescing questions: what is asked while the last answer is under way is asked next, all together.

The reading twin of group commit: no timer, so one question alone pays no delay, and many become one call.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Sequence
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Coalescer(Generic[K, V]):
    """Answers ``get(key)`` by calling ``load`` with every key that is waiting.

    ``load`` returns what it found; a key without an entry gets None. If it raises, everybody who waited for
    that call hears the same error. Nothing is cached: a question is only ever answered by a call that began
    after it was asked.
    """

    def __init__(self, load: Callable[[Sequence[K]], Awaitable[dict[K, V]]], *, largest: int = 100) -> None:
        self._load = load
        self._largest = largest
        self._waiting: dict[K, asyncio.Future[V | None]] = {}
        self._loop: asyncio.Task[None] | None = None

    async def get(self, key: K) -> V | None:
        """What ``load`` finds for ``key``."""
        future = self._waiting.get(key)
        if future is None:
            future = self._waiting[key] = asyncio.get_running_loop().create_future()
        if self._loop is None or self._loop.done():
            self._loop = asyncio.create_task(self._run())
        return await asyncio.shield(future)

    async def _run(self) -> None:
        while self._waiting:
            keys = list(self._waiting)[: self._largest]
            asked = {key: self._waiting.pop(key) for key in keys}
            try:
                found = await self._load(keys)
            except Exception as error:  # told to everybody who asked
                for future in asked.values():
                    future.set_exception(error)
                    future.exception()  # an asker that went away is no unretrieved error
                continue
            for key, future in asked.items():
                future.set_result(found.get(key))
