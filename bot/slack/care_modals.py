"""The modals of exceptions: to whom it is given, until when it is put off, why it waits, how it was settled.

Core: pure. Each carries an opaque pointer, like the others; what was chosen is judged when it is sent off.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from bot.cases.model import Case
from bot.config.durations import write_duration
from bot.exceptions.asking import LONGEST as ASKED
from bot.exceptions.handling import LONGEST
from bot.slack import words
from bot.slack.buttons import Action
from bot.slack.modals import VALUE, framed
from bot.slack.text import plain

View = dict[str, Any]

#: Stable over every version of the modals: inline errors and what was chosen hang on them.
PERSON, WHEN, AT, LENGTH, ROOT_CAUSE, RESOLUTION, TEXT = "person", "when", "at", "length", "cause", "resolution", "text"
POLICY = "policy"

#: Of ``WHEN``, beside lengths of time.
NEXT_SHIFT, OTHER_TIME = "next shift", "another time"

#: What is offered; whatever else is wanted has a picker, or `/approvals pause`.
SNOOZES = (timedelta(hours=1), timedelta(hours=4), timedelta(days=1), timedelta(days=3))
PAUSES = (timedelta(hours=4), timedelta(days=1), timedelta(days=3), timedelta(days=7), timedelta(days=14))

_CAUSE = 200

#: Slack's limit for an option, and for the options of a menu.
_OPTION, _OPTIONS = 75, 100


def ask(case: Case, action: Action, channel_id: str, now: datetime) -> View:
    """The modal for ``action`` on ``case`` as it stands. Raises KeyError for an action without one."""
    title, inputs = _MODALS[action]
    return framed(case, action, channel_id, inputs(case, now), title=title)


def _assign(_case: Case, _now: datetime) -> list[View]:
    element = {"type": "users_select", "action_id": VALUE, "placeholder": plain("Somebody of this workspace")}
    return [_input(PERSON, "Who is to take it?", element)]


def _snooze(case: Case, now: datetime) -> list[View]:
    shifts = [NEXT_SHIFT] if case.plan.calendar else []
    offered = [(f"in {write_duration(one)}", write_duration(one)) for one in SNOOZES]
    offered += [(one, one) for one in (*shifts, OTHER_TIME)]
    at = {
        "type": "datetimepicker",
        "action_id": VALUE,
        "initial_date_time": int((now + timedelta(days=1)).timestamp()),
    }
    other = {**_input(AT, "At another time", at), "optional": True}
    return [_input(WHEN, "When is it to come back?", _select(offered)), other]


def _pause(_case: Case, _now: datetime) -> list[View]:
    offered = [(write_duration(one), write_duration(one)) for one in PAUSES]
    return [
        _input(LENGTH, "For how long?", _select(offered)),
        _input(TEXT, "What does it wait for?", _text(_CAUSE)),
    ]


def _ask_approval(case: Case, _now: datetime) -> list[View]:
    policies = case.plan.care.approvals if case.plan.care else ()
    offered = [(one.replace("_", " "), one) for one in policies]
    return [
        _input(POLICY, "Which approval?", _select(offered)),
        _input(TEXT, "What is to be approved?", _text(ASKED)),
    ]


def _resolve(case: Case, _now: datetime) -> list[View]:
    rule = case.plan.care
    causes, resolutions = (rule.root_causes, rule.resolutions) if rule else ((), ())
    return [
        _input(ROOT_CAUSE, "Why did it come to this?", _select([(one, one) for one in causes])),
        _input(RESOLUTION, "What was done?", _select([(one, one) for one in resolutions])),
        {**_input(TEXT, "Anything else", _text(LONGEST)), "optional": True},
    ]


_MODALS: Mapping[Action, tuple[str, Callable[[Case, datetime], list[View]]]] = {
    Action.ASSIGN: (words.ASSIGN, _assign),
    Action.SNOOZE: (words.SNOOZE, _snooze),
    Action.PAUSE: (words.PAUSE, _pause),
    Action.RESOLVE: (words.RESOLVE, _resolve),
    Action.ASK_APPROVAL: (words.ASK_APPROVAL, _ask_approval),
}


def _select(offered: Sequence[tuple[str, str]]) -> View:
    options = [{"text": plain(said, _OPTION), "value": value} for said, value in offered[:_OPTIONS]]
    return {"type": "static_select", "action_id": VALUE, "options": options}


def _text(longest: int) -> View:
    return {"type": "plain_text_input", "action_id": VALUE, "multiline": True, "max_length": longest}


def _input(block_id: str, label: str, element: View) -> View:
    return {"type": "input", "block_id": block_id, "label": plain(label), "element": element}
