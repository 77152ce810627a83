"""What a card asks for: the words on its buttons, what a click does, and where it is asked instead."""

from __future__ import annotations

from bot.approvals.quorum import current_stage
from bot.cases import changing, choosing
from bot.cases.model import Case, Choice, Kind, Status, WriteBackState
from bot.cases.requester import requester
from bot.config.model import Execution
from bot.effects import DIRECT
from bot.text import either

APPROVE, REJECT = "Approve", "Reject"
APPROVE_WITH_CHANGES = "Approve with changes"
ASK, ANSWER, COMMENT = "Ask a question", "Answer", "Comment"
BREAK_GLASS, REVIEW = "Break the glass", "Reviewed"
UNDO = "Undo"
QUIET = "No reminders for 1h"
RETRY, BY_HAND, GIVE_UP = "Retry", "Done by hand", "Give up"
OPEN = "Open in Odoo"
TAKE, ASSIGN, SNOOZE, PAUSE, RESOLVE, REOPEN = "I’m on it", "Assign", "Snooze", "Pause", "Resolve", "Reopen"
MEMBERS, ASK_APPROVAL = "Show all", "Ask approval"
OPEN_CARD, TAKE_OUT = "Open", "Take out"

_CHANGES = f" {APPROVE_WITH_CHANGES}: the same with smaller figures."

_OF_LISTS = (
    f"“{MEMBERS}” lists them; “{OPEN_CARD}” beside one posts its card here, where it is decided. Whoever is asked also "
    "finds them under /approvals mine and in the App Home."
)

RETRY_TITLE = "Write to Odoo again?"
RETRY_RISK = (
    "The answer to the first try was lost. If it reached Odoo after all, a second one may do it twice. "
    "Please look at the record in Odoo first."
)
RETRY_YES, RETRY_NO = "Write again", "Not now"


def moved(case: Case, channel: str) -> str:
    """On a copy in a channel that is not asked (any more); empty on the others. Who was written to stays asked."""
    asked = current_stage(case).channels
    if case.plan.observe:
        return "" if channel == case.plan.observe else "This is only observed from now on; nobody is asked here."
    if case.status is Status.PENDING and is_requesters(case, channel):
        return f"You asked for this; it is decided by {either(current_stage(case).roles)}."
    if not case.is_waiting or channel in asked or channel.startswith(DIRECT):
        return ""
    if case.care is not None:
        return f"This is not looked after here any more; {', '.join(asked)} is asked."
    return f"This is not decided here any more; it is asked in {', '.join(asked)}."


def next_step(case: Case) -> str:
    """What a click will do, or what a person can do where the write-back is stuck; empty at the end."""
    if case.plan.observe:
        return "Only observed: nobody is asked, and nothing is written to Odoo."
    if case.status is Status.PENDING and case.intended is not None:
        return f"“{UNDO}” takes the answer back; only {case.intended.decision.name} can."
    if case.status is Status.PENDING:
        changes = _CHANGES if changing.offered(case) else ""
        return f"{_approving(case)} {REJECT}: {case.plan.reject_does}.{changes}"
    if case.is_waiting:
        return _of_exceptions(case) if case.kind is Kind.EXCEPTION else _OF_LISTS
    if not case.is_stuck:
        return ""
    look = "Please look at the record in Odoo first. " if case.write_back is WriteBackState.UNCERTAIN else ""
    return (
        f"{look}“{RETRY}” writes it again, “{BY_HAND}” says that you brought it about in Odoo yourself, "
        f"“{GIVE_UP}” leaves it as it is."
    )


def approve_as(choice: Choice) -> str:
    """The button that approves with this choice."""
    return f"{APPROVE}, {choice.label}"


def _approving(case: Case) -> str:
    """What an approval brings about; with each of the choices, where there are some."""
    take, others = choosing.usual(case), choosing.others(case)
    if not take and not others:
        return f"{APPROVE}: {case.plan.approve_does}."
    if case.plan.execution is Execution.RELEASE:
        says = f"“{take.label}”, or as the other buttons say" if take else "what you choose"
        return f"{APPROVE}: {case.plan.approve_does}; the note says {says}."
    first = f"{APPROVE}: {take.does}." if take else f"“{APPROVE}” asks which of these it is to be."
    return " ".join([first, *(f"{approve_as(one)}: {one.does}." for one in others)])


def _of_exceptions(case: Case) -> str:
    if case.care and case.care.parent:
        return ""
    take = f"“{TAKE}” says that you have it in hand. " if case.status is Status.OPEN else ""
    return f"{take}“{RESOLVE}” asks for the cause and what was done."


def is_requesters(case: Case, channel: str) -> bool:
    """Whether a copy is the one of whoever asked for the record, who does not decide about it."""
    return not case.plan.self_approval and channel == f"{DIRECT}{requester(case)}"
