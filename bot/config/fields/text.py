"""Text, and lists of things.

Core. A number or truth value where text belongs is refused with the quotes it lacks.
"""

from __future__ import annotations

import re
from typing import Annotated, TypeAlias, TypeVar

from pydantic import AfterValidator, BeforeValidator, Field, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from bot.config.fields.known import refuse
from bot.config.fields.shown import shown


def _text(value: object) -> object:
    if isinstance(value, (bool, int, float)):
        shown = str(value).lower() if isinstance(value, bool) else str(value)
        refuse("must be text", f'write it in quotes: "{shown}"')
    return value


#: Characters that nobody sees, or that turn the text around them: on a card they would make one name look like
#: another, and PostgreSQL stores no NUL.
_INVISIBLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff]")


def _filled(text: str) -> str:
    if not text.strip():
        refuse("must not be empty")
    if _INVISIBLE.search(text):
        refuse("holds a character that nobody sees", "type it anew instead of pasting it")
    return text


Text = Annotated[str, BeforeValidator(_text), AfterValidator(_filled), shown("text", pattern=r"\S")]


def _one_or_many(value: object) -> object:
    return value if isinstance(value, list) else [value]


_Item = TypeVar("_Item")


def _without_doubles(items: list[_Item]) -> list[_Item]:
    doubles = sorted({str(item) for item in items if items.count(item) > 1})
    if doubles:
        refuse(f"{', '.join(doubles)} is listed twice")
    return items


class _OneOrMany:
    """Says in the JSON Schema that one item may stand without its list."""

    def __get_pydantic_json_schema__(self, core: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        listed = handler(core)
        return {"anyOf": [listed["items"], listed]}


Unique: TypeAlias = Annotated[list[_Item], Field(min_length=1), AfterValidator(_without_doubles)]
OneOrMany: TypeAlias = Annotated[
    list[_Item],
    Field(min_length=1),
    BeforeValidator(_one_or_many),
    AfterValidator(_without_doubles),
    _OneOrMany(),
]

#: Slack shows this much of a choice (https://docs.slack.dev/reference/block-kit/composition-objects/option-object).
LONGEST_CODE = 75


def _code(text: str) -> str:
    if len(text) > LONGEST_CODE:
        refuse(f"must have at most {LONGEST_CODE} characters")
    return text.strip()


#: A reason that people choose from a list.
ReasonCode = Annotated[Text, AfterValidator(_code)]
