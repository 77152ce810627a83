"""Requests from Slack to the app: signed, with three seconds to answer.

Owns the signature and the deadline. The signature carries the real time even when the sandbox's clock was moved,
because the app's verifier knows only the real time.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import aiohttp

from bot.clock import Clock

FORM = "application/x-www-form-urlencoded"
_KEPT = 10_000


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back. Without a status, ``problem`` says why (Slack's words for event retries)."""

    status: int | None
    body: bytes
    elapsed_s: float
    problem: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_ack(self) -> bool:
        """The app took it."""
        return self.status == 200  # noqa: PLR2004  # Slack takes nothing else for an ack

    def json(self) -> dict[str, Any] | None:
        """The body as an object; empty without a body, None when it is something else."""
        if not self.body.strip():
            return {}
        try:
            value = json.loads(self.body)
        except ValueError:
            return None
        return value if isinstance(value, dict) else None


@dataclass(frozen=True, slots=True)
class Sent:
    """One delivery as it went out, and what came back."""

    body: bytes
    headers: Mapping[str, str]
    answer: Answer


def sign(secret: str, timestamp: str, body: bytes) -> str:
    """Slack's signature, version 0 (https://docs.slack.dev/authentication/verifying-requests-from-slack)."""
    digest = hmac.new(secret.encode(), f"v0:{timestamp}:".encode() + body, hashlib.sha256)
    return f"v0={digest.hexdigest()}"


class Delivery:
    """Sends to the app's request URL and keeps what was sent."""

    def __init__(self, *, signing_secret: str, request_url: str | None, deadline_s: float = 3.0) -> None:
        self.request_url = request_url
        self.deadline_s = deadline_s
        self.sent: deque[Sent] = deque(maxlen=_KEPT)
        #: Takes envelopes where the app is connected by Socket Mode; None where it has a request URL.
        self.envelopes: Callable[..., Awaitable[Answer]] | None = None
        self._secret = signing_secret
        self._real_time = Clock()
        self._session: aiohttp.ClientSession | None = None

    async def close(self) -> None:
        """Close the connections to the app."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def command(self, fields: Mapping[str, str]) -> Answer:
        """Deliver a slash command: a form."""
        if self.envelopes is not None:
            return self._kept(fields, await self.envelopes("slash_commands", fields))
        return await self.raw(urlencode(fields).encode(), {"Content-Type": FORM})

    async def interaction(self, payload: Mapping[str, Any]) -> Answer:
        """Deliver an interaction: a form with one field of JSON."""
        if self.envelopes is not None:
            return self._kept(payload, await self.envelopes("interactive", payload))
        return await self.raw(urlencode({"payload": json.dumps(payload)}).encode(), {"Content-Type": FORM})

    async def event(self, payload: Mapping[str, Any], *, attempt: int = 0, reason: str = "") -> Answer:
        """Deliver an event; ``attempt`` counts the repetitions."""
        if self.envelopes is not None:
            again = {"retry_attempt": attempt, "retry_reason": reason}
            return self._kept(payload, await self.envelopes("events_api", payload, **again))
        headers = {"Content-Type": "application/json"}
        if attempt:
            headers |= {"X-Slack-Retry-Num": str(attempt), "X-Slack-Retry-Reason": reason}
        return await self.raw(json.dumps(payload).encode(), headers)

    def _kept(self, payload: Mapping[str, Any], answer: Answer) -> Answer:
        self.sent.append(Sent(json.dumps(payload).encode(), {}, answer))
        return answer

    async def raw(
        self,
        body: bytes,
        headers: Mapping[str, str],
        *,
        signature: str | None = None,
        timestamp: str | None = None,
    ) -> Answer:
        """Deliver bytes, signed unless another signature is given."""
        at = timestamp if timestamp is not None else str(int(self._real_time.now().timestamp()))
        signed = {
            **headers,
            "X-Slack-Request-Timestamp": at,
            "X-Slack-Signature": signature if signature is not None else sign(self._secret, at, body),
            "User-Agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
        }
        return await self.again(body, signed)

    async def again(self, body: bytes, headers: Mapping[str, str]) -> Answer:
        """Deliver exactly these bytes and headers: a replay."""
        if self.request_url is None:
            answer = Answer(None, b"", 0.0, "connection_failed")
        else:
            answer = await self._exchange(self.request_url, body, headers)
        self.sent.append(Sent(body, headers, answer))
        return answer

    async def _exchange(self, url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        if self._session is None:
            # Shorter than the keep-alive of any app, so that no click meets a connection that is just closing.
            connector = aiohttp.TCPConnector(keepalive_timeout=5.0, limit=0)
            self._session = aiohttp.ClientSession(connector=connector)
        begun = self._real_time.now()
        timeout = aiohttp.ClientTimeout(total=self.deadline_s)
        try:
            async with self._session.post(
                url, data=body, headers=headers, timeout=timeout, allow_redirects=False
            ) as response:
                status, content, problem = response.status, await response.read(), ""
                told = dict(response.headers)
        except TimeoutError:
            status, content, problem, told = None, b"", "http_timeout", {}
        except aiohttp.ClientError:
            status, content, problem, told = None, b"", "connection_failed", {}
        elapsed = (self._real_time.now() - begun).total_seconds()
        return Answer(status, content, elapsed, problem, told)
