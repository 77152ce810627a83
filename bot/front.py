"""The two listeners: the public one for Odoo and Slack, the admin one for readiness and metrics.

Only routing: what an address means is the handlers'.
"""

from __future__ import annotations

from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.web.async_client import AsyncWebClient

from bot.errors import ConfigError
from bot.handlers.health import Admin, healthz
from bot.handlers.odoo_events import OdooEvents
from bot.settings import Address, Settings
from bot.slack.gateway import SlackGateway


class Front:
    """Starts and stops both listeners."""

    def __init__(self, settings: Settings, odoo_events: OdooEvents, admin: Admin) -> None:
        self._settings = settings
        self._odoo_events = odoo_events
        self._admin = admin
        self._runners: list[web.AppRunner] = []

    async def start(self, bolt: AsyncApp) -> None:
        """Listen. Raises ConfigError when an address is taken, or is none of this machine."""
        public = web.Application()
        public.router.add_get("/healthz", healthz)
        public.router.add_post("/odoo/{source}", self._odoo_events.receive)
        public.router.add_post("/odoo/{source}/{token}", self._odoo_events.receive)
        public.router.add_post("/slack/events", _SlackEvents(bolt).receive)
        admin = web.Application()
        admin.router.add_get("/readyz", self._admin.readyz)
        admin.router.add_get("/metrics", self._admin.metrics)
        for application, address in ((public, self._settings.listen), (admin, self._settings.admin_listen)):
            # No access log: the paths of Odoo's webhooks hold their tokens.
            runner = web.AppRunner(application, access_log=None)
            await runner.setup()
            self._runners.append(runner)
            await _listen(runner, address)

    async def stop(self) -> None:
        """Take in nothing more; requests under way are answered."""
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
    """Hands requests of Slack to Bolt."""

    def __init__(self, bolt: AsyncApp) -> None:
        self._bolt = bolt

    async def receive(self, request: web.Request) -> web.Response:
        """Events, interactivity and commands alike."""
        try:
            asked = await to_bolt_request(request)
        except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
            # The library reads a body before it asks who sent it, and stumbles over whatever is no payload.
            return web.Response(status=400, text="not a request of Slack")
        return await to_aiohttp_response(await self._bolt.async_dispatch(asked))


def bolt_for(settings: Settings, gateway: SlackGateway) -> AsyncApp:
    """Bolt, authorised from memory: no click waits for a call to Slack, or fails with one."""

    async def authorize(enterprise_id: str | None, team_id: str | None) -> AuthorizeResult:
        token = settings.slack_bot_token.reveal()
        return AuthorizeResult(enterprise_id=enterprise_id, team_id=team_id, bot_token=token)

    return AsyncApp(
        signing_secret=settings.slack_signing_secret.reveal(),
        client=AsyncWebClient(base_url=settings.slack_api_url, session=gateway.client.session),
        authorize=authorize,
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
