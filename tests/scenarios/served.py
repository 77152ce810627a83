"""The real ``python -m bot serve`` as a process of its own, between the pretend Slack and Odoo of this one.

It can be killed. It runs on the real clock, so what it waits for has to be short in its config.
"""

from __future__ import annotations

import asyncio
import json
import os
import socket
import sys
from collections.abc import Mapping
from pathlib import Path

import httpx

from bot.sandbox.cast import LOGINS
from bot.sandbox.world import World
from tests.scenarios.story import CONFIG

_ROOT = Path(__file__).resolve().parents[2]
_TOKEN = "the-token-of-the-served-one"
_START_S = 30.0


class Process:
    """One running program."""

    def __init__(
        self,
        command: list[str],
        environment: Mapping[str, str],
        *,
        directory: Path = _ROOT,
        patience_s: float = _START_S,
    ) -> None:
        self.port, self._admin_port = _free_port(), _free_port()
        self._command = command
        self._directory = directory
        self._patience_s = patience_s
        self._environment = {
            **environment,
            "SIGNOFF_LISTEN": f"127.0.0.1:{self.port}",
            "SIGNOFF_ADMIN_LISTEN": f"127.0.0.1:{self._admin_port}",
        }
        self._process: asyncio.subprocess.Process | None = None

    @property
    def is_running(self) -> bool:
        """Whether it was started and not ended."""
        return self._process is not None

    @property
    def slack_url(self) -> str:
        """Where Slack's requests go."""
        return f"http://127.0.0.1:{self.port}/slack/events"

    async def start(self) -> None:
        """Start, and wait until it answers."""
        self._process = await asyncio.create_subprocess_exec(*self._command, env=self._environment, cwd=self._directory)
        async with asyncio.timeout(self._patience_s), httpx.AsyncClient(trust_env=False) as client:
            # Another process: there is no event to wait for.
            while not await _answers(client, f"http://127.0.0.1:{self.port}/healthz"):  # noqa: ASYNC110
                await asyncio.sleep(0.05)

    async def end(self) -> None:
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


class Served(World):
    """A world whose program is a process, or several equal ones on one database."""

    def __init__(self, database_url: str, directory: Path, *, replicas: int = 1) -> None:
        super().__init__(CONFIG, database_url)
        self._url = database_url
        self._config_file = directory / "signoff.yaml"
        self._replicas = replicas
        self.processes: list[Process] = []

    async def start_app(self) -> None:
        """Start every process that is not running; Slack and Odoo talk to the first."""
        if not self.processes:
            self._config_file.write_text(self._config_text(), encoding="utf-8")
            command = [sys.executable, "-m", "bot", "serve", "--config", str(self._config_file), "--log-level", "ERROR"]
            self.processes = [Process(command, self._environment()) for _ in range(self._replicas)]
        for process in self.processes:
            await process.start()
        self.slack.request_url = self.processes[0].slack_url
        self._hook_up()

    async def stop_app(self) -> None:
        """End all of them politely."""
        for process in self.processes:
            await process.end()

    async def kill(self) -> None:
        """kill -9 for the only one."""
        (process,) = self.processes
        await process.kill()

    def hook_url(self, source: str) -> str:
        """Where a source's webhooks go."""
        return f"http://127.0.0.1:{self.processes[0].port}/odoo/{source}/{_TOKEN}"

    def _config_text(self) -> str:
        mine = {
            "https://erp.example.com": self.odoo.url,
            "database: prod": f"database: {self.odoo.database}\n    users: {json.dumps(LOGINS)}",
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
            "SIGNOFF_SLACK_PACE": "off",
            "SIGNOFF_DATABASE_URL": self._url,
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
