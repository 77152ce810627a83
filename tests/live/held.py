"""Plays under a hold: nobody but the bot takes the step."""

from __future__ import annotations

from tests.live.company import refusal
from tests.live.orders import PURCHASE, waiting_purchase
from tests.live.play import Play, Way, ended
from tests.live.stage import Stage

#: The event types that are held in these plays.
HELD = ("purchase.approval",)
_HOLD = frozenset({Way.HOLD})


async def purchase_held(stage: Stage) -> None:
    """Not even somebody who may approve in Odoo; the bot may."""
    order = await waiting_purchase(stage)
    await stage.card(order, "Waiting")
    for method in ("button_approve", "button_confirm"):
        said = await refusal(stage.people.chief(PURCHASE, method, [order.id]))
        assert "Signoff" in said or method == "button_confirm", said
    assert await stage.state(order) == "to approve"
    await stage.approve(order)
    await ended(stage, order, "purchase")


PLAYS = (Play("`purchase.approval` held: people refused, the bot not", purchase_held, _HOLD),)
