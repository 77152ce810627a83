"""The way in from Odoo: a webhook becomes a stored signal, or a plain refusal.

Nothing of a webhook is believed but which record it names. The answer is given after the commit: on Odoo 18 a
user's transaction waits for it, so after 300 ms it is 503 and reconcile will find the record.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import hmac
import json
from collections.abc import Mapping
from datetime import datetime

import structlog
from aiohttp import web

from bot.cases.model import RecordRef
from bot.clock import Clock
from bot.config.model import Source
from bot.errors import Busy
from bot.group_commit import GroupCommit
from bot.inbox import Signal
from bot.metrics import SIGNALS

log = structlog.get_logger(__name__)

#: Bytes of a body. Odoo sends the chosen fields of one record; a text field may be long.
LARGEST_BODY = 256 * 1024

#: Seconds that Odoo's user may be kept waiting.
PATIENCE = 0.3

#: Unread signals beyond which nothing more is taken in: the disk is not Odoo's to fill.
MOST_UNREAD = 500_000

#: Odoo's ids are 32-bit integers.
LARGEST_ID = 2**31 - 1


class OdooEvents:
    """Takes in the webhooks of all sources."""

    def __init__(
        self, sources: Mapping[str, Source], models: Mapping[str, frozenset[str]], *, writer: GroupCommit, clock: Clock
    ) -> None:
        self._sources = sources
        self._models = models
        self._writer = writer
        self._clock = clock
        #: Kept up to date by the app's housekeeping.
        self.unread = 0
        #: Source -> when its last webhook came that proved who sent it.
        self.heard: dict[str, datetime] = {}

    async def receive(self, request: web.Request) -> web.Response:
        """Answer one webhook."""
        name = request.match_info["source"]
        source = self._sources.get(name)
        if source is None or not _authentic(request, source):
            # One answer for both, so that nobody learns which sources there are.
            return _refuse("unknown", 401, "unknown source or wrong token")
        self.heard[name] = self._clock.now()
        try:
            body = await _body(request)
        except web.HTTPRequestEntityTooLarge:
            return _refuse(name, 413, f"the body is over {LARGEST_BODY // 1024} KiB")
        try:
            ref = self._record(name, body)
        except ValueError as error:
            return _refuse(name, 400, str(error))
        try:
            await self._store(Signal(ref, self._clock.now()))
        except Busy as error:
            return _refuse(name, 503, error.sentence)
        SIGNALS.labels(name, "webhook", "stored").inc()
        return web.json_response({"status": "stored"})

    async def _store(self, signal: Signal) -> None:
        if self.unread > MOST_UNREAD:
            msg = "too many signals are waiting; reconcile will find this record"
            raise Busy(msg)
        try:
            async with asyncio.timeout(PATIENCE):
                await self._writer.submit_urgently(signal)  # a person in Odoo waits for the answer
        except TimeoutError:
            msg = "not stored in time; reconcile will find this record"
            raise Busy(msg) from None
        except Exception as error:
            log.exception("signal not stored")
            msg = "the store is away; reconcile will find this record"
            raise Busy(msg) from error

    def _record(self, source: str, body: bytes) -> RecordRef:
        """Which record the webhook names. Raises ValueError with the reason."""
        try:
            told = json.loads(body)
        except (ValueError, RecursionError):
            msg = "the body is not JSON"
            raise ValueError(msg) from None
        if not isinstance(told, dict):
            msg = "the body is not a JSON object"
            raise ValueError(msg)  # noqa: TRY004  # one kind of refusal for all of it
        model, record_id = told.get("_model"), told.get("_id")
        if not isinstance(model, str) or model not in self._models[source]:
            msg = "_model is missing or is not watched here"
            raise ValueError(msg)
        if type(record_id) is not int or not 0 < record_id <= LARGEST_ID:
            msg = "_id is missing or is not a record id"
            raise ValueError(msg)
        return RecordRef(source, model, record_id)


async def _body(request: web.Request) -> bytes:
    """The body; raises HTTPRequestEntityTooLarge as soon as it is known to be too large."""
    if (request.content_length or 0) > LARGEST_BODY:
        raise web.HTTPRequestEntityTooLarge(max_size=LARGEST_BODY, actual_size=request.content_length or 0)
    parts = bytearray()
    async for part in request.content.iter_chunked(64 * 1024):
        parts += part
        if len(parts) > LARGEST_BODY:
            raise web.HTTPRequestEntityTooLarge(max_size=LARGEST_BODY, actual_size=len(parts))
    return bytes(parts)


def _authentic(request: web.Request, source: Source) -> bool:
    """Whether the request knows one of the source's tokens; every one is compared, in constant time."""
    given = (request.match_info.get("token") or _basic_password(request)).encode("utf-8", "replace")
    matches = [hmac.compare_digest(given, token.reveal().encode()) for token in source.webhook_tokens]
    return any(matches)


def _basic_password(request: web.Request) -> str:
    """The password of Basic credentials, as of ``https://user:token@host/odoo/main``; empty when there are none."""
    scheme, _, encoded = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return ""
    try:
        return base64.b64decode(encoded, validate=True).decode().partition(":")[2]
    except (binascii.Error, UnicodeDecodeError):
        return ""


def _refuse(source: str, status: int, reason: str) -> web.Response:
    SIGNALS.labels(source, "webhook", f"refused_{status}").inc()
    log.warning("webhook refused", source=source, status=status, reason=reason)
    headers = {"WWW-Authenticate": "Basic"} if status == web.HTTPUnauthorized.status_code else {}
    return web.json_response({"status": "refused", "reason": reason}, status=status, headers=headers)
