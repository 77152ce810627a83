"""The trail for others: a JSON object a line, which can be verified, or a table for a spreadsheet, which cannot.

A cell that a spreadsheet would compute is defused: names and reasons come from people.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Mapping
from enum import StrEnum

from bot.audit.chain import Sealed, columns
from bot.audit.verify import export_line


class Form(StrEnum):
    """How the trail is written."""

    JSONL = "jsonl"
    CSV = "csv"


#: What people look for in a spreadsheet, out of the detail; the whole of it stands in its own column.
_FROM_DETAIL = ("record", "value", "name", "role", "reason", "chosen")
_COLUMNS = (
    *("seq", "at", "action", "actor", "origin", "case", "revision", *_FROM_DETAIL, "detail"),
    *("fingerprint", "config", "detail_hash", "previous", "hash"),
)

#: With these a cell is taken for a formula: https://owasp.org/www-community/attacks/CSV_Injection
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # noqa: RUF001  # wide ones count too


def heading(form: Form) -> str:
    """The first line; empty where there is none."""
    return _line(_COLUMNS) if form is Form.CSV else ""


def writer(form: Form) -> Callable[[Sealed], str]:
    """What turns an entry into its line, line break included."""
    return _row if form is Form.CSV else lambda one: export_line(one) + "\n"


def _row(one: Sealed) -> str:
    body = columns(one.entry, seq=one.seq, previous=one.previous, detail_hash=one.detail_hash)
    detail = _detail(one)
    cells = {**body, **{name: detail.get(name) for name in _FROM_DETAIL}, "detail": one.detail_text, "hash": one.hash}
    return _line(tuple(defused(cells[name]) for name in _COLUMNS))


def _detail(one: Sealed) -> Mapping[str, object]:
    found = json.loads(one.detail_text) if one.detail_text is not None else None
    return found if isinstance(found, dict) else {}


def defused(value: object) -> str:
    """A cell that stays text: what a spreadsheet would compute begins with an apostrophe."""
    if value is None or isinstance(value, int):
        return "" if value is None else str(value)
    text = str(value)
    return f"'{text}" if text.lstrip(" ").startswith(_FORMULA) else text


def _line(cells: tuple[str, ...]) -> str:
    line = io.StringIO()
    csv.writer(line, lineterminator="\r\n").writerow(cells)
    return line.getvalue()
