"""Event types as the config has them: those of the catalog narrowed, and those that only the config knows.

Core. What a domain of the config says of a record is Odoo's to answer: the reader asks, and the record carries the
answers. Nothing here reads the meaning of a field but what the config says of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from functools import partial

from bot.cases.model import Seen
from bot.config.model import Domain, Execution, OwnMethod, OwnType, TypeSettings
from bot.money import Money
from bot.odoo.catalog.entry import Description, EventType, Method, Record
from bot.odoo.catalog.reading import currency_of, figure, makers_of, name_of, quantity, relation, warehouse_of
from bot.text import one_line

#: Where a record carries what Odoo answered: question -> whether the record is in its domain. No field is called so.
ANSWERS = "@answers"

_LONGEST = 150


def catalog_with(catalog: Mapping[str, EventType], settings: Mapping[str, TypeSettings]) -> dict[str, EventType]:
    """The catalog as the config has it; types of its own come last."""
    narrowed = {
        name: _narrowed(entry, settings[name]) if name in settings else entry for name, entry in catalog.items()
    }
    own = {name: _own(name, one.own, one.where) for name, one in settings.items() if one.own is not None}
    return {**narrowed, **own}


def answered(record: Record, question: str) -> bool:
    """What Odoo said; no for what was not asked, so that nothing counts as done unless Odoo has said so."""
    answers = record.get(ANSWERS)
    return bool(answers.get(question)) if isinstance(answers, Mapping) else False


def _narrowed(entry: EventType, settings: TypeSettings) -> EventType:
    limited = entry if settings.limit is None else replace(entry, limit=settings.limit)
    if not settings.where:
        return limited
    question = f"{entry.name} where"

    def judge(record: Record, limit: Decimal) -> str:
        return entry.judge(record, limit) if answered(record, question) else ""

    return replace(
        limited,
        domain=(*entry.domain, *settings.where),
        judge=judge,
        questions={question: settings.where},
        depends_elsewhere=True,
    )


def _own(name: str, own: OwnType, where: Domain) -> EventType:
    company = f"{own.company}.currency_id" if own.company else None
    single = [one for one in (own.title, own.value, own.partner, own.company, own.deadline) if one]
    questions = {f"{name} where": where, f"{name} approve": own.approve.done}
    if own.reject is not None:
        questions[f"{name} reject"] = own.reject.done
    return EventType(
        name=name,
        model=own.model,
        summary=own.why,
        domain=where,
        trigger_fields=tuple(dict.fromkeys(path.partition(".")[0] for path in (*own.watch, *_fields_of(where)))),
        paths=(
            *dict.fromkeys((*single, *own.watch)),
            *(f"{maker}.login" for maker in own.makers),
            "write_uid.login",
            *((f"{company}.name", f"{company}.decimal_places") if company else ()),
        ),
        optional=(f"{own.warehouse}.code",) if own.warehouse else (),
        judge=lambda record, _limit: own.why if answered(record, f"{name} where") else "",
        describe=partial(_describe, own),
        over=lambda record: "no longer asks for anybody in Odoo",
        execution=Execution.CARRY_OUT,
        carry_out=_method(own.approve, f"{name} approve", "approved"),
        reject=None if own.reject is None else _method(own.reject, f"{name} reject", "rejected"),
        cancel=None,
        has_chatter=own.notes,
        partner=own.partner or "",
        questions=questions,
        depends_elsewhere=True,
    )


def _fields_of(domain: Domain) -> list[str]:
    return [str(part[0]) for part in domain if isinstance(part, tuple)]


def _method(own: OwnMethod, question: str, done: str) -> Method:
    return Method(
        name=own.name,
        is_done=lambda record, _decided: answered(record, question),
        does=f"it is {done} in Odoo ({own.name})",
        done=done,
        repeatable=own.repeatable,
        keeps_figures=True,
    )


def _describe(own: OwnType, record: Record) -> Description:
    title = at(record, own.title)
    company = at(record, own.company) if own.company else None
    deadline = at(record, own.deadline) if own.deadline else None
    return Description(
        title=one_line(_shown(title) or f"{own.model} {record['id']}", _LONGEST),
        company=_shown(company),
        warehouse=warehouse_of(record, *own.warehouse.split(".")) if own.warehouse else None,
        value=_value(own, record),
        makers=makers_of(record, *own.makers, "write_uid"),
        seen=tuple(_seen(record, path, label) for path, label in own.watch.items()),
        context=(),
        partner=_shown(at(record, own.partner)) or None if own.partner else None,
        deadline=deadline if isinstance(deadline, datetime) else None,
        deadline_what="it is due",
    )


def _value(own: OwnType, record: Record) -> Money | None:
    """In company currency; None where the config names no company, or the amount or the currency is not there."""
    company = at(record, own.company) if own.company else None
    amount = figure(at(record, own.value)) if own.value else None
    currency = currency_of(company) if isinstance(company, Mapping) else None
    if currency is None or amount is None:
        return None
    return Money.of(amount, currency[0], digits=currency[1])


def at(record: Record, path: str) -> object:
    """The value at the end of a dotted path; None where the way ends early."""
    step: object = record
    for field in path.split("."):
        step = step.get(field) if isinstance(step, Mapping) else None
    return step


def _seen(record: Record, path: str, label: str) -> Seen:
    value = at(record, path)
    if isinstance(value, Mapping):
        return relation({path: value}, path, label)
    if isinstance(value, list):
        names = sorted(one_line(str(one.get("display_name") or one["id"]), 60) for one in value)
        ids = sorted(int(one["id"]) for one in value)
        return Seen(path, label, ",".join(map(str, ids)), one_line("; ".join(names), _LONGEST) or "–")
    text = _shown(value)
    return Seen(path, label, text, one_line(text, _LONGEST) or "–")


def _shown(value: object) -> str:
    """A value of any field as text; empty for nothing."""
    match value:
        case None:
            text = ""
        case bool():
            text = "yes" if value else "no"
        case int() | float():
            text = quantity(value)
        case Mapping():
            text = name_of({"it": value}, "it") or ""
        case datetime():
            text = f"{value:%Y-%m-%d %H:%M} UTC"
        case _:
            text = str(value)
    return text
