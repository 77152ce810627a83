"""One decision on its way into Odoo: what to read, what counts as done, what to call.

Holds no state and decides nothing about cases; ``writeback.py`` does.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from bot.audit.log import Mark
from bot.cases.commands import Over
from bot.cases.model import Case, Event, fingerprint
from bot.errors import PermanentError
from bot.odoo import notes
from bot.odoo.interpret import gone
from bot.odoo.outcomes import Outcome
from bot.odoo.reader import Record
from bot.odoo.sources import OdooSource
from bot.odoo.values import Wizard


@dataclass(frozen=True, slots=True)
class Task:
    """A case, its source, what it owes, and the mark of its decision's audit entry."""

    case: Case
    source: OdooSource
    outcome: Outcome
    mark: Mark

    async def read(self) -> Record | None:
        """The record now."""
        return await self.source.read(self.case.record.model, self.case.record.id)

    async def is_done(self, record: Record | None, *, look_for_trace: bool) -> bool:
        """Whether Odoo shows the outcome: in the record, in its notes, or in what the method leaves behind."""
        if record is not None and self.outcome.is_done(record):
            return not self._other_figures(record)
        if self.outcome.method is None:
            return await notes.is_posted(self.source.client, self.case, self.mark)
        trace = self.outcome.method.trace
        if trace is None or not look_for_trace:
            return False
        left = await self.source.client.search(trace.model, [(trace.field, "ilike", str(self.mark))], limit=1)
        return bool(left)

    def done_by(self, record: Record | None) -> str:
        """What came about, for people; with the name of whoever did it in Odoo, if that was not the bot."""
        now_is = None if record is None else self.source.interpret(self.case.record.model, record)
        by = now_is.by if isinstance(now_is, Over) else ""
        return f"{self.outcome.done} by {by}" if by else self.outcome.done

    def _other_figures(self, record: Record) -> bool:
        """Whether the record got there with other figures than were decided on: somebody else's doing, then."""
        method = self.outcome.method
        if method is None or not method.keeps_figures:
            return False
        return fingerprint(self.source.entry_of(self.case).describe(record).seen) != self.case.event.fingerprint

    def differs(self, record: Record | None) -> Event | Over | None:
        """What the record is now, if it is not what was decided about."""
        if record is None:
            return gone()
        now_is = self.source.interpret(self.case.record.model, record)
        if isinstance(now_is, Over) and self.outcome.is_done(record) and self._other_figures(record):
            return replace(now_is, sentence=f"{now_is.sentence} with other figures than were decided on")
        if isinstance(now_is, Event) and now_is.fingerprint == self.case.event.fingerprint:
            return None
        return now_is

    async def act(self) -> None:
        """Write once. Raises PermanentError too when Odoo did nothing and wants to ask a person first."""
        method = self.outcome.method
        if method is None:
            await notes.post(self.source.client, self.case, self.mark)
            return
        context = dict(method.context)
        if method.trace is not None:
            context[method.trace.context_key] = notes.note(self.case, self.mark)
        answer = await self.source.client.act(
            self.case.record.model, method.name, [self.case.record.id], context=context or None
        )
        if isinstance(answer, Wizard):
            msg = f"Odoo asks a person first: “{answer.name or answer.res_model}”. Please open the record in Odoo."
            raise PermanentError(msg, kind="wizard")
