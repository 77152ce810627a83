"""What an administrator sets up in Odoo: automation rules, server actions, groups, access rights, API keys.

Rules made here work: a webhook is called, code is run by whoever was given to the engine for it. Groups say who may
run an action, and nothing else: what people may do stands in ``access``.
"""

from __future__ import annotations

from ast import literal_eval
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from bot.sandbox.odoo import errors
from bot.sandbox.odoo.access import INTERNAL, SETTINGS
from bot.sandbox.odoo.model import Access, Field, Method, Model, Row, fields_of, lines, link, make, plain
from bot.sandbox.odoo.webhooks import Automation

if TYPE_CHECKING:
    from bot.sandbox.odoo.orm import Env

RULES = "base.automation"
ACTIONS = "ir.actions.server"
GROUPS = "res.groups"
_ADMINISTRATORS = Access(read=(SETTINGS,), write=(SETTINGS,))


def _model_name(env: Env, row: Row) -> Any:
    return env.follow(ACTIONS, row, "model_id.model")


def _take_in(env: Env, rule_id: int, _before: Row | None) -> None:
    """Make a stored rule work, or stop it."""
    row = env.row(RULES, rule_id)
    actions = [env.row(ACTIONS, one) for one in env.value(RULES, row, "action_server_ids")]
    env.webhooks.put(rule_id, _automation(env, row, actions[0]) if row["active"] and actions else None)


def _automation(env: Env, row: Row, action: Row) -> Automation:
    return Automation(
        action_id=action["id"],
        name="Send Webhook Notification" if env.is_18 else action["name"],
        model=env.row("ir.model", row["model_id"])["model"],
        url=action["webhook_url"] or "" if action["state"] == "webhook" else "",
        trigger_fields=tuple(env.row("ir.model.fields", one)["name"] for one in row["trigger_field_ids"]),
        domain=_domain(row["filter_domain"]),
        before=_domain(row["filter_pre_domain"]),
        code=action["code"] or "" if action["state"] == "code" else "",
    )


def _domain(text: Any) -> tuple[Any, ...]:
    return tuple(literal_eval(text)) if text else ()


def _rule_changed(env: Env, action_id: int, _before: Row | None) -> None:
    rule = env.row(ACTIONS, action_id)["base_automation_id"]
    if rule:
        _take_in(env, rule, None)


def _forget(env: Env, row: Row) -> None:
    env.webhooks.put(row["id"], None)
    env.unlink(
        ACTIONS, [one for one in env.tx.ids(ACTIONS) if env.row(ACTIONS, one)["base_automation_id"] == row["id"]]
    )


def run(env: Env, _model: Model, ids: Sequence[int]) -> Any:
    """Run actions on the record of the context, if one of their groups is the user's."""
    answer: Any = False
    for action in env.rows(ACTIONS, ids):
        if not _allowed(env, action):
            msg = "You don't have enough access rights to run this action."
            raise errors.access_error(msg)
        model = env.row("ir.model", action["model_id"])["model"]
        answer = env.run_code(action["code"], model, int(env.context.get("active_id") or 0))
    return answer or False


def _allowed(env: Env, action: Row) -> bool:
    groups = action[_groups_field(env)]
    users = "users" if env.is_18 else "user_ids"
    return any(env.uid in env.row(GROUPS, one)[users] for one in groups)


def _groups_field(env: Env) -> str:
    return "groups_id" if env.is_18 else "group_ids"


def get_bindings(env: Env, _model: Model, model_name: str) -> Row:
    """The actions bound to a model that this user may run."""
    found = [
        {"id": row["id"], "name": row["name"], "binding_view_types": "list,form"}
        for row in (env.row(ACTIONS, one) for one in env.tx.ids(ACTIONS))
        if row["binding_model_id"] and env.row("ir.model", row["binding_model_id"])["model"] == model_name
        if _allowed(env, row)
    ]
    return {"action": found} if found else {}


