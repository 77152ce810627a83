"""What a decided case owes to Odoo: a method to be called, or only a note.

Core. The catalog names the methods, the plan chooses among them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bot.cases.model import Case, Status
from bot.config.model import Execution, OnReject
from bot.errors import PermanentError
from bot.odoo.catalog.entry import DECIDED_ON, EventType, Method, Record

#: What a release or a rejection by note is called once it stands on the record.
NOTED = {
    Status.APPROVED: "release note on the record",
    Status.APPROVED_WITH_CHANGES: "release note on the record",
    Status.REJECTED: "note on the record",
    Status.RESOLVED: "note on the record",
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """``method`` is None where the note on the record is all that is owed."""

    method: Method | None
    done: str  #: what a person reads once it has been read back
    decided: Mapping[str, str]  #: the watched values as decided on, and the day of it

    def is_done(self, record: Record) -> bool:
        """Whether the record itself shows it; a note has to be looked for."""
        return self.method is not None and self.method.is_done(record, self.decided)


def outcome_of(case: Case, entry: EventType) -> Outcome:
    """What carrying out ``case``'s decision means."""
    decided = {seen.field: seen.value for seen in case.event.seen}
    if case.decided_at is not None:
        decided[DECIDED_ON] = case.decided_at.date().isoformat()
    method = _method(case, entry)
    return Outcome(method, method.done if method else NOTED[case.status], decided)


def _method(case: Case, entry: EventType) -> Method | None:
    if case.care is not None:
        return entry.settles.get(case.care.resolved.resolution) if case.care.resolved else None
    if case.is_approved:
        return _approval(case, entry) if case.plan.execution is Execution.CARRY_OUT else None
    if entry.reject is not None:
        return entry.reject
    return entry.cancel if case.plan.on_reject is OnReject.CANCEL else None


def _approval(case: Case, entry: EventType) -> Method:
    """What was chosen, where there was something to choose. Raises PermanentError where it is not known any more."""
    code = next((one.choice for one in case.standing if one.choice), "")
    if not code:
        return entry.carry_out
    method = next((one.method for one in entry.branches if one.choice.code == code), None)
    if method is None:
        msg = f"It was approved with “{code}”, which this type does not know any more; nothing was written."
        raise PermanentError(msg, kind="no_such_choice")
    return method
