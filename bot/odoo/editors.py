"""Who edited a record, as far as Odoo tells: the authors of the messages that tracked changes leave in its chatter.

Between two readings several people may edit a record, and ``write_uid`` names the last one alone. Which field a message
is about only administrators can read (mail.tracking.value), so every tracked change counts but those of a state, which
have a subtype of their own; what people write themselves has a text.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence

import structlog

from bot.cases.model import Maker
from bot.coalesce import Coalescer
from bot.errors import PermanentError
from bot.odoo.catalog.reading import makers_of
from bot.odoo.client import OdooClient
from bot.odoo.reader import Reader, Record

log = structlog.get_logger(__name__)

_MESSAGES = "mail.message"
_PATHS = ("res_id", "body", "create_uid.login")


class Editors:
    """One for each model of a source; questions that come together are one call."""

    def __init__(self, model: str, client: OdooClient, reader: Reader) -> None:
        self._model = model
        self._client = client
        self._reader = reader
        self._asked = Coalescer(self._load)

    async def of(self, record_id: int) -> tuple[Maker, ...]:
        """Everybody whose tracked change of the record stands in its chatter, with ``email`` still empty.

        Nobody where the bot may not read messages: that is told in the log. Raises TransientError.
        """
        try:
            return await self._asked.get(record_id) or ()
        except PermanentError as error:
            log.warning("editors not told", model=self._model, error=error.kind)
            return ()

    async def _load(self, ids: Sequence[int]) -> dict[int, tuple[Maker, ...]]:
        # The subtype of plain notes is the internal one; its name is translated, and so cannot be asked for.
        tracked = await self._client.search(
            _MESSAGES,
            [
                ["model", "=", self._model],
                ["res_id", "in", list(ids)],
                ["message_type", "=", "notification"],
                ["subtype_id.internal", "=", True],
            ],
        )
        return _by_record((await self._reader.read(_MESSAGES, tracked, _PATHS)).values()) if tracked else {}


def _by_record(messages: Collection[Record]) -> dict[int, tuple[Maker, ...]]:
    found: defaultdict[int, dict[Maker, None]] = defaultdict(dict)
    for message in messages:
        if not message["body"]:
            found[int(message["res_id"])].update(dict.fromkeys(makers_of(message, "create_uid")))
    return {record: tuple(makers) for record, makers in found.items()}
