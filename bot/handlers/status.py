"""``/signoff status``: is it well, what waits and how long, under which config. Reads, and puts into words.

No figure of a record is told here: everybody of the workspace may ask.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from bot import inbox, outbox
from bot.cases.census import count_open
from bot.cases.service import Service
from bot.db import Database
from bot.effects import EffectKind
from bot.handlers.slash import Asked
from bot.slack import words
from bot.slack.notice import Notice, notice
from bot.slack.queue import queue
from bot.text import one_line

#: What is not ready, by name, with the reason.
Troubles = Callable[[], Awaitable[Mapping[str, str]]]


class StatusDesk:
    """Answers the subcommand."""

    def __init__(self, database: Database, service: Service, troubles: Troubles) -> None:
        self._database = database
        self._service = service
        self._troubles = troubles

    async def status(self, _asked: Asked) -> Notice:
        """Everything an admin looks at first."""
        troubles = await self._troubles()
        async with self._database.read() as session:
            open_cases = sum((await count_open(session)).values())
            unread = await inbox.count(session)
            effects = await outbox.count(session)
            waiting = await queue(session)
        config = self._service.rules.config
        lines = [
            *(_trouble(name, said) for name, said in sorted(troubles.items())),
            f"Config {config.digest[:12]} ({one_line(config.path, 80)})",
            *(f"Odoo source {name}: {_source(troubles, name)}" for name in config.sources),
            f"Open cases: {open_cases}. Records still to be read: {unread}.",
            words.queue(waiting),
            _odoo(effects),
            _dead(effects),
        ]
        return notice(lines, title="Signoff is not well" if troubles else "Signoff is well")


def _trouble(name: str, said: str) -> str:
    return f"Trouble with {name}: {said}"


def _source(troubles: Mapping[str, str], name: str) -> str:
    return "see above" if f"source {name}" in troubles else "compared, and answering"


def _odoo(effects: Mapping[tuple[str, str], int]) -> str:
    writes = _count(effects, EffectKind.WRITE_BACK)
    return f"Odoo: decisions to write {writes}, notes to leave {_count(effects, EffectKind.POST_NOTE)}."


def _count(effects: Mapping[tuple[str, str], int], kind: EffectKind) -> int:
    return sum(number for (name, state), number in effects.items() if name == kind and state != outbox.State.DEAD)


def _dead(effects: Mapping[tuple[str, str], int]) -> str:
    dead = sum(number for (_, state), number in effects.items() if state == outbox.State.DEAD)
    return f"Given up: {dead}; signoff outbox list names them." if dead else "Nothing was given up."
