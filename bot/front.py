"""The ways in: a public listener for Odoo and Slack, an admin one for readiness and metrics, Slack's sockets instead.

Only routing: what an address means is the handlers'. Slack comes over HTTP, or over Socket Mode where there is an app
token; never over both.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

import structlog
from aiohttp import web
from slack_bolt.adapter.aiohttp import to_bolt_request
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse
from slack_sdk.signature import SignatureVerifier
from slack_sdk.web.async_client import AsyncWebClient

from bot.config.model import Secret
from bot.errors import ConfigError
from bot.handlers.health import Admin, healthz
from bot.handlers.odoo_events import OdooEvents
from bot.replays import Replays, identity
from bot.settings import Address, Settings
from bot.slack.gateway import SlackGateway
from bot.slack.socket import Sockets

log = structlog.get_logger(__name__)

#: Slack's words about a repeated delivery, as the headers and as the envelopes name them.
_RETRIES = {"retry-num": "retry_attempt", "retry-reason": "retry_reason"}


class Front:
    """Starts and stops both listeners."""

    def __init__(self, settings: Settings, gateway: SlackGateway, odoo_events: OdooEvents, admin: Admin) -> None:
        self._gateway = gateway
        self._settings = settings
        self._odoo_events = odoo_events
        self._admin = admin
        self._runners: list[web.AppRunner] = []
        self._sockets: Sockets | None = None

    async def start(self, bolt: AsyncApp) -> None:
        """Listen. Raises ConfigError when an address is taken, or is none of this machine."""
        public = web.Application()
        public.router.add_get("/healthz", healthz)
        public.router.add_post("/odoo/{source}", self._odoo_events.receive)
        public.router.add_post("/odoo/{source}/{token}", self._odoo_events.receive)
        if not self._settings.uses_sockets:
            public.router.add_post("/slack/events", _SlackEvents(bolt, self._settings.slack_signing_secret).receive)
        admin = web.Application()
        admin.router.add_get("/readyz", self._admin.readyz)
        admin.router.add_get("/metrics", self._admin.metrics)
        for application, address in ((public, self._settings.listen), (admin, self._settings.admin_listen)):
            # No access log: the paths of Odoo's webhooks hold their tokens.
            runner = web.AppRunner(application, access_log=None)
            await runner.setup()
            self._runners.append(runner)
            await _listen(runner, address)
        if (app_token := self._settings.slack_app_token) is not None:
            self._sockets = Sockets(lambda: self._gateway.open_socket(app_token), _SlackEnvelopes(bolt).receive)
            await self._sockets.start()

    @property
    def trouble(self) -> str:
        """Why nothing can come in from Slack just now; empty when it can."""
        return self._sockets.trouble if self._sockets is not None else ""

    async def stop(self) -> None:
        """Take in nothing more; requests under way are answered."""
        if self._sockets is not None:
            await self._sockets.stop()
        for runner in self._runners:
            await runner.cleanup()

    @property
    def address(self) -> Address:
        """The public address; with port 0 in the settings, the one that was free."""
        return _bound(self._runners[0])

    @property
    def admin_address(self) -> Address:
        """The admin address."""
        return _bound(self._runners[1])


class _SlackEvents:
    """Hands requests of Slack to Bolt, each once."""

    def __init__(self, bolt: AsyncApp, signing_secret: Secret) -> None:
        self._bolt = bolt
        self._verifier = SignatureVerifier(signing_secret.reveal())
        self._replays = Replays(_lasts)

    async def receive(self, request: web.Request) -> web.Response:
        """Events, interactivity and commands alike."""
        raw = await request.read()
        signed = [request.headers.get(f"X-Slack-{name}", "") for name in ("Request-Timestamp", "Signature")]
        if not self._is_signed(raw, *signed):
            # Slack looks at the certificate now and then, and does not sign that.
            return web.Response(status=200 if b"ssl_check=1" in raw.split(b"&") else 401)
        try:
            asked = await to_bolt_request(request)
        except (ValueError, LookupError, TypeError, AttributeError, RecursionError):  # the library stumbles over it
            return web.Response(status=400, text="not a request of Slack")
        answer = await self._replays.once(identity(asked.body, " ".join(signed)), lambda: _dispatch(self._bolt, asked))
        kind = "application/json" if answer.body.startswith("{") else "text/plain"
        return web.Response(status=answer.status, text=answer.body, content_type=kind)

    def _is_signed(self, raw: bytes, timestamp: str, signature: str) -> bool:
        """Whether Slack sent these bytes, at most five minutes ago. Bolt would judge what it has parsed."""
        try:
            return self._verifier.is_valid(raw, timestamp, signature)
        except (ValueError, TypeError):  # no number, no UTF-8, no ASCII
            return False


class _SlackEnvelopes:
    """Hands envelopes of Socket Mode to Bolt, each once; there is no signature, the connection itself is ours."""

    def __init__(self, bolt: AsyncApp) -> None:
        self._bolt = bolt
        self._replays = Replays(_lasts)

    async def receive(self, envelope: Mapping[str, Any]) -> Mapping[str, Any] | None:
        """The payload of the acknowledgement, or None where there is none to give."""
        payload = envelope.get("payload")
        if not isinstance(payload, dict):
            return None
        told = {f"x-slack-{name}": envelope.get(key) for name, key in _RETRIES.items()}
        headers: dict[str, str | Sequence[str]] = {name: str(value) for name, value in told.items() if value}
        asked = AsyncBoltRequest(mode="socket_mode", body=payload, headers=headers)
        key = identity(payload, str(envelope.get("envelope_id")))
        answer = await self._replays.once(key, lambda: _dispatch(self._bolt, asked))
        if answer.status != HTTPStatus.OK:
            return None
        try:
            said = json.loads(answer.body or "{}")
        except ValueError:
            said = {"text": answer.body}
        return said if isinstance(said, dict) else {}


async def _dispatch(bolt: AsyncApp, asked: AsyncBoltRequest) -> BoltResponse:
    try:
        return await bolt.async_dispatch(asked)
    except Exception:  # listeners report their own; this is the library, over a payload that is none
        log.exception("payload not understood")
        return BoltResponse(status=400)


def _lasts(answer: BoltResponse) -> bool:
    """What was not taken may be sent again: a failure, and a modal in which something is to be mended."""
    return answer.status == HTTPStatus.OK and '"errors"' not in answer.body


def bolt_for(settings: Settings, gateway: SlackGateway) -> AsyncApp:
    """Bolt, authorised from memory: no click waits for a call to Slack, or fails with one."""

    async def authorize(enterprise_id: str | None, team_id: str | None) -> AuthorizeResult:
        token = settings.slack_bot_token.reveal()
        return AuthorizeResult(enterprise_id=enterprise_id, team_id=team_id, bot_token=token)

    return AsyncApp(
        # Who sent it is proved at the door, on the raw bytes.
        request_verification_enabled=False,
        client=AsyncWebClient(base_url=settings.slack_api_url, session=gateway.client.session),
        authorize=authorize,
        # Its look at a body stumbles over whatever is no event; our own messages are left alone as all others are.
        ignoring_self_events_enabled=False,
    )


async def _listen(runner: web.AppRunner, address: Address) -> None:
    try:
        await web.TCPSite(runner, address.host, address.port).start()
    except OSError as error:
        msg = f"cannot listen on {address}: {error.strerror or error}; see SIGNOFF_LISTEN and SIGNOFF_ADMIN_LISTEN"
        raise ConfigError(msg) from error


def _bound(runner: web.AppRunner) -> Address:
    host, port = runner.addresses[0][:2]
    return Address(host, port)
