"""Cursor pagination as Slack does it: an opaque word that says where to go on."""

from __future__ import annotations

import base64
import binascii
from typing import TypeVar

from bot.sandbox.slack.arguments import Arguments
from bot.sandbox.slack.errors import Code, SlackRefusal

Item = TypeVar("Item")


def page(items: list[Item], arguments: Arguments, *, default: int, most: int) -> tuple[list[Item], dict[str, str]]:
    """One page of items and the ``response_metadata``; an empty cursor says that it was the last.

    Raises SlackRefusal: ``invalid_cursor``, ``invalid_limit``.
    """
    start = _position(arguments.text("cursor"))
    end = start + arguments.number("limit", default=default, most=most)
    following = base64.b64encode(f"next:{end}".encode()).decode() if end < len(items) else ""
    return items[start:end], {"next_cursor": following}


def _position(cursor: str) -> int:
    if not cursor:
        return 0
    try:
        word, _, number = base64.b64decode(cursor, validate=True).decode().partition(":")
        position = int(number)
    except (binascii.Error, ValueError):
        raise SlackRefusal(Code.INVALID_CURSOR) from None
    if word != "next":
        raise SlackRefusal(Code.INVALID_CURSOR)
    return position
