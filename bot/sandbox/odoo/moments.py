"""Moments as Odoo stores, tells and compares them: strings in UTC.

Inside they have microseconds, over RPC only seconds, and 18.0 and 19.0 compare them differently. Because the
strings have one fixed form, comparing text is comparing time.
"""

from __future__ import annotations

from datetime import UTC, datetime

from bot.sandbox.odoo.errors import value_error

_FORMATS = {"date": "%Y-%m-%d", "datetime": "%Y-%m-%d %H:%M:%S"}
_DATE_LENGTH = 10


def inside(moment: datetime) -> str:
    """An aware moment as the database holds it: UTC, microseconds, no zone."""
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(sep=" ", timespec="microseconds")


def told(value: str) -> str:
    """A stored moment as RPC tells it: cut to whole seconds."""
    return value[:19]


def parsed(kind: str, value: object) -> str | bool:
    """A written date or datetime, checked. Raises ValueError for anything but Odoo's own form."""
    if not value:
        return False
    text = str(value)
    form = _FORMATS[kind]
    try:
        datetime.strptime(text, form)  # noqa: DTZ007 - only the form is checked
    except ValueError as wrong:
        raise value_error(str(wrong)) from wrong
    return text


def comparable(value: object, *, kind: str, sign: str, is_18: bool) -> str:
    """A moment in a domain, brought to the stored form.

    18.0 accepts a zone and microseconds and compares exactly; 19.0 refuses a zone and compares whole seconds.
    A bare date in a datetime condition is the start of that day, or its end for ``>`` and ``<=``.
    """
    text = str(value).replace("T", " ")
    if kind == "date":
        return text[:_DATE_LENGTH]
    if len(text) == _DATE_LENGTH:
        return f"{text} 23:59:59" if sign in {">", "<="} else f"{text} 00:00:00"
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as wrong:
        raise value_error(str(wrong)) from wrong
    if moment.tzinfo is None:
        return text if is_18 else told(text)
    if not is_18:
        msg = f"time data {value!r} does not match format '%Y-%m-%d %H:%M:%S'"
        raise value_error(msg)
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(sep=" ")
