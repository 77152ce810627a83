"""The modals that ask for a reason, and the one that says why nothing was done.

Core: pure. A modal carries an opaque pointer (case, revision, channel of the click) and no fact: what it may do is
looked up again when it is sent off.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from bot.cases.model import Case
from bot.config.model import ReasonRule
from bot.slack import words
from bot.slack.buttons import Action, pointer
from bot.slack.text import plain
from bot.text import one_line

View = dict[str, Any]

#: Stable over every version of a modal: inline errors and the typed text hang on them.
REASON_BLOCK = "reason"
REASON_INPUT = "text"

#: What is kept of a reason (bot.text.clean); Slack's own limit for an input is the same.
LONGEST_REASON = 3000


@dataclass(frozen=True, slots=True)
class _Wording:
    title: str
    label: str
    hint: str


#: Title, label and hint of each modal (a title has at most 24 characters).
_WORDINGS = {
    Action.APPROVE: _Wording(words.APPROVE, "Why do you approve?", "Kept in the audit trail and shown on the card."),
    Action.REJECT: _Wording(words.REJECT, "Why do you reject?", "Shown on the card and told to Odoo."),
    Action.BY_HAND: _Wording(words.BY_HAND, "What did you do in Odoo?", "Kept in the audit trail; the card is closed."),
    Action.GIVE_UP: _Wording(
        words.GIVE_UP, "Why is it not carried out?", "Kept in the audit trail; nothing is written to Odoo any more."
    ),
}


def asks_reason(case: Case, action: Action) -> bool:
    """Whether ``action`` needs a modal before it can be done."""
    return action in _WORDINGS and (action is not Action.APPROVE or owes_reason(case, action))


def owes_reason(case: Case, action: Action) -> bool:
    """Whether the reason may not be left empty."""
    match action:
        case Action.APPROVE:
            return case.plan.approve_reason is ReasonRule.REQUIRED
        case Action.REJECT:
            return case.plan.reject_reason is ReasonRule.REQUIRED
        case _:
            return True


def ask_reason(case: Case, action: Action, channel_id: str) -> View:
    """The modal for ``action`` on ``case`` as it stands. Raises KeyError for an action without one."""
    wording = _WORDINGS[action]
    entry: View = {
        "type": "input",
        "block_id": REASON_BLOCK,
        "label": plain(wording.label),
        "hint": plain(wording.hint),
        "optional": not owes_reason(case, action),
        "element": {
            "type": "plain_text_input",
            "action_id": REASON_INPUT,
            "multiline": True,
            "max_length": LONGEST_REASON,
            "focus_on_load": True,
        },
    }
    return {
        "type": "modal",
        "callback_id": action.value,
        "private_metadata": f"{pointer(case)}:{channel_id}",
        "title": plain(wording.title),
        "submit": plain(wording.title),
        "close": plain("Cancel"),
        "blocks": [
            {"type": "section", "text": plain(one_line(words.headline(case)))},
            {"type": "section", "text": plain(words.standing(case), 500)},
            entry,
        ],
    }


def not_done(sentence: str) -> View:
    """What a modal turns into when its answer was refused."""
    return {
        "type": "modal",
        "title": plain("Nothing was changed"),
        "close": plain("Close"),
        "blocks": [{"type": "section", "text": plain(sentence, 500)}],
    }
