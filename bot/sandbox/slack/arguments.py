"""The arguments of one Web API call, whichever way they were sent (JSON body, form, query).

Owns the reading of booleans, numbers and nested JSON out of form fields. Refuses what is malformed, nothing else.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

from bot.sandbox.slack.errors import Code, SlackRefusal, missing


class Arguments(dict[str, Any]):
    """Arguments by name. Absent and null are the same, as in Slack."""

    @classmethod
    def parse(cls, query: Mapping[str, str], content_type: str, body: bytes) -> Arguments:
        """Read a request. Raises SlackRefusal: ``invalid_json``, ``json_not_object``."""
        arguments = cls(query)
        if content_type == "application/json":
            arguments.update(_json_object(body) if body else {})
        else:
            arguments.update(parse_qsl(body.decode(errors="replace"), keep_blank_values=True))
        return arguments

    def text(self, name: str, default: str = "") -> str:
        """A text, or ``default``."""
        value = self.get(name)
        return default if value is None else str(value)

    def needed(self, name: str) -> str:
        """A text that must be there. Raises SlackRefusal: ``invalid_arguments``."""
        value = self.text(name)
        if not value:
            raise missing(name)
        return value

    def flag(self, name: str) -> bool:
        """A boolean, in JSON or as the words of a form."""
        return str(self.get(name)).casefold() in {"true", "1"}

    def number(self, name: str, *, default: int, most: int) -> int:
        """A whole number of 1 to ``most``. Raises SlackRefusal: ``invalid_limit``."""
        try:
            number = int(self.text(name, str(default)) or default)
        except ValueError:
            raise SlackRefusal(Code.INVALID_LIMIT) from None
        if not 1 <= number <= most:
            raise SlackRefusal(Code.INVALID_LIMIT)
        return number

    def nested(self, name: str, refusal: Code) -> Any:
        """A list or an object, also as JSON text inside a form. Raises SlackRefusal with the code ``refusal``."""
        value = self.get(name)
        if not isinstance(value, str):
            return value
        try:
            return json.loads(value) if value else None
        except ValueError:
            raise SlackRefusal(refusal) from None


def _json_object(body: bytes) -> dict[str, Any]:
    try:
        value = json.loads(body)
    except ValueError:
        raise SlackRefusal(Code.INVALID_JSON) from None
    if not isinstance(value, dict):
        raise SlackRefusal(Code.JSON_NOT_OBJECT)
    return value
