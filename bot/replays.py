"""What Slack sends twice is done once, and answered with the same words: its own repeats, and replays by anybody.

In memory, for as long as a signature is good. Behind it every handler is idempotent by the state it finds; this spares
people a "nothing was changed" for what they did once. Says nothing about who may ask: that is proved before.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Generic, TypeVar

T = TypeVar("T")

#: Seconds for which Slack's signatures are good
#: (https://docs.slack.dev/authentication/verifying-requests-from-slack), and for which an answer is kept.
WINDOW = 300.0
_MOST = 5_000


def identity(body: Mapping[str, Any], delivery: str) -> str:
    """What a request is known by when it comes again. ``delivery`` names this one delivery of it.

    Slack repeats an event under another signature. A modal whose answer came too late is sent off again by hand: it is
    the same one while nothing of it has changed.
    """
    match body:
        case {"type": "event_callback", "event_id": str(event_id)} if event_id:
            return f"event {event_id}"
        case {"type": "view_submission", "view": {"id": str(view_id), "hash": str(drawn)} as view} if view_id and drawn:
            kept = [body.get("user"), view_id, drawn, view.get("private_metadata"), view.get("state")]
            return f"view {hashlib.sha256(json.dumps(kept, sort_keys=True).encode()).hexdigest()}"
        case _:
            return f"delivery {delivery}"


class Replays(Generic[T]):
    """Answers by what their requests are known by."""

    def __init__(self, lasts: Callable[[T], bool]) -> None:
        self._lasts = lasts  #: whether an answer is one that may be given again; a failure is not
        self._given: OrderedDict[str, tuple[float, T]] = OrderedDict()
        self._under_way: dict[str, asyncio.Task[T]] = {}

    async def once(self, key: str, work: Callable[[], Awaitable[T]]) -> T:
        """What ``work`` answers, or answered before, or is about to answer."""
        now = asyncio.get_running_loop().time()
        self._forget(now - WINDOW)
        if key in self._given:
            return self._given[key][1]
        if key not in self._under_way:
            task = self._under_way[key] = asyncio.ensure_future(_run(work))
            task.add_done_callback(lambda done: self._done(key, now, done))
        return await asyncio.shield(self._under_way[key])

    def _done(self, key: str, begun: float, task: asyncio.Task[T]) -> None:
        del self._under_way[key]
        if not task.cancelled() and task.exception() is None and self._lasts(task.result()):
            self._given[key] = (begun, task.result())

    def _forget(self, before: float) -> None:
        while self._given and (len(self._given) >= _MOST or next(iter(self._given.values()))[0] < before):
            self._given.popitem(last=False)


async def _run(work: Callable[[], Awaitable[T]]) -> T:
    return await work()
