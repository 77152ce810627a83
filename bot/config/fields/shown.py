"""How a kind of value is told in the JSON Schema and in the reference, where its Python type does not say it.

Core. An editor checks the pattern; ``x-kind`` is the kind's name for people and means nothing to a validator.
"""

from __future__ import annotations

from typing import Any

from pydantic import WithJsonSchema

KIND = "x-kind"


def shown(kind: str, *, pattern: str = "", example: str = "") -> WithJsonSchema:
    """A text of this kind. The pattern may be wider than what is accepted, never narrower."""
    schema: dict[str, Any] = {"type": "string", KIND: kind}
    if pattern:
        schema["pattern"] = pattern
    if example:
        schema["examples"] = [example]
    return WithJsonSchema(schema)
