"""What became of the config, as a message for admins.

Core. Its words come from the config file and from whoever wrote that: they are shown literally, like any text.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.slack.cards import Card
from bot.slack.text import inert, plain

#: Lines that are told; the audit entry has the others.
_TOLD = 20
_LONGEST = 500  #: characters of the first sentence


def config_news(detail: Mapping[str, Any], *, is_refused: bool) -> Card:
    """From the detail of a ``config.activated`` or ``config.refused`` entry."""
    digest = str(detail.get("digest", ""))[:12]
    if is_refused:
        first = f"The config file was refused; the one before ({digest}) stays active."
        lines = list(detail.get("problems", ()))
    else:
        revision = f", revision {detail['git']}" if detail.get("git") else ""
        first = f"A new config is active ({digest}{revision}). Running cases keep the plan they were opened under."
        lines = list(detail.get("changed", ()))
    more = len(lines) - _TOLD + int(detail.get("more", 0))
    shown = [*map(str, lines[:_TOLD]), *([f"… and {more} more"] if more > 0 else [])]
    blocks = [{"type": "section", "text": plain(first)}]
    if shown:
        blocks.append({"type": "section", "text": plain("\n".join(shown))})
    return Card(inert(first, _LONGEST), tuple(blocks))
