"""The day as ``--check`` plays it: each step a deed in Odoo, answers in Slack, and what must stand in both then.

A step raises NotAsItShouldBe with the sentence that names what is wrong.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from bot.sandbox.day import PURCHASE, QUANT, SALE, Day
from bot.sandbox.proofs import CONFIRMED, PATIENCE_S, Proofs, Subject, demand
from bot.sandbox.slack import Card, View

PAUL, OLIVIA, SOFIA = "buyer.lead@example.com", "olivia.grant@example.com", "sales.lead@example.com"
DANA, MARIA, TOM, GRACE = (
    "stock.lead@example.com",
    "maria.lopez@example.com",
    "tom.reed@example.com",
    "grace.lind@example.com",
)

#: Seconds that the slow Odoo of the check takes.
SLOW_S = 3.0

_APPLY = "action_apply_inventory"


class Rehearsal:
    """The steps, in the order of ``PLAY``."""

    def __init__(self, day: Day, proofs: Proofs) -> None:
        self._day = day
        self._proofs = proofs

    async def order(self) -> None:
        """An order above the limit is approved once in Odoo, by a click."""
        order = self._proofs.about(PURCHASE, await self._day.pallet_jacks())
        card = await self._proofs.card(order, "#purchasing")
        await self._approve_order(order, card)

    async def quotation(self) -> None:
        """A quotation is confirmed."""
        sale = self._proofs.about(SALE, await self._day.quotation())
        card = await self._proofs.card(sale, "#sales-approvals")
        sale.is_done = lambda: self._proofs.value(sale, "state") == "sale"
        await self._click(card, "Approve", SOFIA)
        await self._confirmed(sale, "#sales-approvals", "action_confirm")

    async def small_count(self) -> None:
        """A count becomes the stock, with one move."""
        count = self._proofs.about(QUANT, await self._day.small_count())
        await self._apply(count, await self._proofs.card(count, "#chi-floor"), "#chi-floor", MARIA)

    async def large_count(self) -> None:
        """A costly count goes to finance; a rejection owes a reason and leaves the stock alone."""
        count = self._proofs.about(QUANT, await self._day.large_count())
        on_hand = self._proofs.value(count, "quantity")
        card = await self._proofs.card(count, "#finance-approvals")
        view = await self._modal(card, "Reject", GRACE)
        slack = self._proofs.slack
        empty = await slack.submit(view, {"reason": ""}, by=GRACE)
        demand(that=empty.errors, otherwise="a rejection without a reason was taken")
        count.is_done = lambda: not self._proofs.value(count, "inventory_quantity_set")
        await slack.submit(view, {"reason": "Count again, please: 31 drills do not walk away"}, by=GRACE)
        await self._confirmed(count, "#finance-approvals", "action_clear_inventory_quantity")
        left = self._proofs.value(count, "quantity")
        demand(that=left == on_hand, otherwise=f"the rejected count changed the stock from {on_hand:g} to {left:g}")
        demand(that=not self._proofs.moves(count), otherwise="the rejected count moved stock")

    async def unheard_count(self) -> None:
        """A count whose webhook was lost is found by comparing with Odoo."""
        count = self._proofs.about(QUANT, await self._day.unheard_count())
        await self._apply(count, await self._proofs.card(count, "#dal-floor"), "#dal-floor", TOM)

    async def amended_order(self) -> None:
        """An order changes under its card: both figures are shown, the old card decides nothing."""
        order = self._proofs.about(PURCHASE, await self._day.cable())
        before = await self._proofs.card(order, "#purchasing", says="13,800.00")
        old = before.history[-1]
        await self._day.amended_order()
        card = await self._proofs.card(order, "#purchasing", says="17,250.00")
        demand(that=card.says("13,800.00"), otherwise=f"the card of {order.words} does not show the old figure")
        await self._click(old, "Approve", PAUL)
        await self._told(PAUL, "The record changed")
        demand(that=not self._proofs.calls(order), otherwise=f"{order.words} was written on a click on old figures")
        await self._approve_order(order, card)
        total = f"{self._proofs.value(order, 'amount_total'):,.2f}"
        demand(that=total == "17,250.00", otherwise=f"{order.words} was approved at {total}, not at 17,250.00")

    async def past_the_card(self) -> None:
        """Somebody approves in Odoo itself: the card follows and says who."""
        order = self._proofs.about(PURCHASE, await self._day.cable())
        await self._proofs.card(order, "#purchasing")
        await self._day.past_the_card()
        card = await self._proofs.card(order, "#purchasing", says="Nobody has to decide any more")
        demand(that=card.says("Paul Novak"), otherwise=f"the card of {order.words} does not say who approved it")
        demand(that=not self._proofs.calls(order), otherwise=f"the bot wrote to {order.words} after Paul had")

    async def own_count(self) -> None:
        """Whoever counted does not decide; a colleague does."""
        count = self._proofs.about(QUANT, await self._day.own_count())
        card = await self._proofs.card(count, "#chi-floor")
        await self._click(card, "Approve", DANA)
        await self._told(DANA, "somebody else has to decide")
        demand(that=not self._proofs.calls(count), otherwise="Dana's click on her own count reached Odoo")
        await self._apply(count, card, "#chi-floor", OLIVIA)

    async def late_answer(self) -> None:
        """Odoo takes its time: the card waits with it and claims nothing."""
        order = self._proofs.about(PURCHASE, await self._day.late_answer(SLOW_S))
        card = await self._proofs.card(order, "#purchasing")
        order.is_done = lambda: self._proofs.value(order, "state") == "purchase"
        await self._click(card, "Approve", PAUL)
        await self._proofs.card(order, "#purchasing", says="It is being written to Odoo")
        demand(that=not order.is_done(), otherwise=f"Odoo was not late with {order.words}")
        await self._confirmed(order, "#purchasing", "button_approve")

    async def lost_answer(self) -> None:
        """Odoo's answer is lost: the bot looks, and does not do it twice."""
        count = self._proofs.about(QUANT, await self._day.lost_answer())
        await self._apply(count, await self._proofs.card(count, "#chi-floor"), "#chi-floor", MARIA)

    async def late_order(self) -> None:
        """Nobody approves a late order: somebody has it in hand, and says in the end why and what was done."""
        order = self._proofs.about(PURCHASE, await self._day.late_order())
        card = await self._proofs.card(order, "#purchasing", says="Nobody has it in hand yet")
        demand(that="Approve" not in card.labels, otherwise=f"{order.words} can be approved, though it is late")
        notes = self._proofs.odoo.messages
        order.is_done = lambda: any("[Signoff #" in str(one["body"]) for one in notes(PURCHASE, order.id))
        await self._click(card, "I’m on it", PAUL)
        card = await self._proofs.card(order, "#purchasing", says="Paul Novak has it in hand")
        view = await self._modal(card, "Resolve", PAUL)
        chosen = {"cause": "supplier late", "resolution": "new date agreed with the supplier"}
        await self._proofs.slack.submit(view, chosen, by=PAUL)
        await self._proofs.card(order, "#purchasing", says="Resolved by Paul Novak")
        await self._proofs.card(order, "#purchasing", says=CONFIRMED)

    async def _approve_order(self, order: Subject, card: Card) -> None:
        order.is_done = lambda: self._proofs.value(order, "state") == "purchase"
        await self._click(card, "Approve", PAUL)
        await self._confirmed(order, "#purchasing", "button_approve")
        notes = self._proofs.odoo.messages
        await self._proofs.until(
            lambda: [one for one in notes(PURCHASE, order.id) if "[Signoff #" in str(one["body"])],
            f"a note on {order.words} that names its audit entry",
        )

    async def _apply(self, count: Subject, card: Card, channel: str, by: str) -> None:
        counted = self._proofs.value(count, "inventory_quantity")
        count.is_done = lambda: self._proofs.value(count, "quantity") == counted
        await self._click(card, "Approve", by)
        await self._confirmed(count, channel, _APPLY)
        moves = self._proofs.moves(count)
        demand(that=len(moves) == 1, otherwise=f"{len(moves)} moves of {count.words} in Odoo instead of 1")

    async def _confirmed(self, subject: Subject, channel: str, method: str) -> None:
        """Odoo holds the outcome, the bot called once, the card says so and has no live buttons."""
        await self._proofs.until(lambda: subject.is_done() or self._stuck(subject), f"the outcome of {subject.words}")
        state = "" if subject.model == QUANT else f" (it is in state “{self._proofs.value(subject, 'state')}”)"
        wrong = f"{subject.words} was decided in Slack, but Odoo does not hold the outcome{state}"
        demand(that=subject.is_done(), otherwise=f"{wrong}; the card says: {self._proofs.cards(subject)[-1].text}")
        await self._proofs.card(subject, channel, says=CONFIRMED)
        calls = self._proofs.calls(subject)
        demand(that=calls == [method], otherwise=f"the bot called {calls} on {subject.words} instead of {method} once")

    def _stuck(self, subject: Subject) -> bool:
        return any("Retry" in card.labels for card in self._proofs.cards(subject))

    async def _click(self, card: Card, name: str, by: str) -> None:
        acted = await self._proofs.slack.click(card, name, by=by)
        demand(that=not acted.trouble, otherwise=f"the click on {name} was not taken: {acted.trouble}")

    async def _modal(self, card: Card, name: str, by: str) -> View:
        slack = self._proofs.slack
        acted = await slack.click(card, name, by=by)
        demand(that=not acted.trouble, otherwise=f"the click on {name} was not taken: {acted.trouble}")
        return await slack.opened(acted, within_s=PATIENCE_S)

    async def _told(self, who: str, words: str) -> None:
        slack = self._proofs.slack
        await self._proofs.until(
            lambda: any(card.says(words) for card in slack.ephemerals(who)), f"{who} being told “{words}”"
        )


