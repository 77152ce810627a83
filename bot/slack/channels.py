"""Where a target leads: channel names and people's addresses to ids, kept in memory so that a card costs no look-up.

Owns the caches alone; how Slack is asked is the gateway's.
"""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Awaitable, Callable

from bot.effects import DIRECT
from bot.errors import PermanentError

#: One page of the list: (name -> id, cursor of the next page or "").
ListChannels = Callable[[str], Awaitable[tuple[dict[str, str], str]]]

#: Slack answers this list twenty times a minute; a name that is not there is asked for no more often than this.
_ASK_AGAIN = 60.0
_MOST_PAGES = 50

#: The id of somebody's direct messages. Raises PermanentError where there is nobody to write to.
OpenDirect = Callable[[str], Awaitable[str]]

_ID = re.compile(r"[CGDU][A-Z0-9]{6,}")


class ChannelNames:
    """Resolves ``#name`` to an id."""

    def __init__(self, list_channels: ListChannels) -> None:
        self._list_channels = list_channels
        self._ids: dict[str, str] = {}
        self._asking = asyncio.Lock()
        self._asked_at: float | None = None

    async def resolve(self, name: str) -> str:
        """The id of a channel; ids pass through, and so does a name that the list does not hold."""
        if _ID.fullmatch(name):
            return name
        bare = name.removeprefix("#")
        if bare not in self._ids:
            async with self._asking:
                if bare not in self._ids and self._may_ask():
                    await self._ask()
        return self._ids.get(bare, name)

    def forget(self, name: str) -> None:
        """The name may lead elsewhere by now: ask again when it is next needed."""
        self._ids.pop(name.removeprefix("#"), None)
        self._asked_at = None

    def _may_ask(self) -> bool:
        return self._asked_at is None or time.monotonic() - self._asked_at > _ASK_AGAIN

    async def _ask(self) -> None:
        cursor = ""
        try:
            for _ in range(_MOST_PAGES):
                found, cursor = await self._list_channels(cursor)
                self._ids |= found
                if not cursor:
                    break
        except PermanentError:
            # Without the scope channels:read there is no list: posting by name is left to Slack.
            pass
        self._asked_at = time.monotonic()


class DirectChannels:
    """Resolves ``@email`` to the id of that person's direct messages, which never changes."""

    def __init__(self, open_direct: OpenDirect) -> None:
        self._open_direct = open_direct
        self._ids: dict[str, str] = {}
        self._asking: dict[str, asyncio.Lock] = {}

    async def resolve(self, name: str) -> str:
        """The id. Raises PermanentError for somebody who is not in Slack any more, which is not remembered."""
        email = name.removeprefix(DIRECT).casefold()
        async with self._asking.setdefault(email, asyncio.Lock()):
            if email not in self._ids:
                self._ids[email] = await self._open_direct(email)
        return self._ids[email]

    def forget(self, name: str) -> None:
        """Ask again when it is next needed."""
        self._ids.pop(name.removeprefix(DIRECT).casefold(), None)
