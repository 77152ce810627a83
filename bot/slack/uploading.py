"""Giving Slack files: an address for each, its bytes there, and all of them below one message in one go.

https://docs.slack.dev/messaging/working-with-files: files.upload is retired. The bytes go to the address that Slack
names, without our token. Only completing shows anything, so whatever is lost before it can be begun again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Final, Protocol

import aiohttp

from bot.errors import PermanentError, TransientError
from bot.slack.cards import Card
from bot.slack.exchange import TIMEOUT, answer
from bot.slack.gateway import Posted, SlackGateway
from bot.slack.marks import is_by

_OK: Final = 200
_SERVER_ERROR: Final = 500
#: Longest wait for one file's bytes to be taken, in seconds.
_PATIENCE_S: Final = TIMEOUT
#: Characters of ``alt_txt`` (https://docs.slack.dev/reference/methods/files.getUploadURLExternal).
_LONGEST_ALT: Final = 1000
#: Replies that are looked through for files.
_REPLIES: Final = 200


class Image(Protocol):
    """What is given."""

    @property
    def name(self) -> str:
        """Of its file, without the ending."""
        ...

    @property
    def title(self) -> str:
        """Above it."""
        ...

    @property
    def alt(self) -> str:
        """In its place, for whoever does not see it."""
        ...

    @property
    def png(self) -> bytes:
        """Its bytes."""
        ...


async def share(gateway: SlackGateway, posted: Posted, images: Sequence[Image]) -> None:
    """Put ``images`` into the thread of a message.

    Raises SignoffError; UnknownOutcome where they may be there: look before doing it again.
    """
    if not images:
        return
    given: list[dict[str, str | None]] = [{"id": await _give(gateway, one), "title": one.title} for one in images]
    call = gateway.client.files_completeUploadExternal(files=given, channel_id=posted.channel_id, thread_ts=posted.ts)
    await answer(call, repeatable=False)


async def has_files(gateway: SlackGateway, posted: Posted) -> bool:
    """Whether we have put files into the thread of a message."""
    me = await gateway.identity()
    told = await answer(
        gateway.client.conversations_replies(channel=posted.channel_id, ts=posted.ts, limit=_REPLIES), repeatable=True
    )
    return any(is_by(me, one) and one.get("files") for one in told.get("messages", ()))


async def post_below(gateway: SlackGateway, posted: Posted, card: Card) -> None:
    """A reply that belongs to no case."""
    call = gateway.client.chat_postMessage(
        channel=posted.channel_id, thread_ts=posted.ts, text=card.text, blocks=card.blocks, unfurl_links=False
    )
    await answer(call, repeatable=False)


async def _give(gateway: SlackGateway, image: Image) -> str:
    """The file's id, once Slack has its bytes."""
    call = gateway.client.files_getUploadURLExternal(
        filename=f"{image.name}.png", length=len(image.png), alt_txt=image.alt[:_LONGEST_ALT]
    )
    told = await answer(call, repeatable=True)
    await _send(gateway, str(told["upload_url"]), image.png)
    return str(told["file_id"])


async def _send(gateway: SlackGateway, url: str, content: bytes) -> None:
    session: aiohttp.ClientSession = gateway.client.session  # type: ignore[assignment]  # it is open while we run
    headers = {"Content-Type": "application/octet-stream"}
    try:
        async with (
            asyncio.timeout(_PATIENCE_S),
            session.post(url, data=content, headers=headers, allow_redirects=False) as response,
        ):
            status = response.status
    except (aiohttp.ClientError, TimeoutError, ValueError) as error:
        msg = "Slack did not take a picture just now."
        raise TransientError(msg, kind=type(error).__name__) from None
    if status >= _SERVER_ERROR:
        msg = "Slack did not take a picture just now."
        raise TransientError(msg, kind=f"http_{status}")
    if status != _OK:
        msg = f"Slack refused a picture ({status})."
        raise PermanentError(msg, kind=f"http_{status}")
