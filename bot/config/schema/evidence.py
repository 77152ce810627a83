"""What a policy wants to see before an approval.

Core but for pydantic.
"""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BeforeValidator, GetJsonSchemaHandler
from pydantic_core import CoreSchema

from bot.config import model
from bot.config.fields.figures import MoneyAmount
from bot.config.fields.known import refuse
from bot.config.schema.part import Part


class Above(Part):
    """``policies.<name>.evidence.photo``: from which value on."""

    over: MoneyAmount | None
    """Strictly more than this, by absolute value. A value that is not known, or in another currency, owes it."""


_ALWAYS = "always"
_EVERY = Above.model_construct(over=None)


class _OrAlways:
    """``always`` in place of the mapping."""

    def __get_pydantic_json_schema__(self, core: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return {"anyOf": [{"const": _ALWAYS}, handler(core)]}


def _photo(value: object) -> object:
    if value == _ALWAYS:
        return _EVERY
    if isinstance(value, str):
        refuse("must be always, or an amount under over", "write {over: 1000 USD}")
    return value


class Evidence(Part):
    """``policies.<name>.evidence``: what is owed before an approval."""

    photo: Annotated[Above, BeforeValidator(_photo), _OrAlways()]
    """A photo or document, fetched from Slack and hashed before anybody can approve; `always` or above a value."""

    def build(self) -> model.PhotoRule:
        """The frozen value."""
        return model.PhotoRule(self.photo.over)
