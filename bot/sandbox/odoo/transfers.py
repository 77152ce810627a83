"""Transfers: stock.picking with its moves, reservation, validation with and without a backorder, cancelling.

The habits are those of the recordings: dialogs instead of effects, what is refused in which words, what a second call
does. Goods are reserved move by move, the earlier move first; quants keep no reservation of their own here.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from bot.sandbox.odoo import errors
from bot.sandbox.odoo.access import INVOICING, PURCHASE_USER, SALES_OWN, STOCK_USER
from bot.sandbox.odoo.model import Access, Method, Model, Row, fields_of, lines, link, make, plain, related
from bot.sandbox.odoo.moments import told
from bot.sandbox.odoo.moves import LINE, MOVE, OPEN, finish, reserve, short_of
from bot.sandbox.odoo.wizards import window

if TYPE_CHECKING:
    from bot.sandbox.odoo.orm import Env

PICKING = "stock.picking"
BACKORDER = "stock.backorder.confirmation"
_STATES = ("draft", "waiting", "confirmed", "assigned", "done", "cancel")
_NO_QUANTITY_18 = (
    "You cannot validate a transfer if no quantities are reserved. To force the transfer, encode quantities."
)
_NO_QUANTITY_19 = (
    "Transfer trouble alert! Validating a zero quantity transfer? You're not moving invisible goods around are you?\n"
    "Set some quantities and let's get moving!"
)
_EMPTY = "You can’t validate an empty transfer. Please add some products to move before proceeding."
_READ_SALES = (
    "Failed to read field stock.reference.sale_ids\n"
    "You are not allowed to access 'Sales Order' (sale.order) records.\n\n"
    "Contact your administrator to request access if necessary."
)


def button_validate(env: Env, model: Model, ids: Sequence[int]) -> Any:
    """Carry transfers out; true, or a dialog and nothing else. A done one: 18.0 refuses, 19.0 says true."""
    if not env.is_18 and env.user.groups.isdisjoint({SALES_OWN, STOCK_USER, INVOICING}):
        raise errors.access_error(_READ_SALES)
    pickings = [row for row in env.rows(PICKING, ids) if env.is_18 or row["state"] != "done"]
    for picking in pickings:
        _refuse_nothing_to_do(env, picking)
    for picking in pickings:
        _pick_all_unless_some(env, picking["id"])
    asked = _backorder_dialog(env, pickings) or _sms_dialog(env, pickings)
    if asked is not None:
        return asked
    cancelled = set(env.context.get("picking_ids_not_to_backorder") or ())
    for picking in pickings:
        _carry_out(env, picking, backorder=picking["id"] not in cancelled)
    return True


def action_assign(env: Env, model: Model, ids: Sequence[int]) -> bool:
    """Reserve what is in stock; true even if that is nothing."""
    for picking in ids:
        for move in moves_of(env, picking):
            reserve(env, move)
        settle_state(env, picking)
    return True


def action_cancel(env: Env, model: Model, ids: Sequence[int]) -> bool:
    """-> cancel, also when repeated; done moves refuse."""
    for picking in ids:
        moves = moves_of(env, picking)
        if any(move["state"] == "done" for move in moves):
            msg = (
                "You cannot cancel a stock move that has been set to 'Done'. "
                "Create a return in order to reverse the moves which took place."
            )
            raise errors.user_error(msg)
        env.write(MOVE, [move["id"] for move in moves], {"state": "cancel"})
        env.write(PICKING, [picking], {"state": "cancel"})
    return True


def process(env: Env, model: Model, ids: Sequence[int]) -> Any:
    """The backorder dialog's answer: what is there goes, the rest waits in a transfer of its own."""
    return _process(env, {"skip_backorder": True})


def process_cancel_backorder(env: Env, model: Model, ids: Sequence[int]) -> Any:
    """The backorder dialog's other answer: the rest is cancelled."""
    chosen = [one for wizard in env.rows(BACKORDER, ids) for one in wizard["pick_ids"]]
    return _process(env, {"skip_backorder": True, "picking_ids_not_to_backorder": chosen})


def moves_of(env: Env, picking: int) -> list[Row]:
    """The moves of a transfer."""
    return env.rows(MOVE, sorted(env.tx.among(MOVE, "picking_id", picking)))


