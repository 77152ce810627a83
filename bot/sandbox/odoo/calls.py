"""The log of what was called, for assertions such as "button_approve was called exactly once"."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

_KEPT = 100_000


@dataclass(frozen=True, slots=True)
class Call:
    """One execute_kw: who, what, on which ids, when (UTC)."""

    login: str
    model: str
    method: str
    ids: tuple[int, ...]
    at: datetime


class CallLog:
    """The newest calls in order; the bot's over HTTP and the people's alike."""

    def __init__(self) -> None:
        self._calls: deque[Call] = deque(maxlen=_KEPT)

    def add(self, call: Call) -> None:
        """Remember a call."""
        self._calls.append(call)

    def of(self, method: str, *, login: str | None = None, record_id: int | None = None) -> list[Call]:
        """The calls of ``method``, narrowed to one caller and to those that name one record."""
        return [
            call
            for call in self._calls
            if call.method == method and login in (None, call.login) and (record_id is None or record_id in call.ids)
        ]

    def clear(self) -> None:
        """Forget all calls."""
        self._calls.clear()

    def __iter__(self) -> Iterator[Call]:
        return iter(self._calls)

    def __len__(self) -> int:
        return len(self._calls)
