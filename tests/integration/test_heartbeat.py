"""The outside heartbeat: it beats while all is well, now and then, and a silent other side breaks nothing."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from aiohttp import web

from bot.alarms import Ears
from bot.cases.commands import Observed
from bot.clock import Clock
from bot.config.model import Config, Heartbeat, Secret
from bot.escalation.selfaudit import TOLERANCE, SelfAudit
from bot.heartbeat import Heartbeat as Heart
from bot.odoo.books import DailyBooks
from bot.slack.gateway import SlackGateway
from bot.watch import Watch
from tests.core.test_timetable import STANDARD, under
from tests.factories import a_config, a_record, an_event
from tests.integration.stack import stack
from tests.integration.test_self_audit import set_row

MINUTE = timedelta(minutes=1)


@dataclass
class Outside:
    """A server that counts beats and answers what a test says."""

    url: str = ""
    status: int = 200
    beats: list[str] = field(default_factory=list)

    async def answer(self, request: web.Request) -> web.Response:
        """One beat."""
        self.beats.append(request.path)
        return web.Response(status=self.status)

    def config(self) -> Config:
        """A config that beats here every five minutes."""
        return a_config(heartbeat=Heartbeat(Secret(f"{self.url}/ping/secret"), 5 * MINUTE))


@pytest.fixture
async def outside() -> AsyncIterator[Outside]:
    """The other side."""
    other = Outside()
    app = web.Application()
    app.router.add_get("/ping/{token}", other.answer)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    other.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield other
    await runner.cleanup()


async def test_it_beats_every_so_often(outside: Outside) -> None:
    clock = Clock()
    heart = Heart(outside.config, clock)
    for _ in range(11):
        await heart.beat()
        clock.advance(MINUTE)
    assert outside.beats == ["/ping/secret"] * 3


async def test_without_the_key_nothing_is_sent(outside: Outside) -> None:
    await Heart(a_config, Clock()).beat()
    assert outside.beats == []


async def test_what_was_not_taken_is_tried_again_and_its_address_is_never_logged(
    outside: Outside, capsys: pytest.CaptureFixture[str]
) -> None:
    outside.status = 500
    clock = Clock()
    heart = Heart(outside.config, clock)
    await heart.beat()
    clock.advance(MINUTE)
    await heart.beat()
    assert len(outside.beats) == 2
    away = Heart(lambda: a_config(heartbeat=Heartbeat(Secret("http://127.0.0.1:9/secret"), MINUTE)), clock)
    await away.beat()
    said = capsys.readouterr()
    assert "heartbeat was not taken" in said.out + said.err
    assert "secret" not in said.out + said.err


async def test_while_a_step_is_missing_it_does_not_beat(sqlite_url: str, outside: Outside) -> None:
    clock = Clock()
    async with stack(sqlite_url, rules=under(*STANDARD, around_the_clock=True), clock=clock) as one:
        slack = SlackGateway(Secret("x"), outside.url)
        books = DailyBooks({}, one.service, database=one.database, gateway=slack, clock=clock)
        watch = Watch(one.service, one.database, clock, slack, Ears(books, {}, None))
        watch.heartbeat = Heart(outside.config, clock)
        watch.self_audit = SelfAudit(one.service, one.database, clock, patience=0)
        await one.service.execute(Observed(a_record(), an_event()))
        await set_row(one, due_at=None)
        clock.advance(timedelta(hours=1) + TOLERANCE)
        await watch.audit()
        assert outside.beats == []
        await watch.audit()
        assert outside.beats == ["/ping/secret"]
