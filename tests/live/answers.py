"""Plays in which answers are lost, calls come twice, or the program is killed."""

from __future__ import annotations

import asyncio

from tests.live.between import GUARD, Lost
from tests.live.goods import applied, counted, on_hand, to_scrap
from tests.live.orders import sent, waiting_purchase
from tests.live.play import Play, Way, ended
from tests.live.stage import Stage

#: What a card says at the end, and where only a person can tell what became of it.
_DONE, _LOST = "Confirmed in Odoo", "a person has to look"


async def approval_answer_lost(stage: Stage) -> None:
    order = await waiting_purchase(stage)
    await stage.card(order, "Waiting")
    stage.lose(order, Lost.AFTER)
    await stage.approve(order)
    await ended(stage, order, "purchase")


async def count_answer_lost(stage: Stage) -> None:
    count, product = await counted(stage)
    await stage.card(count, "Waiting")
    stage.lose(count, Lost.AFTER)
    await stage.approve(count)
    await applied(stage, count, product, 35.0)


async def scrap_answer_lost(stage: Stage) -> None:
    scrap, product = await to_scrap(stage)
    await stage.card(scrap, "Waiting")
    stage.lose(scrap, Lost.AFTER)
    await stage.approve(scrap)
    await ended(stage, scrap, "done")
    assert await on_hand(stage, product) == 37.0


async def note_answer_lost(stage: Stage) -> None:
    """One note, although its answer never came."""
    quotation = await sent(stage, partner=await stage.company.partner("Released"))
    await stage.card(quotation, "Waiting")
    stage.lose(quotation, Lost.AFTER)
    await stage.approve(quotation)
    await ended(stage, quotation, "sent", calls=0)


async def approval_never_arrived(stage: Stage) -> None:
    """It may be repeated, so it is, once it is sure that nothing happened."""
    order = await waiting_purchase(stage)
    await stage.card(order, "Waiting")
    stage.lose(order, Lost.BEFORE)
    await stage.approve(order)
    await ended(stage, order, "purchase", calls=2)


async def count_never_arrived(stage: Stage) -> None:
    """Without the guard a person is asked before it is repeated; with it the bot repeats by itself."""
    count, product = await counted(stage)
    await stage.card(count, "Waiting")
    stage.lose(count, Lost.BEFORE)
    await stage.approve(count)
    if not stage.guarded:
        await stage.press(count, _LOST, "Retry")
    await applied(stage, count, product, 35.0, calls=2)


async def guard_run_twice(stage: Stage) -> None:
    """The very same bytes once more: nothing changes."""
    count, product = await counted(stage)
    await stage.approve(count)
    await applied(stage, count, product, 35.0)
    await stage.company.count(count.id, 12.0)
    stage.mute(count)
    answer = await stage.between.again(count.model, count.id)
    assert "repeated" in answer, answer
    scrap, scrapped = await to_scrap(stage)
    await stage.approve(scrap)
    await ended(stage, scrap, "done")
    assert "repeated" in await stage.between.again(scrap.model, scrap.id)
    assert (await on_hand(stage, product), await on_hand(stage, scrapped)) == (35.0, 37.0)
    assert (await stage.marked_moves(product), await stage.notes(scrap)) == (1, 1)


async def killed_in_the_middle(stage: Stage) -> None:
    """kill -9 as soon as the first write goes out, twelve decisions under way.

    A count whose call died on its way is asked of a person, unless the guard can repeat it.
    """
    orders = [await waiting_purchase(stage) for _ in range(6)]
    counts = [await counted(stage) for _ in range(6)]
    documents = [*orders, *(count for count, _ in counts)]
    for one in documents:
        await stage.card(one, "Waiting")
    await asyncio.gather(*(stage.approve(one) for one in documents))
    while not any(stage.called(one) for one in documents):  # noqa: ASYNC110  # a moment in another process
        await asyncio.sleep(0.01)
    await stage.kill()
    await stage.open()
    for order in orders:
        await ended(stage, order, "purchase")
    for count, product in counts:
        card = await stage.card(count, _DONE, *(() if stage.guarded else (_LOST,)))
        if card.says(_LOST):
            await stage.press(count, _LOST, "Retry")
            await stage.card(count, _DONE)
        assert (await on_hand(stage, product), await stage.marked_moves(product)) == (35.0, 1)


async def by_the_guard(stage: Stage) -> None:
    """Where a guard stands, nothing is written beside it."""
    order = await waiting_purchase(stage)
    await stage.approve(order)
    await ended(stage, order, "purchase")
    assert stage.between.called(order.model, order.id) == [GUARD]


PLAYS = (
    Play("an order's answer lost after the write: found, one call", approval_answer_lost),
    Play("a count's answer lost after the write: found, one move", count_answer_lost),
    Play("a scrap's answer lost after the write: found, one move", scrap_answer_lost),
    Play("a note's answer lost after the write: one note", note_answer_lost),
    Play("an approval that never arrived: repeated", approval_never_arrived),
    Play("a count that never arrived: a person asked, or the guard repeats", count_never_arrived),
    Play("check, write and note in one call", by_the_guard, frozenset({Way.GUARD})),
    Play("the same call once more changes nothing", guard_run_twice, frozenset({Way.GUARD})),
    Play("kill -9 with twelve decisions under way: each once", killed_in_the_middle, alone=True),
)
