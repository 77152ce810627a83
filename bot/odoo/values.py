"""Odoo's way of writing things, and ours: instants, sets of records, wizards.

Core: no I/O. Must not know any model.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from bot.errors import UnknownOutcome

_RECORDSET: Final = re.compile(r"[a-z][a-z0-9_.]*\((?P<ids>(?:\d+, )*\d+,?)?\)")


@dataclass(frozen=True, slots=True)
class Wizard:
    """Odoo did nothing yet and wants to ask a person something."""

    res_model: str
    context: Mapping[str, object]
    name: str


def plain_or_wizard(value: object) -> object:
    """A ``Wizard`` where Odoo answered with a window to open; anything else (true, ``{}``, None) as it is."""
    match value:
        case {"type": "ir.actions.act_window", "res_model": str(res_model), **rest}:
            context = rest.get("context")
            return Wizard(res_model, context if isinstance(context, dict) else {}, str(rest.get("name") or ""))
        case _:
            return value


def record_ids(value: object) -> list[int]:
    """The ids in what a method returned instead of a set of records.

    Odoo 18 sends ``"mail.activity(19,)"`` or a bare id, Odoo 19 a list of ids; an empty set may come as false.
    Raises UnknownOutcome for anything else: the method ran, and what it made has to be looked for.
    """
    match value:
        case None | False:
            return []
        case bool():
            pass
        case int():
            return [value]
        case str() if found := _RECORDSET.fullmatch(value):
            return [int(digits) for digits in re.findall(r"\d+", found["ids"] or "")]
        case list() if all(_is_id(item) for item in value):
            return list(value)
        case _:
            pass
    sentence = "Odoo did not say which records it made."
    raise UnknownOutcome(sentence, kind="not_record_ids")


def whole_ids(ids: object) -> list[int]:
    """``ids`` as a list of whole numbers without repeats, in their order.

    Raises ValueError for anything else: Odoo answers ``["1"]`` with nothing at all, silently.
    """
    if not isinstance(ids, (list, tuple, set, frozenset, range)) or not all(_is_id(item) for item in ids):
        msg = f"record ids are whole numbers above zero, not {ids!r}"
        raise ValueError(msg)
    return list(dict.fromkeys(ids))


def _is_id(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value > 0


def to_odoo(at: datetime) -> str:
    """An aware instant as Odoo takes it in values and domains: naive UTC, whole seconds (cut, not rounded).

    Raises ValueError for a naive datetime. ``T``, ``Z`` and microseconds are refused by one version or another.
    """
    if at.tzinfo is None:
        msg = "an instant for Odoo needs its time zone"
        raise ValueError(msg)
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")


def from_odoo(written: str) -> datetime:
    """An instant as Odoo sends it (naive UTC, with microseconds in webhooks) as an aware datetime in UTC."""
    return datetime.fromisoformat(written).replace(tzinfo=UTC)