@dataclass(frozen=True, slots=True)
class Scene:
    """A step in plain words, and how it is played."""

    words: str
    play: Callable[[Rehearsal], Awaitable[None]]


PLAY = (
    Scene("Ana orders 40 pallet jacks; Paul approves, and Odoo holds a purchase order", Rehearsal.order),
    Scene("Carl's small count in Chicago: Maria approves, and the stock is corrected once", Rehearsal.small_count),
    Scene("Carl's costly count: Grace rejects with a reason, and the stock stays", Rehearsal.large_count),
    Scene("A count in Dallas without a webhook is found; Tom approves", Rehearsal.unheard_count),
    Scene("Sam's quotation: Sofia approves, and the order is confirmed", Rehearsal.quotation),
    Scene("Ana's order changes under its card: the old figures decide nothing", Rehearsal.amended_order),
    Scene("Paul approves in Odoo itself: the card follows and says who", Rehearsal.past_the_card),
    Scene("Ladders do not come: Paul takes it and resolves it, and Odoo has his words", Rehearsal.late_order),
    Scene("Dana may not approve her own count; Olivia does", Rehearsal.own_count),
    Scene("Odoo answers late: no card claims anything before Odoo does", Rehearsal.late_answer),
    Scene("Odoo's answer is lost: it is looked for, and nothing is done twice", Rehearsal.lost_answer),
)
