"""The guard: a server action that locks a record, compares it with what was decided on, acts, looks, leaves the note.

Core. Generates the action's code from the catalog, and says what the code is given. Everything happens in one
transaction of Odoo, so nothing can slip in between reading and writing, and a second run finds the first one's mark
and does nothing. Fields, methods and states are constants of the code; what comes with a call is only ever compared,
or written as text. Must not know how the code gets into Odoo (``setup``) or is called (``guarded``).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Final

from bot.odoo.catalog.entry import Dialog, EventType, Method, Record, Trace
from bot.odoo.values import to_odoo

#: Keys of the context in which the action is run.
CALL: Final = "signoff_call"
MARK: Final = "signoff_mark"
NOTE: Final = "signoff_note"
SEEN: Final = "signoff_seen"
CHANGES: Final = "signoff_changes"  #: [line id, a figure for each column of ``Amendable``], of lines that become less
TOTAL: Final = "signoff_total"  #: [least, most] of what the record may come to with them
USER: Final = "signoff_user"  #: the number of the user as whom it is written, where the guard acts as people
LOGIN: Final = "signoff_login"  #: that user's login, as it was found when the person was looked up

#: Whoever may change settings or rights is nobody to act as: the guard would lend that to whoever runs it.
ADMINISTRATORS: Final = ("base.group_system", "base.group_erp_manager")
_SUPERUSER: Final = 1

#: Stands for the record's id while a dialog's values are written out; longer than any id of Odoo.
_SOME_ID: Final = 9_876_543_210_123


class Refused(StrEnum):
    """Why the guard changed nothing; the word stands in Odoo's error."""

    STALE = "stale"  #: a field is not what was decided on
    NO_EFFECT = "no-effect"  #: the method ran and the record is not as wanted: everything was rolled back
    ASKS = "asks"  #: Odoo wants a person to answer first
    OTHERWISE = "otherwise"  #: smaller figures were written, and Odoo made others of them: all of it was rolled back
    PERSON = "person"  #: nobody acts as this user: another one than was looked up, archived, an administrator, the bot
    MISUSE = "misuse"  #: called otherwise than the bot calls it

    @property
    def sign(self) -> str:
        """How the refusal begins."""
        return f"[signoff:{self}]"

    @classmethod
    def of(cls, sentence: str) -> Refused | None:
        """The refusal that an error's sentence tells of."""
        return next((one for one in cls if one.sign in sentence), None)


def digest_of(code: str) -> str:
    """Names one version of the code; it stands in the action's name."""
    return hashlib.sha256(code.encode()).hexdigest()[:8]


def label(method: Method, name: str) -> str:
    """What a call is known by: the method's name and what it is called with."""
    given = {**method.context, **_values_of(method), **dict.fromkeys(method.context_ids, "its id")}
    return f"{name}({', '.join(f'{key}={value!r}' for key, value in sorted(given.items()))})"


def _values_of(method: Method) -> Mapping[str, object]:
    """What it writes, whatever the day; what depends on the day is not guarded."""
    return method.values(date.min) if method.values is not None and method.ends is not None else {}


def can_guard(entries: Sequence[EventType]) -> bool:
    """Whether there is something to compare and something to call."""
    return bool(_paths(entries)) and bool(_methods(entries))


def code_of(model: str, entries: Sequence[EventType], *, acts_as_people: bool = False) -> str:
    """The Python of the guard for ``model``: the same text for the same entries, always.

    With ``acts_as_people`` it writes as the user that comes with the call, whom it judges for itself; a call without
    one is the bot's own.
    """
    ordered = sorted(entries, key=lambda entry: entry.name)
    return "\n".join(_lines(model, ordered, acts_as_people=acts_as_people)) + "\n"


def seen_of(entries: Sequence[EventType], record: Record) -> dict[str, Any]:
    """The guarded fields of a record as it was read, the way the guard reads them."""
    return figures_of(_paths(entries), record)


def figures_of(paths: Sequence[str], record: Record) -> dict[str, Any]:
    """The fields at ``paths`` (columns of lines behind a dot) of a record as it was read, the way Odoo reads them."""
    plain, lines = split(paths)
    seen: dict[str, Any] = {name: _raw(record.get(name)) for name in plain}
    for name, columns in lines.items():
        rows = sorted(record.get(name) or (), key=lambda row: int(row["id"]))
        seen[name] = [[row["id"], *(_raw(row.get(column)) for column in columns)] for row in rows]
    return seen


def _raw(value: object) -> object:
    match value:
        case None:
            return False
        case {"id": number}:
            return number
        case datetime():
            return to_odoo(value)
        case date():
            return value.isoformat()
        case _:
            return value


