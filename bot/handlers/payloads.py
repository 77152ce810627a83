"""From Slack's payloads to values, or None: whatever does not look as Slack sends it is nobody's click.

Core in spirit: no I/O. What comes back from a client (button values, private_metadata, typed text) is a pointer or
a text, never a fact and never a permission.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.slack.bulk import BULK, CASES_BLOCK, CASES_INPUT
from bot.slack.buttons import Action
from bot.slack.modals import CHOICE_BLOCK, CODE_BLOCK, CODE_INPUT, REASON_BLOCK, REASON_INPUT, VALUE

#: A case, a revision, a pin, and in modals the channel of the click. Eighteen digits fit the database's integers.
_POINTER = re.compile(r"([1-9][0-9]{0,17}):([1-9][0-9]{0,8}):([0-9a-f]{10})(?::([A-Z0-9]{1,32})?)?", re.ASCII)
#: The id of a button that approves with one of the record's choices.
CHOOSING = re.compile(rf"{re.escape(Action.APPROVE)}:([a-z_]{{1,40}})", re.ASCII)
_ID = re.compile(r"[A-Z0-9]{1,32}", re.ASCII)
#: The same in the modal that lists cases, with its page.
_LEAF = re.compile(_POINTER.pattern.removesuffix("?") + r":([1-9][0-9]{0,3})", re.ASCII)
_PAGE = re.compile(r"[1-9][0-9]{0,3}", re.ASCII)
_TS = re.compile(r"[0-9]{1,12}\.[0-9]{1,9}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Whom:
    """Where an answer goes."""

    user_id: str
    team_id: str
    channel_id: str = ""  #: empty where the click came from no channel
    response_url: str = ""
    trigger_id: str = ""  #: of a click in a view, whose answer has no place but a modal; good once


@dataclass(frozen=True, slots=True)
class Click:
    """A button of a card."""

    action: Action
    case_id: int
    revision: int
    pin: str
    whom: Whom
    message_ts: str  #: empty where the card is an ephemeral one, or in a view
    trigger_id: str
    choice: str = ""  #: what the button approves with, as it came


@dataclass(frozen=True, slots=True)
class Submission:
    """A modal that was sent off."""

    action: Action
    case_id: int
    revision: int
    pin: str
    whom: Whom
    reason: str
    code: str = ""  #: the chosen one of the policy's reasons, as it came
    choice: str = ""  #: the chosen one of the record's choices, as it came


@dataclass(frozen=True, slots=True)
class Line:
    """A case as a list showed it."""

    case_id: int
    revision: int
    pin: str


@dataclass(frozen=True, slots=True)
class Picked:
    """Several cases that were chosen from a list."""

    cases: tuple[Line, ...]
    whom: Whom
    reason: str


def whom(body: Mapping[str, Any]) -> Whom | None:
    """Who did it, and how to answer: of an interaction, or of a slash command, whose fields lie flat."""
    user, team, container = (_mapping(body.get(name)) for name in ("user", "team", "container"))
    user_id = _matching(_ID, user.get("id"), body.get("user_id"))
    team_id = _matching(_ID, user.get("team_id"), team.get("id"), body.get("team_id"))
    if not user_id or not team_id:
        return None
    channel = _mapping(body.get("channel"))
    channel_id = _matching(_ID, container.get("channel_id"), channel.get("id"), body.get("channel_id"))
    trigger_id = text(body.get("trigger_id")) if container.get("type") == "view" else ""
    return Whom(user_id, team_id, channel_id, text(body.get("response_url")), trigger_id)


def home_opened(body: Mapping[str, Any]) -> Whom | None:
    """Who looks at the Home tab; None for any other tab."""
    event = _mapping(body.get("event"))
    user_id, team_id = _matching(_ID, event.get("user")), _matching(_ID, body.get("team_id"))
    return Whom(user_id, team_id) if user_id and team_id and event.get("tab") == "home" else None


@dataclass(frozen=True, slots=True)
class Pressed:
    """A button of a view that is on no card."""

    action_id: str
    value: str
    whom: Whom


def pressed(body: Mapping[str, Any]) -> Pressed | None:
    """The button that was pressed in a view."""
    actions = body.get("actions")
    button = _mapping(actions[0]) if isinstance(actions, list) and len(actions) == 1 else {}
    action_id, who = text(button.get("action_id")), whom(body)
    return Pressed(action_id, text(button.get("value")), who) if action_id and who and who.trigger_id else None


def click(body: Mapping[str, Any]) -> Click | None:
    """The button that was pressed."""
    actions = body.get("actions")
    pressed = _mapping(actions[0]) if isinstance(actions, list) and len(actions) == 1 else {}
    action, choice = _pressed(text(pressed.get("action_id")))
    pointer = _POINTER.fullmatch(text(pressed.get("value")))
    who = whom(body)
    if action is None or pointer is None or who is None:
        return None
    container = _mapping(body.get("container"))
    is_message = container.get("type") == "message" and container.get("is_ephemeral") is not True
    return Click(
        action=action,
        case_id=int(pointer[1]),
        revision=int(pointer[2]),
        pin=pointer[3],
        whom=who,
        message_ts=_matching(_TS, container.get("message_ts")) if is_message else "",
        trigger_id=text(body.get("trigger_id")),
        choice=choice,
    )


def submission(body: Mapping[str, Any]) -> Submission | None:
    """The modal that was sent off, with the reason that was typed (empty where none was)."""
    view = _mapping(body.get("view"))
    action = _action(view.get("callback_id"))
    pointer = _POINTER.fullmatch(text(view.get("private_metadata")))
    who = whom(body)
    if action is None or pointer is None or who is None:
        return None
    values = _mapping(_mapping(view.get("state")).get("values"))
    typed = _mapping(_mapping(values.get(REASON_BLOCK)).get(REASON_INPUT))
    chosen = _mapping(_mapping(_mapping(values.get(CODE_BLOCK)).get(CODE_INPUT)).get("selected_option"))
    choice = _mapping(_mapping(_mapping(values.get(CHOICE_BLOCK)).get(VALUE)).get("selected_option"))
    return Submission(
        action=action,
        case_id=int(pointer[1]),
        revision=int(pointer[2]),
        pin=pointer[3],
        whom=Whom(who.user_id, who.team_id, pointer[4] or ""),
        reason=text(typed.get("value")),
        code=text(chosen.get("value")),
        choice=text(choice.get("value")),
    )


@dataclass(frozen=True, slots=True)
class Pointed:
    """What a modal is about, without a button's action."""

    case_id: int
    revision: int
    pin: str
    whom: Whom


