"""From a record as read to what it is for us: an event, or over.

Core: pure. The catalog says what the fields mean; here it meets the source's own settings (who is the bot, which
login is whose e-mail address, where a link leads).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from urllib.parse import urlencode

from bot.cases.commands import Over
from bot.cases.model import Event, Finding, Maker, RecordRef, Seen, Severity
from bot.config.model import Source
from bot.money import Money
from bot.odoo.catalog.entry import Description, EventType, Record
from bot.odoo.catalog.partners import classes_of
from bot.odoo.catalog.reading import RATES, SYSTEM
from bot.text import one_line


def interpret(entries: Sequence[EventType], record: Record, source: Source) -> Event | Over:
    """What ``record`` is now. Of several findings the first entry leads; what any of them watches is watched."""
    qualifying = [(entry, text) for entry in entries if (text := entry.finding(record))]
    if not qualifying:
        return _over(entries, record, source)
    leading = qualifying[0][0]
    riding = [(entry, text) for entry in entries if not entry.finding(record) and (text := entry.rides_along(record))]
    told = leading.describe(record)
    others = [entry.describe(record) for entry, _ in qualifying[1:]]
    ref = RecordRef(source.name, leading.model, record["id"])
    apart = [_alone(entry, record, source) for entry, _ in qualifying] if others else []
    return Event(
        record=ref,
        event_type=leading.name,
        findings=tuple(Finding(entry.name, text) for entry, text in (*qualifying, *riding)),
        title=told.title,
        company=told.company,
        warehouse=told.warehouse,
        value=_with_rates(told.value, record),
        makers=tuple(_known(maker, source) for maker in told.makers if maker.login != source.login),
        seen=watched((told, *others)),
        context=tuple(dict.fromkeys(pair for each in (told, *others) for pair in each.context)),
        link=link_to(ref, source),
        partner=told.partner,
        customer_class=classes_of(record, leading.partner),
        category=told.category,
        product=told.product,
        place=told.place,
        products=told.products,
        zone=told.zone,
        counter=_counter(told, source),
        severity=Severity.HIGH if told.urgent else Severity.NORMAL,
        anonymous=_is_anonymous(record),
        deadline=told.deadline,
        deadline_what=told.deadline_what if told.deadline else "",
        lines=told.lines,
        choices=leading.choices(record),
        apart=tuple(one for one in apart if isinstance(one, Event)),
    )


def _counter(told: Description, source: Source) -> str | None:
    """Who counted: names alone are not unique. None where Odoo names nobody but the bot."""
    people = [maker for maker in told.makers if maker.login != source.login] if told.counted else []
    return f"{people[0].name} ({people[0].login})" if people else None


def _with_rates(value: Money | None, record: Record) -> Money | None:
    """The value with what it is worth elsewhere; the rates are of the company's currency, as values are."""
    rates = record.get(RATES)
    if value is None or not isinstance(rates, Mapping):
        return value
    return replace(value, rates=tuple((name, rate) for name, rate in sorted(rates.items()) if name != value.currency))


def _alone(entry: EventType, record: Record, source: Source) -> Event | Over:
    """One finding as if it were the only one: what somebody has to own is not what others decide about."""
    return interpret([entry], record, source)


def with_editors(event: Event, editors: Iterable[Maker], source: Source) -> Event:
    """The event with ``editors`` among its makers; the bot is none."""
    known = {maker.login: maker for maker in event.makers}
    for editor in editors:
        if editor.login != source.login:
            known.setdefault(editor.login, _known(editor, source))
    makers = tuple(known.values())
    return replace(event, makers=makers, apart=tuple(replace(one, makers=makers) for one in event.apart))


def link_to(ref: RecordRef, source: Source) -> str:
    """Opens the record in Odoo, in every version, through its login page if need be."""
    return f"{source.url}/mail/view?{urlencode({'model': ref.model, 'res_id': ref.id})}"


def gone() -> Over:
    """The record cannot be read any more."""
    return Over("deleted in Odoo, or hidden from the bot user")


def watched(told: Iterable[Description]) -> tuple[Seen, ...]:
    """What each of them watches, once; where two watch the same field the first one's words stand."""
    by_field: dict[str, Seen] = {}
    for each in told:
        for one in each.seen:
            by_field.setdefault(one.field, one)
    return tuple(by_field.values())


def _known(maker: Maker, source: Source) -> Maker:
    return replace(maker, email=address_of(maker.login, source))


def address_of(login: str, source: Source) -> str:
    """The address by which Slack would know a user of Odoo; never that of the user's partner, which is free text."""
    return source.users.get(login, login).lower()


def _is_anonymous(record: Record) -> bool:
    """Whether Odoo names nobody in particular for the last write: no user, or its own for scheduled jobs."""
    writer = record.get("write_uid")
    return not isinstance(writer, Mapping) or writer.get("login") in {None, SYSTEM}


def _over(entries: Sequence[EventType], record: Record, source: Source) -> Over:
    entry = entries[0]
    writer = record.get("write_uid")
    sentence, approved = entry.over(record), entry.carry_out.is_done(record, {})
    told = [(one.name, one.over(record)) for one in entries if one.is_exception]
    otherwise = tuple(pair for pair in told if pair[1] != sentence)
    if not isinstance(writer, Mapping) or writer.get("login") == source.login:
        return Over(sentence, approved=approved, otherwise=otherwise)
    by = one_line(str(writer["display_name"]))
    email = address_of(str(writer.get("login") or ""), source)
    return Over(sentence, by, f"odoo:{source.name}:{writer['id']}", email, approved, otherwise)
