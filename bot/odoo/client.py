"""Talking to one Odoo database: one login, a bounded number of calls at once, errors from ``bot.errors`` alone.

Tells calls that change nothing (``query``: a lost answer may be asked for again) from calls that do (``act``: a
lost answer is an UnknownOutcome). Must not retry, but for one fresh login: when to try again is the caller's choice.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Coroutine, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias, TypeVar, cast

import httpx
import structlog

from bot.config.model import Source
from bot.errors import PermanentError
from bot.odoo.classify import error_of, login_is_stale
from bot.odoo.json2 import Json2
from bot.odoo.transport import Answer, Call, JsonRpc, Value, Wire, server_version
from bot.odoo.values import plain_or_wizard, whole_ids

#: Seconds for a call that changes nothing. Reads are never blocked in Odoo, not even by a locked row.
READ_SECONDS: Final = 20.0

#: Seconds for a call that may change something. Odoo itself tries again for up to 25 s when others write the same
#: rows, and waits without a limit for a locked one; giving up early would only turn answers into unknown outcomes.
WRITE_SECONDS: Final = 75.0

_JSON2_SINCE: Final = 19

#: Records read in one call.
CHUNK: Final = 200

#: A row as Odoo sends it: JSON, with ``false`` for empty.
Row: TypeAlias = dict[str, Any]
#: Odoo's prefix notation: conditions are triples, operators are ``"&"``, ``"|"``, ``"!"``.
Domain: TypeAlias = Sequence[object]

_T = TypeVar("_T")

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class OdooVersion:
    """What the server says it is."""

    serie: str  #: such as ``18.0``
    text: str  #: such as ``18.0-20250421``

    @property
    def major(self) -> int:
        """18 for ``18.0`` and ``saas~18.2``; 0 where the serie says no number."""
        number = self.serie.removeprefix("saas~").split(".", maxsplit=1)[0]
        return int(number) if number.isdigit() else 0

    @property
    def has_json2(self) -> bool:
        """Whether ``/json/2`` is there (measured on 19.0; 18.0 redirects it to its login page)."""
        return self.major >= _JSON2_SINCE


class OdooClient:
    """One per source: the limit of calls at once and the login belong to it."""

    def __init__(self, source: Source, http: httpx.AsyncClient) -> None:
        self._source = source
        self._http = http
        self._wire: Wire = JsonRpc(source, http)
        self._slots = asyncio.Semaphore(source.concurrency)
        self._login = asyncio.Lock()
        self._uid: int | None = None

    def __repr__(self) -> str:
        return f"OdooClient({self._source.name!r})"

    async def version(self) -> OdooVersion:
        """What the server says it is; works without a login, and does not prove that the database answers.

        Raises TransientError, PermanentError.
        """
        async with self._slots:
            answer = await server_version(self._source, self._http, seconds=READ_SECONDS)
        match self._value(answer, "version", effect=False):
            case {"server_serie": str(serie), "server_version": str(text)}:
                return OdooVersion(serie, text)
            case _:
                sentence = "The address of this source does not say which Odoo it is."
                raise PermanentError(sentence, kind="no_version")

    @property
    def api(self) -> str:
        """The API in use: ``JSON-2`` or ``JSON-RPC``; known once the bot is logged in."""
        return "JSON-2" if isinstance(self._wire, Json2) else "JSON-RPC"

    async def uid(self) -> int:
        """The id of the bot's user, asked for once. Raises PermanentError "login refused", TransientError."""
        return await self._log_in(instead_of=None)

    async def query(self, model: str, method: str, /, *args: object, **kwargs: object) -> Any:
        """Call a method that changes nothing, and return its value as JSON has it.

        Raises TransientError (a lost answer too) and PermanentError.
        """
        return await self._execute(Call(model, method, args, kwargs), effect=False)

    async def act(
        self,
        model: str,
        method: str,
        ids: Collection[int] | None,
        *,
        args: Sequence[object] = (),
        context: Mapping[str, object] | None = None,
        kwargs: Mapping[str, object] | None = None,
    ) -> Any:
        """Call a method that may change something; all of ``ids`` or none. ``ids`` is None for ``create`` and its like.

        Returns a ``Wizard`` when Odoo wants to ask a person first, else the value. The value proves nothing: read
        the record again. Raises UnknownOutcome when the answer was lost, TransientError when nothing happened and
        it may be tried again, PermanentError, and ValueError for no ids at all (Odoo does nothing and says true).
        """
        if ids is not None and not ids:
            msg = f"{model}.{method} needs a record to act on"
            raise ValueError(msg)
        first = () if ids is None else (whole_ids(ids),)
        call = Call(model, method, (*first, *args), _with_context(kwargs or {}, context))
        return plain_or_wizard(await self._execute(call, effect=True))

    async def read(
        self,
        model: str,
        ids: Collection[int],
        fields: Sequence[str],
        *,
        context: Mapping[str, object] | None = None,
    ) -> list[Row]:
        """The records of ``ids`` that exist, in that order. Many are read in calls of ``CHUNK``, some at once.

        Raises TransientError, PermanentError (an AccessError if one of them may not be read), and ValueError for no
        fields: all fields of all demo products are 12 MB.
        """
        kwargs = _with_context({"fields": _named(fields)}, context)
        wanted = whole_ids(ids)
        chunks = [wanted[start : start + CHUNK] for start in range(0, len(wanted), CHUNK)]
        answers = await together(self.query(model, "read", chunk, **kwargs) for chunk in chunks)
        return [row for answer in answers for row in _listed(answer)]

    async def search(
        self,
        model: str,
        domain: Domain,
        *,
        limit: int | None = None,
        order: str | None = None,
        offset: int = 0,
        context: Mapping[str, object] | None = None,
    ) -> list[int]:
        """Ids of the records in ``domain`` that the bot may see (others are left out silently).

        Odoo has no limit of its own. Raises TransientError, PermanentError.
        """
        kwargs = _with_context(_page(limit, order, offset), context)
        return _listed(await self.query(model, "search", list(domain), **kwargs))

    async def search_read(
        self,
        model: str,
        domain: Domain,
        fields: Sequence[str],
        *,
        limit: int | None = None,
        order: str | None = None,
        offset: int = 0,
        context: Mapping[str, object] | None = None,
    ) -> list[Row]:
        """``search`` and ``read`` in one call; the same limits and errors apply."""
        kwargs = _with_context({"fields": _named(fields), **_page(limit, order, offset)}, context)
        return _listed(await self.query(model, "search_read", list(domain), **kwargs))

    async def _execute(self, call: Call, *, effect: bool) -> object:
        uid = await self.uid()
        answer = await self._send(uid, call, effect=effect)
        if login_is_stale(answer, uid):
            # Odoo refused before it did anything, so the same call may go out once more.
            uid = await self._log_in(instead_of=uid)
            answer = await self._send(uid, call, effect=effect)
        return self._value(answer, f"{call.model}.{call.method}", effect=effect)

    async def _send(self, uid: int, call: Call, *, effect: bool) -> Answer:
        async with self._slots:
            return await self._wire.execute(uid, call, seconds=WRITE_SECONDS if effect else READ_SECONDS)

    async def _log_in(self, *, instead_of: int | None) -> int:
        async with self._login:
            if self._uid is not None and self._uid != instead_of:
                return self._uid
            self._uid = None
            uid = self._value(await self._authenticate(), "authenticate", effect=False)
            if not isinstance(uid, int) or isinstance(uid, bool):
                sentence = "login refused: Odoo does not know this login, or the API key has ended."
                raise PermanentError(sentence, kind="login_refused")
            self._uid = uid
            log.info("odoo login accepted", source=self._source.name, uid=uid, api=self.api)
            return uid

    async def _authenticate(self) -> Answer:
        """Log in by the API that the server's version asks for; its version is asked anew, as servers are upgraded."""
        wire = Json2(self._source, self._http) if (await self.version()).has_json2 else None
        async with self._slots:
            answer = await wire.authenticate(seconds=READ_SECONDS) if wire else Value(value=False)
            if wire is not None and answer != Value(value=False):
                self._wire = wire
                return answer
            # Also where JSON-2 refused: it takes API keys alone, and an administrator may have given a password.
            self._wire = JsonRpc(self._source, self._http)
            return await self._wire.authenticate(seconds=READ_SECONDS)

    def _value(self, answer: Answer, call: str, *, effect: bool) -> object:
        if isinstance(answer, Value):
            return answer.value
        error = error_of(answer, effect=effect)
        log.warning(
            "odoo call failed", source=self._source.name, call=call, error=type(error).__name__, kind=error.kind
        )
        raise error


async def together(calls: Iterable[Coroutine[Any, Any, _T]]) -> list[_T]:
    """The results of ``calls`` in their order. Waits for all of them, then raises the first error, if there is one."""
    results = await asyncio.gather(*calls, return_exceptions=True)
    for result in results:
        if isinstance(result, BaseException):
            raise result
    return cast(list[_T], results)


def _with_context(kwargs: Mapping[str, object], context: Mapping[str, object] | None) -> dict[str, Any]:
    return {**kwargs, "context": dict(context)} if context else dict(kwargs)


def _named(fields: Sequence[str]) -> list[str]:
    if isinstance(fields, str) or not fields:
        msg = "a read names its fields"
        raise ValueError(msg)
    return list(fields)


def _listed(value: object) -> list[Any]:
    if isinstance(value, list):
        return value
    sentence = "Odoo answered a reading call with something else than records."
    raise PermanentError(sentence, kind="not_records")


def _page(limit: int | None, order: str | None, offset: int) -> dict[str, object]:
    given = {"limit": limit, "order": order, "offset": offset or None}
    return {name: value for name, value in given.items() if value is not None}
