"""The config's keys for editors and for readers: the JSON Schema, and the reference that is written from it.

Core but for pydantic: both come from the schema's own models, so neither can say what the program does not read.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from pydantic.json_schema import GenerateJsonSchema

from bot.config import schema
from bot.config.durations import write_duration
from bot.config.fields.shown import KIND

_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_BELOW = "mapping, below"
_HEAD = """\
# Every key of the config file

Written by `signoff schema --markdown` from the program's own schema. How to begin, and the exact meanings, are in
[config.md](config.md).
"""


class _Plain(GenerateJsonSchema):
    """No titles made from keys, which say nothing that the key does not; spans as the file writes them."""

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False

    def encode_default(self, dft: Any) -> Any:
        return write_duration(dft) if isinstance(dft, timedelta) else super().encode_default(dft)


def json_schema() -> str:
    """The JSON Schema of the file, as text that ends with a line break."""
    pieces = {"^x-": {"description": "Pieces that are only used by anchors."}}
    whole = {"$schema": _DIALECT, **_whole(), "patternProperties": pieces, "title": "Signoff's config file"}
    return json.dumps(whole, indent=2, ensure_ascii=False) + "\n"


def markdown() -> str:
    """A table for each part of the file."""
    whole = _whole()
    return "\n".join([_HEAD, *_tables("", whole, whole["$defs"])])


def _whole() -> dict[str, Any]:
    found: dict[str, Any] = _told(schema.File.model_json_schema(schema_generator=_Plain))
    return found


def _told(found: Any) -> Any:
    """As the file is read: no key without a value, no name that its pattern refuses, one way to mark code."""
    if isinstance(found, list):
        return [_told(item) for item in found if item != {"type": "null"}]
    if isinstance(found, str):
        return found.replace("``", "`")
    if not isinstance(found, dict):
        return found
    told = {key: _told(item) for key, item in found.items() if (key, item) != ("default", None)}
    if len(told.get("anyOf", "..")) == 1:
        told = {**told.pop("anyOf")[0], **told}
    return {**told, "additionalProperties": False} if "patternProperties" in told else told


def _tables(path: str, part: dict[str, Any], parts: dict[str, Any]) -> Iterator[str]:
    """The table of ``part``, then those of the parts inside it."""
    required = part.get("required", ())
    yield f"## `{path}`\n" if path else "## The top of the file\n"
    yield "| key | type | default | meaning |\n|---|---|---|---|"
    for key, found in part["properties"].items():
        default = "required" if key in required else _default(found)
        yield f"| `{key}` | {_kind(found, parts)} | {default} | {_meaning(found)} |"
    yield ""
    for key, found in part["properties"].items():
        for step, inner in _inner(found, parts):
            yield from _tables(f"{path}.{key}{step}".removeprefix("."), inner, parts)


def _inner(found: dict[str, Any], parts: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """The parts that a key holds, each with the step that leads to it."""
    for choice in found.get("anyOf", [found]):
        for step, inner in (("", choice), ("[n]", choice.get("items")), (".<name>", _named(choice))):
            for one in _choices(inner) if inner is not None else ():
                target = _resolved(one, parts)
                if "properties" in target:
                    yield step, target


def _choices(found: dict[str, Any]) -> list[dict[str, Any]]:
    """What may stand there: one shape, several, or one by what it says of itself."""
    if "if" in found:
        return [found["else"], found["then"]]
    choices: list[dict[str, Any]] = found.get("anyOf", [found])
    return choices


def _named(found: dict[str, Any]) -> dict[str, Any] | None:
    """What a mapping of names holds."""
    for held in (*found.get("patternProperties", {}).values(), found.get("additionalProperties")):
        if isinstance(held, dict):
            return held
    return None


def _resolved(found: dict[str, Any], parts: dict[str, Any]) -> dict[str, Any]:
    reference = found.get("$ref")
    resolved: dict[str, Any] = parts[reference.rpartition("/")[2]] if reference else found
    return resolved


def _kind(found: dict[str, Any], parts: dict[str, Any]) -> str:
    found = {**found, **_resolved(found, parts)}
    if KIND in found:
        return str(found[KIND]) + (f", such as `{found['examples'][0]}`" if "examples" in found else "")
    if "anyOf" in found:
        one, *more = found["anyOf"]
        listed = [choice.get("items") for choice in more] == [one]
        return f"{_kind(one, parts)}; or a list" if listed else " or ".join(_kind(each, parts) for each in (one, *more))
    if "if" in found:
        return _BELOW
    if "enum" in found:
        return " or ".join(f"`{value}`" for value in found["enum"])
    if "const" in found:
        return f"`{found['const']}`"
    return _plain(found, parts)


def _plain(found: dict[str, Any], parts: dict[str, Any]) -> str:
    match found.get("type"):
        case "array":
            return _held("list", found["items"], parts)
        case "object" if (held := _named(found)) is not None:
            return _held("mapping of names", held, parts)
        case "object":
            return _BELOW
        case "boolean":
            return "`true` or `false`"
        case "integer":
            least, most = found.get("minimum"), found.get("maximum")
            return f"{least} to {most}" if most is not None else f"{least} or more"
        case other:
            return str(other)


def _held(many: str, one: dict[str, Any], parts: dict[str, Any]) -> str:
    kind = _kind(one, parts)
    return f"{many}, below" if kind == _BELOW else f"{many}: {kind}"


def _default(found: dict[str, Any]) -> str:
    default = found.get("default")
    if default is None or isinstance(default, (dict, list)):
        return "none"
    return f"`{json.dumps(default)}`".replace('"', "")


def _meaning(found: dict[str, Any]) -> str:
    return " ".join(str(found.get("description", "")).split()).replace("|", "\\|")
