"""What is remembered of one Odoo server for some minutes: the fields of its models, and slow-moving records.

Bounded in time and in size. Must not serve a record that a decision is about: those are always read afresh.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, TypeAlias

from bot.clock import Clock
from bot.odoo.client import OdooClient, Row, together

#: A module installed or taken away in Odoo is noticed after this.
SCHEMA_LASTS: Final = timedelta(minutes=10)

#: A renamed warehouse or a changed login is noticed after this.
REFERENCE_LASTS: Final = timedelta(minutes=5)

#: Reference records kept at most; a few hundred bytes each.
REFERENCE_ROOM: Final = 5_000


@dataclass(frozen=True, slots=True)
class Field:
    """What a read has to know about a field."""

    type: str
    relation: str = ""  #: the model a relation leads to


#: The fields of one model that this server has and the bot may see.
Schema: TypeAlias = Mapping[str, Field]


class Schemas:
    """The fields of each model, asked for once in ``SCHEMA_LASTS``."""

    def __init__(self, client: OdooClient, clock: Clock) -> None:
        self._client = client
        self._clock = clock
        self._known: dict[str, tuple[datetime, Schema]] = {}

    async def of(self, models: Collection[str]) -> dict[str, Schema]:
        """The fields of each of ``models``. Raises PermanentError for a model this server has not."""
        now = self._clock.now()
        stale = sorted(model for model in models if model not in self._known or self._known[model][0] <= now)
        for model, schema in zip(stale, await together(self._ask(model) for model in stale), strict=True):
            self._known[model] = (now + SCHEMA_LASTS, schema)
        return {model: self._known[model][1] for model in models}

    async def _ask(self, model: str) -> Schema:
        fields: dict[str, Row] = await self._client.query(model, "fields_get", attributes=["type", "relation"])
        return {name: Field(told["type"], told.get("relation") or "") for name, told in fields.items()}


class ReferenceRecords:
    """Rows of slow-moving models, the longest unused forgotten first."""

    def __init__(self, clock: Clock, *, room: int = REFERENCE_ROOM) -> None:
        self._clock = clock
        self._room = room
        self._rows: OrderedDict[tuple[str, int], tuple[datetime, Row]] = OrderedDict()

    def known(self, model: str, ids: Collection[int], fields: Collection[str]) -> dict[int, Row]:
        """The rows out of ``ids`` that are remembered with all of ``fields`` and not too old."""
        now = self._clock.now()
        found: dict[int, Row] = {}
        for one in ids:
            until, row = self._rows.get((model, one), (now, {}))
            if until > now and row.keys() >= set(fields):
                self._rows.move_to_end((model, one))
                found[one] = row
        return found

    def keep(self, model: str, rows: Mapping[int, Row]) -> None:
        """Remember freshly read ``rows`` beside the fields that are known already."""
        now = self._clock.now()
        for one, row in rows.items():
            until, old = self._rows.pop((model, one), (now, {}))
            if until > now:
                self._rows[model, one] = (until, {**old, **row})
            else:
                self._rows[model, one] = (now + REFERENCE_LASTS, row)
        while len(self._rows) > self._room:
            self._rows.popitem(last=False)