def _sees_rules(env: Env) -> bool:
    """Whether an access right of one of the user's groups lets the user read the automation rules."""
    users = "users" if env.is_18 else "user_ids"
    for one in env.tx.ids("ir.model.access"):
        right = env.row("ir.model.access", one)
        about = env.row("ir.model", right["model_id"])["model"]
        if about == RULES and right["perm_read"] and env.uid in env.row(GROUPS, right["group_id"])[users]:
            return True
    return False


def _group_members(is_18: bool) -> Field:  # the one thing it depends on
    return make("users" if is_18 else "user_ids", "many2many", relation="res.users")


def _rule_model() -> Model:
    return Model(
        RULES,
        "Automation Rule",
        fields_of(
            make("name", "char", required=True),
            link("model_id", "ir.model", required=True),
            make("model_name", "char", compute=lambda env, row: env.follow(RULES, row, "model_id.model")),
            make(
                "trigger",
                "selection",
                selection=("on_create_or_write", "on_create", "on_write", "on_unlink", "on_time", "on_webhook"),
                required=True,
            ),
            make("trigger_field_ids", "many2many", relation="ir.model.fields"),
            plain("char", "filter_pre_domain", "filter_domain"),
            make("active", "boolean", default=True),
            lines("action_server_ids", ACTIONS, "base_automation_id"),
        ),
        Access(read=(SETTINGS,), write=(SETTINGS,)),
        settled=_take_in,
        removed=_forget,
        granted=_sees_rules,
    )


def _action_model(groups: str) -> Model:
    return Model(
        ACTIONS,
        "Server Actions",
        fields_of(
            make("name", "char"),
            link("model_id", "ir.model", required=True),
            make("model_name", "char", compute=_model_name),
            make("state", "selection", selection=("object_write", "code", "webhook"), default="object_write"),
            make("usage", "selection", selection=("ir_actions_server", "base_automation"), default="ir_actions_server"),
            plain("char", "webhook_url"),
            plain("text", "code"),
            link("binding_model_id", "ir.model"),
            make(groups, "many2many", relation=GROUPS),
            make("base_automation_id", "many2one", relation=RULES, indexed=True),
        ),
        _ADMINISTRATORS,
        methods={"run": Method(run, needs="")},
        settled=_rule_changed,
    )


def administration_models(*, is_18: bool) -> list[Model]:
    """Every model of this file."""
    return [
        _rule_model(),
        _action_model("groups_id" if is_18 else "group_ids"),
        Model(
            "ir.actions.actions",
            "Actions",
            fields_of(plain("char", "name")),
            _ADMINISTRATORS,
            methods={"get_bindings": Method(get_bindings, needs="", on_records=False)},
        ),
        Model(
            "ir.model.fields",
            "Fields",
            fields_of(make("model", "char", indexed=True), make("name", "char")),
            _ADMINISTRATORS,
        ),
        Model(
            "ir.model.access",
            "Access Rights",
            fields_of(
                make("name", "char"),
                link("model_id", "ir.model"),
                link("group_id", GROUPS),
                plain("boolean", "perm_read", "perm_write", "perm_create", "perm_unlink"),
            ),
            _ADMINISTRATORS,
        ),
        Model(
            GROUPS,
            "Access Groups",
            fields_of(make("name", "char"), _group_members(is_18)),
            Access(read=(INTERNAL,), write=(SETTINGS,)),
        ),
        Model(
            "ir.model.data",
            "Model Data",
            fields_of(plain("char", "module", "name", "model"), make("res_id", "many2one_reference")),
            _ADMINISTRATORS,
        ),
        Model(
            "res.users.apikeys",
            "Users API Keys",
            fields_of(
                plain("char", "name", "scope"), link("user_id", "res.users"), plain("datetime", "expiration_date")
            ),
            Access(read=(INTERNAL,)),
            rule=lambda env, row: bool(row["user_id"] == env.uid),
        ),
    ]
