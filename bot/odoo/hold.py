"""The hold: the rule that refuses a step in Odoo to everybody but the bot, with a sentence that names Signoff.

Core. Generates the code and the conditions of the automation rule from the catalog, and the sign by which the bot's
note releases a held record to a person. Only a step that is a change of a stored field can be held; for other types a
decision past Signoff is found afterwards.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from decimal import Decimal
from typing import Any, Final

from bot.odoo import guard
from bot.odoo.catalog.entry import EventType, Hold, Record

#: How a release is written into a note: it ends in the checksum of the figures that it is for.
_SIGN: Final = "[Signoff release {checksum}]"
#: Of a SHA-1, which is what Odoo can compute by itself; people cannot write as the bot, so it is no secret.
_DIGITS: Final = 16


def condition(hold: Hold, values: tuple[str, ...]) -> str:
    """An Odoo domain: the field is one of ``values``."""
    return repr([(hold.field, "in", list(values))])


def release_sign(hold: Hold, record: Record) -> str:
    """What a note has to hold so that the rule lets a person pass, for a record with these figures."""
    text = _text(guard.figures_of(hold.figures, record))
    checksum = hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()
    return _SIGN.format(checksum=checksum[:_DIGITS])


def _text(figures: dict[str, Any]) -> str:
    return "|".join(f"{name}={figures[name]}" for name in sorted(figures))


def code_of(entry: EventType, hold: Hold, login: str, limit: Decimal) -> str:
    """The Python of the rule's action. ``limit`` is the value below which nobody is asked, in company currency."""
    return "\n".join((*_lines(entry, hold, login, limit), ""))


def _lines(entry: EventType, hold: Hold, login: str, limit: Decimal) -> Iterator[str]:
    when = hold.when.format(limit=float(limit), threshold=float(entry.limit))
    yield f"# Hold of Signoff for {entry.name}, made by `signoff odoo setup --hold {entry.name}`. Do not edit it:"
    yield "# `signoff odoo doctor` compares it with what the program would make."
    yield f"if env.user.login != {login!r} and ({when}):"
    if not hold.figures:
        yield f"    raise UserError({_refusal(hold)!r})"
        return
    yield from (f"    {line}" for line in _released(entry, hold, login))
    yield "    if not released:"
    yield f"        raise UserError({_refusal(hold)!r})"


def _released(entry: EventType, hold: Hold, login: str) -> Iterator[str]:
    """Looks for the bot's own note that releases these very figures; nobody else can write as the bot."""
    plain, lines = guard.split(hold.figures)
    yield "held = record.sudo()"
    yield f"now = held.read({sorted(plain)!r}, load=None)[0]"
    for name, columns in sorted(lines.items()):
        yield "rows = []"
        yield f"for line in held[{name!r}].sorted('id').read({columns!r}, load=None):"
        yield f"    rows.append([line['id']] + [line[column] for column in {columns!r}])"
        yield f"now[{name!r}] = rows"
    yield "parts = []"
    yield f"for name in {sorted([*plain, *lines])!r}:"
    yield "    parts.append('%s=%s' % (name, now[name]))"
    yield "text = '|'.join(parts)"
    yield "checksum = env['ir.attachment']._compute_checksum(bytes(text, 'utf-8'))"
    yield f"sign = {_SIGN.partition('{')[0]!r} + checksum[:{_DIGITS}] + ']'"
    yield "about = [('model', '=', record._name), ('res_id', '=', record.id), ('body', 'ilike', sign)]"
    yield f"by_bot = [('create_uid.login', '=', {login!r})]"
    yield "released = env['mail.message'].sudo().search_count(about + by_bot)"


def _refusal(hold: Hold) -> str:
    how = (
        "it is decided in Slack; once it is released there, as it stands now, you can go on here."
        if hold.figures
        else "it is decided in Slack, and Signoff carries the decision out here."
    )
    hint = f" {hold.hint}" if hold.hint else ""
    return (
        f"Signoff holds {hold.what}: {how}{hint} Please ask there; an administrator of Odoo finds the rule under "
        "Automation Rules."
    )
