"""Fetching a file from Slack: from its own file host alone, bounded, and judged by its first bytes.

The bot's token goes with the request, so the address is checked and no redirect is followed. A token or scope that is
not good enough gives a sign-in page with status 200: what Slack says of a file is believed of nothing but its name.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import aiohttp

from bot.config.model import Secret
from bot.errors import PermanentError, TransientError
from bot.slack.gateway import SlackGateway
from bot.text import one_line

#: Largest file that is taken, in bytes. Slack takes up to 1 GB; a photo of a phone has 3 to 12 MB.
LARGEST = 25 * 1024 * 1024

#: Longest wait for a whole file, in seconds: far below a lease of the outbox.
_PATIENCE_S = 60

#: Where Slack keeps files; with another Web API (a test, a proxy) they are where that is.
_SLACK_API, _FILE_HOST = "slack.com", "https://files.slack.com"

_OK, _TOO_MANY, _SERVER_ERROR = 200, 429, 500
_CHUNK = 64 * 1024
_LONGEST_NAME = 100

_HEIF_BRANDS = frozenset({b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1", b"avif"})


@dataclass(frozen=True, slots=True)
class Fetched:
    """A file with its bytes."""

    name: str  #: as Slack tells it, on one line
    kind: str  #: media type, as its first bytes tell it
    content: bytes


class FileHost:
    """Slack's files, as the bot may see them."""

    def __init__(self, gateway: SlackGateway, token: Secret, api_url: str) -> None:
        self._gateway = gateway
        self._token = token
        parts = urlsplit(api_url)
        self._origin = _FILE_HOST if parts.hostname == _SLACK_API else f"{parts.scheme}://{parts.netloc}"

    async def fetch(self, file_id: str) -> Fetched:
        """The file. Raises TransientError, or PermanentError with what a person has to know."""
        told = await self._gateway.file_info(file_id)
        url = told.get("url_private_download") or told.get("url_private")
        if not isinstance(url, str) or not self._is_slacks(url):
            msg = "The file is not kept by Slack itself (it is a link to another service); please upload it."
            raise PermanentError(msg, kind="file_elsewhere")
        content = await self._download(url)
        name = one_line(_text(told, "name") or _text(told, "title") or "file", _LONGEST_NAME)
        return Fetched(name, kind_of(content), content)

    def _is_slacks(self, url: str) -> bool:
        try:
            parts = urlsplit(url)
        except ValueError:
            return False
        # No user name, no other port, nothing that another reader of addresses might read differently.
        return f"{parts.scheme}://{parts.netloc}" == self._origin and "\\" not in url

    async def _download(self, url: str) -> bytes:
        session = self._gateway.client.session
        headers = {"Authorization": f"Bearer {self._token.reveal()}"}
        try:
            async with (
                asyncio.timeout(_PATIENCE_S),
                session.get(url, headers=headers, allow_redirects=False) as response,  # type: ignore[union-attr]
            ):
                _refuse_status(response)
                return await _bounded(response)
        except (aiohttp.ClientError, TimeoutError) as error:
            msg = "Slack did not hand out the file just now."
            raise TransientError(msg, kind=type(error).__name__) from None


def _refuse_status(response: aiohttp.ClientResponse) -> None:
    if response.status == _TOO_MANY or response.status >= _SERVER_ERROR:
        msg = f"Slack did not hand out the file just now (HTTP {response.status})."
        raise TransientError(msg, kind=f"http_{response.status}")
    if response.status != _OK or response.content_type == "text/html":
        msg = "Slack did not hand out the file; the app needs the scope files:read, and the file must still be there."
        raise PermanentError(msg, kind="file_refused")


async def _bounded(response: aiohttp.ClientResponse) -> bytes:
    """The body; what is larger than it may be is not read to its end."""
    content = bytearray()
    async for chunk in response.content.iter_chunked(_CHUNK):
        content += chunk
        if len(content) > LARGEST:
            msg = f"The file is larger than {LARGEST // 1024**2} MB."
            raise PermanentError(msg, kind="file_too_large")
    return bytes(content)


def kind_of(content: bytes) -> str:
    """The media type of what counts as evidence: a picture or a PDF. Raises PermanentError for anything else."""
    beginnings = {
        b"\xff\xd8\xff": "image/jpeg",
        b"\x89PNG\r\n\x1a\n": "image/png",
        b"GIF87a": "image/gif",
        b"GIF89a": "image/gif",
        b"%PDF-": "application/pdf",
    }
    for begin, kind in beginnings.items():
        if content.startswith(begin):
            return kind
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp"
    if content[4:8] == b"ftyp" and content[8:12] in _HEIF_BRANDS:
        return "image/heic"
    msg = "The file is neither a picture nor a PDF."
    raise PermanentError(msg, kind="file_kind")


def _text(told: Mapping[str, Any], name: str) -> str:
    value = told.get(name)
    return value if isinstance(value, str) else ""
