"""The modals that ask for a reason, and the one that says why nothing was done.

Core: pure. A modal carries an opaque pointer (case, revision, channel of the click) and no fact: what it may do is
looked up again when it is sent off.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bot.cases import choosing
from bot.cases.model import Case, Choice
from bot.cases.remark import RemarkKind, open_question
from bot.cases.saying import LONGEST
from bot.config.model import ReasonRule
from bot.slack import words
from bot.slack.buttons import Action, pointer
from bot.slack.text import cut, plain
from bot.text import one_line

View = dict[str, Any]

#: Stable over every version of a modal: inline errors and the typed text hang on them.
REASON_BLOCK = "reason"
REASON_INPUT = "text"

#: The action id of each input of the modals that are read input by input.
VALUE = "value"

CODE_BLOCK = "code"
CODE_INPUT = "choice"

#: What whoever approves chooses, where the record offers several things.
CHOICE_BLOCK = "choose"

#: What each button with a remark says.
REMARKS = {
    Action.ASK: RemarkKind.QUESTION,
    Action.ANSWER: RemarkKind.ANSWER,
    Action.COMMENT: RemarkKind.COMMENT,
    Action.REVIEW: RemarkKind.REVIEW,
}

#: Characters of an option's text, and of its description
#: (https://docs.slack.dev/reference/block-kit/composition-objects/option-object).
_OPTION = 75

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
    Action.ASK: _Wording(words.ASK, "What do you want to know?", "Goes to whoever asked for this, and onto the card."),
    Action.ANSWER: _Wording(words.ANSWER, "Your answer", "Goes onto the card and to whoever asked."),
    Action.BREAK_GLASS: _Wording(
        words.BREAK_GLASS, "Why can it not wait?", "Approves at once and alone; everybody sees it, and it is reviewed."
    ),
    Action.REVIEW: _Wording(words.REVIEW, "What did the review find?", "Goes onto the card and into the audit trail."),
    Action.REOPEN: _Wording(words.REOPEN, "What is not settled?", "Goes into the audit trail; the case is open again."),
    Action.COMMENT: _Wording(words.COMMENT, "Your comment", "Goes onto the card; it decides nothing."),
}


def asks_first(case: Case, action: Action, choice: str = "") -> bool:
    """Whether ``action`` needs a modal before it can be done; ``choice`` is what was chosen with the button."""
    if action is not Action.APPROVE:
        return action in _WORDINGS
    open_choice = not choice and bool(choosing.offered(case)) and choosing.usual(case) is None
    return open_choice or owes_reason(case, action)


def owes_reason(case: Case, action: Action) -> bool:
    """Whether the reason may not be left empty."""
    match action:
        case Action.APPROVE:
            return case.plan.approve_reason is ReasonRule.REQUIRED
        case Action.REJECT:
            return case.plan.reject_reason is ReasonRule.REQUIRED
        case _:
            return True


def ask_reason(case: Case, action: Action, channel_id: str, *, choice: str = "") -> View:
    """The modal for ``action`` on ``case`` as it stands. Raises KeyError for an action without one.

    ``choice`` is what was chosen with the button; it can be changed there.
    """
    asked = [*_above(case, action, choice), reason_input(case, action)]
    return framed(case, action, channel_id, asked, title=_WORDINGS[action].title)


def framed(case: Case, action: Action, channel_id: str, asked: Sequence[View], *, title: str) -> View:
    """A modal about ``case``: which record it is and how it stands, then what is asked."""
    return {
        "type": "modal",
        "callback_id": action.value,
        "private_metadata": f"{pointer(case)}:{channel_id}",
        "title": plain(title),
        "submit": plain(title),
        "close": plain("Cancel"),
        "blocks": [
            {"type": "section", "text": plain(one_line(words.headline(case)))},
            {"type": "section", "text": plain(words.standing(case), 500)},
            *asked,
        ],
    }


def reason_input(case: Case, action: Action, *, focus: bool = True) -> View:
    """The input for why, or for what is said. Raises KeyError for an action without one."""
    wording = _WORDINGS[action]
    return {
        "type": "input",
        "block_id": REASON_BLOCK,
        "label": plain(wording.label),
        "hint": plain(wording.hint),
        "optional": not owes_reason(case, action),
        "element": {
            "type": "plain_text_input",
            "action_id": REASON_INPUT,
            "multiline": True,
            "max_length": LONGEST if action in REMARKS else LONGEST_REASON,
            "focus_on_load": focus,
        },
    }


def _above(case: Case, action: Action, choice: str) -> list[View]:
    """What stands above the text: the question that is answered, what can be chosen, the reasons to choose from."""
    if action in (Action.APPROVE, Action.BREAK_GLASS) and (may := choosing.offered(case)):
        return [_choices(may, choosing.named(case, choice) or choosing.usual(case))]
    if action is Action.ANSWER and (asked := open_question(case.remarks)):
        return [{"type": "section", "text": plain(f"{words.remark(asked)}: “{one_line(asked.text, 1000)}”", 1200)}]
    if action is Action.REJECT and case.plan.manner.reject_codes:
        return [_codes(case.plan.manner.reject_codes)]
    return []


def _choices(may: Sequence[Choice], marked: Choice | None) -> View:
    options = {
        one.code: {"text": plain(one.label), "description": plain(cut(one.does, _OPTION)), "value": one.code}
        for one in may
    }
    element: View = {"type": "radio_buttons", "action_id": VALUE, "options": list(options.values())}
    if marked is not None:
        element["initial_option"] = options[marked.code]
    return {"type": "input", "block_id": CHOICE_BLOCK, "label": plain("Which is it to be?"), "element": element}


def _codes(codes: Sequence[str]) -> View:
    options = [{"text": plain(code), "value": code} for code in codes]
    return {
        "type": "input",
        "block_id": CODE_BLOCK,
        "label": plain("Reason"),
        "element": {"type": "static_select", "action_id": CODE_INPUT, "options": options},
    }


def not_done(sentence: str) -> View:
    """What a modal turns into when its answer was refused."""
    return {
        "type": "modal",
        "title": plain("Nothing was changed"),
        "close": plain("Close"),
        "blocks": [{"type": "section", "text": plain(sentence, 500)}],
    }
