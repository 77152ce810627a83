"""Making, changing and taking away single pieces in Odoo, with an administrator's key.

Each call is one transaction in Odoo. Running one twice is harmless: what stands is read before every run.
"""

from __future__ import annotations

from typing import Final, assert_never

from bot.errors import PermanentError
from bot.odoo.client import OdooClient
from bot.odoo.setup.pieces import Do, Group, Guard, Piece, Rule, Step
from bot.odoo.setup.standing import ACCESS, ACTIONS, FIELDS, GROUPS, MODELS, RULES, USERS, Names
from bot.odoo.values import record_ids

#: Commands of Odoo's x2many fields.
_CREATE: Final = 0
_DELETE: Final = 2
_SET: Final = 6


class Hands:
    """Does what a step says, on one server."""

    def __init__(self, client: OdooClient, names: Names) -> None:
        self._client = client
        self._names = names

    async def do(self, step: Step) -> None:
        """Carry out one step. Raises SignoffError."""
        match step.do:
            case Do.KEEP:
                return
            case Do.REMOVE:
                await self._remove(step)
            case Do.CREATE | Do.CHANGE:
                await self._put(step.piece, step.record_id)
            case _:
                assert_never(step.do)

    async def _put(self, piece: Piece, record_id: int) -> None:
        match piece:
            case Group():
                await self._group(piece, record_id)
            case Rule():
                await self._rule(piece, record_id)
            case Guard():
                await self._guard(piece, record_id)
            case _:
                assert_never(piece)

    async def _remove(self, step: Step) -> None:
        match step.piece:
            case Group():
                rights = await self._client.search(ACCESS, [["group_id", "=", step.record_id]])
                if rights:
                    await self._client.act(ACCESS, "unlink", rights)
                await self._client.act(GROUPS, "unlink", [step.record_id])
            case Rule():
                await self._client.act(RULES, "unlink", [step.record_id])
            case Guard():
                await self._client.act(ACTIONS, "unlink", [step.record_id])
            case _:
                assert_never(step.piece)

    async def _save(self, model: str, record_id: int, values: dict[str, object]) -> int:
        if record_id:
            await self._client.act(model, "write", [record_id], args=[values])
            return record_id
        return record_ids(await self._client.act(model, "create", None, args=[values]))[0]

    async def _group(self, group: Group, record_id: int) -> None:
        record_id = await self._save(GROUPS, record_id, {"name": group.name})
        wanted = await self._client.search(USERS, [["login", "in", list(group.members)]])
        if len(wanted) < len(group.members):
            msg = f"There is no user {', '.join(group.members)} in Odoo: create the bot's user first."
            raise PermanentError(msg, kind="no_bot_user")
        await self._client.act(GROUPS, "write", [record_id], args=[{self._names.users_of_group: [[_SET, 0, wanted]]}])
        await self._rights(group, record_id)

    async def _rights(self, group: Group, record_id: int) -> None:
        if await self._client.search(ACCESS, [["group_id", "=", record_id], ["perm_read", "=", True]], limit=1):
            return
        right = {
            "name": f"{group.name}: see the automation rules",
            "model_id": await self._id_of(MODELS, [["model", "=", RULES]], RULES),
            "group_id": record_id,
            "perm_read": True,
            "perm_write": False,
            "perm_create": False,
            "perm_unlink": False,
        }
        await self._client.act(ACCESS, "create", None, args=[right])

    async def _rule(self, rule: Rule, record_id: int) -> None:
        model_id = await self._id_of(MODELS, [["model", "=", rule.model]], rule.model)
        fields = await self._client.search(FIELDS, [["model", "=", rule.model], ["name", "in", list(rule.fields)]])
        old: list[int] = []
        if record_id:
            (now,) = await self._client.read(RULES, [record_id], ["action_server_ids"])
            old = now["action_server_ids"]
        values: dict[str, object] = {
            "name": rule.name,
            "model_id": model_id,
            "trigger": rule.trigger,
            "trigger_field_ids": [[_SET, 0, sorted(fields)]],
            "filter_pre_domain": rule.before or False,
            "filter_domain": rule.after or False,
            "active": rule.active,
            "action_server_ids": [*([_DELETE, one, 0] for one in old), [_CREATE, 0, _action(rule, model_id)]],
        }
        await self._save(RULES, record_id, values)

    async def _guard(self, guard: Guard, record_id: int) -> None:
        model_id = await self._id_of(MODELS, [["model", "=", guard.model]], guard.model)
        groups = [await self._id_of(GROUPS, [["name", "=", name]], name) for name in guard.groups]
        values: dict[str, object] = {
            "name": guard.name,
            "model_id": model_id,
            "state": "code",
            "code": guard.code,
            "binding_model_id": model_id if guard.bound else False,
            self._names.groups_of_action: [[_SET, 0, groups]],
        }
        await self._save(ACTIONS, record_id, values)

    async def _id_of(self, model: str, domain: list[object], what: str) -> int:
        found = await self._client.search(model, domain, limit=1)
        if not found:
            msg = f"Odoo has no {what}: the module it belongs to is not installed."
            raise PermanentError(msg, kind="not_installed")
        return found[0]


def _action(rule: Rule, model_id: int) -> dict[str, object]:
    what = {"state": "webhook", "webhook_url": rule.address} if rule.address else {"state": "code", "code": rule.code}
    return {"name": rule.name, "model_id": model_id, "usage": "base_automation", **what}
