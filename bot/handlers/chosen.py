"""What a submitted modal brings back, input by input. Whatever does not look as Slack sends it is empty."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from bot.handlers import payloads
from bot.slack.modals import VALUE

#: Far beyond any date that may be chosen, and within what an instant can hold.
_LAST_SECOND = 1 << 32


class Chosen:
    """The inputs of one modal, by the ids of their blocks."""

    def __init__(self, body: Mapping[str, Any]) -> None:
        view = body.get("view")
        state = view.get("state") if isinstance(view, Mapping) else None
        values = state.get("values") if isinstance(state, Mapping) else None
        self._values = values if isinstance(values, Mapping) else {}

    def person(self, block: str) -> str:
        """The Slack id of the person who was picked; empty for none."""
        return payloads.slack_id(self._picked(block).get("selected_user"))

    def text(self, block: str) -> str:
        """What was typed."""
        return payloads.text(self._picked(block).get("value"))

    def texts(self) -> dict[str, str]:
        """Whatever was typed, by block."""
        return {block: self.text(block) for block in self._values if isinstance(block, str)}

    def option(self, block: str) -> str:
        """What was chosen."""
        option = self._picked(block).get("selected_option")
        return payloads.text(option.get("value")) if isinstance(option, Mapping) else ""

    def instant(self, block: str) -> datetime | None:
        """The instant that was picked, in UTC; None for none."""
        seconds = self._picked(block).get("selected_date_time")
        if not isinstance(seconds, int) or isinstance(seconds, bool) or not 0 < seconds < _LAST_SECOND:
            return None
        return datetime.fromtimestamp(seconds, UTC)

    def _picked(self, block: str) -> Mapping[str, Any]:
        entry = self._values.get(block)
        picked = entry.get(VALUE) if isinstance(entry, Mapping) else None
        return picked if isinstance(picked, Mapping) else {}
