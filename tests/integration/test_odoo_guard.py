"""The guard in the pretend Odoo: what it does once, what it refuses, and how write-backs go by it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from types import MappingProxyType

import httpx
import pytest

from bot.clock import Clock
from bot.config.model import Secret, Source
from bot.errors import PermanentError, SignoffError, TransientError
from bot.odoo import guard
from bot.odoo.catalog import CATALOG
from bot.odoo.setup.pieces import Do
from bot.odoo.setup.run import Administrator, Asked, set_up
from bot.odoo.sources import OdooSource
from bot.sandbox.odoo import PretendOdoo
from tests import odoo_code

ADMIN = Administrator("admin", Secret("admin"))
NOTE = "Approved in Slack by Ann (buyers). [Signoff #7 0a1b2c3d]"
MARK = "[Signoff #7 0a1b2c3d]"
PURCHASE, QUANT, PICKING = "purchase.order", "stock.quant", "stock.picking"


class Room:
    """A server with the guards installed, and the bot's source on it."""

    def __init__(self, odoo: PretendOdoo, source: OdooSource) -> None:
        self.odoo = odoo
        self.source = source

    async def action(self, model: str) -> int:
        """The guard of a model."""
        found = await self.source.guards.of(model, self.source.by_model[model])
        assert found is not None
        return found

    async def seen(self, model: str, record_id: int) -> dict[str, object]:
        """The guarded fields as the bot reads them."""
        record = await self.source.read(model, record_id)
        assert record is not None
        return guard.seen_of(self.source.by_model[model], record)

    async def run(
        self,
        model: str,
        record_id: int,
        method: str,
        seen: dict[str, object],
        *,
        by: Mapping[str, object] = MappingProxyType({}),
    ) -> None:
        """One outcome by the guard; ``by`` says as whom."""
        given = {guard.CALL: f"{method}()", guard.MARK: MARK, guard.NOTE: NOTE, guard.SEEN: seen, **by}
        await self.source.guards.run(await self.action(model), model, record_id, given)


@asynccontextmanager
async def installed(version: str, *, act_as_user: bool) -> AsyncIterator[Room]:
    """Installed on a server of a version."""
    odoo = PretendOdoo(version)
    odoo.engine.coder = odoo_code.run
    await odoo.start()
    events = ("inventory.count_variance", "purchase.approval", "sale.value", "shipment.backorder")
    settings = Source(
        "main", odoo.url, odoo.database, "bot", Secret(odoo.api_key()), (Secret("t" * 20),), events,
        signoff_url="http://127.0.0.1:9", act_as_user=act_as_user,
    )  # fmt: skip
    async with httpx.AsyncClient() as http:
        outcome = await set_up(settings, ADMIN, Asked(guard=True), http)
        assert outcome.problems == []
        yield Room(odoo, OdooSource(settings, http, Clock()))
    await odoo.stop()


@pytest.fixture(params=["18.0", "19.0"])
async def room(request: pytest.FixtureRequest) -> AsyncIterator[Room]:
    """The guards write as the bot."""
    async with installed(request.param, act_as_user=False) as room:
        yield room


@pytest.fixture(params=["18.0", "19.0"])
async def persons(request: pytest.FixtureRequest) -> AsyncIterator[Room]:
    """The guards write as whoever decided."""
    async with installed(request.param, act_as_user=True) as room:
        yield room


async def failure(work: object) -> SignoffError:
    """What was raised."""
    with pytest.raises(SignoffError) as caught:
        await work  # type: ignore[misc]  # a coroutine that is expected to fail
    return caught.value


async def test_one_run_acts_and_leaves_the_note_and_a_second_does_nothing(room: Room) -> None:
    order = await room.odoo.people.request_purchase(by="puru", amount=12_500.0)
    seen = await room.seen(PURCHASE, order)
    await room.run(PURCHASE, order, "button_approve", seen)
    await room.run(PURCHASE, order, "button_approve", seen)
    assert room.odoo.record(PURCHASE, order)["state"] == "purchase"
    assert [MARK in str(one["body"]) for one in room.odoo.messages(PURCHASE, order)].count(True) == 1


@pytest.mark.parametrize(
    ("choice", "state", "moved", "backorders"),
    [("backorder", "done", [4.0], 1), ("cancel_rest", "done", [10.0], 0), ("wait", "confirmed", [10.0], 0)],
)
async def test_what_was_chosen_for_the_rest_is_done_in_the_same_transaction(
    room: Room, choice: str, state: str, moved: list[float], backorders: int
) -> None:
    room.odoo.set_stock("PIPE-20", 4.0)
    delivery = room.odoo.add_transfer("outgoing", ("PIPE-20", 10.0))
    room.odoo.pick(delivery)
    (method,) = [one.method for one in CATALOG["shipment.backorder"].branches if one.choice.code == choice]
    given = {
        guard.CALL: guard.label(method, method.name),
        guard.MARK: MARK,
        guard.NOTE: NOTE,
        guard.SEEN: await room.seen(PICKING, delivery),
    }
    for _ in range(2):
        await room.source.guards.run(await room.action(PICKING), PICKING, delivery, given)
    record = room.odoo.record(PICKING, delivery)
    assert record["state"] == state
    assert sorted(room.odoo.record("stock.move", one)["product_uom_qty"] for one in record["move_ids"]) == moved
    assert len(record["backorder_ids"]) == backorders
    assert [MARK in str(one["body"]) for one in room.odoo.messages(PICKING, delivery)].count(True) == 1


