"""What a person's gesture on an element means in a payload: pressed, chosen, typed; and what Slack's client refuses.

Pure functions over elements. The same value stands in ``actions`` and in ``state.values``.
"""

from __future__ import annotations

from typing import Any

from bot.sandbox.slack.blocks import Block, elements_of

Element = dict[str, Any]
Entry = dict[str, Any]

#: A text, the texts of several choices, or nothing.
Raw = str | list[str] | None

_TYPED = {"plain_text_input", "number_input", "email_text_input", "url_text_input"}
_ONE = {"static_select", "radio_buttons", "overflow"}
_MANY = {"multi_static_select", "checkboxes"}
_PICKED = {"users_select": "selected_user", "datepicker": "selected_date", "timepicker": "selected_time"}


def entered(element: Element, raw: Raw) -> Entry:
    """The entry for an element after a person pressed it (``raw`` is None), chose or typed.

    Choices are named by their value or by the text people read. Raises ValueError for an option that is not offered.
    """
    kind: str = element["type"]
    entry: Entry = {"type": kind}
    if kind == "button":
        return entry | {"text": element["text"]} | ({"value": element["value"]} if "value" in element else {})
    if kind in _TYPED:
        return entry | {"value": raw or None}
    if kind in _ONE:
        return entry | {"selected_option": _option(element, str(raw)) if raw else None}
    if kind == "datetimepicker":
        return entry | {"selected_date_time": int(str(raw)) if raw else None}
    if kind in _PICKED:
        return entry | {_PICKED[kind]: raw or None}
    return entry | _several(element, [raw] if isinstance(raw, str) else raw or [])


def _several(element: Element, chosen: list[str]) -> Entry:
    if element["type"] == "file_input":  # named by their ids; the payload has the whole file objects
        return {"files": chosen}
    return {"selected_options": [_option(element, each) for each in chosen]}


def initial(element: Element) -> Entry:
    """The entry for an element that nobody touched."""
    kind: str = element["type"]
    match kind:
        case _ if kind in _TYPED:
            return {"type": kind, "value": element.get("initial_value")}
        case _ if kind in _ONE:
            return {"type": kind, "selected_option": element.get("initial_option")}
        case _ if kind in _MANY:
            return {"type": kind, "selected_options": element.get("initial_options", [])}
        case "file_input":
            return {"type": kind, "files": []}
        case "datetimepicker":
            return {"type": kind, "selected_date_time": element.get("initial_date_time")}
        case _:
            name = _PICKED[kind]
            return {"type": kind, name: element.get(name.replace("selected", "initial"))}


def initial_values(blocks: list[Block]) -> dict[str, dict[str, Entry]]:
    """view.state.values of a view that nobody touched."""
    return {
        block["block_id"]: {block["element"]["action_id"]: initial(block["element"])}
        for block in blocks
        if block["type"] == "input"
    }


def objection(block: Block, entry: Entry) -> str:
    """Why Slack's client does not let this input be submitted; empty when it does."""
    element = block["element"]
    value = next((item for key, item in entry.items() if key != "type"), None)
    if value in (None, "", []):
        return "" if block.get("optional") else "Please complete this required field."
    if not isinstance(value, str):
        return ""
    if len(value) < element.get("min_length", 0):
        return f"Enter at least {element['min_length']} characters."
    if len(value) > element.get("max_length", 3000):
        return f"Enter at most {element.get('max_length', 3000)} characters."
    return _not_a_number(element, value) if element["type"] == "number_input" else ""


def find_element(blocks: list[Block] | tuple[Block, ...], name: str) -> tuple[Block, Element]:
    """The element whose button text, action id or block id is ``name``, with its block. Raises LookupError."""
    for block in blocks:
        for element in elements_of(block):
            label = element["text"]["text"] if element["type"] == "button" else ""
            if name in {label, element.get("action_id"), block.get("block_id")}:
                return block, element
    offered = [element.get("action_id", "") for block in blocks for element in elements_of(block)]
    msg = f"nothing here is called {name!r}; there is {offered}"
    raise LookupError(msg)


def _option(element: Element, name: str) -> dict[str, Any]:
    groups = element.get("option_groups", [])
    for option in [*element.get("options", []), *(each for group in groups for each in group["options"])]:
        if name in {option["value"], option["text"]["text"]}:
            found: dict[str, Any] = option
            return found
    msg = f"no option is called {name!r}"
    raise ValueError(msg)


def _not_a_number(element: Element, value: str) -> str:
    try:
        number = float(value)
    except ValueError:
        return "Enter a number."
    if not element["is_decimal_allowed"] and not number.is_integer():
        return "Enter a whole number."
    if number < float(element.get("min_value", "-inf")):
        return f"Enter a number of at least {element['min_value']}."
    if number > float(element.get("max_value", "inf")):
        return f"Enter a number of at most {element['max_value']}."
    return ""
