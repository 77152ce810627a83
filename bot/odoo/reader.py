"""Reading records along dotted paths, many at once: one round of calls a level, one read a model.

Owns what is cached (field types, slow-moving reference records) and what an unreadable or deleted record becomes.
Must not write, and must not know what any field means.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

import structlog

from bot.clock import Clock
from bot.errors import PermanentError
from bot.odoo.classify import ACCESS_ERROR
from bot.odoo.client import OdooClient, Row, together
from bot.odoo.paths import RELATIONS, TO_ONE, Branch, plain, tree
from bot.odoo.reference import Field, ReferenceRecords, Schema, Schemas
from bot.odoo.values import whole_ids

#: What points to these is followed from memory for five minutes. The records a read begins with are always fresh.
REFERENCE_MODELS: Final = frozenset(
    {
        "res.company",
        "res.currency",
        "res.partner.category",
        "res.users",
        "stock.picking.type",
        "stock.warehouse",
        "uom.uom",
    }
)

#: A record as plain data. A many2one is None or ``{"id", "display_name", ...}``, an x2many a list of such.
Record: TypeAlias = dict[str, Any]
#: ``(model, company id)``; the company is None where it does not matter.
_Shelf: TypeAlias = tuple[str, int | None]
_Rows: TypeAlias = dict[int, Row]

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class _Place:
    """A record being filled in, somewhere in the result."""

    model: str
    record: Record
    branch: Branch
    company: int | None = None
    company_field: str | None = None  #: at the start, where the company is still to be read
    always: str | None = None  #: a field read for the record's own sake; a many2one has told all of it already
    exists: bool = False


@dataclass(slots=True)
class _Need:
    """What one read has to bring."""

    ids: set[int] = field(default_factory=set)
    fields: set[str] = field(default_factory=set)


class Reader:
    """One per client: it shares the client's limit of calls, and remembers this server's fields."""

    def __init__(
        self, client: OdooClient, clock: Clock, *, reference_models: Collection[str] = REFERENCE_MODELS
    ) -> None:
        self._client = client
        self._reference_models = reference_models
        self._schemas = Schemas(client, clock)
        self._references = ReferenceRecords(clock)

    async def read(
        self,
        model: str,
        ids: Collection[int],
        paths: Collection[str],
        *,
        optional: Collection[str] = (),
        company_field: str | None = None,
        company_dependent: Collection[str] = (),
    ) -> dict[int, Record]:
        """The records of ``ids`` by id, with every path filled in; those that are gone or hidden are left out.

        A path in ``optional`` ends in None where this server lacks the field (its module is not installed). One in
        ``company_dependent`` is read in the company that ``company_field`` of the first record names, and is None
        where there is none or the bot may not act in it. So is whatever a linked record does not let the bot see.

        Raises PermanentError naming model and field when a required one is missing, TransientError, ValueError.
        """
        if company_dependent and company_field is None:
            msg = "company dependent paths need the field that names the company"
            raise ValueError(msg)
        wanted = [*paths, company_field] if company_field else list(paths)
        root = tree(wanted, optional=optional, company_dependent=company_dependent)
        start = [_Place(model, {"id": one}, root, None, company_field, always="id") for one in whole_ids(ids)]
        level = await self._fill(start, fresh=True) if start else []
        while level:
            level = await self._fill(level, fresh=False)
        return {place.record["id"]: place.record for place in start if place.exists}

    async def _fill(self, level: list[_Place], *, fresh: bool) -> list[_Place]:
        """Fill in one level with one read a model, and return the places of the next."""
        schemas = await self._schemas.of({place.model for place in level})
        needs = _needs(level, schemas)
        rows = await together(self._rows(shelf, need, fresh=fresh) for shelf, need in needs.items())
        found = dict(zip(needs, rows, strict=True))
        return [deeper for place in level for deeper in _put(place, schemas[place.model], found)]

    async def _rows(self, shelf: _Shelf, need: _Need, *, fresh: bool) -> _Rows:
        model, company = shelf
        if company is not None:
            return await self._rows_in_company(model, company, need)
        if fresh or model not in self._reference_models:
            return await self._visible(model, need, {})
        known = self._references.known(model, need.ids, need.fields)
        new = await self._visible(model, _Need(need.ids - known.keys(), need.fields), {})
        self._references.keep(model, new)
        return {**known, **new}

    async def _rows_in_company(self, model: str, company: int, need: _Need) -> _Rows:
        try:
            return await self._visible(model, need, {"allowed_company_ids": [company]})
        except PermanentError as error:
            if error.kind != ACCESS_ERROR:
                raise
            log.warning("odoo company closed to the bot", model=model, company=company)
            return {}

    async def _visible(self, model: str, need: _Need, context: Mapping[str, object]) -> _Rows:
        """The needed rows that exist and that the bot may read.

        One forbidden record makes Odoo refuse the whole read; a search leaves it out and says nothing.
        """
        ids, fields = sorted(need.ids), sorted(need.fields)
        if not ids:
            return {}
        try:
            rows = await self._client.read(model, ids, fields, context=context)
        except PermanentError as error:
            if error.kind != ACCESS_ERROR:
                raise
            domain = [["id", "in", ids]]
            visible = await self._client.search(model, domain, context={**context, "active_test": False})
            if len(visible) == len(ids):
                raise
            log.warning("odoo records hidden from the bot", model=model, hidden=len(ids) - len(visible))
            rows = await self._client.read(model, visible, fields, context=context)
        return {row["id"]: row for row in rows}


def _needs(level: list[_Place], schemas: Mapping[str, Schema]) -> dict[_Shelf, _Need]:
    needs: defaultdict[_Shelf, _Need] = defaultdict(_Need)
    for place in level:
        wanted = [(_shelf(place, branch), name) for name, branch in _present(place, schemas[place.model])]
        if place.always:
            wanted.append(((place.model, None), place.always))
        for shelf, name in wanted:
            if shelf is not None:
                needs[shelf].ids.add(place.record["id"])
                needs[shelf].fields.add(name)
    return needs


def _present(place: _Place, schema: Schema) -> Iterator[tuple[str, Branch]]:
    """The wanted fields that this server has. Raises PermanentError for a required one that it has not."""
    for name, branch in place.branch.fields.items():
        known = schema.get(name)
        if known is None and branch.required:
            sentence = f"Odoo has no field {name} on {place.model}, or hides it from the bot."
            raise PermanentError(sentence, kind="missing_field")
        if known and branch.leads_on and not known.relation:
            sentence = f"The field {name} of {place.model} in Odoo does not lead to other records."
            raise PermanentError(sentence, kind="no_relation")
        if known:
            yield name, branch


def _shelf(place: _Place, branch: Branch) -> _Shelf | None:
    """Where the value is found; None when it depends on a company and there is none."""
    if not branch.per_company:
        return place.model, None
    return (place.model, place.company) if place.company is not None else None


def _put(place: _Place, schema: Schema, found: Mapping[_Shelf, _Rows]) -> Iterator[_Place]:
    """Write the read values into the place's record; yield the records that it leads on to."""
    own = found.get((place.model, None), {}).get(place.record["id"])
    place.exists = own is not None
    if place.always:
        place.record[place.always] = (own or place.record).get(place.always)
    if place.company_field and own:
        place.company = own[place.company_field][0] if own.get(place.company_field) else None
    for name, branch in place.branch.fields.items():
        shelf = _shelf(place, branch)
        row = found.get(shelf, {}).get(place.record["id"]) if shelf else None
        kind = schema.get(name)
        if row is None or kind is None:
            place.record[name] = None
        elif kind.type in RELATIONS:
            yield from _follow(place, name, row[name], kind)
        else:
            place.record[name] = plain(row[name], kind.type)


def _follow(place: _Place, name: str, value: Any, kind: Field) -> Iterator[_Place]:
    branch = place.branch.fields[name]
    if kind.type == TO_ONE:
        one: Record | None = {"id": value[0], "display_name": value[1]} if value else None
        place.record[name] = one
        if one and branch.fields:
            yield _Place(kind.relation, one, branch, place.company)
        return
    many: list[Record] = [{"id": each} for each in value or ()]
    place.record[name] = many
    for each in many:
        yield _Place(kind.relation, each, branch, place.company, always="display_name")
