"""Slack's Web API as the program needs it, and the only place that knows Slack's client library.

Owns the translation of every failure into ``bot.errors``. Repeats nothing by itself: there is no idempotency key on
a post, so whoever calls has to look before a second one. No token ever gets into an error or a log.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any

import aiohttp
from slack_sdk.errors import SlackClientError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse
from slack_sdk.webhook.async_client import AsyncWebhookClient

from bot.config.model import Secret
from bot.effects import DIRECT
from bot.errors import PermanentError, SignoffError, TransientError
from bot.slack.cards import Card
from bot.slack.channels import ChannelNames, DirectChannels
from bot.slack.exchange import TIMEOUT, answer
from bot.slack.marks import Identity, card_mark, is_by, story_mark, told_until
from bot.slack.modals import View
from bot.slack.notice import Notice
from bot.slack.refusals import MISSING_SCOPE, PLACE_GONE, RATE_LIMITED, lost

#: Calls under way at once; more wait in the connection pool.
_CONNECTIONS = 100

#: How far back a lost card is looked for: this many pages of this many messages.
_PAGES, _PAGE = 5, 200
#: Slack's clock and ours may differ by this much.
_SKEW = timedelta(minutes=2)
#: What a list may be asked for at once (https://docs.slack.dev/reference/methods/conversations.replies).
_MOST = 999


@dataclass(frozen=True, slots=True)
class Posted:
    """Where a message is. ``ts`` is unique within its channel only."""

    channel_id: str
    ts: str


class SlackGateway:
    """One workspace. ``start`` before use, ``close`` at the end; both in the running loop."""

    def __init__(self, token: Secret, api_url: str) -> None:
        # Nothing is retried by the library: its default would post a card twice when the first answer is lost.
        self.client = AsyncWebClient(
            token=token.reveal(), base_url=api_url.rstrip("/") + "/", timeout=TIMEOUT, retry_handlers=[]
        )
        self._channels = ChannelNames(self._list_channels)
        self._direct = DirectChannels(self._open_direct)
        self._identity: Identity | None = None
        #: Why Slack could not be reached just now, for the readiness page; empty when all is well.
        self.trouble = ""

    async def start(self) -> None:
        """Open the connections that all calls share (without, the library opens one for each call)."""
        connector = aiohttp.TCPConnector(limit=_CONNECTIONS)
        timeout = aiohttp.ClientTimeout(total=TIMEOUT)
        self.client.session = aiohttp.ClientSession(connector=connector, timeout=timeout)

    async def close(self) -> None:
        """Close the connections."""
        if self.client.session is not None:
            await self.client.session.close()

    async def identity(self) -> Identity:
        """Who the token is. Asked once."""
        if self._identity is None:
            told = await self._read(self.client.auth_test())
            url = str(told.get("url") or "")
            self._identity = Identity(told["team_id"], told["user_id"], told.get("bot_id", ""), url)
        return self._identity

    async def post(self, channel: str, card: Card, case_id: int) -> Posted:
        """Post a card into a channel, named or by id.

        Raises UnknownOutcome when the answer was lost: look with ``find_marked`` before posting again.
        """
        return await self._post(channel, card, card_mark(case_id))

    async def say(self, channel: str, card: Card) -> Posted:
        """Post what belongs to no case, and cannot be found again: a repeat after UnknownOutcome may double it."""
        return await self._post(channel, card, None)

    async def post_marked(self, channel: str, card: Card, metadata: dict[str, Any]) -> Posted:
        """Post what belongs to no case, and can be found again with ``find_marked``."""
        return await self._post(channel, card, metadata)

    async def _post(self, channel: str, card: Card, metadata: dict[str, Any] | None) -> Posted:
        call = self.client.chat_postMessage(
            channel=await self.resolve_channel(channel),
            text=card.text,
            blocks=card.blocks,
            metadata=metadata,
            parse="none",
            link_names=False,
            unfurl_links=False,
            unfurl_media=False,
        )
        try:
            told = await self._owed(call, repeatable=False)
        except PermanentError as error:
            if error.kind in PLACE_GONE:
                # The name may belong to another channel by now, the address to another account.
                (self._direct if channel.startswith(DIRECT) else self._channels).forget(channel)
            raise
        match told:
            case {"channel": str(channel_id), "ts": str(ts)}:
                return Posted(channel_id, ts)
            case _:
                raise lost(kind="no_place", repeatable=False)

    async def update(self, channel_id: str, ts: str, card: Card) -> None:
        """Redraw a card. Doing it twice does no harm."""
        # Text without blocks would remove them, and an edit parses names unless told not to.
        call = self.client.chat_update(
            channel=channel_id, ts=ts, text=card.text, blocks=card.blocks, parse="none", link_names=False
        )
        await self._owed(call, repeatable=True)

    async def take_away(self, channel_id: str, ts: str) -> None:
        """Delete a message of ours. Raises PermanentError where Slack does not let us, or it is gone already."""
        await self._read(self.client.chat_delete(channel=channel_id, ts=ts))

    async def reply(self, channel_id: str, thread_ts: str, told: Notice, *, case_id: int, until: int) -> None:
        """Post below a card. Raises UnknownOutcome when the answer was lost: ask ``told_until`` before a second try."""
        call = self.client.chat_postMessage(
            channel=channel_id,
            thread_ts=thread_ts,
            text=told.text,
            blocks=told.blocks,
            metadata=story_mark(case_id, until),
            parse="none",
            link_names=False,
            unfurl_links=False,
            unfurl_media=False,
        )
        await self._owed(call, repeatable=False)

    async def told_until(self, channel_id: str, thread_ts: str, case_id: int) -> int:
        """Up to which audit entry a thread was told by us; 0 where nothing is found."""
        me = await self.identity()
        told = await self._read(
            self.client.conversations_replies(channel=channel_id, ts=thread_ts, include_all_metadata=True, limit=_MOST)
        )
        found = [
            told_until(case_id, message.get("metadata")) for message in told.get("messages", ()) if is_by(me, message)
        ]
        return max(found, default=0)

    async def find_marked(self, channel: str, since: datetime, is_it: Callable[[object], bool]) -> Posted | None:
        """The newest message with such metadata that the bot posted into the channel since then, if there is one.

        ``since`` is by our clock: Slack's may differ a little.
        """
        me = await self.identity()
        channel_id = await self.resolve_channel(channel)
        cursor = ""
        for _ in range(_PAGES):
            told = await self._read(
                self.client.conversations_history(
                    channel=channel_id,
                    oldest=f"{(since - _SKEW).timestamp():.6f}",
                    include_all_metadata=True,
                    limit=_PAGE,
                    cursor=cursor or None,
                )
            )
            for message in told.get("messages", ()):
                if is_by(me, message) and is_it(message.get("metadata")):
                    return Posted(channel_id, message["ts"])
            cursor = _next_cursor(told)
            if not cursor:
                return None
        return None

    async def resolve_channel(self, name: str) -> str:
        """The id of a channel by its name; the name itself where Slack does not tell (posting takes names too).

        ``@email`` leads to that person's direct messages. Raises PermanentError where nobody can be written to.
        """
        return await (self._direct if name.startswith(DIRECT) else self._channels).resolve(name)

    async def user_by_email(self, email: str) -> Mapping[str, Any]:
        """The active account with this address. Raises PermanentError ``users_not_found``."""
        return _part(await self._read(self.client.users_lookupByEmail(email=email)), "user")

    async def open_socket(self, app_token: Secret) -> str:
        """A fresh address for Socket Mode, with its ticket. Raises SignoffError."""
        return str((await self._read(self.client.apps_connections_open(app_token=app_token.reveal()))).get("url"))

    async def tell(self, user_id: str, channel_id: str, told: Notice, *, response_url: str = "") -> None:
        """Tell one person something. By ``response_url`` it works even where the bot is no member."""
        if response_url and await self._respond(response_url, told):
            return
        await self._read(
            self.client.chat_postEphemeral(channel=channel_id, user=user_id, text=told.text, blocks=told.blocks)
        )

    async def open_modal(self, trigger_id: str, view: View) -> None:
        """Open a modal; ``trigger_id`` is good once, for three seconds. Raises PermanentError when it is not."""
        await self._answer(self.client.views_open(trigger_id=trigger_id, view=view), repeatable=True)

    async def update_modal(self, view_id: str, view: View) -> None:
        """Make an open modal true. Raises PermanentError where it was closed meanwhile."""
        await self._read(self.client.views_update(view_id=view_id, view=view))

    async def publish_home(self, user_id: str, view: View) -> None:
        """Show a person's App Home. Doing it twice does no harm."""
        await self._read(self.client.views_publish(user_id=user_id, view=view))

    async def user(self, user_id: str) -> Mapping[str, Any]:
        """A user object as Slack has it (https://docs.slack.dev/reference/objects/user-object), with its locale."""
        return _part(await self._read(self.client.users_info(user=user_id, include_locale=True)), "user")

    async def user_groups(self) -> list[Mapping[str, Any]]:
        """Every user group, those that are switched off left out. Raises PermanentError without the scope."""
        return list((await self._read(self.client.usergroups_list()))["usergroups"])

    async def users_of(self, group_id: str) -> list[str]:
        """The ids of those in a user group. Raises PermanentError."""
        return list(map(str, (await self._read(self.client.usergroups_users_list(usergroup=group_id)))["users"]))

    async def file_info(self, file_id: str) -> Mapping[str, Any]:
        """A file object as Slack has it (https://docs.slack.dev/reference/objects/file-object)."""
        return _part(await self._read(self.client.files_info(file=file_id)), "file")

    async def _respond(self, url: str, told: Notice) -> bool:
        """Whether the response URL took it: it is good five times, for thirty minutes."""
        hook = AsyncWebhookClient(url, timeout=TIMEOUT, session=self.client.session, retry_handlers=[])
        try:
            async with asyncio.timeout(TIMEOUT):
                taken = await hook.send(
                    text=told.text, blocks=list(told.blocks), response_type="ephemeral", replace_original=False
                )
        except (aiohttp.ClientError, TimeoutError, SlackClientError, ValueError):
            return False
        return taken.status_code == HTTPStatus.OK and '"ok":false' not in taken.body.replace(" ", "")

    async def _open_direct(self, email: str) -> str:
        user = await self.user_by_email(email)
        told = await self._read(self.client.conversations_open(users=str(user["id"])))
        return str(_part(told, "channel")["id"])

    async def _list_channels(self, cursor: str) -> tuple[dict[str, str], str]:
        told = await self._read(
            self.client.conversations_list(
                types="public_channel,private_channel", exclude_archived=True, limit=_MOST, cursor=cursor or None
            )
        )
        return {one["name"]: one["id"] for one in told.get("channels", ())}, _next_cursor(told)

    async def _owed(self, call: Awaitable[AsyncSlackResponse], *, repeatable: bool) -> dict[str, Any]:
        """The answer of a call that somebody's card hangs on: it waits for what only an admin can mend."""
        try:
            return await self._answer(call, repeatable=repeatable)
        except PermanentError as error:
            if error.kind != MISSING_SCOPE:
                raise
            sentence = f"{error.sentence} Cards wait until then."
            raise TransientError(sentence, kind=error.kind) from None

    async def _read(self, call: Awaitable[AsyncSlackResponse]) -> dict[str, Any]:
        """The answer of a call that may safely be repeated."""
        return await self._answer(call, repeatable=True)

    async def _answer(self, call: Awaitable[AsyncSlackResponse], *, repeatable: bool) -> dict[str, Any]:
        try:
            told = await answer(call, repeatable=repeatable)
        except PermanentError:
            self.trouble = ""  # it answers, if only with a no
            raise
        except SignoffError as error:
            self.trouble = "" if error.kind == RATE_LIMITED else error.sentence
            raise
        self.trouble = ""
        return told


def _part(told: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """An object of an answer. Raises TransientError where something else answered in Slack's place."""
    found = told.get(name)
    if not isinstance(found, Mapping):
        raise lost(kind=f"no_{name}", repeatable=True)
    return found


def _next_cursor(told: Mapping[str, Any]) -> str:
    return str((told.get("response_metadata") or {}).get("next_cursor") or "")
