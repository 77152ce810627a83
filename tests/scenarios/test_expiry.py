"""Nobody decides: at its expiry a case is over everywhere, and nothing but a note reaches Odoo."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.config.model import Config
from bot.sandbox.world import World
from tests.scenarios.conftest import told
from tests.scenarios.story import ANN, Story


class Expiring(World):
    """A world whose every policy lets a case expire after two hours."""

    @property
    def config(self) -> Config:
        """The usual config, and an expiry in every policy."""
        usual = super().config
        policies = {name: replace(one, expires=timedelta(hours=2)) for name, one in usual.policies.items()}
        return replace(usual, policies=policies)


@pytest.fixture
async def expiring(sqlite_url: str) -> AsyncIterator[Story]:
    """A world in which cases expire, on each engine."""
    async with told(sqlite_url, "18.0", kind=Expiring) as story:
        yield story


async def test_a_case_that_nobody_decides_expires_with_a_note_and_is_not_asked_again(expiring: Story) -> None:
    order = await expiring.order()
    await expiring.card(order, "Expires")
    expiring.advance(hours=2)
    card = await expiring.card(order, "Expired")
    assert not {"Approve", "Reject"} & set(card.labels)
    await expiring.reconcile()
    await expiring.quiet()
    assert (expiring.state(order), len(expiring.cards(order))) == ("to approve", 1)
    (entry,) = await expiring.audited("case.expired")
    (note,) = expiring.notes(order)
    assert entry.mark in note


async def test_a_click_at_the_expiry_is_refused_though_nobody_has_noted_it_yet(expiring: Story) -> None:
    order = await expiring.order()
    card = await expiring.card(order, "Waiting")
    expiring.advance(hours=2)
    await expiring.click(card, "Approve")
    await expiring.told(ANN, "run out")
    await expiring.card(order, "Expired")
    assert expiring.state(order) == "to approve"


async def test_a_changed_record_does_not_restart_the_expiry_and_after_it_asks_anew(expiring: Story) -> None:
    order = await expiring.order()
    await expiring.card(order, "Waiting")
    expiring.advance(hours=1, minutes=50)
    await expiring.people.reprice_purchase(order.id, amount=20_000)
    await expiring.card(order, "20,000.00")
    expiring.advance(minutes=10)
    await expiring.card(order, "Expired")
    await expiring.people.reprice_purchase(order.id, amount=30_000)
    asked = await expiring.card(order, "30,000.00")
    assert (len(expiring.cards(order)), asked.says("Waiting")) == (2, True)


async def test_a_restart_after_the_expiry_expires_at_once(expiring: Story) -> None:
    order = await expiring.order()
    await expiring.card(order, "Waiting")
    await expiring.world.stop_app()
    expiring.advance(hours=3)
    await expiring.world.start_app()
    await expiring.card(order, "Expired")
    assert len(await expiring.audited("case.expired")) == 1