def _paths(entries: Iterable[EventType]) -> list[str]:
    return sorted({path for entry in entries for path in entry.guarded})


def split(paths: Sequence[str]) -> tuple[list[str], dict[str, list[str]]]:
    """Fields of the record itself, and columns of its lines."""
    lines: dict[str, list[str]] = {}
    for path in paths:
        name, dot, column = path.partition(".")
        if dot:
            lines.setdefault(name, []).append(column)
    return [path for path in paths if "." not in path], lines


def _methods(entries: Iterable[EventType]) -> dict[str, Method]:
    """Every method that an outcome may call, by its label; one that is called differently by state has several."""
    found: dict[str, Method] = {}
    for entry in entries:
        for method in entry.methods:
            if method.ends is not None:
                found.update((label(method, name), method) for name in (method.name, *method.also_called))
    return dict(sorted(found.items()))


def _lines(model: str, entries: Sequence[EventType], *, acts_as_people: bool) -> Iterator[str]:
    plain, lines = split(_paths(entries))
    yield f"# Guard of Signoff for {model}, made by `signoff odoo setup --guard`. Please do not edit it:"
    yield "# `signoff odoo doctor` compares it with what the program would make. In one transaction: lock, compare with"
    yield "# what was decided on, act, look, note. What comes with the call is compared or written, never a name."
    yield "given = env.context"
    yield f"call, mark, note = given.get({CALL!r}), given.get({MARK!r}), given.get({NOTE!r})"
    yield f"seen = given.get({SEEN!r})"
    yield f"if len(records) != 1 or records._name != {model!r} or not mark or not note or not isinstance(seen, dict):"
    yield f"    raise UserError({Refused.MISUSE.sign + ' This action is for the Signoff bot alone.'!r})"
    yield "own = dict((k, v) for k, v in given.items() if k[:8] not in ('signoff_', 'active_i', 'active_m'))"
    yield "record = records.with_context(own)"
    yield from _lock("record")
    yield "record.invalidate_recordset()"
    yield f"repeated = {_repeated(model, entries)}"
    yield "if not repeated:"
    doer = _as_person() if acts_as_people else ()
    work = (*_compared(plain, lines), *doer, *_changed(entries), *_called(_methods(entries)), *_noted(entries))
    yield from (f"    {line}" for line in work)
    yield "action = {'type': 'ir.actions.act_window_close', 'infos': {'signoff': 'repeated' if repeated else 'done'}}"


def _lock(what: str) -> Iterator[str]:
    # A row that was only locked, not written, would let a second run that began before our commit pass with its old
    # view of the database; written, even with the same value, it makes PostgreSQL refuse that run.
    for before, after in (
        ("SELECT id FROM", "WHERE id IN %s FOR UPDATE NOWAIT"),
        ("UPDATE", "SET id = id WHERE id IN %s"),
    ):
        yield f"env.cr.execute('{before} ' + {what}._table + ' {after}', [tuple({what}.ids) or (0,)])"


def _repeated(model: str, entries: Sequence[EventType]) -> str:
    traces = {method.trace for method in _methods(entries).values() if method.trace is not None}
    looks = [_left_by(trace) for trace in sorted(traces, key=lambda trace: trace.model)]
    if any(entry.has_chatter for entry in entries):
        about = f"('model', '=', {model!r}), ('res_id', '=', record.id), ('body', 'ilike', mark)"
        looks.insert(0, f"env['mail.message'].search_count([{about}])")
    return " or ".join(looks) or "0"


def _left_by(trace: Trace) -> str:
    return f"env[{trace.model!r}].search_count([({trace.field!r}, 'ilike', mark)])"


def _compared(plain: Sequence[str], lines: Mapping[str, Sequence[str]]) -> Iterator[str]:
    yield f"now = record.read({list(plain)!r}, load=None)[0]"
    for name, columns in sorted(lines.items()):
        yield f"lines = record[{name!r}].sorted('id')"
        yield from _lock("lines")
        row = ", ".join(["line['id']", *(f"line[{column!r}]" for column in columns)])
        yield f"now[{name!r}] = [[{row}] for line in lines.read({list(columns)!r}, load=None)]"
    yield f"for field in {[*plain, *sorted(lines)]!r}:"
    yield "    value = now[field]"
    yield "    if not isinstance(value, (bool, int, float, str, list)):"
    yield "        value = str(value)[:19]"
    yield "    if field not in seen or value != seen[field]:"
    yield f"        raise UserError({Refused.STALE.sign!r} + ' ' + field)"


