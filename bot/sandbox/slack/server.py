"""The pretend Slack as one server: Web API, response URLs, and the story that tests tell it.

Owns start and stop. It impersonates Slack by design, so it listens on loopback unless told otherwise.
"""

from __future__ import annotations

from collections import deque
from functools import partial

from aiohttp import web

from bot.clock import Clock
from bot.sandbox.slack import uploads
from bot.sandbox.slack.api import Call, WebApi
from bot.sandbox.slack.delivery import Delivery
from bot.sandbox.slack.faults import Faults
from bot.sandbox.slack.files import FileHost
from bot.sandbox.slack.interactions import Interactions
from bot.sandbox.slack.limits import Limits
from bot.sandbox.slack.response_urls import ResponseUrls
from bot.sandbox.slack.sockets import Sockets
from bot.sandbox.slack.story import Story
from bot.sandbox.slack.workspace import Workspace

SIGNING_SECRET = "sandbox-signing-secret"  # noqa: S105  # of the sandbox, worth nothing elsewhere
APP_TOKEN = "xapp-sandbox-app-token"  # noqa: S105  # of the sandbox, worth nothing elsewhere
BOT_TOKEN = "xoxb-sandbox-bot-token"  # noqa: S105  # of the sandbox, worth nothing elsewhere


class PretendSlack(Story):
    """A Slack workspace with one installed app, in this process.

    ``request_url`` is the app's one address for events, interactivity and commands; it may be set later, on
    ``delivery.request_url``. Faults, limits and calls are for tests and the bench.
    """

    def __init__(
        self,
        clock: Clock | None = None,
        request_url: str | None = None,
        signing_secret: str = SIGNING_SECRET,
        bot_token: str = BOT_TOKEN,
    ) -> None:
        self.clock = clock or Clock()
        self.signing_secret = signing_secret
        self.bot_token = bot_token
        self.workspace = Workspace(self.clock)
        self.faults = Faults(self.workspace.changed)
        self.limits = Limits()
        self.delivery = Delivery(signing_secret=signing_secret, request_url=request_url)
        self.sockets = Sockets(APP_TOKEN)
        self.interactions = Interactions(self.workspace, self.delivery, lambda: f"{self.base_url}/response/")
        self._api = WebApi(self.workspace, self.faults, self.limits, bot_token=bot_token, connections=self._open_socket)
        #: Where this server is reached, without a slash at the end; set by ``start``, or by whoever serves ``app``.
        self.base_url = ""
        self._runner: web.AppRunner | None = None

    @property
    def scopes(self) -> str:
        """What the bot token may, as Slack writes it: a list with commas."""
        return self._api.scopes

    @scopes.setter
    def scopes(self, granted: str) -> None:
        self._api.scopes = granted

    def use_sockets(self) -> None:
        """From now on the app is reached over its own connections, not at a request URL."""
        self.delivery.envelopes = self.sockets.deliver

    def _open_socket(self, token: str) -> str:
        """An address with a ticket, for the right app token; else nothing."""
        base = self.base_url.replace("http", "ws", 1)
        return f"{base}/link/?ticket={self.sockets.ticket()}" if token == self.sockets.app_token else ""

    @property
    def calls(self) -> deque[Call]:
        """Every call of the app, the oldest first."""
        return self._api.calls

    def calls_of(self, method: str) -> list[Call]:
        """The calls of one method."""
        return [call for call in self.calls if call.method == method]

    @property
    def api_url(self) -> str:
        """The base URL for the app's Slack client, with the slash at the end that slack_sdk wants."""
        return f"{self.base_url}/api/"

    @property
    def request_url(self) -> str | None:
        """Where events, interactivity and commands are delivered."""
        return self.delivery.request_url

    @request_url.setter
    def request_url(self, url: str | None) -> None:
        self.delivery.request_url = url

    def app(self) -> web.Application:
        """The aiohttp application, for serving it beside something else."""
        app = web.Application()
        responses = ResponseUrls(self.workspace)
        app.router.add_route("*", "/api/{method}", self._api.handle)
        app.router.add_get("/files-pri/{file}/{name}", FileHost(self.workspace, bot_token=self.bot_token).handle)
        app.router.add_post("/upload/v1/{file}", partial(uploads.take, workspace=self.workspace))
        app.router.add_post("/response/{token:.+}", responses.handle)
        app.router.add_get("/link/", self.sockets.handle)
        return app

    async def start(self, host: str = "127.0.0.1", port: int = 0) -> None:
        """Listen; port 0 takes any free one. Raises OSError when the port is taken."""
        self._runner = web.AppRunner(self.app(), access_log=None)
        await self._runner.setup()
        site = web.TCPSite(self._runner, host, port)
        await site.start()
        bound_host, bound_port = self._runner.addresses[0][:2]
        self.base_url = self.workspace.files_url = f"http://{bound_host}:{bound_port}"

    async def stop(self) -> None:
        """Stop listening and drop the connections to the app."""
        await self.delivery.close()
        await self.sockets.close()
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None
