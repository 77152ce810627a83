"""Who holds a role, and who of them is pinged: people by their addresses, groups of Odoo and of Slack.

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


_HANDLE = re.compile(r"S[A-Z0-9]{6,}|[^\W_][\w.-]{0,79}")
_TRUST = "trust_usergroup: true lets its people decide; whoever may edit the user group in Slack then names them"


def _handle(name: str) -> str:
    bare = name.removeprefix("@")
    is_id = bare.startswith("S") and bare == bare.upper()
    if _HANDLE.fullmatch(bare) is None or not (is_id or bare == bare.lower()):
        refuse("is not a user group of Slack", "write its handle as wh-supervisors, or its id such as S0614TZR7")
    return bare


Handle = Annotated[
    Text, AfterValidator(_handle), shown("handle or id of a user group", pattern=r"^@?\w", example="wh-supervisors")
]


class FromSlack(Part):
    """``roles.<name>.members`` as a mapping: the people of a user group of Slack."""

    usergroup: Handle
    """Whoever is in this user group of Slack holds the role. Guests, bots, deactivated people and those of other
    workspaces are left out."""
    trust_usergroup: bool = False
    """Has to be `true`: whoever may edit the user group in Slack then says who decides."""
    people: Unique[Email] = Field(default_factory=list, min_length=0)
    """Who holds the role besides, by the e-mail address in Slack."""

    @model_validator(mode="after")
    def is_trusted(self) -> Self:
        """In many workspaces everybody may edit user groups."""
        if not self.trust_usergroup:
            refuse("a user group of Slack is for pings, and gives nobody power by itself", _TRUST)
        return self


class Mentioned(Part):
    """``roles.<name>.ping`` as a mapping: a user group of Slack."""

    usergroup: Handle
    """This user group is mentioned, and those of the role who are in it are written to. It lets nobody decide."""


_LISTED: TypeAdapter[list[str]] = TypeAdapter(Unique[Email])


_Who: TypeAlias = list[str] | FromOdoo | FromSlack


def _either(value: object, _handler: ValidatorFunctionWrapHandler, info: ValidationInfo) -> _Who:
    """Not all tried in turn, as a union would: the reader wants to hear what is wrong with what was written."""
    if not isinstance(value, dict):
        return _LISTED.validate_python(value, strict=True, context=info.context)
    of_slack = "usergroup" in value or "trust_usergroup" in value
    if of_slack and "odoo_group" in value:
        refuse("names a group of Odoo and a user group of Slack", "make two roles, and name both under any_of")
    part: type[FromOdoo | FromSlack] = FromSlack if of_slack else FromOdoo
    return part.model_validate(value, context=info.context)


Members: TypeAlias = Annotated[Unique[Email] | FromOdoo | FromSlack, WrapValidator(_either)]

_Pinged: TypeAlias = bool | list[str] | Mentioned


def _all_or_some(value: object, _handler: ValidatorFunctionWrapHandler, info: ValidationInfo) -> _Pinged:
    if isinstance(value, bool):
        return value
    if isinstance(value, dict):
        return Mentioned.model_validate(value, context=info.context)
    if not isinstance(value, list):
        refuse("must be true, false, a list of e-mail addresses, or a user group", "write {usergroup: wh-supervisors}")
    return _LISTED.validate_python(value, strict=True, context=info.context)


Pinged: TypeAlias = Annotated[bool | Unique[Email] | Mentioned, WrapValidator(_all_or_some)]


def pinged(ping: _Pinged) -> model.Ping:
    """Who is mentioned and written to."""
    if isinstance(ping, Mentioned):
        return model.Ping(group=model.Group(model.SLACK, ping.usergroup))
    if ping is True:
        return model.EVERYBODY
    return model.Ping(frozenset(ping or ()))


def listed(members: _Who) -> frozenset[str]:
    """The people who are named one by one."""
    return frozenset(members if isinstance(members, list) else members.people)


def group(members: _Who) -> model.Group | None:
    """The group whose people come on top."""
    match members:
        case FromOdoo():
            return model.Group(members.source or "", members.odoo_group)
        case FromSlack():
            return model.Group(model.SLACK, members.usergroup)
        case _:
            return None