def _as_person() -> Iterator[str]:
    """From here on everything is done as the user that came with the call, with that user's rights and no others."""
    groups = " or ".join(f"person.has_group({group!r})" for group in ADMINISTRATORS)
    yield f"user, login = given.get({USER!r}), given.get({LOGIN!r})"
    yield "if user is not None:"
    yield "    if not isinstance(user, int) or isinstance(user, bool) or user < 1:"
    yield f"        raise UserError({Refused.MISUSE.sign + ' No such user.'!r})"
    yield "    person = env['res.users'].sudo().browse(user).exists()"
    yield "    if not person or person['login'] != login or not person['active'] or person['share']:"
    yield f"        raise UserError({Refused.PERSON.sign!r})"
    yield f"    if user in ({_SUPERUSER}, env.user.id) or {groups}:"
    yield f"        raise UserError({Refused.PERSON.sign!r})"
    yield "    record = record.with_user(user)"
    yield "    env = record.env"


def _changed(entries: Sequence[EventType]) -> Iterator[str]:
    """Lines become less, by the figures that come with the call, in the columns that are named here alone."""
    how = next((entry.amendable for entry in entries if entry.amendable is not None), None)
    if how is None:
        return
    columns = list(enumerate(how.written_columns, start=1))
    values = ", ".join(f"{column!r}: change[{place}]" for place, column in columns)
    fits = " and ".join(
        f"isinstance(change[{place}], (int, float)) and 0 <= change[{place}] <= line[{column!r}] + 0.0000001"
        for place, column in columns
    )
    differs = " or ".join(f"abs(line[{column!r}] - change[{place}]) > 0.0000001" for place, column in columns)
    yield f"changes, bounds = given.get({CHANGES!r}) or [], given.get({TOTAL!r}) or [0, 0]"
    yield "updates = []"
    yield f"for line in record[{how.lines!r}]:"
    yield "    for change in changes:"
    yield f"        if line['id'] == change[0] and {fits}:"
    yield f"            updates.append((1, line['id'], {{{values}}}))"
    yield "if len(updates) != len(changes):"
    yield f"    raise UserError({Refused.MISUSE.sign + ' A line may only become less.'!r})"
    yield "if updates:"
    yield f"    record.write({{{how.lines!r}: updates}})"
    yield f"    for line in record[{how.lines!r}]:"
    yield "        for change in changes:"
    yield f"            if line['id'] == change[0] and ({differs}):"
    yield f"                raise UserError({Refused.OTHERWISE.sign!r})"
    yield f"    if not bounds[0] <= record[{how.total!r}] <= bounds[1]:"
    yield f"        raise UserError({Refused.OTHERWISE.sign!r})"


def _called(methods: Mapping[str, Method]) -> Iterator[str]:
    word = "if"
    for known_as, method in methods.items():
        yield f"{word} call == {known_as!r}:"
        written = repr(dict(_values_of(method))) if method.values is not None else ""
        yield f"    answer = record{_context(method)}.{known_as.partition('(')[0]}({written})"
        for model, dialog in sorted(method.dialogs.items()):
            yield f"    if isinstance(answer, dict) and answer.get('res_model') == {model!r}:"
            yield f"        asked = dict(answer.get('context') or {{}}){''.join(_merged(method))}"
            yield f"        wizard = env[{model!r}].with_context(asked).create({_values(dialog)})"
            # What made Odoo ask it keeps for the whole transaction, and would ask again (seen on a real server).
            yield "        record.invalidate_recordset()"
            yield f"        answer = wizard.{dialog.method}()"
        if method.ends is not None:
            field, values = method.ends
            yield f"    wanted = not record.exists() or record[{field!r}] in {values!r}"
        word = "elif"
    yield "else:"
    yield f"    raise UserError({Refused.MISUSE.sign + ' No such call.'!r})"
    yield "if isinstance(answer, dict) and answer.get('res_model'):"
    yield f"    raise UserError({Refused.ASKS.sign!r} + ' ' + (answer.get('name') or answer['res_model']))"
    yield "if not wanted:"
    yield f"    raise UserError({Refused.NO_EFFECT.sign!r})"


def _context(method: Method) -> str:
    keys = [f"{key}={value!r}" for key, value in sorted(method.context.items())]
    keys += [f"{key}=[record.id]" for key in method.context_ids]
    if method.trace is not None:
        keys.append(f"{method.trace.context_key}=note")
    return f".with_context({', '.join(keys)})" if keys else ""


def _merged(method: Method) -> Iterator[str]:
    if method.trace is not None:
        yield f"; asked[{method.trace.context_key!r}] = note"


def _values(dialog: Dialog) -> str:
    return repr(dict(dialog.values(_SOME_ID))).replace(str(_SOME_ID), "record.id")


def _noted(entries: Sequence[EventType]) -> Iterator[str]:
    if any(entry.has_chatter for entry in entries):
        yield "record.message_post(body=note, subtype_xmlid='mail.mt_note')"
