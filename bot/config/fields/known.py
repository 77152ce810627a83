"""What names in a file may refer to, and how a value is refused.

Core. Every validation of the schema has a ``Known`` as its context.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import LiteralString, NoReturn

from pydantic import ValidationInfo
from pydantic_core import PydanticCustomError

REFUSED: LiteralString = "signoff"  #: pydantic's type of every error made here


@dataclass(frozen=True, slots=True)
class Known:
    """What the names in a file may refer to."""

    names: Mapping[str, Collection[str]]  #: section of the file, or ``event_types`` -> the names in it
    find_secret: Callable[[str], str]  #: environment name -> value; raises LookupError with a sentence


def refuse(message: str, hint: str = "") -> NoReturn:
    """Refuse the value at hand, with a sentence that reaches the reader as it is."""
    raise PydanticCustomError(REFUSED, REFUSED, {"told": message, "hint": hint})


def known_to(info: ValidationInfo) -> Known:
    """What the validation at hand may refer to."""
    context: object = info.context
    if not isinstance(context, Known):
        msg = "the schema is validated with a Known as its context"
        raise TypeError(msg)
    return context
