"""What pydantic found, in the words of the file's reader, with the line it stands on.

Core but for pydantic. Only the kinds of error that the schema can produce have a sentence of their own; input
values are never repeated here, because one of them may be a secret.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from bot.config.document import Document
from bot.config.fields import known
from bot.config.problems import ConfigProblem, Place, did_you_mean, written

_KINDS = {
    "missing": "is missing",
    "too_short": "must not be empty",
    "string_type": "must be text",
    "bool_type": "must be true or false",
    "int_type": "must be a whole number",
    "list_type": "must be a list",
    "dict_type": "must be a mapping of keys to values",
    "model_type": "must be a mapping of keys to values",
    "model_attributes_type": "must be a mapping of keys to values",
}


#: Keys that are looked for where they do not stand -> where they do.
ELSEWHERE = {
    "trust_usergroup": "write it beside the group: members: {usergroup: ..., trust_usergroup: true}",
    "mode": "it stands in a rule, a site or a source",
}

#: What YAML 1.1 took for a truth value.
_OLD_WORDS = frozenset({"yes", "no", "on", "off", "y", "n"})


def problems_of(
    error: ValidationError, document: Document, place: Place, *, model: type[BaseModel] | None
) -> Iterator[ConfigProblem]:
    """One problem for each error found in the entry at ``place``, which was read as ``model``."""
    for detail in error.errors(include_url=False):
        at = (*place, *detail["loc"])
        missing = detail["type"] == "missing"
        if _told_already(detail, document, at):
            continue
        shown = at if missing else document.nearest(at)
        message, hint = _sentence(detail, model)
        yield ConfigProblem(document.line(at), written(shown), message, hint)


def _told_already(detail: ErrorDetails, document: Document, at: Place) -> bool:
    """Whether reading the YAML has complained about this value: it stands there without one."""
    return at in document.lines if detail["type"] == "missing" else detail["input"] is None


def _sentence(detail: ErrorDetails, model: type[BaseModel] | None) -> tuple[str, str]:
    context: dict[str, Any] = detail.get("ctx", {})
    match detail["type"]:
        case known.REFUSED:
            return context["told"], context["hint"]
        case "extra_forbidden":
            key = str(detail["loc"][-1])
            return "unknown key", ELSEWHERE.get(key) or did_you_mean(key, _keys(model, detail["loc"][:-1]))
        case "bool_type" if str(detail["input"]).lower() in _OLD_WORDS:
            return _KINDS["bool_type"], "yes, no, on and off are text in YAML 1.2"
        case kind:
            return _plain(kind, context), ""


def _plain(kind: str, context: dict[str, Any]) -> str:
    match kind:
        case "enum" | "literal_error":
            return f"must be {str(context['expected']).replace(chr(39), '')}"
        case "greater_than_equal":
            return f"must be at least {context['ge']}"
        case "less_than_equal":
            return f"must be at most {context['le']}"
        case "too_long":
            return f"holds {context['actual_length']}, but only {context['max_length']} is supported so far"
        case _:
            return _KINDS.get(kind, "is not valid")


def _keys(model: type[BaseModel] | None, loc: Iterable[str | int]) -> list[str]:
    """The keys of the models that may stand at ``loc`` inside ``model``."""
    models = [] if model is None else [model]
    for step in loc:
        held = [one.model_fields[str(step)].annotation for one in models if step in one.model_fields]
        models = [inner for annotation in held for inner in models_in(annotation)] if held else models
    return [key for one in models for key in one.model_fields]


def models_in(annotation: object) -> Iterator[type[BaseModel]]:
    """The models an annotation speaks of: ``list[Stage]``, ``dict[str, RoleOverlay]``, ``Reason``."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in get_args(annotation):
        yield from models_in(inner)
