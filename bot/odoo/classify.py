"""What a call that did not succeed means for us, and the sentence a person is told about it.

Judges by the class name Odoo sends, never by code, HTTP status or text, but for the one class that is ambiguous.
Core: no I/O. Must not let a path, a host, a traceback or a control character into a sentence.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, assert_never

from bot.errors import PermanentError, SignoffError, TransientError, UnknownOutcome
from bot.odoo.transport import Fault, Lost, NotDelivered, NotOdoo

#: Odoo's own words are cut here: a card and an ephemeral message show one short paragraph.
LONGEST_MESSAGE: Final = 300

ACCESS_DENIED: Final = "odoo.exceptions.AccessDenied"
#: What /json/2 says of a key that it does not know.
UNAUTHORIZED: Final = "werkzeug.exceptions.Unauthorized"
ACCESS_ERROR: Final = "odoo.exceptions.AccessError"
MISSING: Final = "odoo.exceptions.MissingError"

#: Odoo rolled back because of somebody else's work or the state of its database; the same call may succeed.
_BUSY: Final = frozenset(
    {
        "odoo.exceptions.ConcurrencyError",
        "odoo.exceptions.LockError",
        "psycopg2.errors.AdminShutdown",
        "psycopg2.errors.CannotConnectNow",
        "psycopg2.errors.DeadlockDetected",
        "psycopg2.errors.LockNotAvailable",
        "psycopg2.errors.QueryCanceled",
        "psycopg2.errors.SerializationFailure",
        "psycopg2.errors.TooManyConnections",
        "psycopg2.extensions.QueryCanceledError",
        "psycopg2.extensions.TransactionRollbackError",
        "psycopg2.pool.PoolError",
    }
)

#: The connection between Odoo and its database failed, at some moment.
_DATABASE_LOST: Final = frozenset({"psycopg2.OperationalError", "psycopg2.InterfaceError"})

#: How libpq (14 and later; before) begins when no connection came about, so that nothing can have been committed.
_NEVER_CONNECTED: Final = re.compile(r"\s*(connection to server|could not connect to server)\b")

#: What Odoo's words are introduced by. {said} is its message, cleaned.
_REFUSALS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "odoo.exceptions.UserError": "Odoo refused: {said}",
        "odoo.exceptions.RedirectWarning": "Odoo refused: {said}",
        "odoo.exceptions.ValidationError": "Odoo refused these values: {said}",
        ACCESS_ERROR: "The bot's user may not do this in Odoo: {said}",
        ACCESS_DENIED: "Odoo refused the bot's login or API key; an administrator has to renew it.",
        UNAUTHORIZED: "Odoo refused the bot's API key; an administrator has to renew it.",
        MISSING: "The record no longer exists in Odoo: {said}",
        "odoo.http.SessionExpiredException": "Odoo wants a web session here; the address of this source is wrong.",
    }
)
_UNFORESEEN: Final = "Odoo could not carry this out; an administrator should look at it ({kind}: {said})"

_PATH: Final = re.compile(
    r"""(?<![\w/:.])/(?:[\w.+-]+/)+[\w.+-]+  # /opt/odoo/addons/sale.py, but neither WH/IN/0001 nor https://a.b/c/d
      | \b[A-Za-z]:\\[^\s'"]+                # C:\odoo\server""",
    re.VERBOSE,
)


def error_of(answer: Fault | NotDelivered | NotOdoo | Lost, *, effect: bool) -> SignoffError:
    """The error for ``answer``; ``effect`` tells whether the call could have changed something in Odoo."""
    match answer:
        case Fault():
            return _fault(answer, effect=effect)
        case NotDelivered(cause, later):
            return TransientError("Odoo cannot be reached at the moment.", kind=cause, retry_after=later)
        case NotOdoo(status):
            sentence = "The address of this source does not answer as Odoo does; an administrator has to check it."
            return PermanentError(sentence, kind=f"http_{status}" if status else "bad_address")
        case Lost(cause, later):
            return _lost(cause, later, effect=effect)
        case _:
            assert_never(answer)


def _fault(fault: Fault, *, effect: bool) -> SignoffError:
    if fault.name in _BUSY:
        sentence = "Odoo was busy with the same records and changed nothing."
        return TransientError(sentence, kind=fault.name)
    if fault.name in _DATABASE_LOST:
        if _NEVER_CONNECTED.match(fault.message):
            return TransientError("Odoo cannot open its database at the moment.", kind=fault.name)
        # A connection that breaks during COMMIT has the same class: the commit may stand.
        return _lost(fault.name, None, effect=effect)
    template = _REFUSALS.get(fault.name, _UNFORESEEN)
    kind = clean(fault.name) or "unnamed"
    return PermanentError(template.format(kind=kind, said=clean(fault.message) or "no reason given"), kind=kind)


def _lost(cause: str, later: float | None, *, effect: bool) -> SignoffError:
    if effect:
        return UnknownOutcome("Odoo's answer was lost: whether it took effect is not known yet.", kind=cause)
    return TransientError("Odoo did not answer.", kind=cause, retry_after=later)


def clean(message: str) -> str:
    """``message`` on one line, without control and format characters and server paths, bounded."""
    start = message[: 10 * LONGEST_MESSAGE]
    printable = "".join(" " if unicodedata.category(char).startswith(("C", "Z")) else char for char in start)
    line = " ".join(_PATH.sub("…", printable).split())
    return line if len(line) <= LONGEST_MESSAGE else line[: LONGEST_MESSAGE - 1].rstrip() + "…"


def is_not_odoo(error: SignoffError) -> bool:
    """Whether something else than Odoo answered: a proxy that is being set up, or a wrong address in the config."""
    return error.kind == "bad_address" or error.kind.startswith("http_")


def login_is_stale(answer: object, uid: int) -> bool:
    """Whether Odoo no longer takes ``uid`` with our key.

    A user that does not exist is reported as a missing record, like any other; only the text tells which one.
    """
    match answer:
        case Fault(name=name) if name in {ACCESS_DENIED, UNAUTHORIZED}:
            return True
        case Fault(name=name, message=message) if name == MISSING:
            return f"res.users({uid},)" in message
        case _:
            return False
