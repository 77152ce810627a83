"""What of ours stands in an Odoo database now, read with an administrator's key.

Found by name, archived rules included. Must not change anything.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from bot.odoo.client import OdooClient, Row
from bot.odoo.setup.pieces import Group, Guard, Kind, Piece, Rule, told_name

RULES: Final = "base.automation"
ACTIONS: Final = "ir.actions.server"
GROUPS: Final = "res.groups"
ACCESS: Final = "ir.model.access"
MODELS: Final = "ir.model"
FIELDS: Final = "ir.model.fields"
USERS: Final = "res.users"

#: From this serie on the fields that hold groups and their members have other names (measured on 18.0 and 19.0).
_RENAMED_FROM: Final = 19

_RULE_FIELDS: Final = (
    "name",
    "model_name",
    "trigger",
    "trigger_field_ids",
    "filter_pre_domain",
    "filter_domain",
    "active",
    "action_server_ids",
)
_ARCHIVED_TOO: Final = {"active_test": False}


@dataclass(frozen=True, slots=True)
class Names:
    """Fields that are called differently from version to version."""

    groups_of_action: str
    users_of_group: str


def names_of(major: int) -> Names:
    """The names in the serie ``major``."""
    if major < _RENAMED_FROM:
        return Names("groups_id", "users")
    return Names("group_ids", "user_ids")


@dataclass(frozen=True, slots=True)
class Server:
    """What setting up has to know of a server."""

    names: Names
    has_rules: bool  #: whether the module of the automation rules is installed
    fields: Mapping[str, frozenset[str]]  #: of each model that is there
    may: bool  #: whether this login may administer settings


async def look(client: OdooClient, models: Collection[str]) -> Server:
    """Look at the server with the administrator's ``client``. Raises SignoffError."""
    names = names_of((await client.version()).major)
    if not await is_administrator(client):
        return Server(names, has_rules=False, fields={}, may=False)
    there = {row["model"] for row in await client.search_read(MODELS, [["model", "in", [*models, RULES]]], ["model"])}
    rows = await client.search_read(FIELDS, [["model", "in", sorted(there - {RULES})]], ["model", "name"])
    fields: dict[str, set[str]] = {model: set() for model in there if model != RULES}
    for row in rows:
        fields[row["model"]].add(row["name"])
    known = {model: frozenset(found) for model, found in fields.items()}
    return Server(names, has_rules=RULES in there, fields=known, may=True)


async def is_administrator(client: OdooClient) -> bool:
    """Whether this login may change settings."""
    return bool(await client.query(USERS, "has_group", [await client.uid()], "base.group_system"))


async def standing(client: OdooClient, source: str, server: Server) -> list[tuple[int, Piece]]:
    """Every piece of ``source`` with its id, as it is now. Raises SignoffError."""
    found: list[tuple[int, Piece]] = [*await _groups(client, source, server.names)]
    if server.has_rules:
        found += await _rules(client, source)
    found += await _guards(client, source, server.names)
    return found


async def _groups(client: OdooClient, source: str, names: Names) -> list[tuple[int, Group]]:
    rows = await client.search_read(
        GROUPS, [["name", "=", Group(source, (), sees_rules=True).name]], [names.users_of_group], limit=1
    )
    found = []
    for row in rows:
        users = await client.read(USERS, row[names.users_of_group], ["login"]) if row[names.users_of_group] else []
        rights = await client.search(ACCESS, [["group_id", "=", row["id"]], ["perm_read", "=", True]], limit=1)
        members = tuple(sorted(user["login"] for user in users))
        found.append((row["id"], Group(source, members, sees_rules=bool(rights))))
    return found


async def _rules(client: OdooClient, source: str) -> list[tuple[int, Rule]]:
    rows = await client.search_read(
        RULES, [["name", "=like", f"Signoff {source}%"]], _RULE_FIELDS, order="id", context=_ARCHIVED_TOO
    )
    ours = [row for row in rows if told_name(source, row["name"]) is not None]
    actions = await _by_id(client, ACTIONS, ours, "action_server_ids", ("state", "webhook_url", "code"))
    fields = await _by_id(client, FIELDS, ours, "trigger_field_ids", ("name",))
    return [(row["id"], _rule(source, row, actions, fields)) for row in ours]


async def _by_id(
    client: OdooClient, model: str, rows: Sequence[Row], link: str, fields: Sequence[str]
) -> dict[int, Row]:
    ids = sorted({one for row in rows for one in row[link]})
    return {row["id"]: row for row in await client.read(model, ids, fields)} if ids else {}


def _rule(source: str, row: Row, actions: Mapping[int, Row], fields: Mapping[int, Row]) -> Rule:
    kind, subject = told_name(source, row["name"]) or (Kind.WEBHOOK, "")
    mine = [actions[one] for one in row["action_server_ids"] if one in actions]
    # A second action is not ours; that it differs is what has to be seen.
    action: Row = mine[0] if len(mine) == 1 else {"state": "", "webhook_url": False, "code": False}
    return Rule(
        source=source,
        kind=kind,
        subject=subject,
        model=row["model_name"] or "",
        fields=tuple(sorted(fields[one]["name"] for one in row["trigger_field_ids"] if one in fields)),
        before=row["filter_pre_domain"] or "",
        after=row["filter_domain"] or "",
        address=action["webhook_url"] or "" if action["state"] == "webhook" else "",
        code=action["code"] or "" if action["state"] == "code" else "",
        trigger=row["trigger"] or "",
        active=bool(row["active"]),
    )


async def _guards(client: OdooClient, source: str, names: Names) -> list[tuple[int, Guard]]:
    wanted = ("name", "code", "model_name", "binding_model_id", names.groups_of_action)
    rows = await client.search_read(ACTIONS, [["name", "=like", f"Signoff {source} guard: %"]], wanted, order="id")
    groups = await _by_id(client, GROUPS, rows, names.groups_of_action, ("name",))
    return [
        (
            row["id"],
            Guard(
                source=source,
                model=row["model_name"] or "",
                digest=row["name"].rpartition(" ")[2],
                code=row["code"] or "",
                groups=tuple(sorted(groups[one]["name"] for one in row[names.groups_of_action])),
                bound=bool(row["binding_model_id"]),
            ),
        )
        for row in rows
        if told_name(source, row["name"]) is not None
    ]
