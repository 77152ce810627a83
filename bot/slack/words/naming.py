"""How a case is named: in the headline, in one whole sentence, and on a line of a list."""

from __future__ import annotations

from bot.approvals.quorum import current_stage
from bot.cases.model import Case, Kind, Status
from bot.cases.review import broken_by
from bot.slack.words.standing import standing
from bot.text import either, one_line, shorten

#: Two lines of a header on a phone 360 pixels wide, beside the picture of who wrote it; the third one is left for the
#: deadline.
HEADLINE = 52
_VALUE = 30


def headline(case: Case) -> str:
    """Which record, how much: at most ``HEADLINE`` characters."""
    value = f", {shorten(str(case.event.value), _VALUE)}" if case.event.value else ""
    return shorten(one_line(case.event.title), HEADLINE - len(value)) + value


def finding(case: Case) -> str:
    """What the record is here for, in the catalog's words."""
    return one_line(case.event.findings[0].text) if case.event.findings else "waits for people"


def is_worthless(case: Case) -> bool:
    """Whether it is about nothing that has a value: neither a record of Odoo nor a group of such."""
    return case.record.is_ours and case.care is not None and not case.care.gathered


def sentence(case: Case) -> str:
    """One whole sentence for screen readers, notifications and search: who is asked what about which record.

    The value comes before what can be long: where the sentence is cut, it is still there.
    """
    why = [shorten(finding(case), 100), one_line(case.event.partner or "", 60)]
    value = "" if is_worthless(case) else f", {shorten(str(case.event.value or 'value unknown'), _VALUE)}"
    about = f"{one_line(case.event.title, 80)}{value} ({', '.join(filter(None, why))})"
    if case.plan.observe:
        return f"Only observed: {about}. {standing(case)}"
    if case.status is Status.PENDING and case.intended is None:
        return f"{either(current_stage(case).roles).capitalize()}: please approve or reject {about}."
    if case.kind is Kind.LIST:
        return f"{about}: {standing(case)}"
    if case.status is Status.OPEN and not (case.care and case.care.parent):
        asked = (
            case.care.owner.name if case.care and case.care.owner else either(current_stage(case).roles).capitalize()
        )
        return f"{asked}: please take {about}."
    return f"{about}: {standing(case)}"


def waiting_line(case: Case) -> str:
    """A pending case on one line of a list."""
    stage = current_stage(case)
    return f"Case {case.id}: {headline(case)} ({finding(case)}), waits for {either(stage.roles)}"


def care_line(case: Case) -> str:
    """An exception on one line of a list: in whose hand it is, or who is asked to take it."""
    owner = case.care.owner if case.care else None
    who = (
        f"{one_line(owner.name, 80)} has it in hand"
        if owner
        else f"nobody of {either(current_stage(case).roles)} has it"
    )
    return f"Case {case.id}: {headline(case)} ({finding(case)}), {who}"


def review_line(case: Case) -> str:
    """An approval past everybody on one line of a list of what is owed."""
    broken = broken_by(case)
    by = one_line(broken.name, 80) if broken else "somebody"
    return f"Case {case.id}: {headline(case)}, BREAK-GLASS by {by}: a review is owed"
