"""The smaller figures that a record was approved with: whether they are in it, and writing them.

One write of the record with absolute figures, so that a second one changes nothing; never on a record that is neither
as it was when they were agreed on nor as they make it. Knows no state of a case and decides nothing about it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from bot.cases.changing import agreed, is_as_agreed, is_as_it_was
from bot.cases.commands import Over
from bot.cases.lines import Lines
from bot.cases.model import Case, Event, Figures, Seen
from bot.errors import PermanentError, TransientError
from bot.odoo import guard
from bot.odoo.catalog.amendable import Amendable
from bot.odoo.catalog.entry import Description
from bot.odoo.interpret import gone
from bot.odoo.reader import Record
from bot.odoo.sources import OdooSource

#: Said where the step after the figures was refused.
FIGURES_STAND = "The smaller figures stand in Odoo already."

_OTHER = (
    "The smaller figures were written, and Odoo made others of them than were agreed on (it rounds, or taxes and rules "
    "of price come in), so it was not approved."
)


class OtherFigures(Exception):  # an answer of Odoo, not an error of ours
    """The figures were written, and the record is not as agreed on; ``now_is`` is what it is."""

    def __init__(self, now_is: Event | Over) -> None:
        super().__init__(_OTHER)
        self.sentence = _OTHER
        self.now_is = now_is


@dataclass(frozen=True, slots=True)
class Changes:
    """What a case that was approved with changes owes to its record before its method is called."""

    case: Case
    source: OdooSource

    def are_in(self, record: Record) -> bool:
        """Whether the record has the figures that were agreed on."""
        return is_as_agreed(self.case, self._seen(record), self._told(record).lines)

    def can_go_on(self, record: Record) -> bool:
        """Whether the record stands open with the figures of then or with those that were agreed on."""
        told = self._told(record)
        if not self._how.is_open(record) or told.lines is None or told.lines.fixed:
            return False
        return self.are_in(record) or is_as_it_was(self.case, Figures(told.value, self._seen(record)), told.lines)

    async def write(self, record: Record, read: Callable[[], Awaitable[Record | None]]) -> Record:
        """Write what is not there yet, and return the record as it was read back.

        Raises as ``OdooClient.act``, TransientError too where it could not be read back, and OtherFigures.
        """
        if self.are_in(record):
            return record
        ref, values = self.case.record, self._how.written(self._lines, agreed(self.case))
        await self.source.client.act(ref.model, "write", [ref.id], args=[values])
        try:
            now = await read()
        except PermanentError as error:  # it is looked at again before anything else is called
            raise TransientError(error.sentence, kind=error.kind) from error
        if now is None:
            raise OtherFigures(gone())
        if not self.are_in(now):
            raise OtherFigures(self.source.interpret(ref.model, now))
        return now

    def for_guard(self, record: Record) -> dict[str, Any]:
        """What the guard is given besides: nothing where the record has the figures already."""
        if self.are_in(record):
            return {}
        changed = sorted({one.line for one in agreed(self.case)})
        lines = [line for number in changed if (line := self._lines.line(number)) is not None]
        slack = self._lines.rounding
        total = self._lines.total.amount
        return {
            guard.CHANGES: [[line.id, *self._how.columns(line).values()] for line in lines],
            guard.TOTAL: [float(total - slack), float(total + slack)],
        }

    @property
    def _how(self) -> Amendable:
        how = self.source.entry_of(self.case).amendable
        if how is None:
            msg = "Records of this type cannot be approved with changes any more; nothing was written."
            raise PermanentError(msg, kind="not_amendable")
        return how

    @property
    def _lines(self) -> Lines:
        lines = self.case.event.lines
        if lines is None:
            msg = "It is not known which lines were to be changed; nothing was written."
            raise PermanentError(msg, kind="no_lines")
        return lines

    def _told(self, record: Record) -> Description:
        return self.source.entry_of(self.case).describe(record)

    def _seen(self, record: Record) -> tuple[Seen, ...]:
        """What is watched, as far as it was decided about."""
        decided = {one.field for one in self.case.event.seen}
        return tuple(one for one in self.source.watched(self.case, record) if one.field in decided)
