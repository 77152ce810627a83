"""An approval on the list of a burst: where, and whether it has a card of its own there besides. Core."""

from __future__ import annotations

import json
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Listed:
    """One list that an approval is on."""

    channel: str  #: as the plan names it
    list_id: int  #: the case that is the list
    alone: bool = False  #: whether it has a card of its own in that channel


def listed_to_text(listed: tuple[Listed, ...]) -> str | None:
    """As JSON; None for none."""
    return json.dumps([[one.channel, one.list_id, one.alone] for one in listed]) if listed else None


def listed_from_text(text: str | None) -> tuple[Listed, ...]:
    """The inverse of ``listed_to_text``."""
    return tuple(Listed(*one) for one in json.loads(text)) if text else ()
