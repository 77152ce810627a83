"""One call of Slack's Web API: its answer, or an error of ours.

Knows Slack's client library; what an error code means is ``refusals``'s to say. No token ever gets into an error.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Mapping
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.errors import SignoffError
from bot.slack.refusals import RATE_LIMITED, lost, meaning, never_sent

#: Longest wait for an answer, in seconds.
TIMEOUT = 10

_TOO_MANY, _SERVER_ERROR = 429, 500


async def answer(call: Awaitable[AsyncSlackResponse], *, repeatable: bool) -> dict[str, Any]:
    """What Slack answers. Raises SignoffError."""
    told = (await exchange(call, repeatable=repeatable)).data
    if not isinstance(told, dict):
        raise lost(kind="not_json", repeatable=repeatable)
    return told


async def exchange(call: Awaitable[AsyncSlackResponse], *, repeatable: bool) -> AsyncSlackResponse:
    """The whole answer. Raises SignoffError; never an error of the library, which would hold the token."""
    try:
        # The library does not apply its own timeout to a shared session.
        async with asyncio.timeout(TIMEOUT):
            return await call
    except SlackApiError as error:
        raise _refused(error, repeatable=repeatable) from None
    except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
        raise never_sent(type(error).__name__) from None
    except (aiohttp.ClientError, TimeoutError, SlackClientError, ValueError) as error:
        raise lost(type(error).__name__, repeatable=repeatable) from None
    except (AttributeError, TypeError):  # the library, over JSON that is no object and text that is no JSON
        raise lost(kind="not_json", repeatable=repeatable) from None


def _refused(error: SlackApiError, *, repeatable: bool) -> SignoffError:
    response = error.response
    if not isinstance(response, AsyncSlackResponse):  # a proxy's page in place of an answer, as aiohttp has it
        if getattr(response, "status", None) == _TOO_MANY:
            return meaning(RATE_LIMITED, retry_after=_seconds(response.headers), repeatable=repeatable)
        return lost(kind="not_json", repeatable=repeatable)
    if response.status_code == _TOO_MANY:
        return meaning(RATE_LIMITED, retry_after=_seconds(response.headers), repeatable=repeatable)
    body = response.data if isinstance(response.data, dict) else {}
    code = body.get("error")
    if response.status_code >= _SERVER_ERROR or not isinstance(code, str):
        return lost(f"http_{response.status_code}", repeatable=repeatable)
    return meaning(code, retry_after=_seconds(response.headers), repeatable=repeatable)


def _seconds(headers: Mapping[str, Any]) -> float | None:
    """Retry-After, which Slack gives in whole seconds; whatever stands between may be more exact."""
    told = next((str(value).strip() for name, value in headers.items() if name.lower() == "retry-after"), "")
    return float(told) if re.fullmatch(r"\d{1,6}(\.\d{1,3})?", told) else None
