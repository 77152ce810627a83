"""Sources as the program sees them: one Odoo database each, with its secrets masked.

Core: values only.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from bot.config.model.rules import Mode
from bot.config.model.types import TypeSettings


@dataclass(frozen=True, slots=True)
class Secret:
    """A value that never prints."""

    _value: str

    def reveal(self) -> str:
        """The value itself; call this only where it goes onto the wire."""
        return self._value

    def __repr__(self) -> str:
        return "Secret(***)"

    __str__ = __repr__


@dataclass(frozen=True, slots=True)
class Source:
    """One Odoo database."""

    name: str
    url: str  #: base URL without a trailing slash
    database: str
    login: str
    api_key: Secret
    webhook_tokens: tuple[Secret, ...]  #: any of them is accepted, so that one can be rotated
    events: tuple[str, ...]  #: event types watched here
    users: Mapping[str, str] = field(default_factory=dict)  #: Odoo login -> e-mail, where the login is not the e-mail
    user_ids: Mapping[str, int] = field(default_factory=dict)  #: Odoo login -> its user, as an admin has confirmed it
    concurrency: int = 4  #: calls under way at once
    reconcile_every: timedelta = timedelta(seconds=60)
    settle: timedelta = timedelta(minutes=5)  #: how long a lost answer is looked for before a person is asked
    signoff_url: str = ""  #: where this Odoo reaches Signoff, without a trailing slash; empty: not told
    types: Mapping[str, TypeSettings] = field(default_factory=dict)  #: what the file says of event types, here too
    act_as_user: bool = False  #: whether decisions are written as the Odoo user of whoever decided, by the guard
    mode: Mode = Mode.LIVE
    quarantine: str = ""  #: the whole name in Odoo of the place for goods set apart; empty: looked for by its name
    customer_class: bool = False  #: whether the file asks for the tags of partners, so that they are read
    #: Every currency that the file names: their rates are read. A file that names a new one does not change the source.
    currencies: tuple[str, ...] = field(default=(), compare=False)
