"""What blocks are made of: texts, options, confirm dialogs, buttons, selects and inputs, with Slack's limits.

Owns the limits of composition objects and elements (https://docs.slack.dev/reference/block-kit). Where Slack's
documents disagree (an option's value: 75 or 150) the smaller figure is enforced.
"""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

from bot.sandbox.slack.shapes import (
    Check,
    Findings,
    Shape,
    anything,
    boolean,
    by_type,
    complain,
    integer,
    list_of,
    one_of,
    string,
)

LONGEST_ID = 255
LONGEST_URL = 3000
LONGEST_TEXT = 3000
MOST_OPTIONS = 100

IDENTIFIER = string(LONGEST_ID)


def plain_text(longest: int = LONGEST_TEXT) -> Check:
    """A ``plain_text`` object."""
    return Shape({"type": one_of({"plain_text"}), "text": string(longest)}, {"emoji": boolean})


def mrkdwn(longest: int = LONGEST_TEXT) -> Check:
    """A ``mrkdwn`` object."""
    return Shape({"type": one_of({"mrkdwn"}), "text": string(longest)}, {"verbatim": boolean})


def any_text(longest: int = LONGEST_TEXT) -> Check:
    """A text object of either kind."""
    return by_type({"plain_text": plain_text(longest), "mrkdwn": mrkdwn(longest)})


def web_address(value: Any, at: str, findings: Findings) -> None:
    """An absolute http or https address; anything else never reaches a person."""
    string(LONGEST_URL)(value, at, findings)
    if isinstance(value, str) and (urlsplit(value).scheme not in {"http", "https"} or not urlsplit(value).netloc):
        complain(findings, "must be a valid URL", at)


def matching(pattern: str, problem: str) -> Check:
    """Text that fully matches ``pattern``."""
    compiled = re.compile(pattern)

    def check(value: Any, at: str, findings: Findings) -> None:
        if not isinstance(value, str) or not compiled.fullmatch(value):
            complain(findings, problem, at)

    return check


STYLE = one_of({"primary", "danger"})
CONFIRM = Shape(
    {"title": plain_text(100), "text": any_text(300), "confirm": plain_text(30), "deny": plain_text(30)},
    {"style": STYLE},
)


def option(text: Check, *, with_url: bool = False) -> Check:
    """A choice. Only the options of an overflow menu may carry an address."""
    optional = {"description": any_text(75)} | ({"url": web_address} if with_url else {})
    return Shape({"text": text, "value": string(75)}, optional)


PLAIN_OPTION = option(plain_text(75))
RICH_OPTION = option(any_text(75))
OPTION_GROUP = Shape({"label": plain_text(75), "options": list_of(PLAIN_OPTION, MOST_OPTIONS)})

DATE = matching(r"\d{4}-\d{2}-\d{2}", "must be a date of the form YYYY-MM-DD")
TIME = matching(r"([01]\d|2[0-3]):[0-5]\d", "must be a time of the form HH:mm")
NUMERAL = matching(r"-?\d+(\.\d+)?", "must be a number")
DISPATCH = Shape({}, {"trigger_actions_on": list_of(one_of({"on_enter_pressed", "on_character_entered"}), 2)})


def _options_or_groups(value: Any, at: str, findings: Findings) -> None:
    if ("options" in value) == ("option_groups" in value):
        complain(findings, "must provide either options or option_groups", at)


def _lengths_in_order(value: Any, at: str, findings: Findings) -> None:
    shortest, longest = value.get("min_length", 0), value.get("max_length", LONGEST_TEXT)
    if isinstance(shortest, int) and isinstance(longest, int) and shortest > longest:
        complain(findings, "min_length must not be greater than max_length", at)


def _element(
    required: dict[str, Check] | None = None, optional: dict[str, Check] | None = None, also: Check | None = None
) -> Shape:
    common: dict[str, Check] = {"action_id": IDENTIFIER, "confirm": CONFIRM, "focus_on_load": boolean}
    return Shape({"type": anything, **(required or {})}, common | (optional or {}), also)


_HINT: dict[str, Check] = {"placeholder": plain_text(150)}
_GROUPS: dict[str, Check] = {
    "options": list_of(PLAIN_OPTION, MOST_OPTIONS),
    "option_groups": list_of(OPTION_GROUP, MOST_OPTIONS),
}
_TYPED: dict[str, Check] = _HINT | {"initial_value": string(LONGEST_TEXT, 0), "dispatch_action_config": DISPATCH}

BUTTON = Shape(
    {"type": anything, "text": plain_text(75)},
    {
        "action_id": IDENTIFIER,
        "value": string(2000),
        "url": web_address,
        "style": STYLE,
        "confirm": CONFIRM,
        "accessibility_label": string(75),
    },
)
IMAGE = Shape({"type": anything, "alt_text": string(2000), "image_url": web_address})
OVERFLOW = Shape(
    {"type": anything, "options": list_of(option(plain_text(75), with_url=True), 5)},
    {"action_id": IDENTIFIER, "confirm": CONFIRM},
)
SELECT = _element(optional=_HINT | _GROUPS | {"initial_option": PLAIN_OPTION}, also=_options_or_groups)
MULTI_SELECT = _element(
    optional=_HINT
    | _GROUPS
    | {"initial_options": list_of(PLAIN_OPTION, MOST_OPTIONS), "max_selected_items": integer(1, MOST_OPTIONS)},
    also=_options_or_groups,
)
USERS_SELECT = _element(optional=_HINT | {"initial_user": IDENTIFIER})
CHECKBOXES = _element({"options": list_of(RICH_OPTION, 10)}, {"initial_options": list_of(RICH_OPTION, 10)})
RADIO_BUTTONS = _element({"options": list_of(RICH_OPTION, 10)}, {"initial_option": RICH_OPTION})
DATE_PICKER = _element(optional=_HINT | {"initial_date": DATE})
TIME_PICKER = _element(optional=_HINT | {"initial_time": TIME, "timezone": string(100)})
DATETIME_PICKER = _element(optional={"initial_date_time": integer(1_000_000_000, 9_999_999_999)})
TEXT_INPUT = _element(
    optional=_TYPED
    | {"multiline": boolean, "min_length": integer(0, LONGEST_TEXT), "max_length": integer(1, LONGEST_TEXT)},
    also=_lengths_in_order,
)
NUMBER_INPUT = _element(
    {"is_decimal_allowed": boolean}, _TYPED | {"min_value": NUMERAL, "max_value": NUMERAL, "initial_value": NUMERAL}
)
ADDRESS_INPUT = _element(optional=_TYPED)
FILE_INPUT = Shape(
    {"type": anything}, {"action_id": IDENTIFIER, "filetypes": list_of(string(20), 100), "max_files": integer(1, 10)}
)

INTERACTIVE: dict[str, Check] = {
    "button": BUTTON,
    "overflow": OVERFLOW,
    "static_select": SELECT,
    "multi_static_select": MULTI_SELECT,
    "users_select": USERS_SELECT,
    "checkboxes": CHECKBOXES,
    "radio_buttons": RADIO_BUTTONS,
    "datepicker": DATE_PICKER,
    "timepicker": TIME_PICKER,
    "datetimepicker": DATETIME_PICKER,
}
INPUTS: dict[str, Check] = {
    **{kind: check for kind, check in INTERACTIVE.items() if kind not in {"button", "overflow"}},
    "plain_text_input": TEXT_INPUT,
    "number_input": NUMBER_INPUT,
    "email_text_input": ADDRESS_INPUT,
    "url_text_input": ADDRESS_INPUT,
    "file_input": FILE_INPUT,
}
