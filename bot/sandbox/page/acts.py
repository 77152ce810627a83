"""What a person does on the page: use elements, fill in modals, write, type commands.

Finds what the page names and hands it to the interactions of the pretend Slack. A request that names nothing that
exists is answered 404; nothing here judges what the app may do.
"""

from __future__ import annotations

import base64
from dataclasses import asdict
from typing import Any

from aiohttp import web

from bot.sandbox.page.picture import Picture
from bot.sandbox.slack import PretendSlack
from bot.sandbox.slack.blocks import elements_of
from bot.sandbox.slack.gestures import Element
from bot.sandbox.slack.model import Channel, Ephemeral, Message, Person, View
from bot.sandbox.slack.wording import escaped

LONGEST_MESSAGE = 4000
LONGEST_NAME = 100


class Acts:
    """The handlers behind ``/sandbox/api``."""

    def __init__(self, slack: PretendSlack, picture: Picture) -> None:
        self._slack = slack
        self._workspace = slack.workspace
        self._picture = picture

    async def use(self, request: web.Request) -> web.Response:
        """Press a button or choose an option, of a message, of the modal on top or of the Home tab."""
        asked = await json_object(request)
        person = self.person(asked.get("as"))
        raw = asked.get("value")
        if "view" in asked:
            view = self._view(person, asked["view"])
            element = _element(view.blocks, asked)
            acted = await self._slack.interactions.act_in_view(person, view, asked["block"], element=element, raw=raw)
        else:
            surface = self._surface(person, asked)
            element = _element(surface.blocks, asked)
            acted = await self._slack.interactions.act_on_message(
                person, surface, asked["block"], element=element, raw=raw
            )
        return web.json_response({"trouble": acted.trouble})

    async def home(self, request: web.Request) -> web.Response:
        """Look at the Home tab: the app is told."""
        person = self.person((await json_object(request)).get("as"))
        await self._slack.open_home(by=person.id)
        return web.json_response({})

    async def submit(self, request: web.Request) -> web.Response:
        """Submit the modal on top."""
        asked = await json_object(request)
        person = self.person(asked.get("as"))
        view = self._view(person, asked.get("view"))
        inputs = {block["block_id"] for block in view.blocks if block["type"] == "input"}
        values = {block_id: value for block_id, value in dict(asked.get("values", {})).items() if block_id in inputs}
        submitted = await self._slack.interactions.submit(person, view, values)
        told = asdict(submitted)
        return web.json_response({key: told[key] for key in ("errors", "closed", "trouble")})

    async def upload(self, request: web.Request) -> web.Response:
        """Take a file that is chosen in a modal; the modal then sends its id."""
        asked = await json_object(request)
        person = self.person(asked.get("as"))
        name = str(asked.get("name", "")).strip()[:LONGEST_NAME] or "file"
        try:
            content = base64.b64decode(str(asked.get("content", "")), validate=True)
        except ValueError:
            raise web.HTTPBadRequest(text="That is no file.") from None
        return web.json_response({"id": self._workspace.add_file(person, name, content).id})

    async def close(self, request: web.Request) -> web.Response:
        """Dismiss the modal on top."""
        asked = await json_object(request)
        person = self.person(asked.get("as"))
        await self._slack.interactions.close(person, self._view(person, asked.get("view")))
        return web.json_response({})

    async def say(self, request: web.Request) -> web.Response:
        """Write a message, or type a slash command."""
        asked = await json_object(request)
        person = self.person(asked.get("as"))
        channel = self._channel(person, asked)
        text = str(asked.get("text", "")).strip()[:LONGEST_MESSAGE]
        thread_ts = str(asked.get("thread") or "") or None
        if not text or channel.is_archived or (thread_ts and thread_ts not in channel.messages):
            raise web.HTTPBadRequest(text="There is nothing to send, or nowhere.")
        trouble = ""
        if text.startswith("/") and thread_ts is None:
            command, _, rest = text.partition(" ")
            acted = await self._slack.interactions.command(person, channel, command, rest.strip())
            trouble = acted.trouble
        else:
            channel.members.setdefault(person.id)
            self._workspace.post(channel, person, text=escaped(text), thread_ts=thread_ts)
        return web.json_response({"trouble": trouble})

    async def dismiss(self, request: web.Request) -> web.Response:
        """Take an ephemeral message off the screen."""
        asked = await json_object(request)
        person = self.person(asked.get("as"))
        surface = self._surface(person, asked)
        if isinstance(surface, Ephemeral):
            self._workspace.dismiss(surface.ts)
        return web.json_response({})

    def person(self, person_id: object) -> Person:
        """The person somebody pretends to be; the first one when the page has just been opened."""
        people = [each for each in self._workspace.people.values() if not each.is_bot and not each.deleted]
        found = next((each for each in people if each.id == person_id), None if person_id else next(iter(people), None))
        if found is None:
            raise web.HTTPNotFound(text="Nobody here is that person.")
        return found

    def _channel(self, person: Person, asked: dict[str, Any]) -> Channel:
        for channel in self._picture.visible(person):
            if channel.id == asked.get("channel"):
                return channel
        raise web.HTTPNotFound(text="There is no such channel.")

    def _surface(self, person: Person, asked: dict[str, Any]) -> Message | Ephemeral:
        channel = self._channel(person, asked)
        ts = asked.get("ts")
        message = channel.messages.get(str(ts))
        if message is not None and not message.is_deleted:
            return message
        for ephemeral in self._workspace.ephemerals:
            if ephemeral.ts == ts and ephemeral.person_id == person.id:
                return ephemeral
        raise web.HTTPNotFound(text="That message is gone.")

    def _view(self, person: Person, view_id: object) -> View:
        home = self._workspace.modals.homes.get(person.id)
        for view in (*self._workspace.modals.of(person.id), *([home] if home else [])):
            if view.id == view_id:
                return view
        raise web.HTTPNotFound(text="That window is closed.")


async def json_object(request: web.Request) -> dict[str, Any]:
    """The body as an object, else 400."""
    try:
        value = await request.json()
    except ValueError:
        value = None
    if not isinstance(value, dict):
        raise web.HTTPBadRequest(text="Send a JSON object.")
    return value


def _element(blocks: Any, asked: dict[str, Any]) -> Element:
    for block in blocks:
        for element in elements_of(block):
            if (block["block_id"], element["action_id"]) == (asked.get("block"), asked.get("action")):
                return element
    raise web.HTTPNotFound(text="That button is gone.")
