"""One decision on its way into Odoo: what to read, what counts as done, what to call.

Holds no state and decides nothing about cases; ``writeback.py`` does.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from bot.audit.log import Mark
from bot.cases import tolerance
from bot.cases.amending import holds_for
from bot.cases.commands import Over
from bot.cases.model import Case, Event, Figures, Status
from bot.cases.planning import Rules
from bot.errors import PermanentError, TransientError
from bot.exceptions.parts import approval_part, part_of
from bot.odoo import guard, notes
from bot.odoo.catalog.entry import Dialog, Method
from bot.odoo.catalog.quarantine import stands
from bot.odoo.changes import FIGURES_STAND, Changes
from bot.odoo.doer import Doer
from bot.odoo.hold import release_sign
from bot.odoo.interpret import gone
from bot.odoo.moving import Moving
from bot.odoo.outcomes import Outcome
from bot.odoo.reader import Record
from bot.odoo.sources import OdooSource
from bot.odoo.values import Wizard, record_ids
from bot.text import one_line

NO_GUARD = (
    "Decisions are written as whoever decided (act_as_user), which takes the guard, and Odoo has none that can be used "
    "for this. Nothing was written; an administrator should run signoff odoo setup --guard."
)


@dataclass(frozen=True, slots=True)
class Task:
    """A case, its source, what it owes, the mark of its decision's audit entry, and the rules of the day."""

    case: Case
    source: OdooSource
    outcome: Outcome
    mark: Mark
    rules: Rules
    doer: Doer | None = None  #: as whom the guard is to write; None: as the bot

    @property
    def changes(self) -> Changes | None:
        """What has to be written to the record besides; None where it was decided on as it was."""
        if self.case.status is not Status.APPROVED_WITH_CHANGES or self.outcome.method is None:
            return None
        return Changes(self.case, self.source)

    async def read(self) -> Record | None:
        """The record now."""
        return await self.source.read(self.case.record.model, self.case.record.id)

    async def is_done(self, record: Record | None, *, look_for_trace: bool) -> bool:
        """Whether Odoo shows the outcome: in the record, in its notes, or in what the method leaves behind."""
        if (moving := self._moving) is not None:
            return await (moving.is_redirected() if self._redirects else self._is_made(moving))
        if record is not None and self.outcome.is_done(record):
            return not self._other_figures(record)
        if self.outcome.method is None:
            return await notes.is_posted(self.source.client, self.case, self.mark)
        trace = self.outcome.method.trace
        if trace is None or not look_for_trace:
            return False
        left = await self.source.client.search(trace.model, [(trace.field, "ilike", str(self.mark))], limit=1)
        return bool(left)

    @property
    def _moving(self) -> Moving | None:
        """What sends goods somewhere; None where the outcome does not."""
        method, site = self.outcome.method, self.rules.config.sites.get(self.case.plan.site or "")
        if method is None or method.to is None:
            return None
        named = (site.quarantine if site else "") or self.source.settings.quarantine
        return Moving(self.source.client, self.case.record, method.to, named)

    @property
    def _redirects(self) -> bool:
        """Whether the record itself goes elsewhere, rather than that a transfer is made."""
        return self.outcome.method is not None and self.outcome.method.trace is None

    async def _is_made(self, moving: Moving) -> bool:
        return await moving.made(str(self.mark)) is not None

    def figures_now(self, record: Record | None) -> Event | None:
        """What the record is after a resolution that has changed it; None where nothing else is known of it."""
        if record is None or self.case.care is None or self.outcome.method is None:
            return None
        now_is = self.source.interpret(self.case.record.model, record)
        return part_of(now_is, self.case.event.event_type) if isinstance(now_is, Event) else None

    async def done_by(self, record: Record | None) -> str:
        """What came about, for people; with the name of whoever did it in Odoo, if that was not the bot."""
        if (moving := self._moving) is not None and not self._redirects:
            made = await moving.made(str(self.mark))
            return stands(made) if made is not None else self.outcome.done
        now_is = None if record is None else self.source.interpret(self.case.record.model, record)
        if not isinstance(now_is, Over) or not now_is.by:
            return self.outcome.done
        ours = self.doer is not None and now_is.actor == f"odoo:{self.case.record.source}:{self.doer.id}"
        return f"{self.outcome.done}{', written as' if ours else ' by'} {now_is.by}"

    def _other_figures(self, record: Record) -> bool:
        """Whether the record got there with other figures than were decided on: somebody else's doing, then."""
        method = self.outcome.method
        if method is None or not method.keeps_figures:
            return False
        if self.changes is not None:
            return not self.changes.are_in(record)
        decided = {seen.field for seen in self.case.event.seen}
        told = [seen for seen in self.source.watched(self.case, record) if seen.field in decided]
        value = self.source.entry_of(self.case).describe(record).value
        return not tolerance.covers(self.case, Figures(value, tuple(told)))

    def differs(self, record: Record | None) -> Event | Over | None:
        """What the record is now, if it is not what was decided about."""
        if record is None:
            return gone()
        if self.case.care is not None:
            return None  # a note tells how it was settled, whatever has become of the record
        now_is = self.source.interpret(self.case.record.model, record)
        if self.changes is not None and self.changes.can_go_on(record):
            return None  # smaller figures may have cured what it was here for
        if isinstance(now_is, Over) and self.outcome.is_done(record) and self._other_figures(record):
            return replace(now_is, sentence=f"{now_is.sentence} with other figures than were decided on")
        part = approval_part(now_is, self.rules) if isinstance(now_is, Event) and self.changes is None else None
        if part is not None and holds_for(self.case, part, self.rules):
            return None
        return now_is

    def not_ready(self, record: Record | None) -> str:
        """Why the method cannot be called on the record yet, as a sentence; empty when it can."""
        method = self.outcome.method
        if record is None or method is None or method.not_ready is None:
            return ""
        return method.not_ready(record)

    async def act(self, record: Record | None) -> Wizard | None:
        """Write once, on the record as it was just read. Returns what Odoo still wants to ask a person, if anything.

        Raises as ``OdooClient.act``; TransientError too when the record changed while Odoo asked.
        """
        method, ref = self.outcome.method, self.case.record
        if method is None:
            await notes.post(self.source.client, self.case, self.mark, sign=self._release(record))
            return None
        if (moving := self._moving) is not None:
            await (moving.redirect() if self._redirects else moving.make(self._resolution, str(self.mark)))
            return None
        context = self._context(method)
        name = method.name if record is None else method.called(record)
        guard_action = await self.guard()
        if guard_action is not None and record is not None:
            await self.source.guards.run(
                guard_action, ref.model, ref.id, self._given(guard.label(method, name), record)
            )
            return None
        if self.changes is None or record is None:
            return await self._call(method, name, context)
        written = await self.changes.write(record, self.read)
        try:
            return await self._call(method, method.called(written), context)
        except PermanentError as error:
            msg = f"{error.sentence} {FIGURES_STAND}"
            raise PermanentError(msg, kind=error.kind) from error

    @property
    def _resolution(self) -> str:
        """Whose doing a transfer is, for those who find it in Odoo."""
        resolved = self.case.care.resolved if self.case.care else None
        return f"{resolved.resolution}, {resolved.name}" if resolved else ""

    async def _call(self, method: Method, name: str, context: dict[str, object]) -> Wizard | None:
        ref, decided_at = self.case.record, self.case.decided_at
        args = [dict(method.values(decided_at.date()))] if method.values and decided_at else []
        answer = await self.source.client.act(ref.model, name, [ref.id], args=args, context=context or None)
        if isinstance(answer, Wizard) and (dialog := method.dialogs.get(answer.res_model)) is not None:
            answer = await self._answer(answer, dialog, context)
        return answer if isinstance(answer, Wizard) else None

    async def guard(self) -> int | None:
        """The server action that carries this out in one transaction, where it is installed.

        A second run of it does nothing, so it may be repeated whatever the method is. Raises TransientError, and
        PermanentError where it is to be written as somebody and there is none: that is the guard's to do alone.
        """
        method, model, found = self.outcome.method, self.case.record.model, None
        if method is not None and method.ends is not None and self.source.entry_of(self.case).guarded:
            found = await self.source.guards.of(model, self.source.by_model[model])
        if found is None and self.doer is not None:
            raise PermanentError(NO_GUARD, kind="no_guard")
        return found

    def _given(self, label: str, record: Record) -> dict[str, object]:
        return {
            guard.CALL: label,
            guard.MARK: str(self.mark),
            guard.NOTE: notes.note(self.case, self.mark, writer=self._writer),
            guard.SEEN: guard.seen_of(self.source.by_model[self.case.record.model], record),
            **(self.changes.for_guard(record) if self.changes is not None else {}),
            **({guard.USER: self.doer.id, guard.LOGIN: self.doer.login} if self.doer is not None else {}),
        }

    @property
    def _writer(self) -> str:
        """Both names for the note, whose author in Odoo is the person; empty where the bot writes as itself."""
        if self.doer is None:
            return ""
        return f"Written by Signoff ({one_line(self.source.settings.login, 80)}) as {self.doer}."

    def _release(self, record: Record | None) -> str:
        """What lets a person take a held step with the figures that were just read; empty where it is no release."""
        hold = self.source.entry_of(self.case).hold
        if record is None or hold is None or not hold.figures or not self.case.is_approved:
            return ""
        return release_sign(hold, record)

    def _context(self, method: Method) -> dict[str, object]:
        context = {**method.context, **{key: [self.case.record.id] for key in method.context_ids}}
        if method.trace is not None:
            context[method.trace.context_key] = notes.note(self.case, self.mark)
        return context

    async def _answer(self, asked: Wizard, dialog: Dialog, context: dict[str, object]) -> object:
        """Answer Odoo as the decision did, on the very figures that it was about."""
        if self.differs(await self.read()) is not None:
            msg = "The record changed while it was written; it is looked at again."
            raise TransientError(msg, kind="changed_meanwhile")
        client, ours = self.source.client, {**asked.context, **context}
        values = dict(dialog.values(self.case.record.id))
        made = record_ids(await client.act(asked.res_model, "create", None, args=[values], context=ours))
        return await client.act(asked.res_model, dialog.method, made, context=ours)

    def question(self, asked: Wizard) -> str:
        """What a person is told of a question that is theirs to answer."""
        method = self.outcome.method
        about = method.asks.get(asked.res_model) if method else None
        why = f" ({about})" if about else ""
        return f"Odoo asks a person first: “{asked.name or asked.res_model}”{why}. Please open the record in Odoo."
