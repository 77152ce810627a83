"""Every text of a card, from the state of its case: a module for each concern.

Core: pure, and nothing here names an event type or a model. What comes back is text for people, not yet safe for
markup: ``cards.py`` puts it into objects that show it literally.
"""

from bot.slack.words.asking import (
    ANSWER,
    APPROVE,
    ASK,
    ASK_APPROVAL,
    ASSIGN,
    BREAK_GLASS,
    BY_HAND,
    COMMENT,
    GIVE_UP,
    MEMBERS,
    OPEN,
    PAUSE,
    QUIET,
    REJECT,
    REOPEN,
    RESOLVE,
    RETRY,
    RETRY_NO,
    RETRY_RISK,
    RETRY_TITLE,
    RETRY_YES,
    REVIEW,
    SNOOZE,
    TAKE,
    UNDO,
    moved,
    next_step,
)
from bot.slack.words.background import changed_title, facts, why
from bot.slack.words.evidence import ADD_FILE, evidence
from bot.slack.words.naming import HEADLINE, finding, headline, review_line, sentence, waiting_line
from bot.slack.words.said import remark
from bot.slack.words.standing import decision, standing
from bot.slack.words.waiting import LATE, late, queue, span

__all__ = [
    "ADD_FILE",
    "ANSWER",
    "APPROVE",
    "ASK",
    "ASK_APPROVAL",
    "ASSIGN",
    "BREAK_GLASS",
    "BY_HAND",
    "COMMENT",
    "GIVE_UP",
    "HEADLINE",
    "LATE",
    "MEMBERS",
    "OPEN",
    "PAUSE",
    "QUIET",
    "REJECT",
    "REOPEN",
    "RESOLVE",
    "RETRY",
    "RETRY_NO",
    "RETRY_RISK",
    "RETRY_TITLE",
    "RETRY_YES",
    "REVIEW",
    "SNOOZE",
    "TAKE",
    "UNDO",
    "changed_title",
    "decision",
    "evidence",
    "facts",
    "finding",
    "headline",
    "late",
    "moved",
    "next_step",
    "queue",
    "remark",
    "review_line",
    "sentence",
    "span",
    "standing",
    "waiting_line",
    "why",
]
