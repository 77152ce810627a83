"""From a record as read to what it is for us: an event, or over.

Core: pure. The catalog says what the fields mean; here it meets the source's own settings (who is the bot, which
login is whose e-mail address, where a link leads).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from urllib.parse import urlencode

from bot.cases.commands import Over
from bot.cases.model import Event, Finding, Maker, RecordRef
from bot.config.model import Source
from bot.odoo.catalog.entry import EventType, Record
from bot.text import one_line


def interpret(entries: Sequence[EventType], record: Record, source: Source) -> Event | Over:
    """What ``record`` is now. Of several findings the first entry leads and the others are named with it."""
    found = [entry for entry in entries if entry.qualifies(record)]
    if not found:
        return _over(entries[0], record, source)
    leading = found[0]
    told = leading.describe(record)
    ref = RecordRef(source.name, leading.model, record["id"])
    return Event(
        record=ref,
        event_type=leading.name,
        findings=tuple(Finding(entry.name, entry.describe(record).finding) for entry in found),
        title=told.title,
        company=told.company,
        warehouse=told.warehouse,
        value=told.value,
        makers=tuple(_known(maker, source) for maker in told.makers if maker.login != source.login),
        seen=told.seen,
        context=told.context,
        link=link_to(ref, source),
        partner=told.partner,
    )


def link_to(ref: RecordRef, source: Source) -> str:
    """Opens the record in Odoo, in every version, through its login page if need be."""
    return f"{source.url}/mail/view?{urlencode({'model': ref.model, 'res_id': ref.id})}"


def gone() -> Over:
    """The record cannot be read any more."""
    return Over("deleted in Odoo, or hidden from the bot user")


def _known(maker: Maker, source: Source) -> Maker:
    return replace(maker, email=source.users.get(maker.login, maker.login).lower())


def _over(entry: EventType, record: Record, source: Source) -> Over:
    writer = record.get("write_uid")
    if not isinstance(writer, Mapping) or writer.get("login") == source.login:
        return Over(entry.over(record))
    by = one_line(str(writer["display_name"]))
    return Over(entry.over(record), by, f"odoo:{source.name}:{writer['id']}")
