"""Conditions in CEL.

Core. What is wrong with an expression is told here; whether it makes sense for the events it meets, in ``lint``.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator

from bot.config.conditions import Condition, compile_condition
from bot.config.fields.known import refuse
from bot.config.fields.shown import shown


def _when(value: object) -> Condition:
    if not isinstance(value, str):
        refuse("must be a CEL expression", "write it in quotes: \"partner != 'Acme'\"")
    try:
        return compile_condition(value)
    except ValueError as error:
        refuse(str(error))


When = Annotated[Condition, BeforeValidator(_when), shown("CEL expression", example="partner.startsWith('Acme')")]
