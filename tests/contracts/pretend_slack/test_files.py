"""Files as Slack hands them out: told by files.info, given to whoever shows the token, a sign-in page to others."""

from __future__ import annotations

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox.slack import PretendSlack


async def fetched(url: str, token: str) -> tuple[int, str, bytes]:
    """Status, type and body of a private address."""
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    async with aiohttp.ClientSession() as session, session.get(url, headers=headers, allow_redirects=False) as answer:
        return answer.status, answer.content_type, await answer.read()


async def test_the_bytes_are_for_the_token_alone(slack: PretendSlack, client: AsyncWebClient) -> None:
    upload = slack.upload("dock 1.png", b"pixels", by="buyer@example.com")
    told = (await client.files_info(file=upload.id))["file"]
    assert (told["id"], told["name"], told["size"], told["mode"]) == (upload.id, "dock 1.png", 6, "hosted")
    assert await fetched(told["url_private_download"], slack.bot_token) == (200, "image/png", b"pixels")
    for token in ("", "xoxb-another"):
        status, kind, body = await fetched(told["url_private_download"], token)
        assert (status, kind, b"Sign in" in body) == (200, "text/html", True)


@pytest.mark.parametrize(("is_deleted", "error"), [(True, "file_deleted"), (False, "file_not_found")])
async def test_a_file_that_is_gone_is_refused(
    slack: PretendSlack, client: AsyncWebClient, error: str, *, is_deleted: bool
) -> None:
    upload = slack.upload("dock.png", b"pixels", by="buyer@example.com")
    upload.is_deleted = is_deleted
    with pytest.raises(SlackApiError, match=error):
        await client.files_info(file=upload.id if is_deleted else "F0")
