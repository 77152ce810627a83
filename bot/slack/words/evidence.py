"""What is owed before an approval, and what has been given: the photo or document."""

from __future__ import annotations

from bot.cases.evidence import is_owed, standing
from bot.cases.files import File, FileState
from bot.cases.model import Case, Status
from bot.text import one_line

ADD_FILE = "Add photo"

#: Characters of a fingerprint: enough to tell files apart by eye; the audit trail has the whole.
_FINGERPRINT = 12


def evidence(case: Case) -> str:
    """A line for what is owed and one for each file; empty where there is neither."""
    owed = case.status is Status.PENDING and is_owed(case)
    lines = [f"A photo or document is owed before approval: “{ADD_FILE}”, or post it in this thread."] if owed else []
    return "\n".join([*lines, *(_file(one) for one in standing(case))])


def _file(one: File) -> str:
    by = one_line(one.name_of_person, 60)
    match one.state:
        case FileState.OFFERED:
            return f"A file from {by} is being fetched."
        case FileState.KEPT:
            return f"Evidence from {by}: {one_line(one.name, 80)} (SHA-256 {one.sha256[:_FINGERPRINT]}…)"
        case FileState.REFUSED:
            return f"A file from {by} does not count: {one_line(one.problem, 150)}"
