"""Who holds a role: people by their addresses, the users of an Odoo group, or both.

Core but for pydantic.
"""

from __future__ import annotations

import re
from typing import Annotated, Self, TypeAlias

from pydantic import (
    AfterValidator,
    Field,
    TypeAdapter,
    ValidationInfo,
    ValidatorFunctionWrapHandler,
    WrapValidator,
    model_validator,
)

from bot.config import model
from bot.config.fields.addresses import Email
from bot.config.fields.known import known_to, refuse
from bot.config.fields.names import SourceName
from bot.config.fields.shown import shown
from bot.config.fields.text import Text, Unique
from bot.config.schema.part import Part

_EXTERNAL_ID = r"[a-z][a-z0-9_]*\.[A-Za-z0-9_.-]+"


def _external_id(name: str) -> str:
    if re.fullmatch(_EXTERNAL_ID, name) is None:
        refuse("must be the external id of a group", "write it as purchase.group_purchase_manager")
    return name


def _source(name: str | None, info: ValidationInfo) -> str | None:
    known = tuple(known_to(info).names["odoo"])
    return known[0] if name is None and len(known) == 1 else name


GroupId = Annotated[
    Text,
    AfterValidator(_external_id),
    shown("external id of a group", pattern=f"^{_EXTERNAL_ID}$", example="purchase.group_purchase_manager"),
]


class FromOdoo(Part):
    """``roles.<name>.members`` as a mapping: the users of a group of Odoo."""

    odoo_group: GroupId
    """Whoever is in this group of Odoo, directly or by another group, holds the role: known by the login, which has to
    be the address in Slack or stand under `odoo.<name>.users`. Archived users, logins that lead to nobody and the bot
    itself are left out."""
    source: Annotated[SourceName | None, AfterValidator(_source), Field(validate_default=True)] = None
    """The database of the group; may be left out where there is only one."""
    people: Unique[Email] = Field(default_factory=list, min_length=0)
    """Who holds the role besides, by the e-mail address in Slack."""

    @model_validator(mode="after")
    def of_one_database(self, info: ValidationInfo) -> Self:
        """Groups of two databases may have one name and other users."""
        if self.source is None:
            refuse("does not say in which database", f"write source: {next(iter(known_to(info).names['odoo']), '...')}")
        return self


_LISTED: TypeAdapter[list[str]] = TypeAdapter(Unique[Email])


def _either(value: object, _handler: ValidatorFunctionWrapHandler, info: ValidationInfo) -> list[str] | FromOdoo:
    """Not both tried in turn, as a union would: the reader wants to hear what is wrong with what was written."""
    if isinstance(value, dict):
        return FromOdoo.model_validate(value, context=info.context)
    return _LISTED.validate_python(value, strict=True, context=info.context)


Members: TypeAlias = Annotated[Unique[Email] | FromOdoo, WrapValidator(_either)]


def _all_or_some(value: object, _handler: ValidatorFunctionWrapHandler, info: ValidationInfo) -> bool | list[str]:
    if isinstance(value, bool):
        return value
    if not isinstance(value, list):
        refuse("must be true, false or a list of e-mail addresses")
    return _LISTED.validate_python(value, strict=True, context=info.context)


Pinged: TypeAlias = Annotated[bool | Unique[Email], WrapValidator(_all_or_some)]


def pinged(ping: bool | list[str]) -> frozenset[str] | None:  # as it stands in the file
    """Who is written to; None for everybody."""
    if ping is True:
        return None
    return frozenset() if ping is False else frozenset(ping)


def listed(members: list[str] | FromOdoo) -> frozenset[str]:
    """The people who are named one by one."""
    return frozenset(members.people if isinstance(members, FromOdoo) else members)


def group(members: list[str] | FromOdoo) -> model.OdooGroup | None:
    """The group whose users come on top."""
    if not isinstance(members, FromOdoo):
        return None
    return model.OdooGroup(members.source or "", members.odoo_group)
