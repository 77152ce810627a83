"""The Odoo databases of the config, each with its client, its reader, and the entries watched there.

Owns nothing but the bundle: one slow or broken source never shares a limit with another.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace

import httpx

from bot.cases.commands import Over
from bot.cases.event import CONTROL
from bot.cases.model import Case, Event, Maker, Seen
from bot.clock import Clock
from bot.coalesce import Coalescer
from bot.config.model import Source
from bot.errors import PermanentError, SignoffError
from bot.odoo.background import Background, Pairs
from bot.odoo.catalog import catalog_of
from bot.odoo.catalog.entry import EventType
from bot.odoo.catalog.own import ANSWERS
from bot.odoo.catalog.partners import classes_path
from bot.odoo.catalog.reading import READ_AT
from bot.odoo.client import OdooClient, together
from bot.odoo.domains import as_of
from bot.odoo.editors import Editors
from bot.odoo.guarded import Guards
from bot.odoo.held import Holds, said_of
from bot.odoo.identity import with_doubts
from bot.odoo.interpret import interpret, watched, with_editors
from bot.odoo.rates import Rates
from bot.odoo.reader import Reader, Record

#: From this serie on Odoo sends webhooks after its commit (measured on 19.0; 18.0 sends them before).
_SENDS_AFTER_COMMIT = 19


class OdooSource:
    """One Odoo database."""

    def __init__(self, settings: Source, http: httpx.AsyncClient, clock: Clock) -> None:
        self.settings = settings
        self.client = OdooClient(settings, http)
        self._clock = clock
        self.guards = Guards(settings, self.client, clock)
        self._holds = Holds(settings.name, self.client, clock)
        self._reader = Reader(self.client, clock)
        self._rates = Rates(self.client, clock, settings.currencies)
        self.by_model: dict[str, tuple[EventType, ...]] = {}
        for name, entry in catalog_of(settings.types).items():  # in its order: the first finding of a record leads
            if name in settings.events:
                self.by_model[entry.model] = (*self.by_model.get(entry.model, ()), entry)
        self._reads = {model: Coalescer(self._loader(model)) for model in self.by_model}
        chatty = [model for model, entries in self.by_model.items() if any(entry.has_chatter for entry in entries)]
        self._editors = {model: Editors(model, self.client, self._reader) for model in chatty}
        self._background = {model: Background(entries, self.client, clock) for model, entries in self.by_model.items()}
        self._major: int | None = None
        #: Addresses of which it is not sure whose they are in this Odoo; ``AccountWatch`` keeps it true.
        self.refused: frozenset[str] = frozenset()
        #: Writes under way at once. "Writing" is committed only when a write's turn has come: whoever finds it after
        #: a crash has to assume that the call went out.
        self.writing = asyncio.Semaphore(settings.concurrency)

    async def read(self, model: str, record_id: int) -> Record | None:
        """The record now, with everything its entries want; None if it is gone. Raises SignoffError.

        Questions that come together are one call.
        """
        found = await self._reads[model].get(record_id)
        if isinstance(found, SignoffError):
            raise found
        return found

    def interpret(self, model: str, record: Record) -> Event | Over:
        """What the record is for us."""
        return interpret(self.by_model[model], record, self.settings)

    async def understand(self, model: str, record: Record) -> Event | Over:
        """What the record is for us, with everybody among its makers who edited it, as far as Odoo tells, and with
        what stands beside it where Odoo tells that in time.

        Raises TransientError.
        """
        now_is = self.interpret(model, record)
        if isinstance(now_is, Over):
            return now_is
        found = frozenset(one.event_type for one in now_is.findings)
        beside, editors, held = await asyncio.gather(
            self._background[model].of(record, found), self._editors_of(model, record["id"]), self._holds.now()
        )
        known = replace(
            self._shown(model, now_is, beside, held),
            apart=tuple(self._shown(model, one, beside, held) for one in now_is.apart),
        )
        return with_doubts(with_editors(known, editors, self.settings), self.refused)

    def _shown(self, model: str, event: Event, beside: Pairs, held: frozenset[str]) -> Event:
        """The event with what is said beside it; that Odoo lets people past a decision, only where one is owed."""
        found = frozenset(one.event_type for one in event.findings)
        decided = found - {entry.name for entry in self.by_model[model] if entry.is_exception}
        control = ((CONTROL, said_of(decided, held)),) if decided else ()
        return replace(event, context=(*event.context, *beside, *control))

    async def _editors_of(self, model: str, record_id: int) -> tuple[Maker, ...]:
        return await self._editors[model].of(record_id) if model in self._editors else ()

    def watched(self, case: Case, record: Record) -> tuple[Seen, ...]:
        """What is watched of a case's record, whether it still qualifies or not: as its own findings tell it."""
        found = {one.event_type for one in case.event.findings}
        entries = sorted(self.by_model[case.record.model], key=lambda entry: entry.name not in found)
        return watched(entry.describe(record) for entry in entries)

    def entry_of(self, case: Case) -> EventType:
        """The catalog entry that leads a case of this source. Raises StopIteration where it is no longer watched."""
        return next(one for one in self.by_model[case.record.model] if one.name == case.event.event_type)

    async def signals_early(self) -> bool:
        """Whether webhooks may arrive before what they tell of is committed. Assumed while Odoo does not answer."""
        if self._major is None:
            try:
                self._major = (await self.client.version()).major
            except SignoffError:
                return True
        return self._major < _SENDS_AFTER_COMMIT

    async def _ask(self, model: str, found: dict[int, Record]) -> None:
        """Put into the records what only Odoo can say of them: which of the config's domains they are in."""
        questions = {name: domain for entry in self.by_model[model] for name, domain in entry.questions.items()}
        if not questions or not found:
            return
        now, ids = self._clock.now(), [["id", "in", sorted(found)]]
        lists = await together(self.client.search(model, [*ids, *as_of(one, now)]) for one in questions.values())
        inside = {name: set(listed) for name, listed in zip(questions, lists, strict=True)}
        for one, record in found.items():
            record[ANSWERS] = {name: one in listed for name, listed in inside.items()}

    def _loader(self, model: str) -> Callable[[Sequence[int]], Awaitable[dict[int, Record | SignoffError]]]:
        entries = self.by_model[model]
        asked = {entry.partner for entry in entries if entry.partner and self.settings.customer_class}
        optional = [*(path for entry in entries for path in entry.optional), *map(classes_path, sorted(asked))]
        company_field = next((entry.company_field for entry in entries if entry.company_field), None)

        async def load_all(ids: Sequence[int]) -> dict[int, Record]:
            found = await self._reader.read(
                model,
                ids,
                [path for entry in entries for path in entry.paths],
                optional=optional,
                company_field=company_field,
                company_dependent=[path for entry in entries for path in entry.company_dependent],
            )
            await self._ask(model, found)
            await self._rates.put(found)
            now = self._clock.now()
            return {one: {**record, READ_AT: now} for one, record in found.items()}

        async def load(ids: Sequence[int]) -> dict[int, Record | SignoffError]:
            try:
                return dict(await load_all(ids))
            except PermanentError as error:
                if len(ids) == 1:
                    return {ids[0]: error}
            # One record that Odoo will not show must not hide the others that were asked for with it.
            found: dict[int, Record | SignoffError] = {}
            for one in ids:
                found.update(await load([one]))
            return found

        return load


Sources = Mapping[str, OdooSource]


def source_of(sources: Sources, case: Case) -> OdooSource:
    """Where the case's record is. Raises PermanentError where the config names that source no more."""
    source = sources.get(case.record.source)
    if source is None:
        msg = f"The config has no source {case.record.source} any more."
        raise PermanentError(msg, kind="no_source")
    return source


def models_of(sources: Sources) -> dict[str, frozenset[str]]:
    """What is watched in each source."""
    return {name: frozenset(source.by_model) for name, source in sources.items()}
