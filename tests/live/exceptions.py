"""Plays about what somebody has to own: found, taken, settled, over, found again; a storm, a pattern.

Each is told of a record that a person of the staff has made, and read back with the chief's key.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, TypeAlias

from tests.live.company import Company, word
from tests.live.goods import PICKING, QUANT
from tests.live.orders import PURCHASE
from tests.live.play import Play, Way, noted
from tests.live.stage import Document, Stage, until

RULE = "stock.warehouse.orderpoint"
PLAIN = frozenset({Way.PLAIN})
QUARANTINE = "Quarantine"
ON_IT = "I’m on it"
_MAKING = asyncio.Lock()

Made: TypeAlias = Callable[[Stage], Awaitable[Document]]
Turn: TypeAlias = Callable[[Stage, Document], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Owned:
    """One event type: how a record comes to it, changes, and is over."""

    make: Made
    kind: str  #: what each of its cards says, whatever its figures are
    words: str
    resolution: str
    change: Turn
    over: Turn
    confirmed: str = "Confirmed in Odoo: note on the record"
    notes: int = 1


async def owned_goods(company: Company) -> int:
    """The category of goods whose counts and receipts somebody owns, rather than decides about."""
    found = await company.admin.find("product.category", ["name", "=", "Signoff Owned"])
    return found[0] if found else await company.admin.create("product.category", name="Signoff Owned")


async def place(company: Company, name: str) -> int:
    """A place of the first warehouse, beside its stock."""
    (top,) = await company.admin("stock.warehouse", "read", company.warehouses[:1], ["view_location_id"])
    above = top["view_location_id"][0]
    async with _MAKING:  # plays under way at once want the same one
        found = await company.admin.find("stock.location", ["name", "=", name], ["location_id", "=", above])
        return found[0] if found else await company.admin.create("stock.location", name=name, location_id=above)


def _at(**ago: float) -> str:
    return f"{datetime.now(UTC) - timedelta(**ago):%Y-%m-%d %H:%M:%S}"


async def owned_document(stage: Stage, model: str, number: int, words: str = "") -> Document:
    return replace(await stage.document(model, number, words), channel="floor")


async def _write(stage: Stage, document: Document, **values: Any) -> None:
    await stage.people.staff(document.model, "write", [document.id], values)


async def _moves(stage: Stage, document: Document, **values: Any) -> None:
    """Staff writes the moves of a transfer, and has Odoo look again what is there."""
    moves = await stage.people.staff.find("stock.move", ["picking_id", "=", document.id])
    await stage.people.staff("stock.move", "write", moves, values)
    await stage.people.staff(PICKING, "action_assign", [document.id])


def _planned(**ago: float) -> Turn:
    async def turn(stage: Stage, document: Document) -> None:
        await _write(stage, document, scheduled_date=_at(**ago))

    return turn


async def _more(stage: Stage, document: Document) -> None:
    await _moves(stage, document, product_uom_qty=12.0)


async def _transfer(stage: Stage, code: str, *, in_stock: float = 30.0, **more: Any) -> Document:
    product, _ = await stage.company.product(cost=10.0, categ_id=await owned_goods(stage.company))
    if in_stock and code != "incoming":
        await stage.company.in_stock(product, in_stock)
    return await owned_document(stage, PICKING, await stage.company.transfer(code, product, 10.0, **more))


def _late(code: str) -> Made:
    async def made(stage: Stage) -> Document:
        vendor = {"partner_id": await stage.company.partner("Vendor")} if code == "incoming" else {}
        document = await _transfer(stage, code, **vendor)
        await _planned(hours=5)(stage, document)
        return document

    return made


async def _promised(stage: Stage) -> Document:
    document = await _transfer(stage, "outgoing")
    await _moves(stage, document, date_deadline=_at(hours=3))
    return document


async def _new_promise(stage: Stage, document: Document) -> None:
    await _moves(stage, document, date_deadline=_at(days=-9))


async def _short(stage: Stage) -> Document:
    return await _transfer(stage, "outgoing", in_stock=0.0)


async def _supplied(stage: Stage, document: Document) -> None:
    (move,) = await stage.people.staff.find("stock.move", ["picking_id", "=", document.id])
    product = (await stage.people.staff.read("stock.move", move, "product_id"))["product_id"][0]
    await stage.company.in_stock(product, 50.0)
    await stage.people.staff(PICKING, "action_assign", [document.id])


async def varied(stage: Stage) -> Document:
    document = await _transfer(stage, "incoming")
    await stage.company.pick(document.id, 7.0)
    return document


def _came(amount: float) -> Turn:
    async def turn(stage: Stage, document: Document) -> None:
        await stage.company.pick(document.id, amount)
        await _write(stage, document, priority="1")  # on 19.0 a quantity of a move alone does not touch its transfer

    return turn


async def _undelivered(stage: Stage) -> Document:
    document = await owned_document(stage, PURCHASE, await stage.company.purchase(20.0))
    await _write(stage, document, date_planned=_at(days=3))
    return document


async def _ordered_more(stage: Stage, document: Document) -> None:
    (line,) = await stage.field(document, "order_line")
    await _write(stage, document, order_line=[[1, line, {"product_qty": 12.0}]])
    await _write(stage, document, date_planned=_at(days=3))  # Odoo plans a line anew with its quantity


async def _promised_anew(stage: Stage, document: Document) -> None:
    await _write(stage, document, date_planned=_at(days=-9))


def _stock(amount: float, *, blocked: bool = False) -> Made:
    async def made(stage: Stage) -> Document:
        product, name = await stage.company.product(cost=10.0)
        there = await place(stage.company, QUARANTINE) if blocked else 0
        return await owned_document(stage, QUANT, await stage.company.in_stock(product, amount, place=there), name)

    return made


def _now_there(amount: float) -> Turn:
    async def turn(stage: Stage, document: Document) -> None:
        await stage.people.admin(QUANT, "write", [document.id], {"quantity": amount})

    return turn


async def _below(stage: Stage) -> Document:
    product, name = await stage.company.product(cost=10.0)
    values = {"product_id": product, "location_id": stage.company.stock[0], "product_min_qty": 50.0}
    number = await stage.people.chief.create(RULE, product_max_qty=50.0, trigger="manual", **values)
    return await owned_document(stage, RULE, number, name)


def _minimum(amount: float) -> Turn:
    async def turn(stage: Stage, document: Document) -> None:
        values = {"product_max_qty": max(amount, 1.0), "product_min_qty": amount}
        await stage.people.chief(RULE, "write", [document.id], values)

    return turn


#: What the exceptions of table A come from, and end with.
TYPES: dict[str, Owned] = {
    "purchase.delay": Owned(
        _undelivered,
        "promised",
        "promised 3 days ago: 0 of 10",
        "new date agreed with the supplier",
        _ordered_more,
        _promised_anew,
    ),
    "shipment.late": Owned(
        _promised,
        "promised to the customer",
        "promised to the customer 3 hours ago",
        "shipped in part",
        _more,
        _new_promise,
    ),
    "pick.shortage": Owned(_short, "can be picked", "0 of 10", "reordered", _more, _supplied),
    "pick.delay": Owned(
        _late("outgoing"),
        "ready to be picked",
        "ready to be picked, and overdue by 5",
        "new date agreed",
        _more,
        _planned(hours=-9),
    ),
    "transfer.overdue": Owned(
        _late("internal"),
        "between warehouses",
        "between warehouses, and overdue by 5",
        "new date agreed",
        _more,
        _planned(hours=-9),
    ),
    "receiving.delay": Owned(
        _late("incoming"), "and not received", "expected 5 hours ago", "bought elsewhere", _more, _planned(hours=-9)
    ),
    "receiving.variance": Owned(
        varied,
        "differs from what was ordered",
        "differs from what was ordered: 7 of 10",
        "accepted",
        _came(6.0),
        _came(10.0),
    ),
    "inventory.negative": Owned(
        _stock(-4.0),
        "more went out",
        "-4 on hand",
        "count asked for in Odoo",
        _now_there(-6.0),
        _now_there(3.0),
        confirmed="Confirmed in Odoo: a count is asked for",
        notes=0,
    ),
    "inventory.low_stock": Owned(
        _below,
        "is the minimum",
        "0 expected, 50 is the minimum",
        "ordered",
        _minimum(60.0),
        _minimum(0.0),
        confirmed="Resolved",
        notes=0,
    ),
    "inventory.blocked": Owned(
        _stock(4.0, blocked=True),
        "blocked stock",
        "blocked stock",
        "still blocked, looked at",
        _now_there(9.0),
        _now_there(0.0),
        confirmed="Resolved",
        notes=0,
    ),
}


async def settled(stage: Stage, document: Document, words: str, resolution: str) -> None:
    """Ann takes it and says how it was settled."""
    await stage.press(document, words, ON_IT)
    await stage.card(document, "Ann has it in hand")
    await stage.resolve(document, resolution)


def _whole_way(owned: Owned) -> Callable[[Stage], Awaitable[None]]:
    """Found, taken, settled, told; a late click changes nothing; found again with other figures; over by itself."""

    async def run(stage: Stage) -> None:
        document = replace(await owned.make(stage), also=owned.kind)
        early = (await stage.card(document, owned.words)).history[-1]
        await settled(stage, document, owned.words, owned.resolution)
        await stage.card(document, owned.confirmed)
        if owned.notes:
            await noted(stage, document, owned.notes)
        await stage.slack.click(early, ON_IT, by="bob@example.com")
        await owned.change(stage, document)
        again = await stage.card(document, "Nobody has it in hand yet")
        assert len(stage.cards(document)) == len({early.ts, again.ts}) == 2, [
            one.plain for one in stage.cards(document)
        ]
        assert stage.cards(document)[0].says("Resolved by Ann")
        await owned.over(stage, document)
        await stage.card(document, "It is over")

    return run


async def storm(stage: Stage) -> None:
    """Several late receipts of one vendor: one card that counts, handled as a whole; and the pattern asks why."""
    vendor = f"Stormy {word()}"
    partner = await stage.people.admin.create("res.partner", name=vendor)
    receipts = [await _transfer(stage, "incoming", partner_id=partner) for _ in range(4)]
    for one in receipts:
        await _planned(hours=5)(stage, one)
    group = Document("", 0, f"receiving delay: {vendor}", "floor")
    await stage.card(group, "4 of 4")
    pattern = Document("", 0, f"Repeats: {vendor}", "floor")
    await stage.card(pattern, "Nobody has it in hand yet")
    await _planned(hours=-9)(stage, receipts[0])
    await stage.card(group, "3 of 4")
    await settled(stage, group, "3 of 4", "new date agreed with the supplier")
    await stage.card(group, "Resolved by Ann")
    for one in receipts[1:]:
        await noted(stage, one, 1)
    assert await stage.notes(receipts[0]) == 0


async def activity_done(stage: Stage) -> None:
    """What Odoo has planned for the bot on the record is done with the resolution; what it planned for people stays."""
    receipt = await varied(stage)
    (bot,) = await stage.people.admin.find("res.users", ["login", "=", stage.people.bot_login])
    (staff,) = await stage.people.admin.find("res.users", ["login", "=", stage.people.staff.login])
    for user in (bot, staff):
        await stage.people.staff(PICKING, "activity_schedule", [receipt.id], user_id=user, summary="look at it")
    await settled(stage, receipt, "differs from", "accepted")
    await stage.card(receipt, "Confirmed in Odoo")
    about = [["res_model", "=", PICKING], ["res_id", "=", receipt.id]]

    async def whose() -> bool:
        rows = await stage.people.chief("mail.activity", "search_read", about, ["user_id"])
        return [row["user_id"][0] for row in rows] == [staff]

    await until(whose, lambda: "only the activity of the staff")


PLAYS = (
    *(Play(f"`{name}` owned, settled, found again, over", _whole_way(one), PLAIN) for name, one in TYPES.items()),
    Play("a storm of late receipts is one card, and a pattern", storm, PLAIN),
    Play("an activity of the bot is done with the resolution", activity_done, PLAIN),
)
