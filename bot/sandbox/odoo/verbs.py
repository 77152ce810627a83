"""The ORM verbs that every model answers: read, search, write, create, unlink, fields_get and their kin.

Rights are asked and values are brought to their wire form here; the records are changed in ``orm``.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from bot.sandbox.odoo import errors
from bot.sandbox.odoo.access import SETTINGS, check_model, check_row, reach, visible
from bot.sandbox.odoo.domain import compile_domain, narrowed
from bot.sandbox.odoo.model import NUMERIC, TO_MANY, Field, Method, Model, Row
from bot.sandbox.odoo.moments import told
from bot.sandbox.odoo.orm import Env


def read(env: Env, model: Model, ids: Sequence[Any], fields: Sequence[str] = (), load: str = "_classic_read") -> Any:
    """The records that exist, in the order asked for; missing ids and ids of another type are left out."""
    chosen = _chosen(env, model, fields)
    check_model(env, model, "read")
    rows = []
    for record_id in ids:
        row = env.tx.get(model.name, record_id) if type(record_id) is int else None
        if row is not None:
            check_row(env, model, row, "read")
            rows.append(row)
    return [_wire_row(env, row, chosen, named=load == "_classic_read") for row in rows]


def search(
    env: Env, model: Model, domain: Sequence[Any], offset: int = 0, limit: int | None = None, order: str | None = None
) -> list[int]:
    """The ids of the visible records in ``domain``, sorted; there is no limit unless one is given."""
    check_model(env, model, "read")
    domain = _active_only(env, model, domain)
    test = compile_domain(env, model.name, domain)
    candidates = narrowed(env, model.name, domain)
    ids = env.tx.ids(model.name) if candidates is None else candidates
    rows = [row for one in ids if (row := env.tx.get(model.name, one)) is not None and test(row)]
    found = [row for row in rows if visible(env, model, row)]
    _sort(env, model, found, order or model.order)
    end = None if limit is None else offset + limit
    return [int(row["id"]) for row in found[offset:end]]


def search_read(
    env: Env,
    model: Model,
    domain: Sequence[Any] = (),
    fields: Sequence[str] = (),
    offset: int = 0,
    limit: int | None = None,
    order: str | None = None,
) -> Any:
    """search, then read."""
    chosen = list(_chosen(env, model, fields))
    return read(env, model, search(env, model, domain, offset, limit, order), chosen)


def search_count(env: Env, model: Model, domain: Sequence[Any], limit: int | None = None) -> int:
    """How many records search would find."""
    return len(search(env, model, domain, 0, limit, "id"))


def create(env: Env, model: Model, vals_list: Row | list[Row]) -> int | list[int]:
    """One id for a dict, a list of ids for a list."""
    check_model(env, model, "create")
    if isinstance(vals_list, list):
        return [env.create(model.name, vals) for vals in vals_list]
    return env.create(model.name, vals_list)


def write(env: Env, model: Model, ids: Sequence[int], vals: Row) -> bool:
    """Change records; True."""
    reach(env, model, ids, "write")
    if model.guard:
        model.guard(env, list(ids), vals)
    env.write(model.name, ids, vals)
    return True


def unlink(env: Env, model: Model, ids: Sequence[int]) -> bool:
    """Delete records; True, also for no ids at all."""
    reach(env, model, ids, "unlink")
    if model.guard_unlink:
        model.guard_unlink(env, list(ids))
    env.unlink(model.name, ids)
    return True


def fields_get(env: Env, model: Model, allfields: Sequence[str] = (), attributes: Sequence[str] = ()) -> Any:
    """What the fields are; an attribute that a field does not have is left out."""
    check_model(env, model, "read")
    names = [name for name in allfields or model.fields if name in model.fields]
    described = {name: model.fields[name].describe() for name in names}
    if not attributes:
        return described
    return {name: {key: told_of[key] for key in attributes if key in told_of} for name, told_of in described.items()}


def exists(env: Env, model: Model, ids: Sequence[int]) -> str:
    """The ids that exist, as a recordset in writing (18.0 alone lets outsiders call it)."""
    found = tuple(one for one in ids if env.tx.get(model.name, one) is not None)
    return f"{model.name}{found}"


def get_external_id(env: Env, model: Model, ids: Sequence[int]) -> dict[int, str]:
    """By which name the records were installed; empty for those that people made."""
    data = [env.row("ir.model.data", one) for one in env.tx.ids("ir.model.data")]
    named = {row["res_id"]: f"{row['module']}.{row['name']}" for row in data if row["model"] == model.name}
    return {one: named.get(one, "") for one in ids}


VERBS: dict[str, Method] = {
    "read": Method(read),
    "search": Method(search, on_records=False),
    "search_read": Method(search_read, on_records=False),
    "search_count": Method(search_count, on_records=False),
    "create": Method(create, on_records=False),
    "write": Method(write),
    "unlink": Method(unlink),
    "fields_get": Method(fields_get, on_records=False),
    "exists": Method(exists),
    "get_external_id": Method(get_external_id),
}


def _chosen(env: Env, model: Model, names: Sequence[str]) -> dict[str, Field]:
    if not names:
        if model.name == "res.users" and not env.user.has(SETTINGS):
            raise errors.unreadable_users()
        return model.fields
    chosen = {}
    for name in names:
        if name not in model.fields:
            link = "on model" if env.is_18 else "on"
            msg = f"Invalid field {name!r} {link} {model.name!r}"
            raise errors.value_error(msg)
        chosen[name] = model.fields[name]
    return chosen


def _wire_row(env: Env, row: Row, chosen: dict[str, Field], *, named: bool) -> Row:
    wired: Row = {"id": row["id"]}
    for name, one in chosen.items():
        wired[name] = _wire_value(env, one, env.raw(row, one), named=named)
    return wired


def _wire_value(env: Env, one: Field, value: Any, *, named: bool) -> Any:
    match one.type:
        case "many2one" if value and named:
            return [value, env.name_of(one.relation, value)]
        case "datetime" if value:
            return told(value)
        case kind if kind in TO_MANY:
            return list(value)
        case _:
            return value


def _active_only(env: Env, model: Model, domain: Sequence[Any]) -> Sequence[Any]:
    """Archived records are found only by those who ask about ``active`` or switch the filter off."""
    asked = any(isinstance(item, (list, tuple)) and item[:1] in (["active"], ("active",)) for item in domain)
    if "active" not in model.fields or asked or env.context.get("active_test") is False:
        return domain
    return [*domain, ["active", "=", True]]


def _sort(env: Env, model: Model, rows: list[Row], order: str) -> None:
    for part in reversed(order.split(",")):
        name, _, direction = part.strip().partition(" ")
        one = model.fields.get(name)
        if one is None:
            msg = f"Invalid field {name!r} on model {model.name!r}"
            raise errors.value_error(msg)
        down = direction.strip().lower() == "desc"
        rows.sort(key=partial(_sort_key, env, one), reverse=down)


def _sort_key(env: Env, one: Field, row: Row) -> tuple[bool, Any]:
    """Unset values come last going up and first going down, as PostgreSQL puts its nulls."""
    value = env.raw(row, one)
    if one.relation and value:
        value = env.name_of(one.relation, value)
    unset = value is False and one.type not in NUMERIC and one.type != "boolean"
    return unset, "" if unset else value