def settle_state(env: Env, picking: int) -> None:
    """Keep a transfer's state what its moves make it; without moves it stays as it was written."""
    moves = moves_of(env, picking)
    if not moves:
        return
    state = _state(env, env.row(PICKING, picking), {move["state"] for move in moves})
    if state != env.row(PICKING, picking)["state"]:
        env.write(PICKING, [picking], {"state": state})


def _state(env: Env, picking: Row, states: set[str]) -> str:
    if states <= {"cancel"}:
        return "cancel"
    if states <= {"done", "cancel"}:
        return "done"
    if "draft" in states:
        return "draft"
    ready = {"assigned", "partially_available"}
    waits_for_all = picking["move_type"] == "one" and not states <= {"assigned", "done", "cancel"}
    return "assigned" if states & ready and not waits_for_all else "confirmed"


def _policy_changed(env: Env, picking: int, before: Row | None) -> None:
    """Whether it waits for all of it is worked out anew."""
    if before is not None and before["move_type"] != env.row(PICKING, picking)["move_type"]:
        settle_state(env, picking)


def _process(env: Env, more: dict[str, Any]) -> Any:
    asked = env.context.get("button_validate_picking_ids")
    if not asked:
        return True
    env.context = {**env.context, **more}
    return button_validate(env, env.model(PICKING), asked)


def _refuse_nothing_to_do(env: Env, picking: Row) -> None:
    moves = moves_of(env, picking["id"])
    if not moves:
        raise errors.user_error(_EMPTY)
    if all(not move["quantity"] for move in moves if move["state"] in OPEN):
        raise errors.user_error(_NO_QUANTITY_18 if env.is_18 else _NO_QUANTITY_19)


def _pick_all_unless_some(env: Env, picking: int) -> None:
    """Where nobody picked anything, everything that is there counts as picked."""
    moves = moves_of(env, picking)
    if not any(move["picked"] for move in moves):
        env.write(MOVE, [move["id"] for move in moves], {"picked": True})


def _backorder_dialog(env: Env, pickings: Sequence[Row]) -> dict[str, Any] | None:
    short = [one["id"] for one in pickings if any(short_of(move) for move in moves_of(env, one["id"]))]
    if not short or env.context.get("skip_backorder"):
        return None
    context = {
        **env.context,
        "button_validate_picking_ids": [one["id"] for one in pickings],
        "default_show_transfers": len(pickings) > 1,
        "default_pick_ids": [[4, one] for one in short],
    }
    return window(BACKORDER, "Create Backorder?", context)


def _sms_dialog(env: Env, pickings: Sequence[Row]) -> dict[str, Any] | None:
    """Once in a company: the first delivery to somebody with a phone asks whether to send a message."""
    company = env.row("res.company", env.company_id)
    if env.context.get("skip_sms") or company["has_received_warning_stock_sms"]:
        return None
    told_by_sms = [one["id"] for one in pickings if _goes_to_a_phone(env, one)]
    if not told_by_sms:
        return None
    context = {**env.context, "default_pick_ids": [[4, one] for one in told_by_sms]}
    return window("confirm.stock.sms", "SMS", context)


def _goes_to_a_phone(env: Env, picking: Row) -> bool:
    outgoing = env.row("stock.picking.type", picking["picking_type_id"])["code"] == "outgoing"
    return outgoing and bool(picking["partner_id"] and env.row("res.partner", picking["partner_id"])["phone"])


def _carry_out(env: Env, picking: Row, *, backorder: bool) -> None:
    rest: list[tuple[Row, float]] = []
    for move in moves_of(env, picking["id"]):
        if move["state"] not in OPEN:
            continue
        left = finish(env, move, splits=backorder)
        if left:
            rest.append((move, left))
    if rest and backorder:
        _set_aside(env, picking, rest)
    env.write(PICKING, [picking["id"]], {"date_done": told(env.tx.moment)})
    settle_state(env, picking["id"])


