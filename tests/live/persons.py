"""Plays in which decisions are written as the Odoo user of whoever decided: what Odoo then says who did it."""

from __future__ import annotations

import asyncio

from tests.live.between import GUARD, Lost
from tests.live.goods import applied, counted, on_hand
from tests.live.orders import sent, waiting_purchase
from tests.live.play import Play, Way, ended, noted
from tests.live.stage import ADMINISTRATOR, CLERK, Document, Stage

_PERSON = frozenset({Way.PERSON})


async def _writer(stage: Stage, model: str, number: int, field: str = "write_uid") -> str:
    """The login of whoever Odoo says it was."""
    (row,) = await stage.people.admin(model, "read", [number], [field])
    (user,) = await stage.people.admin("res.users", "read", [row[field][0]], ["login"])
    return str(user["login"])


async def order_as_whoever_approved(stage: Stage) -> None:
    """The order and the note are the person's (receipts Odoo makes as itself); the note names the bot too."""
    order = await waiting_purchase(stage)
    await stage.approve(order)
    await ended(stage, order, "purchase")
    chief = stage.people.chief.login
    assert await _writer(stage, order.model, order.id) == chief
    about = [["model", "=", order.model], ["res_id", "=", order.id], ["body", "ilike", "[Signoff #"]]
    (note,) = await stage.people.admin("mail.message", "search_read", about, ["body", "author_id"])
    (user,) = await stage.people.admin("res.users", "search_read", [["login", "=", chief]], ["partner_id"])
    assert note["author_id"][0] == user["partner_id"][0]
    assert stage.people.bot_login in note["body"]
    assert chief in note["body"]
    assert stage.between.called(order.model, order.id) == [GUARD]


async def count_as_whoever_approved(stage: Stage) -> None:
    """The stock move is the person's."""
    count, product = await counted(stage)
    await stage.approve(count)
    await applied(stage, count, product, 35.0)
    about = [["product_id", "=", product], ["reference", "ilike", "[Signoff #"]]
    (move,) = await stage.people.chief("stock.move", "search", about)
    assert await _writer(stage, "stock.move", move, "create_uid") == stage.people.chief.login


async def quotation_cancelled_as_whoever_rejected(stage: Stage) -> None:
    quotation = await sent(stage)
    await stage.reject(quotation)
    await ended(stage, quotation, "cancel")
    assert await _writer(stage, quotation.model, quotation.id) == stage.people.chief.login


async def without_the_right(stage: Stage) -> None:
    """Where Odoo would pass over it in silence, and where it refuses, the card says whose right is missing."""
    order = await waiting_purchase(stage)
    await stage.approve(order, by=CLERK)
    card = await stage.card(order, "NOT written")
    assert card.says(f"Usually {stage.people.clerk} lacks the right"), card.plain
    await _untouched(stage, order, "to approve")
    count, product = await counted(stage)
    await stage.approve(count, by=CLERK)
    card = await stage.card(count, "NOT written")
    assert card.says(f"Odoo does not let {stage.people.clerk} do this"), card.plain
    assert (await on_hand(stage, product), await stage.field(count, "inventory_quantity_set")) == (40.0, True)


async def never_as_an_administrator(stage: Stage) -> None:
    """The program refuses before it writes; and the guard refuses whoever asks it to."""
    order = await waiting_purchase(stage)
    await stage.approve(order, by=ADMINISTRATOR)
    card = await stage.card(order, "NOT written")
    assert card.says("administrator of Odoo"), card.plain
    assert stage.called(order) == []
    await _untouched(stage, order, "to approve")
    await _the_guard_refuses(stage)


async def _the_guard_refuses(stage: Stage) -> None:
    """The very call of the bot, with another user in it, while its own is lost on the way."""
    order = await waiting_purchase(stage)
    await stage.card(order, "Waiting")
    stage.lose(order, Lost.BEFORE)
    await stage.approve(order)
    while not stage.called(order):  # noqa: ASYNC110  # a moment in another process
        await asyncio.sleep(0.01)
    chief, admin, bot = stage.people.chief.login, stage.people.admin.login, stage.people.bot_login
    ids = {one: await _number(stage, one) for one in (chief, admin, bot)}
    for login in (admin, bot):
        other = {
            f'"signoff_user": {ids[chief]}': f'"signoff_user": {ids[login]}',
            f'"signoff_login": "{chief}"': f'"signoff_login": "{login}"',
        }
        assert "[signoff:person]" in await stage.between.again(order.model, order.id, other)
    wrong = {f'"signoff_user": {ids[chief]}': f'"signoff_user": {ids[chief] + 1}'}
    assert "[signoff:person]" in await stage.between.again(order.model, order.id, wrong)
    await ended(stage, order, "purchase", calls=2)
    assert await _writer(stage, order.model, order.id) == chief


async def _number(stage: Stage, login: str) -> int:
    (number,) = await stage.people.admin.find("res.users", ["login", "=", login])
    return number


async def _untouched(stage: Stage, document: Document, state: str) -> None:
    assert await stage.state(document) == state
    await noted(stage, document, 0)


PLAYS = (
    Play(
        "an order approved as whoever approved it: order and note are theirs",
        order_as_whoever_approved,
        _PERSON,
    ),
    Play("a count applied as whoever approved it: the move is theirs", count_as_whoever_approved, _PERSON),
    Play("a quotation cancelled as whoever rejected it", quotation_cancelled_as_whoever_rejected, _PERSON),
    Play("what the person has no right to do is not done, and told", without_the_right, _PERSON),
    Play("nothing is written as an administrator, the bot or somebody else", never_as_an_administrator, _PERSON),
)
