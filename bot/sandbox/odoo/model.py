"""What a model is made of: fields, methods, rights and the hooks that keep derived values true.

Only descriptions live here; reading, writing and calling them is the business of ``orm`` and ``verbs``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bot.sandbox.odoo.orm import Env

Row = dict[str, Any]
"""One record as stored: many2one is an id or False, moments are strings with microseconds, in UTC."""

Compute = Callable[["Env", Row], Any]
Hook = Callable[["Env", int, Row | None], None]

RELATIONAL = frozenset({"many2one", "one2many", "many2many"})
TO_MANY = frozenset({"one2many", "many2many"})
NUMERIC = frozenset({"integer", "float", "monetary", "many2one_reference"})


@dataclass(frozen=True, slots=True)
class Field:
    """One field, with what ``fields_get`` tells about it and what the store needs to know."""

    name: str
    type: str
    string: str
    relation: str = ""
    inverse: str = ""
    selection: tuple[str, ...] = ()
    required: bool = False
    readonly: bool = False
    indexed: bool = False
    company_dependent: bool = False
    default: Any = False
    compute: Compute | None = None

    @property
    def stored(self) -> bool:
        """Whether the value sits in the row; a one2many is looked up from its other end."""
        return self.compute is None and self.type != "one2many"

    def empty(self) -> Any:
        """The value of this field when nothing was given."""
        if self.company_dependent:
            return {}
        if self.default is not False:
            return list(self.default) if self.type in TO_MANY else self.default
        if self.type in NUMERIC:
            return 0 if self.type in {"integer", "many2one_reference"} else 0.0
        return [] if self.type in TO_MANY else False

    def describe(self) -> dict[str, Any]:
        """This field as ``fields_get`` tells it, every attribute that it has."""
        told: dict[str, Any] = {
            "type": self.type,
            "string": self.string,
            "name": self.name,
            "required": self.required,
            "readonly": self.readonly or self.compute is not None,
            "store": self.compute is None,
            "company_dependent": self.company_dependent,
            "searchable": True,
        }
        if self.relation:
            told["relation"] = self.relation
        if self.inverse:
            told["relation_field"] = self.inverse
        if self.selection:
            told["selection"] = [[value, value.capitalize()] for value in self.selection]
        if self.type == "monetary":
            told["currency_field"] = "currency_id"
        return told


@dataclass(frozen=True, slots=True)
class Method:
    """A public method: its code, whether it takes ids first, and the right it needs on its model."""

    call: Callable[..., Any]
    needs: str = "write"  #: empty: the method asks for itself
    on_records: bool = True


@dataclass(frozen=True, slots=True)
class Access:
    """The groups that may read, write (also create) and delete; an empty tuple is nobody but the administrator."""

    read: tuple[str, ...]
    write: tuple[str, ...] = ()
    unlink: tuple[str, ...] = ()

    def groups(self, operation: str) -> tuple[str, ...]:
        """The groups for read, write, create or unlink."""
        match operation:
            case "read":
                return self.read
            case "unlink":
                return self.unlink or self.write
            case _:
                return self.write


@dataclass(frozen=True, slots=True)
class Model:
    """One model of the pretend database."""

    name: str
    label: str
    fields: dict[str, Field]
    access: Access
    order: str = "id"
    #: How a record is called; most are called by their name field.
    display: Callable[[Env, Row], str] = lambda env, row: str(row.get("name") or row["id"])
    methods: dict[str, Method] = field(default_factory=dict)
    #: Fills in what create did not give: (env, vals) -> nothing, vals is changed in place.
    prepare: Callable[[Env, Row], None] | None = None
    #: Adds what a write implies: (env, row before, vals) -> vals.
    derive: Callable[[Env, Row, Row], Row] | None = None
    #: Looks at vals before a write on (env, ids, vals) and raises when they are refused.
    guard: Callable[[Env, list[int], Row], None] | None = None
    #: Runs after every create (before is None) and write, and keeps derived values true.
    settled: Hook | None = None
    guard_unlink: Callable[[Env, list[int]], None] | None = None
    #: Runs after a row was deleted, with the row as it was.
    removed: Callable[[Env, Row], None] | None = None
    #: A record rule beside the company rule: may this user reach this row?
    rule: Callable[[Env, Row], bool] | None = None
    #: Whether an access right made by the administrator lets this user read, beside ``access``.
    granted: Callable[[Env], bool] | None = None

    def __post_init__(self) -> None:
        self.fields["display_name"] = make("display_name", "char", compute=self.display)


def make(name: str, kind: str, **more: Any) -> Field:
    """A field whose label is made from its name unless ``string`` is given."""
    label = more.pop("string", "") or name.removesuffix("_id").removesuffix("_ids").replace("_", " ").title()
    return Field(name=name, type=kind, string=label, **more)


def link(name: str, relation: str, **more: Any) -> Field:
    """A many2one."""
    return make(name, "many2one", relation=relation, **more)


def lines(name: str, relation: str, inverse: str) -> Field:
    """A one2many, looked up through the many2one ``inverse`` of the other model."""
    return make(name, "one2many", relation=relation, inverse=inverse)


def plain(kind: str, *names: str) -> list[Field]:
    """Several fields of one type with nothing special about them."""
    return [make(name, kind) for name in names]


def fields_of(*groups: Field | Iterable[Field]) -> dict[str, Field]:
    """The field table of a model: id and the four log fields first, then these."""
    chosen = [
        make("id", "integer", readonly=True, string="ID"),
        make("create_date", "datetime", readonly=True, string="Created on"),
        link("create_uid", "res.users", readonly=True, string="Created by"),
        make("write_date", "datetime", readonly=True, string="Last Updated on"),
        link("write_uid", "res.users", readonly=True, string="Last Updated by"),
    ]
    for group in groups:
        chosen.extend([group] if isinstance(group, Field) else group)
    return {one.name: one for one in chosen}


def related(model: str, one: Field, path: str) -> Field:
    """``one`` as a non-stored related field of ``model`` that follows ``path`` through many2one fields."""
    return replace(one, compute=lambda env, row: env.follow(model, row, path))
