"""Webhooks: what is stored is acknowledged, what is acknowledged is followed, and nothing that they say is believed."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from typing import Any

import httpx
import pytest
from sqlalchemy import func, select, text

from bot.sandbox.odoo import OdooError
from bot.sandbox.world import HOOK_TOKEN
from bot.tables import signals
from tests.scenarios.story import PURCHASE, Story

both_odoos = pytest.mark.parametrize("odoo_version", ["18.0", "19.0"])

A_SIGNAL = {"_action": "Send Webhook Notification(#471)", "_model": PURCHASE, "_id": 1}


async def hook(
    story: Story, body: Mapping[str, Any] | bytes, *, token: str | None = None, **how: Any
) -> httpx.Response:
    """Call the webhook as Odoo does, with the right token unless told otherwise."""
    right = story.world.hook_url("main")
    url = right if token is None else f"{right.rpartition('/')[0]}/{token}".rstrip("/")
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    async with httpx.AsyncClient(trust_env=False) as client:
        return await client.post(url, content=content, **how)


async def stored(story: Story) -> int:
    """How many signals wait."""
    async with story.world.app.database.read() as session:
        return int((await session.execute(select(func.count()).select_from(signals))).scalar_one())


async def test_a_wrong_token_is_refused_and_nothing_is_stored(quick_story: Story) -> None:
    await quick_story.odoo.refuse()
    wrong = ["", "wrong", HOOK_TOKEN[:-1], f"{HOOK_TOKEN}n", HOOK_TOKEN.upper(), "ö", "%00"]
    answers = {token: (await hook(quick_story, A_SIGNAL, token=token)).status_code for token in wrong}
    assert (answers, await stored(quick_story)) == (dict.fromkeys(wrong, 401), 0)


async def test_an_unknown_source_is_answered_like_a_wrong_token(story: Story) -> None:
    url = story.world.hook_url("main").replace("/main/", "/other/")
    async with httpx.AsyncClient(trust_env=False) as client:
        unknown = await client.post(url, json=A_SIGNAL)
    wrong = await hook(story, A_SIGNAL, token="wrong")
    assert (unknown.status_code, unknown.content) == (401, wrong.content)


@pytest.mark.parametrize("token", [HOOK_TOKEN, "the-token-of-the-next-year"])
async def test_either_of_two_tokens_is_good_in_the_path_and_as_basic_credentials(
    rotating_story: Story, token: str
) -> None:
    await rotating_story.odoo.refuse()
    in_path = await hook(rotating_story, A_SIGNAL, token=token)
    as_password = await hook(rotating_story, {**A_SIGNAL, "_id": 2}, token="", auth=("odoo", token))
    assert (in_path.status_code, as_password.status_code, await stored(rotating_story)) == (200, 200, 2)


async def test_a_body_over_256_kib_is_refused(quick_story: Story) -> None:
    await quick_story.odoo.refuse()
    fits = {**A_SIGNAL, "note": "x" * (256 * 1024 - 200)}
    over = {**A_SIGNAL, "note": "x" * (256 * 1024)}
    answers = [(await hook(quick_story, body)).status_code for body in (fits, over)]
    assert (answers, await stored(quick_story)) == ([200, 413], 1)


NO_RECORD: list[Mapping[str, Any] | bytes] = [
    b"",
    b"not json",
    b"\xff\xfe",
    b"[" * 10_000,
    b"[]",
    b"7",
    {},
    {**A_SIGNAL, "_model": None},
    {**A_SIGNAL, "_model": "account.move"},
    {**A_SIGNAL, "_model": ["purchase.order"]},
    {"_model": PURCHASE},
    {**A_SIGNAL, "_id": 0},
    {**A_SIGNAL, "_id": -3},
    {**A_SIGNAL, "_id": True},
    {**A_SIGNAL, "_id": "7"},
    {**A_SIGNAL, "_id": 7.0},
    {**A_SIGNAL, "_id": 2**31},
    {**A_SIGNAL, "_id": [7]},
]


async def test_what_names_no_record_is_refused_with_a_reason(quick_story: Story) -> None:
    await quick_story.odoo.refuse()
    answers = [(body, await hook(quick_story, body)) for body in NO_RECORD]
    assert [
        (body, one.status_code) for body, one in answers if one.status_code != 400 or not one.json()["reason"]
    ] == []
    assert await stored(quick_story) == 0


async def test_the_figures_in_a_webhook_are_never_believed(quick_story: Story) -> None:
    story = quick_story
    story.odoo.webhooks.muted = True
    order = await story.order(12_500)
    await hook(story, {**A_SIGNAL, "_id": order.id, "amount_total": 1.0, "name": "P66666", "state": "to approve"})
    card = await story.card(order)
    assert ("12,500.00 USD" in card.plain, "P66666" in card.plain) == (True, False)


async def test_the_webhook_of_a_transaction_that_was_rolled_back_makes_no_card(story: Story) -> None:
    purchase = story.odoo.add_purchase(amount=12_500)
    story.odoo.faults.rollback_next(method="button_confirm")
    with pytest.raises(OdooError):
        await story.people.confirm_purchase(purchase)
    assert len(story.odoo.webhooks.sent) == 1
    await story.rest()
    assert (story.cards(), await story.audited()) == ([], [])


@both_odoos
async def test_a_transaction_that_odoo_ran_three_times_makes_one_card(quick_story: Story, odoo_version: str) -> None:
    story = quick_story
    story.odoo.faults.retry_next(method="button_confirm", times=2)
    order = await story.order()
    await story.rest()
    assert len(story.odoo.webhooks.sent) == (3 if odoo_version == "18.0" else 1)
    assert len(story.cards(order)) == 1


async def test_a_webhook_that_comes_long_before_its_commit_is_read_again(quick_story: Story) -> None:
    story = quick_story
    purchase = story.odoo.add_purchase(amount=12_500)
    await hook(story, {**A_SIGNAL, "_id": purchase})
    await story.quiet()
    assert story.cards() == []
    story.odoo.webhooks.muted = True
    await story.people.confirm_purchase(purchase)
    for seconds in (1, 5, 30):
        story.advance(seconds=seconds)
        await story.quiet()
    assert len(story.cards(story.purchase(purchase))) == 1


async def accepted(client: httpx.AsyncClient, story: Story, order: int) -> None:
    """Send until it is stored: on a busy machine a commit may take longer than Odoo may be kept waiting."""
    for _ in range(20):
        answer = await client.post(story.world.hook_url("main"), json={**A_SIGNAL, "_id": order})
        if answer.status_code == 200:
            return
        assert answer.status_code == 503
    pytest.fail("never stored")


async def test_the_same_event_twice_makes_forty_cards_for_forty_records(story: Story) -> None:
    story.odoo.webhooks.muted = True
    orders = [await story.order(5_001 + number) for number in range(40)]
    async with httpx.AsyncClient(trust_env=False) as client:
        for order in orders:
            await asyncio.gather(*(accepted(client, story, order.id) for _ in range(2)))
    await story.rest()
    sentences = [card.text for card in story.cards()]
    assert sorted(order.words for order in orders for one in sentences if order.words in one) == sorted(
        order.words for order in orders
    )


async def test_a_store_that_is_slow_is_answered_503_in_time_and_reconcile_finds_the_record(story: Story) -> None:
    story.odoo.webhooks.muted = True
    order = await story.order()
    loop = asyncio.get_running_loop()
    async with story.world.app.database.write() as session:
        # On SQLite the transaction itself keeps every other writer out.
        if session.dialect == "postgresql":
            await session.execute(text("LOCK TABLE signals IN EXCLUSIVE MODE"))
        begun = loop.time()
        answer = await hook(story, {**A_SIGNAL, "_id": order.id})
        took = loop.time() - begun
    assert (answer.status_code, 0.25 < took < 0.6) == (503, True)
    await story.reconcile()
    await story.card(order, "Waiting")
