"""Search domains: Odoo's prefix notation turned into a test on rows.

A domain is compiled once and then asked for every candidate row. The wording of its refusals, and how 18.0 and
19.0 compare moments, follow the recordings. It reads rows through ``Env`` and never changes them.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from bot.sandbox.odoo.errors import OdooError, bad_domain_field, bad_leaf, type_error, value_error
from bot.sandbox.odoo.model import TO_MANY, Field, Row
from bot.sandbox.odoo.moments import comparable

if TYPE_CHECKING:
    from bot.sandbox.odoo.orm import Env

Test = Callable[[Row], bool]

_ORDERED: dict[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_LEAF = 3
_PATTERNS = frozenset({"like", "ilike", "=like", "=ilike"})
_NEGATIVE = {"!=": "=", "not in": "in", "not like": "like", "not ilike": "ilike"}
OPERATORS = frozenset({"=", "in", *_ORDERED, *_PATTERNS, *_NEGATIVE})


def compile_domain(env: Env, model: str, domain: Sequence[Any]) -> Test:
    """The test that a row of ``model`` passes when it is in ``domain``. Raises ValueError as Odoo does."""
    stack: list[Test] = []
    for item in reversed(domain):
        if item in ("&", "|", "!"):
            _combine(stack, item)
        else:
            stack.append(_leaf(env, model, _three(env, item)))
    return lambda row: all(test(row) for test in stack)


def narrowed(env: Env, model: str, domain: Sequence[Any]) -> list[int] | None:
    """Candidate ids from an indexed or id condition that every match must fulfil, or None for the whole table."""
    if any(item in ("|", "!") for item in domain):
        return None
    for item in domain:
        if isinstance(item, (list, tuple)) and len(item) == _LEAF and item[1] in ("=", "in"):
            found = _candidates(env, model, str(item[0]), item[2] if item[1] == "in" else [item[2]])
            if found is not None:
                return found
    return None


def _candidates(env: Env, model: str, name: str, values: Any) -> list[int] | None:
    if not isinstance(values, (list, tuple)):
        return None
    if name == "id":
        return [one for one in dict.fromkeys(values) if isinstance(one, int)]
    if not env.tx.store.is_indexed(model, name):
        return None
    return [one for value in dict.fromkeys(values) for one in env.tx.among(model, name, value)]


def _combine(stack: list[Test], connective: str) -> None:
    if len(stack) < (1 if connective == "!" else 2):
        msg = f"Domain() missing an operand for {connective!r}"
        raise value_error(msg)
    first = stack.pop()
    if connective == "!":
        stack.append(lambda row: not first(row))
        return
    second = stack.pop()
    if connective == "&":
        stack.append(lambda row: first(row) and second(row))
    else:
        stack.append(lambda row: first(row) or second(row))


def _three(env: Env, item: Any) -> tuple[str, str, Any]:
    if not isinstance(item, (list, tuple)):
        raise _no_leaf(env, item)
    leaf = tuple(item)
    if len(leaf) != _LEAF or not isinstance(leaf[0], str) or leaf[1] not in OPERATORS:
        raise bad_leaf(leaf, is_18=env.is_18)
    return leaf[0], leaf[1], leaf[2]


def _no_leaf(env: Env, item: Any) -> OdooError:
    if env.is_18:
        return type_error(f"'{type(item).__name__}' object is not subscriptable")
    return value_error(f"Domain() invalid item in domain: {item!r}")


def _leaf(env: Env, model: str, leaf: tuple[str, str, Any]) -> Test:
    path, sign, value = leaf
    name, _, rest = path.partition(".")
    one = env.model(model).fields.get(name)
    if one is None:
        raise bad_domain_field(model, leaf, is_18=env.is_18)
    if rest:
        return _deeper(env, one, (rest, sign, value))
    if sign in _NEGATIVE:
        positive = _value_test(env, one, _NEGATIVE[sign], value)
        return lambda row: not positive(env.raw(row, one))
    test = _value_test(env, one, sign, value)
    return lambda row: test(env.raw(row, one))


def _deeper(env: Env, one: Field, rest: tuple[str, str, Any]) -> Test:
    test = _leaf(env, one.relation, rest)

    def some_linked_record(row: Row) -> bool:
        found = env.raw(row, one)
        ids = found if one.type in TO_MANY else [found] if found else []
        rows = (env.tx.get(one.relation, other) for other in ids)
        return any(other is not None and test(other) for other in rows)

    return some_linked_record


def _value_test(env: Env, one: Field, sign: str, value: Any) -> Callable[[Any], bool]:
    if sign in _PATTERNS:
        return _pattern(env, one, sign, str(value))
    if one.type in {"date", "datetime"}:
        return _moment(env, one, sign, value)
    if sign in _ORDERED:
        compare = _ORDERED[sign]
        return lambda found: found is not False and compare(found, value)
    return _equal(env, one, list(value) if sign == "in" else [value])


def _equal(env: Env, one: Field, wanted: list[Any]) -> Callable[[Any], bool]:
    if one.type in TO_MANY:
        return lambda found: any(other in wanted for other in found) or (not found and False in wanted)
    if one.relation and any(isinstance(other, str) for other in wanted):
        return lambda found: bool(found) and env.name_of(one.relation, found) in wanted
    if one.type == "boolean":
        return lambda found: bool(found) in wanted
    # An empty text is unset for Odoo, and 0 is a number like any other.
    return lambda found: found in wanted if found not in (False, "") else False in wanted or "" in wanted


def _moment(env: Env, one: Field, sign: str, value: Any) -> Callable[[Any], bool]:
    if sign in _ORDERED:
        compare = _ORDERED[sign]
        limit = comparable(value, kind=one.type, sign=sign, is_18=env.is_18)
        return lambda found: bool(found) and compare(found if env.is_18 else found[:19], limit)
    wanted = [
        other and comparable(other, kind=one.type, sign="=", is_18=env.is_18)
        for other in (value if sign == "in" else [value])
    ]
    return lambda found: (found if env.is_18 or not found else found[:19]) in wanted


def _pattern(env: Env, one: Field, sign: str, value: str) -> Callable[[Any], bool]:
    body = "".join(".*" if char == "%" else "." if char == "_" else re.escape(char) for char in value)
    if not sign.startswith("="):
        body = f".*{body}.*"
    found_in = re.compile(body, re.DOTALL | (re.IGNORECASE if "ilike" in sign else 0)).fullmatch
    if one.relation and one.type not in TO_MANY:
        return lambda found: bool(found) and found_in(env.name_of(one.relation, found)) is not None
    return lambda found: bool(found) and found_in(str(found)) is not None
