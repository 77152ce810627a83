"""What a user object of Slack says of somebody: the address, and what keeps the account from deciding.

Core: pure. The object is Slack's (https://docs.slack.dev/reference/objects/user-object); a missing key says nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.text import one_line

_NAME = 80


def address(user: Mapping[str, Any]) -> str:
    """The e-mail address in lower case; empty for a bot, and where Slack does not tell."""
    profile = user.get("profile") or {}
    is_bot = bool(user.get("is_bot")) or user.get("id") == "USLACKBOT"
    return "" if is_bot else lower(str(profile.get("email") or "").strip())


def name(user: Mapping[str, Any]) -> str:
    """One line, as people know the person; empty where Slack does not tell."""
    profile = user.get("profile") or {}
    return one_line(str(profile.get("real_name") or user.get("real_name") or user.get("name") or ""), _NAME)


def powerless(user: Mapping[str, Any], ours: str) -> str:
    """Why somebody with an account cannot decide all the same, as half a sentence; ``ours`` is our workspace."""
    if user.get("deleted"):
        return "is deactivated"
    if user.get("is_restricted") or user.get("is_ultra_restricted"):
        return "is a guest"
    if user.get("is_stranger") or user.get("team_id", ours) != ours:
        return "belongs to another workspace"
    return "is a bot" if user.get("is_bot") else ""


def lower(email: str) -> str:
    """In lower case, unless that would turn a look-alike into a plain letter: the Kelvin sign is no k."""
    lowered = email.lower()
    return lowered if lowered.isascii() == email.isascii() else email
