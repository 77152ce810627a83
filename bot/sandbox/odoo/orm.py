"""The environment of one request: who asks, in which transaction, and the reading and writing of records.

Rights are asked in ``access``, wire formats are made in ``verbs``. What changes here is noted for the webhooks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from bot.sandbox.odoo import errors
from bot.sandbox.odoo.commands import linked_after, run_commands
from bot.sandbox.odoo.model import NUMERIC, TO_MANY, Field, Model, Row
from bot.sandbox.odoo.moments import parsed

if TYPE_CHECKING:
    from bot.sandbox.odoo.access import User
    from bot.sandbox.odoo.store import Transaction
    from bot.sandbox.odoo.webhooks import Signal, Webhooks

_SIMPLE: dict[str, Callable[[Any], Any]] = {
    "boolean": bool,
    "integer": lambda value: int(value or 0),
    "many2one_reference": lambda value: int(value or 0),
    "float": lambda value: float(value or 0.0),
    "monetary": lambda value: float(value or 0.0),
}
#: Runs code on one record, as its user: (env, code, model, record id) -> the action that the code asks for.
Coder = Callable[["Env", str, str, int], Any]
_LOG_FIELDS = frozenset({"id", "create_date", "create_uid", "write_date", "write_uid"})


@dataclass(slots=True)
class Env:
    """One user's view of the database inside one transaction."""

    schema: dict[str, Model]
    tx: Transaction
    user: User
    #: Everybody who can log in, by id.
    people: Mapping[int, User]
    is_18: bool
    webhooks: Webhooks
    context: dict[str, Any] = field(default_factory=dict)
    #: What base_automation owes to the outside because of this transaction.
    signals: list[Signal] = field(default_factory=list)
    #: Runs the Python of a server action; without one (as in the demo) there is none to run.
    coder: Coder | None = None

    @property
    def uid(self) -> int:
        """The id of the acting user."""
        return self.user.uid

    @property
    def company_id(self) -> int:
        """The company whose figures company-dependent fields tell."""
        allowed = self.context.get("allowed_company_ids")
        return int(allowed[0]) if allowed else self.user.company_ids[0]

    def model(self, name: str) -> Model:
        """The model called ``name``. Raises UserError when there is none."""
        found = self.schema.get(name)
        if found is None:
            msg = f"Object {name} doesn't exist"
            raise errors.user_error(msg)
        return found

    def row(self, model: str, record_id: int) -> Row:
        """One row that must exist. Raises MissingError."""
        found = self.tx.get(model, record_id)
        if found is None:
            raise errors.missing(model, record_id, self.uid)
        return found

    def rows(self, model: str, ids: Iterable[int]) -> list[Row]:
        """Several rows that must exist."""
        return [self.row(model, one) for one in ids]

    def raw(self, row: Row, one: Field) -> Any:
        """The value of one field of a row, as stored or as computed."""
        if one.compute is not None:
            return one.compute(self, row)
        if one.type == "one2many":
            return sorted(self.tx.among(one.relation, one.inverse, row["id"]))
        if one.company_dependent:
            return row[one.name].get(self.company_id, 0.0 if one.type in NUMERIC else False)
        return row[one.name]

    def value(self, model: str, row: Row, name: str) -> Any:
        """The value of the field called ``name``."""
        return self.raw(row, self.model(model).fields[name])

    def follow(self, model: str, row: Row, path: str) -> Any:
        """The value at the end of a dotted path of many2one fields, False where the chain ends early."""
        *steps, last = path.split(".")
        for step in steps:
            one = self.schema[model].fields[step]
            linked = self.raw(row, one)
            found = self.tx.get(one.relation, linked) if linked else None
            if found is None:
                return False
            model, row = one.relation, found
        return self.value(model, row, last)

    def name_of(self, model: str, record_id: int) -> str:
        """The display name of a record that is linked from elsewhere."""
        row = self.tx.get(model, record_id)
        return "" if row is None else self.schema[model].display(self, row)

    def run_code(self, code: str, model: str, record_id: int) -> Any:
        """Run the code of a server action on one record. Raises what the code raises."""
        if self.coder is None:
            msg = "This Odoo is pretended and runs no code."
            raise errors.user_error(msg)
        return self.coder(self, code, model, record_id)

    def create(self, model: str, vals: Row) -> int:
        """Make one record and return its id. Rights are not asked here."""
        described = self.model(model)
        given = dict(vals)
        if described.prepare:
            described.prepare(self, given)
        self._refuse_unknown(described, given)
        record_id = self.tx.store.take_number(model)
        row: Row = {name: one.empty() for name, one in described.fields.items() if one.stored}
        row |= {"id": record_id, "create_date": self.tx.moment, "create_uid": self.uid}
        self._settle(described, row, before=None, vals=given)
        return record_id

    def write(self, model: str, ids: Sequence[int], vals: Row) -> None:
        """Change records. Rights are not asked here."""
        described = self.model(model)
        self._refuse_unknown(described, vals)
        for record_id in ids:
            before = self.row(model, record_id)
            implied = described.derive(self, before, vals) if described.derive else vals
            self._settle(described, dict(before), before=before, vals=implied)

    def unlink(self, model: str, ids: Sequence[int]) -> None:
        """Delete records and the lines that belong to them."""
        described = self.model(model)
        for record_id in ids:
            row = self.row(model, record_id)
            for one in described.fields.values():
                if one.type == "one2many" and self.schema[one.relation].fields[one.inverse].required:
                    self.unlink(one.relation, self.raw(row, one))
            self.tx.put(model, record_id, None)
            if described.removed:
                described.removed(self, row)

    def coerce(self, model: Model, one: Field, value: Any) -> Any:
        """A written value in the form that is stored. Raises as Odoo does for values that do not fit."""
        match one.type:
            case "many2one":
                return self._coerce_link(model, one, value)
            case "date" | "datetime":
                return parsed(one.type, value)
            case "selection":
                return self._coerce_selection(model, one, value)
            case kind:
                return _SIMPLE.get(kind, _text)(value)

    def _settle(self, described: Model, row: Row, *, before: Row | None, vals: Row) -> None:
        record_id = int(row["id"])
        pending: list[tuple[Field, Any]] = []
        for name, value in vals.items():
            one = described.fields[name]
            if one.type == "one2many":
                pending.append((one, value))
            elif one.type == "many2many":
                row[name] = linked_after(row[name], value)
            elif one.company_dependent:
                row[name] = {**row[name], self.company_id: self.coerce(described, one, value)}
            elif name not in _LOG_FIELDS and one.stored:
                row[name] = self.coerce(described, one, value)
        row |= {"write_date": self.tx.moment, "write_uid": self.uid}
        self._refuse_empty(described, row)
        self.tx.put(described.name, record_id, row)
        for one, commands in pending:
            run_commands(self, one, record_id, commands)
        if described.settled:
            described.settled(self, record_id, before)
        self.signals.extend(self.webhooks.due(self, described, record_id, before))

    def _coerce_link(self, model: Model, one: Field, value: Any) -> int | bool:
        if isinstance(value, bool) or not isinstance(value, int):
            if value and one.required:
                raise errors.mandatory(model.label, model.name, one.string, one.name)
            return False
        if self.tx.get(one.relation, value) is None:
            raise errors.missing(one.relation, value, self.uid)
        return value

    def _coerce_selection(self, model: Model, one: Field, value: Any) -> Any:
        if value and value not in one.selection:
            msg = f"Wrong value for {model.name}.{one.name}: {value!r}"
            raise errors.value_error(msg)
        return value or False

    def _refuse_empty(self, model: Model, row: Row) -> None:
        for name, one in model.fields.items():
            if one.required and one.stored and one.type not in TO_MANY and row[name] is False:
                raise errors.mandatory(model.label, model.name, one.string, name)

    def _refuse_unknown(self, model: Model, vals: Row) -> None:
        for name in vals:
            if name not in model.fields:
                link = "on model" if self.is_18 else "in"
                msg = f"Invalid field {name!r} {link} {model.name!r}"
                raise errors.value_error(msg)


def _text(value: Any) -> Any:
    """Empty text is unset."""
    return value or False
