"""Customer classes: the tags of the company behind a record's customer or vendor.

Core. Read only where the config asks for them; what cannot be told is not known, which is something else than none.
"""

from __future__ import annotations

from collections.abc import Mapping

from bot.odoo.catalog.entry import Record
from bot.text import one_line

_COMPANY = "commercial_partner_id"
_TAGS = "category_id"
_NAME = "name"  #: the tag's own, without those above it


def classes_path(partner: str) -> str:
    """What is read for them, where ``partner`` leads to the partner."""
    return f"{partner}.{_COMPANY}.{_TAGS}.{_NAME}"


def classes_of(record: Record, partner: str) -> tuple[str, ...] | None:
    """The tags, sorted; None where there is no partner, where they were not read, or where one of them is hidden."""
    step: object = record
    for name in (*partner.split("."), _COMPANY, _TAGS):
        step = step.get(name) if isinstance(step, Mapping) else None
    if not isinstance(step, list):
        return None
    names = [one_line(str(one.get(_NAME) or "")) for one in step]
    return tuple(sorted(set(names))) if all(names) else None
