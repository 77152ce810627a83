"""The commands with which x2many fields are written: (0, 0, vals), (1, id, vals), (2, id), (3..6)."""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum
from typing import TYPE_CHECKING, Any

from bot.sandbox.odoo.errors import value_error

if TYPE_CHECKING:
    from bot.sandbox.odoo.model import Field
    from bot.sandbox.odoo.orm import Env


class Command(IntEnum):
    """The first member of a command."""

    CREATE = 0
    UPDATE = 1
    DELETE = 2
    UNLINK = 3
    LINK = 4
    CLEAR = 5
    SET = 6


def linked_after(present: list[int], commands: Sequence[Any]) -> list[int]:
    """The ids of a many2many after ``commands``; a bare list of ids replaces it."""
    if all(isinstance(one, int) for one in commands):
        return list(dict.fromkeys(commands))
    ids = list(present)
    for command in commands:
        match Command(command[0]):
            case Command.LINK if command[1] not in ids:
                ids.append(command[1])
            case Command.UNLINK | Command.DELETE:
                ids = [one for one in ids if one != command[1]]
            case Command.CLEAR:
                ids = []
            case Command.SET:
                ids = list(dict.fromkeys(command[2]))
            case _:
                pass
    return ids


def run_commands(env: Env, one: Field, owner: int, commands: Sequence[Any]) -> None:
    """Carry out ``commands`` on the lines that belong to ``owner``."""
    for command in commands:
        match Command(command[0]):
            case Command.CREATE:
                env.create(one.relation, {**command[2], one.inverse: owner})
            case Command.UPDATE:
                env.write(one.relation, [command[1]], command[2])
            case Command.DELETE | Command.UNLINK:
                env.unlink(one.relation, [command[1]])
            case Command.CLEAR:
                env.unlink(one.relation, sorted(env.tx.among(one.relation, one.inverse, owner)))
            case _:
                msg = f"Unsupported command {command[0]} on {one.name}"
                raise value_error(msg)
