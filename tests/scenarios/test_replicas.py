"""Several programs on one PostgreSQL database: equal, and together they do everything once."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import cycle
from pathlib import Path

import pytest

from bot.app import App
from bot.db import Database
from bot.lock import Purpose
from bot.sandbox.slack import Acted, Card
from tests.scenarios.conftest import told
from tests.scenarios.invariants import broken
from tests.scenarios.served import Process, Served
from tests.scenarios.story import ANN, BOB, CONFIG, Story, read_audit

pytestmark = pytest.mark.postgres


@asynccontextmanager
async def another(story: Story) -> AsyncIterator[App]:
    """A second program on the same database."""
    world = story.world
    app = App(world.app.settings, world.config, world.clock, purpose=Purpose.SANDBOX)
    await app.start()
    try:
        yield app
    finally:
        await app.stop()


def _address(app: App) -> str:
    return f"http://{app.address}/slack/events"


async def test_two_programs_tell_the_daily_books_once(postgres_url: str) -> None:
    config = f'{CONFIG}admin_channel: "#signoff-admin"\n'
    async with told(postgres_url, "18.0", config=config) as story, another(story) as second:
        await asyncio.gather(story.world.app.books.close(), second.books.close())
        await story.rest()
        said = [one for one in story.slack.channel("signoff-admin").messages if one.says("Daily books")]
        assert len(said) == 1
        story.advance(days=1)
        await asyncio.gather(story.world.app.books.close(), second.books.close())
        await story.rest()
        said = [one for one in story.slack.channel("signoff-admin").messages if one.says("Daily books")]
        assert len(said) == 2


async def test_two_programs_post_and_write_everything_once(postgres_url: str) -> None:
    async with told(postgres_url, "18.0") as story, another(story) as second:
        orders = [await story.order(6_000 + number) for number in range(10)]
        await asyncio.gather(story.reconcile(), second.reconcile.run("main"))
        await story.all_say(orders, "Waiting")
        await story.quiet()
        # As both people saw them: a card may be redrawn before the second one clicks.
        cards = {order: (await story.card(order)).history[-1] for order in orders}
        both = (_address(story.world.app), ANN), (_address(second), BOB)
        for url, who in both:
            story.slack.request_url = url
            await asyncio.gather(*(story.click(card, "Approve", by=who) for card in cards.values()))
        await story.all_say(orders, "Confirmed in Odoo")
        await story.rest()
        assert [len(story.cards(order)) for order in orders] == [1] * 10
        assert [story.calls("button_approve", order) for order in orders] == [1] * 10


async def test_one_of_two_programs_ends_and_the_other_goes_on(postgres_url: str) -> None:
    async with told(postgres_url, "18.0") as story:
        async with another(story):
            order = await story.order()
            await story.card(order)
        await story.approve(order)
        await story.card(order, "Confirmed in Odoo")
        assert (story.calls("button_approve", order), len(story.cards(order))) == (1, 1)


CLICKS = 200
#: Deciders, somebody of another role, a guest, and the one who asked for it.
CROWD = (ANN, BOB, "clerk@example.com", "guest@example.com", "buyer@example.com")


def _pressed(story: Story, card: Card, processes: list[Process]) -> list[asyncio.Task[Acted]]:
    """Everybody presses Approve at once, on all the programs in turn. Tasks, in the order of ``processes``."""
    people, programs = cycle(CROWD), cycle(processes)
    return [asyncio.create_task(_press(story, card, next(people), next(programs))) for _ in range(CLICKS)]


async def _press(story: Story, card: Card, who: str, process: Process) -> Acted:
    story.slack.request_url = process.slack_url  # read before the first wait, so that nobody else comes between
    return await story.click(card, "Approve", by=who)


@pytest.mark.slow
async def test_four_programs_two_hundred_clicks_and_a_kill_make_one_write_back(
    postgres_url: str, tmp_path: Path
) -> None:
    """Every click is answered, or met the program that was killed; the order is approved once."""
    database = Database(postgres_url)
    try:
        async with Served(postgres_url, tmp_path, replicas=4) as world:
            story = Story(world)
            order = await story.order()
            card = await story.card(order)
            story.slack.delivery.deadline_s = 60.0  # what is measured here is what is lost, not how fast it goes
            clicks = _pressed(story, card, world.processes)
            await asyncio.wait(clicks, return_when=asyncio.FIRST_COMPLETED)
            await world.processes[-1].kill()
            answers = Counter((number % 4, click.status) for number, click in enumerate(await asyncio.gather(*clicks)))
            # What the dead one had taken is taken over within half a minute.
            await story.slack.until(lambda: story.cards(order)[-1].says("Confirmed in Odoo") or None, within_s=60.0)
        lost = answers.pop((3, None), 0)
        assert answers == Counter({(0, 200): 50, (1, 200): 50, (2, 200): 50, (3, 200): 50 - lost})
        assert story.calls("button_approve", order) == 1
        actions = Counter(one.entry.action for one in await read_audit(database))
        assert actions["case.approved"] == 1, actions
        answered = sum(actions[f"case.{what}"] for what in ("stage_approved", "approved", "refused"))
        assert CLICKS - lost <= answered <= CLICKS, actions
        assert await broken(story, database) == []
    finally:
        await database.close()