async def test_a_count_is_applied_once_however_often_it_is_run(room: Room) -> None:
    quant = room.odoo.add_count(product="PIPE-20", on_hand=100.0)
    await room.odoo.people.count(quant, counted=60.0)
    seen = await room.seen(QUANT, quant)
    for _ in range(3):
        await room.run(QUANT, quant, "action_apply_inventory", seen)
    assert room.odoo.record(QUANT, quant)["quantity"] == 60.0


async def test_a_count_under_which_the_stock_moved_is_applied_as_people_saw_it(room: Room) -> None:
    """Odoo asks which figure stands; the decision has answered, in the same transaction."""
    quant = room.odoo.add_count(product="PIPE-20", on_hand=100.0)
    await room.odoo.people.count(quant, counted=60.0)
    room.odoo.move_stock(quant, by=-4.0)
    await room.run(QUANT, quant, "action_apply_inventory", await room.seen(QUANT, quant))
    assert room.odoo.record(QUANT, quant)["quantity"] == 60.0


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"partner_id": 1}, "partner_id"),
        ({"order_line": [[1, 0, {"price_unit": 99.0}]]}, "amount_total"),
        ({"state": "sent"}, "state"),
    ],
)
async def test_a_record_that_is_not_what_was_decided_on_is_left_alone(
    room: Room, values: dict[str, object], field: str
) -> None:
    order = await room.odoo.people.request_purchase(by="puru", amount=12_500.0)
    seen = await room.seen(PURCHASE, order)
    if "order_line" in values:
        values = {"order_line": [[1, room.odoo.record(PURCHASE, order)["order_line"][0], {"price_unit": 99.0}]]}
    await room.odoo.as_user("puru").call(PURCHASE, "write", [order], values)
    before = room.odoo.record(PURCHASE, order)["state"]
    error = await failure(room.run(PURCHASE, order, "button_approve", seen))
    assert (type(error), error.kind) == (TransientError, guard.Refused.STALE)
    assert room.odoo.record(PURCHASE, order)["state"] == before
    assert not any(MARK in str(one["body"]) for one in room.odoo.messages(PURCHASE, order))


async def test_a_field_that_was_not_told_counts_as_changed(room: Room) -> None:
    order = await room.odoo.people.request_purchase(by="puru", amount=12_500.0)
    seen = await room.seen(PURCHASE, order)
    del seen["partner_id"]
    assert (await failure(room.run(PURCHASE, order, "button_approve", seen))).kind == guard.Refused.STALE


async def test_an_approval_that_odoo_passes_over_is_no_success(room: Room) -> None:
    """Without the right, Odoo says ``{}`` and does nothing; the guard looks, and takes the note back with it."""
    bot = room.odoo.people_by_id[room.odoo.uid("bot")]
    bot.groups = bot.groups - {"purchase.group_purchase_manager"}
    order = await room.odoo.people.request_purchase(by="puru", amount=12_500.0)
    error = await failure(room.run(PURCHASE, order, "button_approve", await room.seen(PURCHASE, order)))
    assert (type(error), error.kind) == (PermanentError, guard.Refused.NO_EFFECT)
    assert not any(MARK in str(one["body"]) for one in room.odoo.messages(PURCHASE, order))


async def test_only_the_methods_of_the_catalog_can_be_called(room: Room) -> None:
    order = await room.odoo.people.request_purchase(by="puru", amount=12_500.0)
    error = await failure(room.run(PURCHASE, order, "unlink", await room.seen(PURCHASE, order)))
    assert error.kind == guard.Refused.MISUSE
    assert room.odoo.record(PURCHASE, order)["state"] == "to approve"


async def test_others_may_not_run_it(room: Room) -> None:
    order = await room.odoo.people.request_purchase(by="puru", amount=12_500.0)
    action = await room.action(PURCHASE)
    with pytest.raises(Exception, match="enough access rights"):
        await room.odoo.as_user("purm").call("ir.actions.server", "run", [action], context={"active_id": order})


async def test_a_guard_of_another_version_of_the_code_is_not_used(room: Room) -> None:
    action = await room.action(PURCHASE)
    await room.odoo.as_user("admin").call(
        "ir.actions.server", "write", [action], {"name": "Signoff main guard: x 0000"}
    )
    async with httpx.AsyncClient() as http:
        source = OdooSource(room.source.settings, http, Clock())
        assert await source.guards.of(PURCHASE, source.by_model[PURCHASE]) is None


