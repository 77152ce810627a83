"""What names things inside Odoo: models, fields, methods, domains.

Core. Whether a database has them is found out there; here is only what can be one at all.
"""

from __future__ import annotations

import re
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, WithJsonSchema

from bot.config.fields.known import refuse
from bot.config.fields.shown import KIND, shown
from bot.config.fields.text import Text

_MODEL = re.compile(r"[a-z][a-z0-9_]*(\.[a-z0-9_]+)*")
_PATH = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*")
_METHOD = re.compile(r"[a-z][a-z0-9_]*")
#: Methods that change or destroy whatever they are given: not what somebody approves.
_NEVER = frozenset({"write", "create", "unlink", "copy", "web_save", "load", "message_post", "run"})
_OPERATORS = frozenset(
    {"=", "!=", "<", "<=", ">", ">=", "in", "not in", "like", "not like", "ilike", "not ilike", "=like", "=ilike"}
)
_TAKES = {"&": 2, "|": 2, "!": 1}
_LEAF = 3


def _model(name: str) -> str:
    if _MODEL.fullmatch(name) is None:
        refuse("is not a model of Odoo", "write its technical name, such as x_forecast_override")
    return name


def _path(path: str) -> str:
    if _PATH.fullmatch(path) is None:
        refuse("is not a field of Odoo", "write its technical name, such as x_quantity or product_id.default_code")
    return path


def _method(name: str) -> str:
    if _METHOD.fullmatch(name) is None:
        refuse("is not a public method of Odoo", "write its name without brackets, such as action_approve")
    if name in _NEVER:
        refuse(f"{name} is not a method that an approval can carry out", "name the button's own method")
    return name


def _domain(value: object) -> tuple[object, ...]:
    hint = 'write a list of conditions: [["x_state", "=", "asked"]]'
    if not isinstance(value, list) or not value:
        refuse("must be a list of conditions", hint)
    owed = 1
    for part in value:
        owed = max(owed, 1)  # conditions side by side are joined by "and"
        owed += _TAKES[part] - 1 if isinstance(part, str) and part in _TAKES else -1
        if not (isinstance(part, str) and part in _TAKES):
            _condition(part, hint)
    if owed > 0:
        refuse("ends before its last operator has what it joins", hint)
    return tuple(_frozen(part) for part in value)


def _condition(part: object, hint: str) -> None:
    if not isinstance(part, list) or len(part) != _LEAF or not isinstance(part[0], str):
        refuse("holds something that is no condition: a field, an operator and a value", hint)
    _path(part[0])
    if part[1] not in _OPERATORS:
        refuse(f'no operator "{part[1]}"', "Odoo knows =, !=, <, <=, >, >=, in, not in, like, ilike and their kin")
    values = part[2] if isinstance(part[2], list) else [part[2]]
    if not all(one is None or isinstance(one, (str, int, float, bool)) for one in values):
        refuse("compares with something that is neither text, number, truth value nor a list of them")


def _frozen(part: Any) -> object:
    return tuple(_frozen(one) for one in part) if isinstance(part, list) else part


ModelName = Annotated[Text, AfterValidator(_model), shown("model of Odoo", example="x_forecast_override")]
FieldPath = Annotated[Text, AfterValidator(_path), shown("field of Odoo", example="x_quantity")]
MethodName = Annotated[Text, AfterValidator(_method), shown("method of Odoo", example="action_approve")]
_CONDITIONS = {"type": "array", "minItems": 1, KIND: "list of conditions", "examples": ['[["x_state", "=", "asked"]]']}
Domain = Annotated[tuple[object, ...], BeforeValidator(_domain), WithJsonSchema(_CONDITIONS)]
