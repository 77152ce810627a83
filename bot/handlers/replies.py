"""What a person is told after a click: every answer and every failure as one sentence.

Pure words. Nobody is told more than what has been committed, and nobody else than the person who clicked.
"""

from __future__ import annotations

from bot.cases.answers import Answer, Refusal
from bot.cases.model import Case, Status, Verdict, WriteBackState
from bot.errors import SignoffError
from bot.slack import words
from bot.slack.buttons import Action
from bot.text import one_line

NOT_UNDERSTOOD = (
    "This button is not known here any more, so nothing was done. Please use the newest card of the record, or open "
    "it in Odoo."
)
NOT_UNDERSTOOD_COMMAND = "Slack did not say who asks, so nothing was done. Please try again."
NO_SUCH_COMMAND = "Signoff does not know this command, so nothing was done. Try /signoff help."
NOT_FOR_GUESTS = "Guests, deactivated accounts and people of other workspaces cannot ask here."
BROUGHT_OUT = "It gets a card of its own; this list is as it stands now."
NOT_OPENED = "The dialog did not open in time, so nothing was done. Please click again."

_UNSURE = (
    "Something went wrong here, and it is not certain that your answer was kept. The card shows what stands; "
    "clicking again does no harm."
)

#: What each button with a verdict says.
VERDICTS = {
    Action.APPROVE: Verdict.APPROVE,
    Action.APPROVE_WITH_CHANGES: Verdict.APPROVE,
    Action.REJECT: Verdict.REJECT,
}


#: What is told of everything else that can be done.
_NOTED = {
    Action.ASK: "Your question about {record} was asked. The answer will stand on the card.",
    Action.ANSWER: "Your answer about {record} stands on the card.",
    Action.COMMENT: "Your comment on {record} stands on the card.",
    Action.BREAK_GLASS: "{record} is approved by you alone. It is shown to everybody, and a review is owed.",
    Action.REVIEW: "Your review of {record} stands on the card.",
    Action.UNDO: "Your answer on {record} is taken back; it is asked again.",
    Action.RETRY: "{record} is being written to Odoo again.",
    Action.BY_HAND: "Noted: {record} was brought about in Odoo by hand. The card is closed.",
    Action.GIVE_UP: "Noted: {record} is not carried out. Nothing is written to Odoo.",
    Action.ADD_FILE: "Your file for {record} is being fetched. The card says when it counts, or why it does not.",
    Action.TAKE: "You have {record} in hand.",
    Action.ASSIGN: "{record} was given on; the card says to whom.",
    Action.SNOOZE: "{record} is put off; it comes back by itself.",
    Action.PAUSE: "The clock of {record} stands still; the card says until when.",
    Action.RESOLVE: "{record} is resolved.",
    Action.REOPEN: "{record} is open again.",
    Action.MEMBERS: "",
    Action.ASK_APPROVAL: "The approval for {record} is asked for. Its answer comes back to the card.",
    Action.OPEN: "",
}


def answer(given: Answer, action: Action) -> str:
    """What became of a command."""
    match given:
        case Refusal():
            return given.sentence
        case None:
            return "There was nothing to do."
        case _:
            return done(given.case, action)


def done(case: Case, action: Action) -> str:
    """What stands now that the command has been committed."""
    record = one_line(case.event.title, 100)
    if action in VERDICTS:
        return _decided(case, record)
    return _NOTED[action].format(record=record)


def trouble(error: BaseException) -> str:
    """What to tell when it did not work: what was kept, and what to do."""
    if not isinstance(error, SignoffError):
        return _UNSURE
    ask_again = "" if "again" in error.sentence else " Please try again in a moment."
    return error.sentence + ask_again


def _decided(case: Case, record: str) -> str:
    match case.status:
        case Status.APPROVED | Status.APPROVED_WITH_CHANGES | Status.REJECTED:
            verb = case.status.replace("_", " ").capitalize()
            written = "It is being written to Odoo." if case.write_back is WriteBackState.QUEUED else ""
            return f"{verb} {record}. {written}".rstrip()
        case _ if case.intended is not None:
            return f"Your answer on {record} is kept. It counts in a moment; “{words.UNDO}” on the card takes it back."
        case _:
            return f"Your approval of {record} is kept. {words.standing(case)}"
