"""The page itself: one aiohttp application with its files, its API and its stream of news.

The composition root gives in what lies outside Slack: the Odoo records, the scenario and the clock. Listens on
loopback; another address needs a token.
"""

from __future__ import annotations

import inspect
import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from aiohttp import web

from bot.sandbox.gallery import Gallery
from bot.sandbox.page.acts import Acts, json_object
from bot.sandbox.page.feed import Feed
from bot.sandbox.page.guard import Guard, protect
from bot.sandbox.page.picture import Picture
from bot.sandbox.slack import PretendSlack

STATIC = Path(__file__).parent / "static"
LONGEST_ADVANCE_S = 31 * 24 * 3600

Snapshot = list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the page shows beside Slack. ``None`` means: the sandbox's own clock, no scenario, no records.

    ``odoo_snapshot`` gives records as ``{title, state, lines: [(label, value)], notes: [str], url}``; ``scenario`` is
    a list of ``{id, label}``; ``advance`` takes seconds.
    """

    odoo_snapshot: Callable[[], Snapshot] = list
    scenario: Sequence[Mapping[str, str]] = ()
    run_scenario: Callable[[str], Awaitable[None] | None] | None = None
    advance: Callable[[float], Awaitable[None] | None] | None = None
    gallery: Gallery | None = None


#: Of a request, in bytes: more than the program takes of a file (and a third for base64), so that its own limit shows.
LARGEST_UPLOAD = 40 * 1024 * 1024


class SandboxPage:
    """The page of one pretend Slack. ``url`` is where to open it, once started."""

    def __init__(
        self, slack: PretendSlack, surroundings: Surroundings | None = None, *, expose_token: str = ""
    ) -> None:
        self._slack = slack
        self._around = surroundings or Surroundings()
        self._token = expose_token
        self._picture = Picture(slack.workspace)
        self._acts = Acts(slack, self._picture)
        self._feed = Feed(slack.workspace, self._elsewhere)
        self._runner: web.AppRunner | None = None
        self.url = ""

    def app(self) -> web.Application:
        """The application, for serving it in some other way."""
        app = web.Application(middlewares=[Guard(self._token).middleware], client_max_size=LARGEST_UPLOAD)
        app.on_response_prepare.append(protect)
        app.on_shutdown.append(self._feed.close)
        app.add_routes(
            [
                web.get("/", self._index),
                web.get("/archives/{channel}/{message}", self._index),
                web.get("/gallery", self._gallery_page),
                web.get("/sandbox/api/state", self._state),
                web.get("/sandbox/api/gallery", self._gallery),
                web.get("/sandbox/api/file/{file}", self._file),
                web.get("/sandbox/api/events", self._feed.handle),
                web.post("/sandbox/api/use", self._acts.use),
                web.post("/sandbox/api/home", self._acts.home),
                web.post("/sandbox/api/submit", self._acts.submit),
                web.post("/sandbox/api/upload", self._acts.upload),
                web.post("/sandbox/api/close", self._acts.close),
                web.post("/sandbox/api/say", self._acts.say),
                web.post("/sandbox/api/dismiss", self._acts.dismiss),
                web.post("/sandbox/api/advance", self._advance),
                web.post("/sandbox/api/scenario", self._scenario),
                web.static("/static", STATIC),
            ]
        )
        return app

    async def start(self, host: str = "127.0.0.1", port: int = 0) -> None:
        """Listen; permalinks lead here from now on. Raises OSError when the port is taken."""
        self._runner = web.AppRunner(self.app(), access_log=None, shutdown_timeout=1.0)
        await self._runner.setup()
        await web.TCPSite(self._runner, host, port).start()
        bound_host, bound_port = self._runner.addresses[0][:2]
        base = f"http://{bound_host}:{bound_port}"
        self._slack.workspace.site_url = base
        self.url = f"{base}/#token={self._token}" if self._token else f"{base}/"

    async def stop(self) -> None:
        """Stop listening."""
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    async def _index(self, _request: web.Request) -> web.FileResponse:
        return web.FileResponse(STATIC / "index.html")

    async def _state(self, request: web.Request) -> web.Response:
        person = self._acts.person(request.query.get("as"))
        screen = self._picture.of(person, request.query.get("channel", ""), request.query.get("thread", ""))
        around = {"odoo": self._around.odoo_snapshot(), "scenario": [dict(step) for step in self._around.scenario]}
        return web.json_response(screen | around)

    async def _file(self, request: web.Request) -> web.Response:
        """A picture that the app has posted: of what people upload nothing is shown."""
        upload = self._slack.workspace.files.get(request.match_info["file"])
        if upload is None or upload.person_id != self._slack.workspace.bot.id:
            raise web.HTTPNotFound(text="There is no such file.")
        return web.Response(body=upload.content, content_type="image/png")

    async def _gallery_page(self, _request: web.Request) -> web.FileResponse:
        return web.FileResponse(STATIC / "gallery.html")

    async def _gallery(self, request: web.Request) -> web.Response:
        """One type in every state, unless a state is chosen: everything at once is more than anybody looks at."""
        gallery = self._around.gallery
        if gallery is None:
            raise web.HTTPNotFound(text="There is no gallery here.")
        state = request.query.get("state", "")
        event_type = request.query.get("type", "") or ("" if state else gallery.types[0])
        if (event_type and event_type not in gallery.types) or (state and state not in gallery.states):
            raise web.HTTPNotFound(text="There is no such card.")
        now = self._slack.clock.now()
        told = {"types": gallery.types, "states": gallery.states, "type": event_type, "state": state}
        modals = gallery.modals(event_type, now) if event_type and not state else []
        cards = gallery.cards(event_type, state, now)
        return web.json_response({**told, "now": now.timestamp(), "cards": cards, "modals": modals})

    async def _advance(self, request: web.Request) -> web.Response:
        seconds = (await json_object(request)).get("seconds")
        if not isinstance(seconds, int | float) or not 0 < seconds <= LONGEST_ADVANCE_S:
            raise web.HTTPBadRequest(text="The clock moves forward, by a month at most.")
        if self._around.advance is None:
            self._slack.clock.advance(timedelta(seconds=seconds))
        else:
            await _done(self._around.advance(seconds))
        self._slack.workspace.changed()
        return web.json_response({})

    async def _scenario(self, request: web.Request) -> web.Response:
        step = (await json_object(request)).get("id")
        if self._around.run_scenario is None or step not in {each["id"] for each in self._around.scenario}:
            raise web.HTTPNotFound(text="There is no such step.")
        await _done(self._around.run_scenario(str(step)))
        self._slack.workspace.changed()
        return web.json_response({})

    def _elsewhere(self) -> str:
        return json.dumps(self._around.odoo_snapshot(), default=str)


async def _done(result: Awaitable[None] | None) -> None:
    """Both plain and asynchronous callables may be given in."""
    if inspect.isawaitable(result):
        await result
