"""Refusals that several rules give in the same words. Core: values only."""

from __future__ import annotations

from bot.approvals.authority import Reason, Refused

UNKNOWN = Refused(Reason.UNKNOWN_CASE, "This case is not known here any more; nothing was changed.")
CHANGED = Refused(
    Reason.CHANGED,
    "The record changed after this card was drawn. Please look at the new figures and answer again; "
    "nothing was decided.",
)
ASKED_ANEW = Refused(
    Reason.CHANGED,
    "It is asked anew, under another rule or of other people, since this card was drawn. Please look at the card as it "
    "is now; nothing was decided.",
)
NO_DECISION = Refused(Reason.DECIDED, "Nobody decides about an exception: somebody owns and resolves it.")
EXPIRED = Refused(
    Reason.EXPIRED,
    "The time to decide this has run out. Nothing was changed by your click; it has to be asked for anew in Odoo.",
)
TEXT_OWED = Refused(Reason.REASON_OWED, "Please write something first.")
CODE_OWED = Refused(Reason.CODE_OWED, "Please choose one of the reasons.")
ONLY_LISTED = Refused(
    Reason.DECIDED, "This only lists approvals: each of them is decided by itself. Nothing was changed by your click."
)
REASON_OWED = Refused(Reason.REASON_OWED, "Please say why; a reason is required.")
