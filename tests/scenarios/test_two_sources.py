"""Two Odoo databases: one that is away is shown, holds up no other, and goes on by itself when it is back."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from time import monotonic

from sqlalchemy import func, select

from bot.bell import Bell
from bot.capacity import READING
from bot.cases.model import RecordRef
from bot.clock import Clock
from bot.config.model import Config
from bot.inbox import Signal
from bot.odoo import lanes
from bot.sandbox.odoo import PretendOdoo
from bot.sandbox.world import World
from bot.tables import signals
from tests.scenarios.conftest import told
from tests.scenarios.story import PURCHASE

SMALL = "small"


class Two(World):
    """A world with a second, small database beside the first."""

    second: PretendOdoo

    @property
    def config(self) -> Config:
        """The usual config, and the second source."""
        usual = super().config
        main = usual.sources["main"]
        other = replace(main, name=SMALL, url=self.second.url, database=self.second.database)
        return replace(usual, sources={**usual.sources, SMALL: other})

    async def start(self) -> None:
        """The second database comes first."""
        self.second = PretendOdoo("18.0", clock=self.clock)
        await self.second.start()
        await super().start()

    async def stop(self) -> None:
        """And goes last."""
        await super().stop()
        await self.second.stop()

    def _hook_up(self) -> None:
        """Its webhooks are lost: nothing tells of the second database but the comparison."""


class Nothing:
    """Rows that never fall due."""

    topic = "nothing"

    async def claim(self, _limit: int) -> list[object]:
        """None."""
        return []

    async def perform(self, _claimed: object) -> None:
        """Nothing."""

    async def next_due(self) -> None:
        """Never."""


def test_each_source_has_an_intake_and_a_relay_that_leave_out_the_others() -> None:
    left_out: list[list[str]] = []

    def rows(besides: frozenset[str]) -> Nothing:
        left_out.append(sorted(besides))
        return Nothing()

    assert len(lanes.runners(["a", "b", "c"], rows, rows, clock=Clock(), bell=Bell())) == 6
    assert left_out == [["b", "c"], ["b", "c"], ["a", "c"], ["a", "c"], ["a", "b"], ["a", "b"]]


async def under_way(world: World) -> int:
    """How many records of the second database are being read."""
    async with world.app.database.read() as session:
        counted = select(func.count()).where(signals.c.source == SMALL, signals.c.lease_until.is_not(None))
        return int((await session.execute(counted)).scalar_one())


async def test_a_source_that_does_not_answer_fills_its_own_share_alone(sqlite_url: str) -> None:
    """More of it is to be read than is read side by side, and none of it comes to an end."""
    async with told(sqlite_url, "18.0", kind=Two) as story:
        world = story.world
        assert isinstance(world, Two)
        await story.rest()
        world.second.faults.slow(6.0)
        now = world.clock.now()
        many = [Signal(RecordRef(SMALL, PURCHASE, 1_000 + one), now) for one in range(READING + 100)]
        await asyncio.gather(*(world.app.writer.submit(one) for one in many))
        while await under_way(world) < READING:  # noqa: ASYNC110  # rows that another task leases
            await asyncio.sleep(0.02)
        begun = monotonic()
        order = await story.order(6_000)
        await story.reconcile()
        await story.card(order, "Waiting")
        assert monotonic() - begun < 5.0
        world.second.faults.clear()


async def test_a_source_that_is_away_holds_up_no_other_and_goes_on_by_itself(sqlite_url: str) -> None:
    async with told(sqlite_url, "18.0", kind=Two) as story:
        world = story.world
        assert isinstance(world, Two)
        world.second.faults.down()
        away = await world.second.people.request_purchase(by="puru", amount=7_777.0)
        order = await story.order(6_000)
        await world.app.reconcile.run(SMALL)
        await story.reconcile()
        await story.approve(order)
        await story.card(order, "Confirmed in Odoo")
        assert list(await world.app.troubles()) == [f"source {SMALL}"]
        world.second.faults.up()
        await world.app.reconcile.run(SMALL)
        name = str(world.second.record("purchase.order", away)["name"])

        def shown() -> bool:
            return any(card.says("7,777.00 USD") and card.says(name) for card in story.cards())

        await story.until(lambda: shown() or None, "a card from the second database")
        assert await world.app.troubles() == {}