async def test_a_guard_that_was_taken_away_is_forgotten_and_the_write_tried_again(room: Room) -> None:
    order = await room.odoo.people.request_purchase(by="puru", amount=12_500.0)
    action = await room.action(PURCHASE)
    await room.odoo.as_user("admin").call("ir.actions.server", "unlink", [action])
    error = await failure(room.run(PURCHASE, order, "button_approve", await room.seen(PURCHASE, order)))
    assert (type(error), error.kind) == (TransientError, "guard_gone")
    assert await room.source.guards.of(PURCHASE, room.source.by_model[PURCHASE]) is None


async def test_setup_keeps_a_guard_up_to_date_and_removes_guards_alone_when_asked(room: Room) -> None:
    action = await room.action(PURCHASE)
    await room.odoo.as_user("admin").call("ir.actions.server", "write", [action], {"code": "action = True"})
    async with httpx.AsyncClient() as http:
        (step,) = (await set_up(room.source.settings, ADMIN, Asked(), http)).done
        assert (step.do, step.piece.subject, step.differs) == (Do.CHANGE, PURCHASE, ("code",))
        removed = await set_up(room.source.settings, ADMIN, Asked(guard=True, remove=True), http)
        assert {(step.do, step.piece.kind) for step in removed.done} == {(Do.REMOVE, "guard")}
        fewer = replace(room.source.settings, events=("purchase.approval",))
        assert (await set_up(fewer, ADMIN, Asked(remove=True), http)).problems == []


async def test_what_is_written_as_somebody_is_theirs_and_takes_their_rights(persons: Room) -> None:
    order = await persons.odoo.people.request_purchase(by="puru", amount=12_500.0)
    seen = await persons.seen(PURCHASE, order)

    def by(login: str) -> dict[str, object]:
        return {guard.USER: persons.odoo.uid(login), guard.LOGIN: login}

    refused = await failure(persons.run(PURCHASE, order, "button_approve", seen, by=by("low")))
    assert refused.sentence.startswith("Odoo does not let low do this")
    passed_over = await failure(persons.run(PURCHASE, order, "button_approve", seen, by=by("puru")))
    assert (passed_over.kind, "puru lacks the right" in passed_over.sentence) == (guard.Refused.NO_EFFECT, True)
    await persons.run(PURCHASE, order, "button_approve", seen, by=by("purm"))
    record = persons.odoo.record(PURCHASE, order)
    assert (record["state"], record["write_uid"][0]) == ("purchase", persons.odoo.uid("purm"))
    (note,) = [one for one in persons.odoo.messages(PURCHASE, order) if MARK in str(one["body"])]
    assert note["create_uid"][0] == persons.odoo.uid("purm")


async def test_the_guard_itself_judges_as_whom_it_writes(persons: Room) -> None:
    """Whoever may run it may not lend itself anybody's rights: constants and Odoo's own records decide."""
    odoo, refused = persons.odoo, guard.Refused
    odoo.put_into("salem", "base.group_erp_manager", "purchase.group_purchase_manager")
    odoo.archive("stockm")
    await odoo.as_user("admin").call("res.users", "write", [odoo.uid("saleall")], {"share": True})
    order = await odoo.people.request_purchase(by="puru", amount=12_500.0)
    seen = await persons.seen(PURCHASE, order)
    for user, login, kind in (
        *((odoo.uid(one), one, refused.PERSON) for one in ("admin", "bot", "salem", "stockm", "saleall")),
        (odoo.uid("purm"), "puru", refused.PERSON),
        (1, "__system__", refused.PERSON),
        (9_999, "purm", refused.PERSON),
        (True, "purm", refused.MISUSE),
        (-1, "purm", refused.MISUSE),
        (f"{odoo.uid('purm')}", "purm", refused.MISUSE),
        ([odoo.uid("purm")], "purm", refused.MISUSE),
    ):
        given = {guard.USER: user, guard.LOGIN: login}
        assert (user, (await failure(persons.run(PURCHASE, order, "button_approve", seen, by=given))).kind) == (
            user,
            kind,
        )
    assert odoo.record(PURCHASE, order)["state"] == "to approve"


async def test_a_hold_and_writing_as_people_exclude_each_other(persons: Room) -> None:
    async with httpx.AsyncClient() as http:
        both = await set_up(persons.source.settings, ADMIN, Asked(hold=("purchase.approval",)), http)
        assert (len(both.problems), both.done) == (1, [])
        assert "act_as_user" in both.problems[0]
        as_bot = replace(persons.source.settings, act_as_user=False)
        assert (await set_up(as_bot, ADMIN, Asked(hold=("purchase.approval",)), http)).problems == []
        later = await set_up(persons.source.settings, ADMIN, Asked(), http)
        assert ("purchase.approval: a hold refuses" in later.problems[0], later.done) == (True, [])
        away = Asked(remove=True, hold=("purchase.approval",))
        assert (await set_up(persons.source.settings, ADMIN, away, http)).problems == []
        assert (await set_up(persons.source.settings, ADMIN, Asked(guard=True, remove=True), http)).problems == []
        (alone,) = (await set_up(persons.source.settings, ADMIN, Asked(), http)).problems
        assert "add --guard" in alone
