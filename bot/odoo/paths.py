"""Dotted paths (``order_line.product_id.name``) as one tree, so that each relation is followed once.

Core: no I/O. Must not know whether a field exists: the server says so.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from bot.odoo.values import from_odoo

TO_ONE: Final = "many2one"
RELATIONS: Final = frozenset({TO_ONE, "one2many", "many2many"})


@dataclass(slots=True)
class Branch:
    """What is wanted of one record: its fields, and of the records they point to."""

    required: bool = False  #: a server without this field cannot serve the read
    per_company: bool = False  #: read in the company of the record that the read began with
    fields: dict[str, Branch] = field(default_factory=dict)

    @property
    def leads_on(self) -> bool:
        """Whether it has to point to other records."""
        return any(one.required for one in self.fields.values())

    def add(self, path: str, *, required: bool) -> Branch:
        """Take ``path`` in, and return its end. A field that any required path runs through is required."""
        branch = self
        for name in path.split("."):
            if not name:
                msg = f"{path!r} is not a path of fields"
                raise ValueError(msg)
            branch = branch.fields.setdefault(name, Branch())
            branch.required = branch.required or required
        return branch


def tree(paths: Iterable[str], *, optional: Collection[str] = (), company_dependent: Collection[str] = ()) -> Branch:
    """All paths as one tree. ``optional`` and ``company_dependent`` may repeat paths or add their own.

    Raises ValueError for an empty segment, and for a company dependent field of the first record itself: its
    company is not known before it is read.
    """
    root = Branch(required=True)
    for path in (*paths, *optional, *company_dependent):
        end = root.add(path, required=path not in optional)
        end.per_company = path in company_dependent
        if end.per_company and "." not in path:
            msg = f"{path!r} depends on the company, so it has to be reached through a relation"
            raise ValueError(msg)
    return root


def plain(value: object, kind: str) -> object:
    """A field's value without Odoo's habits: empty is None, not false; instants are aware, in UTC.

    Numbers stay as JSON has them; ``Decimal(str(number))`` is the number Odoo shows.
    """
    if kind == "boolean":
        return value
    if value is False:
        return None
    if isinstance(value, str) and kind == "datetime":
        return from_odoo(value)
    if isinstance(value, str) and kind == "date":
        return date.fromisoformat(value)
    return value
