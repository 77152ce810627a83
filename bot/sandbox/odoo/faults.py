"""Trouble on demand: lost answers, refusals, slowness, a server that is away, transactions that roll back.

A fault is a row that waits for a matching call and is used up by it. What a fault does is done by ``wire``
(on the connection) and ``engine`` (in the transaction); this file only remembers what was ordered.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from bot.sandbox.odoo.errors import OdooError


class Kind(StrEnum):
    """What goes wrong."""

    LOSE_BEFORE = "lose_before"
    LOSE_AFTER = "lose_after"
    SLOW = "slow"
    ERROR = "error"
    IGNORE = "ignore"
    HTTP = "http"
    ROLL_BACK = "roll_back"
    RETRY = "retry"


@dataclass(slots=True)
class Fault:
    """One ordered fault. ``method`` None matches every call, ``left`` None never ends."""

    kind: Kind
    method: str | None = None
    left: int | None = None
    seconds: float = 0.0
    status: int = 0
    retry_after: int | None = None
    error: OdooError | None = None


class Faults:
    """Everything that can be made to go wrong; ``clear`` makes all well again."""

    def __init__(self) -> None:
        self._waiting: list[Fault] = []
        #: While true every connection is dropped without an answer.
        self.is_down = False

    def lose_answer(self, *, method: str | None = None, times: int = 1, applied: bool = True) -> None:
        """Drop the connection after the call was carried out, or (``applied`` False) before."""
        kind = Kind.LOSE_AFTER if applied else Kind.LOSE_BEFORE
        self._waiting.append(Fault(kind, method, times))

    def down(self) -> None:
        """Drop every connection until ``up``. ``PretendOdoo.refuse`` refuses them instead."""
        self.is_down = True

    def up(self) -> None:
        """The end of ``down``."""
        self.is_down = False

    def slow(self, seconds: float, *, method: str | None = None, times: int | None = None) -> None:
        """Wait this long before each matching call is carried out."""
        self._waiting.append(Fault(Kind.SLOW, method, times, seconds=seconds))

    def error(self, *, name: str, message: str, method: str | None = None, times: int = 1) -> None:
        """Answer with an error object of this class, and do nothing."""
        self._waiting.append(Fault(Kind.ERROR, method, times, error=OdooError(name, message)))

    def ignore_writes(self, *, method: str | None = None, times: int | None = None) -> None:
        """Answer as always, but change nothing."""
        self._waiting.append(Fault(Kind.IGNORE, method, times))

    def http(self, *, status: int = 502, times: int | None = 1, retry_after: int | None = None) -> None:
        """Answer as a proxy in front of a sick server does: this status and a page of HTML."""
        self._waiting.append(Fault(Kind.HTTP, None, times, status=status, retry_after=retry_after))

    def rollback_next(
        self,
        *,
        method: str | None = None,
        name: str = "odoo.exceptions.UserError",
        message: str = "Something else in this transaction was refused.",
    ) -> None:
        """Let the next matching call, a person's too, fail at its very end, after 18.0 has sent its webhooks."""
        self._waiting.append(Fault(Kind.ROLL_BACK, method, 1, error=OdooError(name, message)))

    def retry_next(self, *, method: str | None = None, times: int = 1) -> None:
        """Let PostgreSQL refuse the next matching transactions, so that Odoo runs them again by itself."""
        self._waiting.append(Fault(Kind.RETRY, method, times))

    def clear(self) -> None:
        """All is well again."""
        self._waiting.clear()
        self.is_down = False

    def take(self, kind: Kind, method: str | None = None) -> Fault | None:
        """The fault of this kind that meets this call, used up by one; None when there is none."""
        for fault in self._waiting:
            if fault.kind is kind and fault.method in (None, method):
                if fault.left is not None:
                    fault.left -= 1
                    if fault.left <= 0:
                        self._waiting.remove(fault)
                return fault
        return None
