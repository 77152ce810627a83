"""A warehouse day: what people do in Odoo, each deed a button of the page and a step of the check.

Nothing here looks at Slack or at the program: these are the causes, not the effects.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from bot.sandbox.odoo import PretendOdoo
from bot.sandbox.odoo.arrange import OrderLine

PURCHASE, SALE, QUANT = "purchase.order", "sale.order", "stock.quant"

#: What a person's click in Odoo would make it do: the calls that a fault is planned for.
_APPROVE = "button_approve"
_APPLY = "action_apply_inventory"

#: Seconds that a slow Odoo takes; long enough to be seen on a card.
SLOW_S = 6.0

#: Seconds between the first deeds, so that the cards are seen to arrive.
PAUSE_S = 1.5


class Day:
    """The deeds. Each returns the id of the record it was about."""

    def __init__(self, odoo: PretendOdoo) -> None:
        self._odoo = odoo

    async def pallet_jacks(self) -> int:
        """Ana orders above her limit."""
        return await self._order([("PALLET-JACK", 40, 289.0)], vendor="Great Lakes Handling")

    async def cable(self) -> int:
        """Ana orders for Dallas."""
        return await self._order([("CABLE-12-2", 150, 92.0)], vendor="Lone Star Electrical", warehouse="DAL")

    async def small_count(self) -> int:
        """Carl finds a few anchors missing in Chicago."""
        return await self._count("ANCHOR-12", "CHI", off=-8)

    async def large_count(self) -> int:
        """Carl finds many drills missing in Chicago."""
        return await self._count("DRILL-18V", "CHI", off=-31)

    async def unheard_count(self) -> int:
        """A count in Dallas whose webhook gets lost: only a comparison with Odoo can find it."""
        return await self._count("GLOVE-L", "DAL", off=-6, is_heard=False)

    async def own_count(self) -> int:
        """Dana, who decides on counts in Chicago, counts herself."""
        return await self._count("SEALANT-PU", "CHI", off=-60, by="stockm")

    async def quotation(self) -> int:
        """Sam sends a large quotation."""
        lines: Sequence[OrderLine] = [("LADDER-24", 45, 279.0), ("SAW-CIRC", 30, 119.0)]
        return await self._odoo.people.send_quotation(lines=lines, customer="Prairie Builders")

    async def amended_order(self) -> int:
        """Ana makes an order dearer while it waits for approval."""
        order = await self._waiting_order()
        amount = float(self._odoo.record(PURCHASE, order)["amount_total"])
        await self._odoo.people.reprice_purchase(order, amount=round(amount * 1.25, 2))
        return order

    async def past_the_card(self) -> int:
        """Paul approves in Odoo itself what waits on a card."""
        order = await self._waiting_order()
        await self._odoo.people.approve_purchase(order)
        return order

    async def late_answer(self, seconds: float = SLOW_S) -> int:
        """An order whose approval Odoo will take its time over."""
        self._odoo.faults.slow(seconds, method=_APPROVE, times=1)
        return await self._order([("LADDER-24", 36, 176.0)], vendor="Summit Ladder")

    async def lost_answer(self) -> int:
        """A count whose correction will be made, and the answer to it lost."""
        self._odoo.faults.lose_answer(method=_APPLY)
        return await self._count("CABLE-12-2", "CHI", off=-5)

    async def late_order(self) -> int:
        """Ladders that were promised for three days ago and have not come."""
        order = self._odoo.add_purchase(lines=[("LADDER-24", 6, 176.0)], vendor="Summit Ladder", state="purchase")
        self._odoo.promise(order, self._odoo.clock.now() - timedelta(days=3))
        return order

    async def below_zero(self) -> int:
        """More gloves went out in Dallas than Odoo knew of."""
        return self._odoo.set_stock("GLOVE-L", -7.0, place=self._odoo.add_place("Returns", warehouse="DAL"))

    async def in_quarantine(self) -> int:
        """Sealant that came back stands in the quarantine of Chicago."""
        return self._odoo.set_stock("SEALANT-PU", 24.0, place=self._odoo.add_place("Quarantine"))

    async def odoo_falls_silent(self) -> None:
        """Odoo stops answering the bot."""
        self._odoo.faults.down()

    async def odoo_is_back(self) -> None:
        """Odoo answers again."""
        self._odoo.faults.up()

    async def _order(self, lines: Sequence[OrderLine], *, vendor: str, warehouse: str = "CHI") -> int:
        return await self._odoo.people.request_purchase(lines=lines, vendor=vendor, warehouse=warehouse)

    async def _count(
        self, product: str, warehouse: str, *, off: float, by: str = "stocku", is_heard: bool = True
    ) -> int:
        clerk = self._odoo.as_user(by)
        domain = [
            ["product_id.default_code", "=", product],
            ["location_id.warehouse_id.code", "=", warehouse],
            ["location_id.usage", "=", "internal"],
        ]
        quant: dict[str, Any] = (await clerk.call(QUANT, "search_read", domain, ["quantity"]))[0]
        on_hand = quant["quantity"]
        counted = on_hand + off if on_hand + off >= 0 else on_hand - off
        if is_heard:
            await self._odoo.people.count(quant["id"], counted=counted, by=by)
        else:
            self._odoo.add_count(product=product, warehouse=warehouse, on_hand=on_hand, counted=counted, counter=by)
        return int(quant["id"])

    async def _waiting_order(self) -> int:
        """The newest order that waits for approval; a new one when there is none."""
        waiting = [["state", "=", "to approve"]]
        found = await self._odoo.as_user("puru").call(PURCHASE, "search", waiting, 0, 1, "id desc")
        return int(found[0]) if found else await self.cable()


@dataclass(frozen=True, slots=True)
class Step:
    """A button of the page."""

    id: str
    label: str
    do: Callable[[Day], Awaitable[object]]


#: In the order of the page. The first ones happen by themselves when the demo starts.
STEPS = (
    Step("small-count", "Carl counts 8 anchors too few in Chicago", Day.small_count),
    Step("pallet-jacks", "Ana orders 40 pallet jacks", Day.pallet_jacks),
    Step("quotation", "Sam quotes ladders and saws", Day.quotation),
    Step("large-count", "Carl finds 31 drills missing", Day.large_count),
    Step("amended-order", "Ana makes her waiting order dearer", Day.amended_order),
    Step("past-the-card", "Paul approves Ana's order in Odoo itself", Day.past_the_card),
    Step("late-order", "Ladders are three days late (take it, resolve it)", Day.late_order),
    Step("below-zero", "Gloves fall below zero in Dallas", Day.below_zero),
    Step("in-quarantine", "Sealant stands in quarantine (move it back into stock)", Day.in_quarantine),
    Step("own-count", "Dana counts sealant herself (be Dana, try to approve)", Day.own_count),
    Step("unheard-count", "A count in Dallas, its webhook gets lost", Day.unheard_count),
    Step("late-answer", "Ana orders ladders; Odoo will answer late", Day.late_answer),
    Step("lost-answer", "Carl counts cable; Odoo's answer will be lost", Day.lost_answer),
    Step("silent", "Odoo stops answering", Day.odoo_falls_silent),
    Step("back", "Odoo answers again", Day.odoo_is_back),
)
_BY_ITSELF = 4


async def opening(day: Day, pause_s: float = PAUSE_S) -> None:
    """The first deeds, one after the other, so that a newcomer sees cards at once."""
    for step in STEPS[:_BY_ITSELF]:
        await asyncio.sleep(pause_s)
        await step.do(day)
