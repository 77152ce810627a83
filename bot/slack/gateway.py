"""Slack's Web API as the program needs it, and the only place that knows Slack's client library.

Owns the translation of every failure into ``bot.errors``. Repeats nothing by itself: there is no idempotency key on
a post, so whoever calls has to look before a second one. No token ever gets into an error or a log.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse
from slack_sdk.webhook.async_client import AsyncWebhookClient

from bot.config.model import Secret
from bot.errors import PermanentError, SignoffError
from bot.slack.cards import Card
from bot.slack.channels import ChannelNames
from bot.slack.modals import View
from bot.slack.notice import Notice
from bot.slack.refusals import RATE_LIMITED, lost, meaning, never_sent

#: Longest wait for an answer, in seconds.
TIMEOUT = 10

#: Calls under way at once; more wait in the connection pool.
_CONNECTIONS = 100

#: Marks a card as ours in a channel's history. Metadata is visible to every app of the workspace: ids only.
EVENT_TYPE = "signoff_case"
#: How far back a lost card is looked for: this many pages of this many messages.
_PAGES, _PAGE = 5, 200

_TOO_MANY, _SERVER_ERROR = 429, 500


@dataclass(frozen=True, slots=True)
class Identity:
    """Who the bot is in Slack."""

    team_id: str
    user_id: str
    bot_id: str


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
            self._identity = Identity(told["team_id"], told["user_id"], told.get("bot_id", ""))
        return self._identity

    async def post(self, channel: str, card: Card, case_id: int) -> Posted:
        """Post a card into a channel, named or by id.

        Raises UnknownOutcome when the answer was lost: look with ``find_posted`` before posting again.
        """
        return await self._post(channel, card, {"event_type": EVENT_TYPE, "event_payload": {"case_id": case_id}})

    async def say(self, channel: str, card: Card) -> Posted:
        """Post what belongs to no case, and cannot be found again: a repeat after UnknownOutcome may double it."""
        return await self._post(channel, card, None)

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
            told = await self._answer(call, repeatable=False)
        except PermanentError as error:
            if error.kind in {"channel_not_found", "is_archived"}:
                self._channels.forget(channel)  # the name may belong to another channel by now
            raise
        return Posted(told["channel"], told["ts"])

    async def update(self, channel_id: str, ts: str, card: Card) -> None:
        """Redraw a card. Doing it twice does no harm."""
        # Text without blocks would remove them, and an edit parses names unless told not to.
        call = self.client.chat_update(
            channel=channel_id, ts=ts, text=card.text, blocks=card.blocks, parse="none", link_names=False
        )
        await self._read(call)

    async def find_posted(self, channel: str, case_id: int, since: datetime) -> Posted | None:
        """The newest card of this case that the bot posted into the channel since then, if there is one."""
        me = await self.identity()
        channel_id = await self.resolve_channel(channel)
        cursor = ""
        for _ in range(_PAGES):
            told = await self._read(
                self.client.conversations_history(
                    channel=channel_id,
                    oldest=f"{since.timestamp():.6f}",
                    include_all_metadata=True,
                    limit=_PAGE,
                    cursor=cursor or None,
                )
            )
            for message in told.get("messages", ()):
                if _is_by(me, message) and _is_card_of(case_id, message.get("metadata")):
                    return Posted(channel_id, message["ts"])
            cursor = _next_cursor(told)
            if not cursor:
                return None
        return None

    async def resolve_channel(self, name: str) -> str:
        """The id of a channel by its name; the name itself where Slack does not tell (posting takes names too)."""
        return await self._channels.resolve(name)

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

    async def user(self, user_id: str) -> Mapping[str, Any]:
        """A user object as Slack has it (https://docs.slack.dev/reference/objects/user-object)."""
        found: Mapping[str, Any] = (await self._read(self.client.users_info(user=user_id)))["user"]
        return found

    async def _respond(self, url: str, told: Notice) -> bool:
        """Whether the response URL took it: it is good five times, for thirty minutes."""
        hook = AsyncWebhookClient(url, timeout=TIMEOUT, session=self.client.session, retry_handlers=[])
        try:
            async with asyncio.timeout(TIMEOUT):
                answer = await hook.send(
                    text=told.text, blocks=list(told.blocks), response_type="ephemeral", replace_original=False
                )
        except (aiohttp.ClientError, TimeoutError, SlackClientError, ValueError):
            return False
        return bool(answer.status_code == 200)  # noqa: PLR2004  # Slack says ok in no other way

    async def _list_channels(self, cursor: str) -> tuple[dict[str, str], str]:
        told = await self._read(
            self.client.conversations_list(
                types="public_channel,private_channel", exclude_archived=True, limit=1000, cursor=cursor or None
            )
        )
        return {one["name"]: one["id"] for one in told["channels"]}, _next_cursor(told)

    async def _read(self, call: Awaitable[AsyncSlackResponse]) -> dict[str, Any]:
        """The answer of a call that may safely be repeated."""
        return await self._answer(call, repeatable=True)

    async def _answer(self, call: Awaitable[AsyncSlackResponse], *, repeatable: bool) -> dict[str, Any]:
        try:
            told = await _told(call, repeatable=repeatable)
        except PermanentError:
            self.trouble = ""  # it answers, if only with a no
            raise
        except SignoffError as error:
            self.trouble = "" if error.kind == RATE_LIMITED else error.sentence
            raise
        self.trouble = ""
        return told


def _is_by(me: Identity, message: Mapping[str, Any]) -> bool:
    """Whether we wrote it: metadata can be set by any app of the workspace."""
    if "bot_id" in message:
        return bool(message["bot_id"] == me.bot_id)
    return bool(message.get("user") == me.user_id)


def _is_card_of(case_id: int, metadata: object) -> bool:
    match metadata:
        case {"event_type": str(kind), "event_payload": {"case_id": found}}:
            return kind == EVENT_TYPE and found == case_id
        case _:
            return False


def _next_cursor(told: Mapping[str, Any]) -> str:
    return str((told.get("response_metadata") or {}).get("next_cursor") or "")


async def _told(call: Awaitable[AsyncSlackResponse], *, repeatable: bool) -> dict[str, Any]:
    """What Slack answers. Raises SignoffError; never an error of the library, which would hold the token."""
    try:
        # The library does not apply its own timeout to a shared session.
        async with asyncio.timeout(TIMEOUT):
            told = (await call).data
    except SlackApiError as error:
        raise _refused(error, repeatable=repeatable) from None
    except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
        raise never_sent(type(error).__name__) from None
    except (aiohttp.ClientError, TimeoutError, SlackClientError, ValueError) as error:
        raise lost(type(error).__name__, repeatable=repeatable) from None
    if not isinstance(told, dict):
        raise lost(kind="not_json", repeatable=repeatable)
    return told


def _refused(error: SlackApiError, *, repeatable: bool) -> SignoffError:
    response = error.response
    if not isinstance(response, AsyncSlackResponse):
        return lost(kind="not_json", repeatable=repeatable)  # a proxy's page in place of an answer
    if response.status_code == _TOO_MANY:
        return meaning(RATE_LIMITED, retry_after=_seconds(response.headers), repeatable=repeatable)
    body = response.data if isinstance(response.data, dict) else {}
    code = body.get("error")
    if response.status_code >= _SERVER_ERROR or not isinstance(code, str):
        return lost(f"http_{response.status_code}", repeatable=repeatable)
    return meaning(code, retry_after=_seconds(response.headers), repeatable=repeatable)


def _seconds(headers: Mapping[str, Any]) -> float | None:
    """Retry-After, which Slack gives in whole seconds."""
    told = next((str(value) for name, value in headers.items() if name.lower() == "retry-after"), "")
    return float(told) if re.fullmatch(r"\d{1,6}", told) else None
