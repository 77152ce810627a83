"""What can go wrong between an app and Slack, on request.

Owns the list of planned faults. A fault is used up in the order it was planned; ``"*"`` stands for every method.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum


class Kind(StrEnum):
    """What the app meets."""

    LOST_BEFORE = "the connection drops before anything happened"
    LOST_AFTER = "the connection drops after the effect"
    RATE_LIMITED = "HTTP 429 with Retry-After"
    REFUSED = "HTTP 200 with ok: false"
    HTTP = "something else answers in Slack's place"
    SLOW = "the answer takes its time"


@dataclass(slots=True)
class Fault:
    """One planned fault. ``code`` is an HTTP status or an error code, ``seconds`` a delay or a Retry-After."""

    method: str
    kind: Kind
    times: int
    code: str = ""
    seconds: float = 0.0
    body: str = ""
    content_type: str = "text/plain"


@dataclass(slots=True)
class Faults:
    """The faults that are still to come."""

    changed: Callable[[], None] = lambda: None
    is_down: bool = False
    planned: list[Fault] = field(default_factory=list)

    def lose_answer(self, method: str = "*", times: int = 1, *, applied: bool = True) -> None:
        """Drop the connection: after the effect when ``applied``, else before it."""
        self._plan(Fault(method, Kind.LOST_AFTER if applied else Kind.LOST_BEFORE, times))

    def rate_limit(self, method: str = "*", retry_after: int = 1, times: int = 1) -> None:
        """Answer 429 with ``retry_after`` in whole seconds."""
        self._plan(Fault(method, Kind.RATE_LIMITED, times, seconds=retry_after))

    def error(self, method: str, code: str, times: int = 1) -> None:
        """Answer ``ok: false`` with ``code``."""
        self._plan(Fault(method, Kind.REFUSED, times, code=code))

    def http(
        self,
        status: int,
        times: int = 1,
        method: str = "*",
        *,
        body: str = "upstream trouble",
        content_type: str = "text/plain",
        retry_after: float = 0.0,
    ) -> None:
        """Answer as a proxy on the way may: with a bare status, a page of its own, or JSON that is none of Slack's."""
        told = {"body": body, "content_type": content_type, "seconds": retry_after}
        self._plan(Fault(method, Kind.HTTP, times, str(status), **told))  # type: ignore[arg-type]  # fields by name

    def slow(self, method: str, seconds: float, times: int = 1) -> None:
        """Let ``seconds`` of real time pass before the answer; the effect happens first."""
        self._plan(Fault(method, Kind.SLOW, times, seconds=seconds))

    def down(self) -> None:
        """Drop every connection until ``up``."""
        self.is_down = True
        self.changed()

    def up(self) -> None:
        """Answer again."""
        self.is_down = False
        self.changed()

    def clear(self) -> None:
        """Forget everything that was planned."""
        self.planned.clear()
        self.up()

    def next_for(self, method: str) -> Fault | None:
        """The fault this call meets, used up by asking."""
        if self.is_down:
            return Fault(method, Kind.LOST_BEFORE, 1)
        for fault in self.planned:
            if fault.method in {method, "*"}:
                fault.times -= 1
                if fault.times <= 0:
                    self.planned.remove(fault)
                return fault
        return None

    def _plan(self, fault: Fault) -> None:
        self.planned.append(fault)
        self.changed()