def _set_aside(env: Env, picking: Row, rest: Sequence[tuple[Row, float]]) -> None:
    """What did not go, into a transfer of its own."""
    kept = ("partner_id", "picking_type_id", "company_id", "origin", "location_id", "location_dest_id", "move_type")
    vals = {name: picking[name] for name in (*kept, "purchase_id", "sale_id", "return_id")}
    place = env.create(PICKING, {**vals, "backorder_id": picking["id"]})
    for move, left in rest:
        kept = ("product_id", "product_uom", "location_id", "location_dest_id", "company_id", "reference", "origin")
        vals = {
            name: move[name] for name in (*kept, "purchase_line_id", "sale_line_id", "inventory_name") if name in move
        }
        made = env.create(MOVE, {**vals, "product_uom_qty": left, "picking_id": place, "state": "confirmed"})
        reserve(env, env.row(MOVE, made))
    settle_state(env, place)


def _next_name(env: Env, picking: Row) -> str:
    """The number that a new transfer of the same kind gets."""
    kind = env.row("stock.picking.type", picking["picking_type_id"])
    return f"{kind['name'][:3].upper()}/{env.tx.store.take_number('transfer name'):05d}"


def _prepare(env: Env, vals: Row) -> None:
    """Goods move between the ends that the operation type names, unless the transfer names others."""
    kind = env.row("stock.picking.type", vals["picking_type_id"])
    vals.setdefault("name", _next_name(env, vals))
    vals.setdefault("location_id", kind["default_location_src_id"])
    vals.setdefault("location_dest_id", kind["default_location_dest_id"])
    vals.setdefault("company_id", kind["company_id"])


def _settled(env: Env, record_id: int, before: Row | None) -> None:
    """Made with goods that are there, it is confirmed at once; sent elsewhere, so are its moves."""
    _policy_changed(env, record_id, before)
    picking = env.row(PICKING, record_id)
    moves = [move for move in moves_of(env, record_id) if move["state"] in OPEN]
    if before is None:
        for move in moves:
            if move["state"] == "draft" and move["quantity"]:
                whole = move["quantity"] >= move["product_uom_qty"]
                env.write(MOVE, [move["id"]], {"state": "assigned" if whole else "partially_available"})
        settle_state(env, record_id)
    elif before["location_dest_id"] != picking["location_dest_id"]:
        env.write(MOVE, [move["id"] for move in moves], {"location_dest_id": picking["location_dest_id"]})


def transfer_models() -> list[Model]:
    """Every model of this file."""
    everybody = (STOCK_USER, SALES_OWN, PURCHASE_USER, INVOICING)
    picking = Model(
        PICKING,
        "Transfer",
        fields_of(
            make("name", "char", string="Reference"),
            make("state", "selection", selection=_STATES, default="draft", indexed=True),
            make("move_type", "selection", selection=("direct", "one"), default="direct"),
            make("priority", "selection", selection=("0", "1"), default="0"),
            link("picking_type_id", "stock.picking.type", string="Operation Type", required=True),
            related(
                PICKING,
                make("picking_type_code", "selection", selection=("incoming", "outgoing", "internal")),
                "picking_type_id.code",
            ),
            link("partner_id", "res.partner", string="Contact"),
            link("company_id", "res.company"),
            link("user_id", "res.users", string="Responsible"),
            link("location_id", "stock.location", string="Source Location"),
            link("location_dest_id", "stock.location", string="Destination Location"),
            plain("char", "origin"),
            plain("datetime", "scheduled_date", "date_deadline", "date_done"),
            lines("move_ids", MOVE, "picking_id"),
            lines("move_line_ids", LINE, "picking_id"),
            link("backorder_id", PICKING, string="Back Order of", indexed=True),
            lines("backorder_ids", PICKING, "backorder_id"),
            link("return_id", PICKING, string="Return of"),
            link("purchase_id", "purchase.order", indexed=True),
            link("sale_id", "sale.order", indexed=True),
        ),
        Access(read=everybody, write=everybody),
        methods={
            "button_validate": Method(button_validate),
            "action_assign": Method(action_assign),
            "action_cancel": Method(action_cancel),
        },
        prepare=_prepare,
        settled=_settled,
    )
    dialog = Model(
        BACKORDER,
        "Backorder Confirmation",
        fields_of(make("pick_ids", "many2many", relation=PICKING), plain("boolean", "show_transfers")),
        Access(read=(STOCK_USER, SALES_OWN, PURCHASE_USER), write=(STOCK_USER, SALES_OWN, PURCHASE_USER)),
        methods={"process": Method(process), "process_cancel_backorder": Method(process_cancel_backorder)},
    )
    return [picking, dialog]


__all__ = ["PICKING", "moves_of", "settle_state", "transfer_models"]
