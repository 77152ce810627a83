"""Messages and activities: message_post on the models that have a chatter, mail.message, mail.activity.

stock.quant has no chatter in Odoo, so it has none here. Nothing is mailed to anybody.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from bot.sandbox.odoo import errors
from bot.sandbox.odoo.access import INTERNAL, visible
from bot.sandbox.odoo.markup import paragraph, sanitised
from bot.sandbox.odoo.model import Access, Method, Model, Row, fields_of, lines, link, make, plain
from bot.sandbox.odoo.moments import told

if TYPE_CHECKING:
    from bot.sandbox.odoo.orm import Env

THREADS = frozenset(
    {
        "account.move",
        "product.product",
        "purchase.order",
        "res.partner",
        "sale.order",
        "stock.lot",
        "stock.picking",
        "stock.scrap",
    }
)
#: Scrap orders have messages and no activities.
PLANNED = THREADS - {"stock.scrap"}
SUBTYPES = (
    "Note",
    "Discussions",
    "Activities",
    "RFQ Confirmed",
    "RFQ Approved",
    "RFQ Sent",
    "RFQ Done",
    "Sales Order Confirmed",
    "Quotation sent",
)
_POST_OPTIONS = frozenset({"subject", "message_type", "author_id", "partner_ids", "attachment_ids", "attachments"})
_BY_XMLID = {"mail.mt_note": "Note", "mail.mt_comment": "Discussions", "mail.mt_activities": "Activities"}


def message_post(
    env: Env,
    model: Model,
    ids: Sequence[int],
    *,
    body: str = "",
    subtype_xmlid: str = "mail.mt_note",
    body_is_html: bool = False,
    **more: Any,
) -> int | list[int]:
    """Post on one record; the id on 18.0, a list with the id on 19.0.

    Raises ValueError for several records and for an option that does not exist. Attachments are taken and forgotten.
    """
    if len(ids) != 1:
        raise errors.several(model.name, ids)
    unknown = more.keys() - _POST_OPTIONS
    if unknown:
        msg = f"Those values are not supported when posting: {', '.join(sorted(unknown))}"
        raise errors.value_error(msg)
    message_id = _post(
        env,
        model.name,
        ids[0],
        body=sanitised(body) if body_is_html else paragraph(body),
        subject=more.get("subject", ""),
        message_type=more.get("message_type", "notification"),
        author_id=more.get("author_id") or env.user.partner_id,
        subtype=_BY_XMLID.get(subtype_xmlid, "Note"),
    )
    return message_id if env.is_18 else [message_id]


def track(env: Env, model: str, record_id: int, *, subtype: str) -> None:
    """The empty message that a tracked change leaves."""
    _post(env, model, record_id, body="", message_type="notification", author_id=env.user.partner_id, subtype=subtype)


def activity_schedule(
    env: Env,
    model: Model,
    ids: Sequence[int],
    act_type_xmlid: str = "",
    date_deadline: str | None = None,
    summary: str = "",
    note: str = "",
    user_id: int | None = None,
) -> str | list[int]:
    """An activity on each record; "mail.activity(19,)" on 18.0, a list of ids on 19.0."""
    kinds = env.tx.among("mail.activity.type", "name", "To-Do")
    models = env.tx.among("ir.model", "model", model.name)
    usual: dict[str, Any] = {"summary": summary, "note": sanitised(note), "activity_type_id": kinds[0]}
    usual |= {"user_id": user_id} if user_id else {}
    usual |= {"date_deadline": date_deadline} if date_deadline else {}
    made = [env.create("mail.activity", {**usual, "res_model_id": models[0], "res_id": one}) for one in ids]
    return f"mail.activity({', '.join(map(str, made))},)" if env.is_18 else made


def action_feedback(
    env: Env, model: Model, ids: Sequence[int], feedback: str = "", attachment_ids: Sequence[int] = ()
) -> int:
    """Close activities with a chatter message, whose id is returned. 18.0 deletes them, 19.0 archives them."""
    message_id = 0
    for activity in env.rows("mail.activity", ids):
        summary = f"{activity['summary'] or 'To-Do'} done"
        message_id = _post(
            env,
            activity["res_model"],
            activity["res_id"],
            body=paragraph(f"{summary}: {feedback}" if feedback else summary),
            message_type="notification",
            author_id=env.user.partner_id,
            subtype="Activities",
        )
    if env.is_18:
        env.unlink("mail.activity", ids)
    else:
        env.write("mail.activity", ids, {"active": False, "state": "done", "feedback": feedback})
    return message_id


def action_done(env: Env, model: Model, ids: Sequence[int]) -> int:
    """action_feedback without words."""
    return action_feedback(env, model, ids)


def _post(env: Env, model: str, record_id: int, *, subtype: str, **vals: Any) -> int:
    kinds = env.tx.among("mail.message.subtype", "name", subtype)
    vals |= {
        "model": model,
        "res_id": record_id,
        "subtype_id": kinds[0],
        "date": told(env.tx.moment),
        "record_name": env.name_of(model, record_id),
    }
    return env.create("mail.message", vals)


def _prepare_activity(env: Env, vals: Row) -> None:
    kind = env.row("ir.model", int(vals.get("res_model_id") or 0))
    vals["res_model"] = kind["model"]
    vals.setdefault("user_id", env.uid)
    vals.setdefault("date_deadline", env.tx.moment[:10])


def _document_visible(env: Env, row: Row) -> bool:
    """A message is seen by those who may read the record it hangs on."""
    described = env.schema.get(str(row["model"]))
    document = env.tx.get(described.name, row["res_id"]) if described else None
    if described is None or document is None:
        return False
    return not env.user.groups.isdisjoint(described.access.read) and visible(env, described, document)


def _message_model() -> Model:
    return Model(
        "mail.message",
        "Message",
        fields_of(
            make("model", "char", string="Related Document Model"),
            make("res_id", "many2one_reference", string="Related Document ID", indexed=True),
            plain("char", "record_name", "subject", "email_from"),
            make("body", "html", string="Contents"),
            make("date", "datetime"),
            make(
                "message_type",
                "selection",
                selection=("email", "comment", "email_outgoing", "notification", "auto_comment", "user_notification"),
                default="notification",
                required=True,
            ),
            link("subtype_id", "mail.message.subtype", string="Subtype"),
            link("author_id", "res.partner", string="Author"),
        ),
        Access(read=(INTERNAL,), write=(INTERNAL,)),
        order="id desc",
        display=lambda env, row: str(row["record_name"] or ""),
        rule=_document_visible,
    )


def _activity_model() -> Model:
    return Model(
        "mail.activity",
        "Activity",
        fields_of(
            link("res_model_id", "ir.model", string="Document Model", required=True),
            make("res_model", "char", string="Related Document Model"),
            make("res_id", "many2one_reference", string="Related Document ID", indexed=True),
            link("activity_type_id", "mail.activity.type", string="Activity Type"),
            make("summary", "char"),
            plain("html", "note", "feedback"),
            link("user_id", "res.users", string="Assigned to", required=True),
            make("date_deadline", "date", string="Due Date", required=True),
            make("state", "selection", selection=("overdue", "today", "planned", "done"), default="planned"),
            make("active", "boolean", default=True),
        ),
        Access(read=(INTERNAL,), write=(INTERNAL,)),
        order="date_deadline, id",
        display=lambda env, row: str(row["summary"] or "To-Do"),
        methods={"action_feedback": Method(action_feedback), "action_done": Method(action_done)},
        prepare=_prepare_activity,
    )


def chatter_models() -> list[Model]:
    """Every model of this file."""
    name = make("name", "char", required=True, indexed=True)
    internal = make("internal", "boolean", string="Internal Only")
    read_only = Access(read=(INTERNAL,))
    return [
        _message_model(),
        _activity_model(),
        Model("mail.message.subtype", "Message subtypes", fields_of(name, internal), read_only),
        Model("mail.activity.type", "Activity Type", fields_of(name), read_only),
    ]


def with_chatter(model: Model) -> Model:
    """The model, with message_post and activities when it is one of those that have them."""
    if model.name not in THREADS:
        return model
    methods, fields = {"message_post": Method(message_post, needs="read")}, model.fields
    if model.name in PLANNED:
        # Odoo asks for the right to write the document, unless it says otherwise.
        methods["activity_schedule"] = Method(activity_schedule, needs="write")
        planned = replace(lines("activity_ids", "mail.activity", "res_id"), compute=partial(_planned, model.name))
        fields = {**fields, planned.name: planned}
    return replace(model, fields=fields, methods={**model.methods, **methods})


def _planned(model: str, env: Env, row: Row) -> list[int]:
    """The activities on a document that are not done."""
    found = env.tx.among("mail.activity", "res_id", row["id"])
    rows = {one: env.row("mail.activity", one) for one in sorted(found)}
    return [one for one, activity in rows.items() if activity["res_model"] == model and activity["active"]]
