"""How transfers are carried out: in full, as counted, or in part, with one of several things to do with the rest.

Core. What goes with the call decides about the rest, so that Odoo never has to ask. One more thing to do with the rest
is one more ``Branch``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from bot.cases.model import Choice
from bot.odoo.catalog.entry import Branch, Method, Record
from bot.odoo.catalog.goods import not_picked, short


def waits_for_all(record: Record) -> bool:
    """Whether its shipping policy in Odoo is *When all products are ready*."""
    return record.get("move_type") == "one"


def _has_backorder(record: Record) -> bool | None:
    """Whether Odoo has split the rest off; None where it does not let the bot see that."""
    found = record.get("backorder_ids")
    return bool(found) if isinstance(found, list) else None


_ASKS: Mapping[str, str] = {
    "stock.backorder.confirmation": "less is there than was approved",
    "confirm.stock.sms": "whether the customer gets a text message",
    "expiry.picking.confirmation": "some of the goods have expired",
    "stock.track.confirmation": "a product is tracked by lot or serial number",
}
VALIDATE = Method(
    name="button_validate",
    is_done=lambda record, _decided: record["state"] == "done",
    does="the transfer is validated in Odoo, once every line is picked",
    done="transfer done",
    repeatable=True,  # a done transfer refuses (18.0) or does nothing (19.0)
    ends=("state", ("done",)),
    # Nobody is sent a text message because somebody approved something.
    context={"skip_sms": True},
    not_ready=not_picked,
    asks=_ASKS,
)
#: As it was counted, whatever was asked for; nothing is left of it.
AS_COUNTED = replace(
    VALIDATE,
    does="the receipt is validated in Odoo as it was counted",
    done="receipt done",
    context={"skip_sms": True, "skip_backorder": True},
    keeps_figures=False,
)
#: What is there goes; Odoo makes a transfer of its own for the rest, so the demand shrinks to what went.
BACKORDER = Branch(
    Choice("backorder", "backorder the rest", "what is there goes in Odoo, the rest becomes a backorder"),
    replace(
        AS_COUNTED,
        is_done=lambda record, _decided: record["state"] == "done" and _has_backorder(record) is not False,
        done="transfer done, the rest in a backorder",
    ),
    when=short,
)
CANCEL_REST = Branch(
    Choice("cancel_rest", "cancel the rest", "what is there goes in Odoo, the rest is cancelled"),
    replace(
        AS_COUNTED,
        is_done=lambda record, _decided: record["state"] == "done" and not _has_backorder(record),
        done="transfer done, the rest cancelled",
        context_ids=("picking_ids_not_to_backorder",),
    ),
    when=short,
)
#: Odoo's shipping policy of the one delivery: it is not ready before all of it is.
WAIT = Branch(
    Choice("wait", "wait for all of it", "nothing goes yet, the delivery waits in Odoo until all of it is there"),
    Method(
        name="write",
        values=lambda _day: {"move_type": "one"},
        is_done=lambda record, _decided: waits_for_all(record),
        does="the delivery waits in Odoo until all of it is there",
        done="the delivery waits until all of it is there",
        repeatable=True,
        ends=("move_type", ("one",)),
    ),
    when=short,
)
CANCEL = Method(
    name="action_cancel",
    is_done=lambda record, _decided: record["state"] == "cancel",
    does="the transfer is cancelled in Odoo",
    done="transfer cancelled",
    repeatable=True,
    keeps_figures=False,  # cancelled moves are not watched any more
    ends=("state", ("cancel",)),
)
