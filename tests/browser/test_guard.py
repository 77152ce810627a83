"""What the page refuses before any browser is asked: foreign hosts and origins, missing tokens, odd requests."""

from __future__ import annotations

from collections.abc import AsyncIterator

import aiohttp
import pytest

from bot.sandbox.page import SandboxPage
from bot.sandbox.slack import PretendSlack


@pytest.fixture
async def slack() -> AsyncIterator[PretendSlack]:
    """A workspace of one person and one channel."""
    slack = PretendSlack()
    slack.add_person("sam@example.com")
    slack.add_channel("chi-floor", ["sam@example.com"])
    yield slack
    await slack.stop()


@pytest.fixture
async def page(slack: PretendSlack) -> AsyncIterator[SandboxPage]:
    """Its page."""
    page = SandboxPage(slack)
    await page.start()
    yield page
    await page.stop()


async def status(url: str, headers: dict[str, str] | None = None, *, post: bytes | None = None) -> int:
    """The status of one request."""
    async with aiohttp.ClientSession() as session:
        call = session.get(url, headers=headers) if post is None else session.post(url, data=post, headers=headers)
        async with call as answer:
            return answer.status


async def test_every_answer_carries_a_strict_policy(page: SandboxPage) -> None:
    async with aiohttp.ClientSession() as session:
        for path in ("", "static/js/app.js", "sandbox/api/state", "nowhere"):
            async with session.get(page.url + path) as answer:
                policy = answer.headers["Content-Security-Policy"]
                assert policy.startswith("default-src 'self';")
                assert "unsafe" not in policy


@pytest.mark.parametrize("host", ["evil.example", "evil.example:80", "192.168.1.7", "localhost.evil.example"])
async def test_a_foreign_host_is_refused(page: SandboxPage, host: str) -> None:
    assert await status(page.url, {"Host": host}) == 403


async def test_localhost_is_another_name_of_this_machine(page: SandboxPage) -> None:
    assert await status(page.url, {"Host": "localhost:8000"}) == 200


@pytest.mark.parametrize(
    "headers",
    [{"Origin": "https://evil.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}],
    ids=["another site", "no site", "fetched across sites"],
)
async def test_a_foreign_origin_is_refused(page: SandboxPage, headers: dict[str, str]) -> None:
    assert await status(f"{page.url}sandbox/api/state", headers) == 403


async def test_a_link_from_elsewhere_may_lead_to_the_page(page: SandboxPage) -> None:
    assert await status(f"{page.url}archives/C1/p1795255200000001", {"Sec-Fetch-Site": "cross-site"}) == 200


@pytest.mark.parametrize(
    ("content_type", "body", "expected"),
    [
        ("text/plain", b'{"seconds": 60}', 403),
        ("application/json", b"{", 400),
        ("application/json", b"[]", 400),
        ("application/json", b'{"seconds": -5}', 400),
        ("application/json", b'{"seconds": 60}', 200),
    ],
)
async def test_the_clock_takes_json_and_only_goes_forward(
    page: SandboxPage, content_type: str, body: bytes, expected: int
) -> None:
    headers = {"Content-Type": content_type}
    assert await status(f"{page.url}sandbox/api/advance", headers, post=body) == expected


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("use", b'{"as": "U1"}'),
        ("use", b'{"channel": "C1", "ts": "1.0", "block": "a", "action": "b"}'),
        ("submit", b'{"view": "V1"}'),
        ("scenario", b'{"id": "unknown"}'),
    ],
)
async def test_what_is_not_there_is_not_found(page: SandboxPage, path: str, body: bytes) -> None:
    headers = {"Content-Type": "application/json"}
    assert await status(f"{page.url}sandbox/api/{path}", headers, post=body) == 404


async def test_an_exposed_page_serves_any_host_but_wants_its_token(slack: PretendSlack) -> None:
    page = SandboxPage(slack, expose_token="a-long-random-word")
    await page.start()
    base = page.url.partition("#")[0]
    abroad = {"Host": "demo.example"}
    assert page.url.endswith("#token=a-long-random-word")
    assert await status(base, abroad) == 200
    assert await status(f"{base}sandbox/api/state", abroad) == 403
    assert await status(f"{base}sandbox/api/state", abroad | {"X-Sandbox-Token": "guess"}) == 403
    assert await status(f"{base}sandbox/api/state", abroad | {"X-Sandbox-Token": "a-long-random-word"}) == 200
    await page.stop()
