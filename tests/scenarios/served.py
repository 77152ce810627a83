"""The real ``python -m bot serve`` as a process of its own, between the pretend Slack and Odoo of this one.

It can be killed. It runs on the real clock, so what it waits for has to be short in its config.
"""

from __future__ import annotations

import asyncio
import os
import socket
import sys
from pathlib import Path

import httpx

from bot.sandbox.world import World
from tests.scenarios.story import CONFIG

_ROOT = Path(__file__).resolve().parents[2]
_TOKEN = "the-token-of-the-served-one"
_START_S = 30.0


class Served(World):
    """A world whose program is a process."""

    def __init__(self, database_url: str, directory: Path) -> None:
        super().__init__(CONFIG, database_url)
        self._url = database_url
        self._directory = directory
        self._port, self._admin_port = _free_port(), _free_port()
        self._process: asyncio.subprocess.Process | None = None

    async def start_app(self) -> None:
        """Start the process, and wait until it answers."""
        config = self._directory / "signoff.yaml"
        config.write_text(self._config_text(), encoding="utf-8")
        self._process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "bot", "serve", "--config", str(config), "--log-level", "ERROR"),
            env=self._environment(),
            cwd=_ROOT,
        )
        self.slack.request_url = f"http://127.0.0.1:{self._port}/slack/events"
        async with asyncio.timeout(_START_S), httpx.AsyncClient(trust_env=False) as client:
            # Another process: there is no event to wait for.
            while not await _answers(client, f"http://127.0.0.1:{self._port}/healthz"):  # noqa: ASYNC110
                await asyncio.sleep(0.05)
        self._hook_up()

    async def stop_app(self) -> None:
        """End it politely; its exit code has to be 0."""
        if self._process is not None:
            self._process.terminate()
            assert await self._process.wait() == 0
            self._process = None

    async def kill(self) -> None:
        """kill -9."""
        assert self._process is not None
        self._process.kill()
        await self._process.wait()
        self._process = None

    def hook_url(self, source: str) -> str:
        """Where a source's webhooks go."""
        return f"http://127.0.0.1:{self._port}/odoo/{source}/{_TOKEN}"

    def _config_text(self) -> str:
        mine = {
            "https://erp.example.com": self.odoo.url,
            "database: prod": f"database: {self.odoo.database}",
            "login: bot@example.com": "login: bot",
            "settle: 5m": "settle: 2s",
        }
        text = CONFIG
        for usual, instead in mine.items():
            assert usual in text
            text = text.replace(usual, instead)
        return text

    def _environment(self) -> dict[str, str]:
        return {
            **os.environ,
            "SLACK_BOT_TOKEN": self.slack.bot_token,
            "SLACK_SIGNING_SECRET": self.slack.signing_secret,
            "SLACK_API_URL": self.slack.api_url,
            "SIGNOFF_DATABASE_URL": self._url,
            "SIGNOFF_LISTEN": f"127.0.0.1:{self._port}",
            "SIGNOFF_ADMIN_LISTEN": f"127.0.0.1:{self._admin_port}",
            "ODOO_API_KEY": self.odoo.api_key(),
            "ODOO_HOOK_TOKEN": _TOKEN,
        }


async def _answers(client: httpx.AsyncClient, url: str) -> bool:
    try:
        return (await client.get(url)).is_success
    except httpx.TransportError:
        return False


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
