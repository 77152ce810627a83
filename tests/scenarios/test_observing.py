"""How a careful customer starts: the program watches, and neither people nor Odoo notice anything."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest
from click.testing import CliRunner

from bot.cli import signoff
from bot.config.model import Config, Mode
from bot.sandbox.world import World
from tests.scenarios.conftest import told
from tests.scenarios.story import ANN, Story

PILOT = "#triage"


class Observing(World):
    """A world whose only source is observed, and whose cases expire."""

    @property
    def config(self) -> Config:
        """The usual config in observe mode."""
        usual = super().config
        sources = {"main": replace(usual.sources["main"], mode=Mode.OBSERVE)}
        policies = {name: replace(one, expires=timedelta(hours=2)) for name, one in usual.policies.items()}
        return replace(usual, sources=sources, pilot_channel=PILOT, policies=policies)


@pytest.fixture
async def observing(database_url: str) -> AsyncIterator[Story]:
    """A world that only watches, on each engine."""
    async with told(database_url, kind=Observing) as story:
        yield story


async def test_a_whole_day_is_watched_and_nothing_is_written_and_nobody_told(
    observing: Story, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    decided, forgotten = await observing.order(), await observing.order(9_000)
    card = await observing.card(decided, "buyers would be asked")
    await observing.card(forgotten, "would be asked")
    assert not card.buttons
    await observing.people.approve_purchase(decided.id, by="purm")
    await observing.card(decided, f"by {observing.name('purm')}")
    observing.advance(hours=2)
    await observing.card(forgotten, "nobody decided it")
    await observing.reconcile()
    await observing.rest()
    assert observing.state(forgotten) == "to approve"
    assert observing.notes(decided) == observing.notes(forgotten) == []
    assert not [one for one in observing.slack.workspace.channels.values() if one.is_direct]
    assert len(observing.cards()) == 2
    assert observing.slack.ephemerals(ANN) == []
    monkeypatch.setenv("SIGNOFF_DATABASE_URL", database_url)
    report = await asyncio.to_thread(CliRunner().invoke, signoff, ["report", "observe", "--days", "3660"])
    assert report.exit_code == 0, report.output
    assert 'rule "purchases": 2 observed; 1 decided in Odoo, 1 would have expired' in report.output
