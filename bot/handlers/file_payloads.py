"""Files in Slack's payloads: those of a modal, and those that were shared in a card's thread. Values, or None.

Core in spirit: no I/O. Only the ids are taken; what a file is, Slack and its bytes are asked.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.handlers.payloads import Whom
from bot.slack.file_modal import FILES_BLOCK, FILES_INPUT

_FILE = re.compile(r"F[A-Z0-9]{1,31}", re.ASCII)
_ID = re.compile(r"[A-Z0-9]{1,32}", re.ASCII)
_TS = re.compile(r"[0-9]{1,12}\.[0-9]{1,9}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Shared:
    """Files that a person posted into a thread."""

    whom: Whom
    thread_ts: str
    files: tuple[str, ...]


def given(body: Mapping[str, Any]) -> tuple[str, ...]:
    """The ids of the files that a modal was sent off with."""
    at: object = body
    for step in ("view", "state", "values", FILES_BLOCK, FILES_INPUT, "files"):
        at = at.get(step) if isinstance(at, Mapping) else None
    return _ids(at)


def shared(body: Mapping[str, Any]) -> Shared | None:
    """The files of a message in a thread; None for every other message."""
    event = body.get("event")
    if not isinstance(event, Mapping) or event.get("subtype") != "file_share" or "bot_id" in event:
        return None
    user_id, channel_id = _matching(_ID, event.get("user")), _matching(_ID, event.get("channel"))
    # In a channel that is shared with another workspace the event tells whose person it is.
    team_id = _matching(_ID, event.get("user_team")) or _matching(_ID, body.get("team_id"))
    thread_ts, files = _matching(_TS, event.get("thread_ts")), _ids(event.get("files"))
    if not (user_id and team_id and channel_id and thread_ts and files):
        return None
    return Shared(Whom(user_id, team_id, channel_id), thread_ts, files)


def _ids(files: object) -> tuple[str, ...]:
    found = files if isinstance(files, list) else []
    ids = [_matching(_FILE, one.get("id")) for one in found if isinstance(one, Mapping)]
    return tuple(dict.fromkeys(one for one in ids if one))


def _matching(pattern: re.Pattern[str], value: object) -> str:
    return value if isinstance(value, str) and pattern.fullmatch(value) else ""