def pointed(body: Mapping[str, Any]) -> Pointed | None:
    """The case whose modal was sent off."""
    pointer = _POINTER.fullmatch(text(_mapping(body.get("view")).get("private_metadata")))
    who = whom(body)
    if pointer is None or who is None:
        return None
    return Pointed(int(pointer[1]), int(pointer[2]), pointer[3], who)


@dataclass(frozen=True, slots=True)
class Leafed:
    """A click in a modal that lists cases in pages."""

    case_id: int  #: of the group or the list
    page: int  #: that is wanted: another one, or the same
    channel_id: str  #: of the card that it was opened from
    view_id: str


def leafed(body: Mapping[str, Any]) -> Leafed | None:
    """Which page of which list is wanted."""
    view, actions = _mapping(body.get("view")), body.get("actions")
    button = _mapping(actions[0]) if isinstance(actions, list) and len(actions) == 1 else {}
    pointer = _LEAF.fullmatch(text(view.get("private_metadata")))
    view_id = _matching(_ID, view.get("id"))
    if pointer is None or not view_id:
        return None
    wanted = _PAGE.fullmatch(text(button.get("value")))
    return Leafed(int(pointer[1]), int(wanted[0] if wanted else pointer[5]), pointer[4] or "", view_id)


def picked(body: Mapping[str, Any]) -> Picked | None:
    """The list that was sent off; None where any line of it is not as we made it."""
    view = _mapping(body.get("view"))
    who = whom(body)
    values = _mapping(_mapping(view.get("state")).get("values"))
    typed = _mapping(_mapping(values.get(REASON_BLOCK)).get(REASON_INPUT))
    blocks = sorted(name for name in values if name.startswith(CASES_BLOCK))
    boxes = [_mapping(_mapping(values[name]).get(CASES_INPUT)) for name in blocks]
    options = [option for box in boxes for option in _listed(box.get("selected_options"))]
    found = [_POINTER.fullmatch(text(_mapping(option).get("value"))) for option in options]
    if who is None or view.get("callback_id") != BULK or not all(found):
        return None
    cases = dict.fromkeys(Line(int(one[1]), int(one[2]), one[3]) for one in found if one)
    channel_id = _matching(_ID, view.get("private_metadata"))
    return Picked(tuple(cases), Whom(who.user_id, who.team_id, channel_id), text(typed.get("value")))


def deleted(body: Mapping[str, Any]) -> tuple[str, str] | None:
    """(channel, ts) of a message that somebody deleted; one that has replies turns into a tombstone."""
    event = _mapping(body.get("event"))
    channel_id, gone = _matching(_ID, event.get("channel")), ""
    match event.get("subtype"):
        case "message_deleted":
            gone = _matching(_TS, event.get("deleted_ts"))
        case "message_changed" if _mapping(event.get("message")).get("subtype") == "tombstone":
            gone = _matching(_TS, _mapping(event.get("message")).get("ts"))
    return (channel_id, gone) if channel_id and gone else None


def _listed(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _action(value: object) -> Action | None:
    try:
        return Action(text(value))
    except ValueError:
        return None


def _pressed(action_id: str) -> tuple[Action | None, str]:
    """What a button asks for, and what it approves with where its id says so."""
    action = _action(action_id)
    if action is None and (found := CHOOSING.fullmatch(action_id)):
        return Action.APPROVE, found[1]
    return action, ""


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def text(value: object) -> str:
    """A text as it came; empty for anything else."""
    return value if isinstance(value, str) else ""


def slack_id(value: object) -> str:
    """The id of a person or a channel; empty for anything else."""
    return _matching(_ID, value)


def _matching(pattern: re.Pattern[str], *values: object) -> str:
    """The first of ``values`` that is what it should be; empty when none is."""
    return next((one for one in map(text, values) if pattern.fullmatch(one)), "")
