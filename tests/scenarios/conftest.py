"""A story's world, started afresh for each test, and what must hold when the story is over.

``story`` runs on both engines; ``quick_story`` on SQLite alone, for what the engine makes no difference to. Ask for
``odoo_version`` by ``both_odoos`` where 18.0 and 19.0 behave differently.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from zlib import crc32

import pytest

from bot.config.model import Config, Secret
from bot.db import Database
from bot.sandbox.world import World
from tests.scenarios.invariants import broken
from tests.scenarios.story import CONFIG, Story


@pytest.fixture
def odoo_version() -> str:
    """Which Odoo is pretended."""
    return "18.0"


@pytest.fixture
def transport(request: pytest.FixtureRequest) -> str:
    """How Slack reaches the program: ``http`` or ``socket``.

    Half of the quick stories are told over each, always the same half; one that forges requests has only HTTP.
    """
    if request.node.get_closest_marker("over_http") is not None:
        return "http"
    return ("http", "socket")[crc32(str(request.node.nodeid).encode()) % 2]


@pytest.fixture
async def story(database_url: str, odoo_version: str) -> AsyncIterator[Story]:
    """A world that runs, on each engine."""
    async with told(database_url, odoo_version) as story:
        yield story


@pytest.fixture
async def quick_story(sqlite_url: str, odoo_version: str, transport: str) -> AsyncIterator[Story]:
    """A world that runs, on SQLite."""
    async with told(sqlite_url, odoo_version, sockets=transport == "socket") as story:
        yield story


class Rotating(World):
    """A world whose admin is replacing the webhooks' token: the old and the new one are good."""

    @property
    def config(self) -> Config:
        """The usual config with a second token."""
        usual = super().config
        tokens = (*usual.sources["main"].webhook_tokens, Secret("the-token-of-the-next-year"))
        return replace(usual, sources={"main": replace(usual.sources["main"], webhook_tokens=tokens)})


@pytest.fixture
async def rotating_story(sqlite_url: str) -> AsyncIterator[Story]:
    """A world with two webhook tokens, on SQLite."""
    async with told(sqlite_url, "18.0", kind=Rotating) as story:
        yield story


@asynccontextmanager
async def told(
    database_url: str,
    odoo_version: str = "18.0",
    *,
    kind: type[World] = World,
    config: str = CONFIG,
    sockets: bool = False,
) -> AsyncIterator[Story]:
    """A world, and at its end the invariants: all trouble is over, everything owed is done, then it is judged."""
    async with kind(config, database_url, odoo_version=odoo_version, sockets=sockets) as world:
        story = Story(world)
        await story.compared()
        yield story
        world.odoo.faults.clear()
        world.slack.faults.clear()
        world.slack.limits.off()
        await world.odoo.accept()
        await story.rest()
    database = Database(database_url)
    try:
        assert await broken(story, database) == []
    finally:
        await database.close()
