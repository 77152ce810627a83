"""What tests say to the workspace: who clicks what, what one then sees.

Every name of a person is an email address, a handle or an id; every name of a channel a name or an id. Adds no rule of
its own.
"""

from __future__ import annotations

import asyncio
import json
import secrets
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar
from urllib.parse import urlencode

from bot.sandbox.slack import payloads
from bot.sandbox.slack.cards import Card, Conversation
from bot.sandbox.slack.delivery import FORM, Answer, Delivery, Sent
from bot.sandbox.slack.files import files_json
from bot.sandbox.slack.gestures import Raw, find_element
from bot.sandbox.slack.interactions import Acted, Interactions, Submitted
from bot.sandbox.slack.model import Channel, ChannelKind, Person, Upload, UserGroup, View
from bot.sandbox.slack.workspace import Workspace

Seen = TypeVar("Seen")

#: A predicate may look at more than Slack; it is asked again at least this often.
_LOOK_AGAIN_S = 0.01
_EVENT_TRIES = 4


class Story:
    """The verbs of a test."""

    workspace: Workspace
    delivery: Delivery
    interactions: Interactions

    # The people and places

    def add_person(self, email: str, **about: str) -> Person:
        """A new member: name, real_name, title, tz, team_id (for a foreign workspace)."""
        return self.workspace.add_person(email, **about)  # type: ignore[arg-type]  # all of them are text

    def change_person(self, who: str, **fields: str | bool) -> Person:
        """Change a person: ``deleted=True``, ``is_restricted=True``, ``team_id=...``."""
        return self.workspace.change_person(self.person(who), **fields)

    def add_user_group(self, handle: str, members: Iterable[str] = ()) -> UserGroup:
        """A user group of these people; tests change its ``members`` and ``is_disabled``."""
        return self.workspace.add_user_group(handle, [self.person(who) for who in members])

    def add_channel(self, name: str, members: Iterable[str] = (), **options: bool) -> Conversation:
        """A channel with these members; ``private=True``; ``with_bot=False`` leaves the bot out."""
        people = [self.person(who) for who in members]
        bot = [self.workspace.bot] if options.get("with_bot", True) else []
        kind = ChannelKind.PRIVATE if options.get("private", False) else ChannelKind.PUBLIC
        return Conversation(self.workspace.add_channel(name, [*people, *bot], kind=kind))

    def upload(self, name: str, content: bytes, *, by: str) -> Upload:
        """A person uploads a file, to be shared or sent with a modal."""
        return self.workspace.add_file(self.person(by), name, content)

    def invite(self, who: str, to: str) -> None:
        """Make a person (or the bot, by its name) a member of a channel."""
        self.channel(to).channel.members[self.person(who).id] = None
        self.workspace.changed()

    def remove(self, who: str, from_: str) -> None:
        """End a membership."""
        self.channel(from_).channel.members.pop(self.person(who).id, None)
        self.workspace.changed()

    def archive(self, name: str) -> None:
        """Archive a channel."""
        self.channel(name).channel.is_archived = True
        self.workspace.changed()

    def rename(self, name: str, to: str) -> None:
        """Give a channel another name; its id stays."""
        channel = self.channel(name).channel
        channel.previous_names.insert(0, channel.name)
        channel.name = to
        self.workspace.changed()

    def person(self, who: str) -> Person:
        """A person by email, handle or id. Raises LookupError."""
        for person in self.workspace.people.values():
            if who in {person.id, person.name} or who.casefold() == person.email.casefold():
                return person
        msg = f"nobody here is {who!r}"
        raise LookupError(msg)

    def channel(self, name: str) -> Conversation:
        """A channel by name or id. Raises LookupError."""
        for channel in self.workspace.channels.values():
            if name.removeprefix("#") in {channel.id, channel.name} and (name == channel.id or not channel.is_direct):
                return Conversation(channel)
        msg = f"no channel is called {name!r}"
        raise LookupError(msg)

    # What one sees

    def dms(self, to: str) -> list[Card]:
        """The direct messages of the bot to a person, the oldest first."""
        person = self.person(to)
        for channel in self.workspace.channels.values():
            if channel.kind is ChannelKind.DIRECT and person.id in channel.members:
                return Conversation(channel).messages
        return []

    def ephemerals(self, to: str) -> list[Card]:
        """What only this person sees, the oldest first."""
        person = self.person(to)
        return [Card(each) for each in self.workspace.ephemerals if each.person_id == person.id]

    def notices(self, to: str) -> list[str]:
        """What Slack itself told this person about an app that did not answer."""
        person = self.person(to)
        return [notice.text for notice in self.workspace.notices if notice.person_id == person.id]

    def modal(self, of: str) -> View | None:
        """The modal on top of a person's screen."""
        views = self.workspace.modals.of(self.person(of).id)
        return views[-1] if views else None

    def home(self, of: str) -> View | None:
        """A person's App Home tab."""
        return self.workspace.modals.homes.get(self.person(of).id)

    @property
    def deliveries(self) -> list[Sent]:
        """Everything that was sent to the app, with its answers."""
        return list(self.delivery.sent)

    async def until(self, holds: Callable[[], Seen], *, within_s: float = 5.0, what: str = "") -> Seen:
        """Wait until something is so and return it. Raises TimeoutError after ``within_s`` real seconds."""
        event = asyncio.Event()
        self.workspace.listen(event)
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(within_s):
                while not (seen := holds()):
                    again = loop.call_later(_LOOK_AGAIN_S, event.set)
                    await event.wait()
                    again.cancel()
                    event.clear()
                return seen
        except TimeoutError:
            msg = f"not seen within {within_s} s: {what or holds}"
            raise TimeoutError(msg) from None
        finally:
            self.workspace.unlisten(event)

    # What one does

    async def click(self, on: Card | View, name: str, *, by: str) -> Acted:
        """Press the button with these words or this action id. A confirm dialog is answered with yes."""
        return await self.choose(on, name, None, by=by)

    async def choose(self, on: Card | View, name: str, option: Raw, *, by: str) -> Acted:
        """Use a select, a menu or a picker of a card or a view."""
        person = self.person(by)
        block, element = find_element(on.blocks, name)
        if isinstance(on, View):
            return await self.interactions.act_in_view(person, on, block["block_id"], element=element, raw=option)
        self._must_see(person, self.workspace.channels[on.channel_id])
        return await self.interactions.act_on_message(
            person, on.surface, block["block_id"], element=element, raw=option
        )

    async def opened(self, acted: Acted, *, within_s: float = 3.0) -> View:
        """The modal that a gesture opened. Raises TimeoutError when none came."""
        view = await self.until(
            lambda: self.workspace.modals.opened_with(acted.trigger_id), within_s=within_s, what="a modal"
        )
        assert view is not None  # noqa: S101  # until returns only what is true
        return view

    async def submit(self, view: View, values: Mapping[str, Raw], *, by: str) -> Submitted:
        """Fill in inputs, named by block id or action id, and press submit."""
        raw = {find_element(view.blocks, name)[0]["block_id"]: value for name, value in values.items()}
        return await self.interactions.submit(self.person(by), view, raw)

    async def close(self, view: View, *, by: str) -> Acted | None:
        """Dismiss a modal."""
        return await self.interactions.close(self.person(by), view)

    async def command(self, line: str, *, by: str, channel: str) -> Acted:
        """Type a slash command: ``/approvals mine``."""
        command, _, text = line.partition(" ")
        return await self.interactions.command(self.person(by), self.channel(channel).channel, command, text)

    async def emit(self, event: Mapping[str, Any]) -> list[Answer]:
        """Deliver an event, with Slack's three retries (here without their pauses: at once, 1 min, 5 min)."""
        told = payloads.event_callback(self.workspace, dict(event), f"Ev{secrets.token_hex(6).upper()}")
        answers: list[Answer] = []
        for attempt in range(_EVENT_TRIES):
            reason = (answers[-1].problem or "http_error") if answers else ""
            answers.append(await self.delivery.event(told, attempt=attempt, reason=reason))
            if answers[-1].is_ack or answers[-1].headers.get("X-Slack-No-Retry") == "1":
                break
        return answers

    async def share(self, card: Card, *files: Upload, by: str) -> list[Answer]:
        """Post files into a card's thread: the app is told by an event, as where it subscribed to message.channels."""
        person = self.person(by)
        channel = self.workspace.channels[card.channel_id]
        posted = self.workspace.post(channel, person, text="", thread_ts=card.ts)
        return await self.emit(
            {
                "type": "message",
                "subtype": "file_share",
                "text": "",
                "files": files_json(self.workspace, [one.id for one in files]),
                "upload": False,
                "user": person.id,
                "channel": channel.id,
                "channel_type": "channel",
                "ts": posted.ts,
                "event_ts": posted.ts,
                "thread_ts": card.ts,
            }
        )

    async def delete(self, card: Card) -> list[Answer]:
        """Somebody with the right to deletes a message. With replies a tombstone stays, and the app hears of that."""
        channel = self.workspace.channels[card.channel_id]
        message = channel.messages[card.ts]
        self.workspace.delete(message)
        at = {"type": "message", "channel": channel.id, "channel_type": "channel", "ts": self.workspace.next_ts()}
        if message.replies:
            stone = {"type": "message", "subtype": "tombstone", "ts": card.ts, "hidden": True}
            return await self.emit({**at, "subtype": "message_changed", "message": stone, "hidden": True})
        return await self.emit({**at, "subtype": "message_deleted", "deleted_ts": card.ts, "hidden": True})

    async def open_home(self, by: str) -> list[Answer]:
        """Look at the App Home tab: the app is told by an event."""
        person = self.person(by)
        home = self.workspace.direct_channel([person])
        return await self.emit({"type": "app_home_opened", "user": person.id, "channel": home.id, "tab": "home"})

    # What should not be

    async def post_raw(
        self,
        payload: Mapping[str, Any] | bytes,
        *,
        signature: str | None = None,
        timestamp: str | None = None,
    ) -> Answer:
        """Send a forged interaction (or forged bytes). Without a signature it is signed as Slack signs."""
        body = payload if isinstance(payload, bytes) else urlencode({"payload": json.dumps(payload)}).encode()
        return await self.delivery.raw(body, {"Content-Type": FORM}, signature=signature, timestamp=timestamp)

    async def replay(self, sent: Sent) -> Answer:
        """Send the very same bytes and headers again."""
        return await self.delivery.again(sent.body, sent.headers)

    @staticmethod
    def _must_see(person: Person, channel: Channel) -> None:
        if person.id not in channel.members and (channel.is_private or person.is_restricted):
            msg = f"{person.name} cannot see #{channel.name}"
            raise ValueError(msg)
