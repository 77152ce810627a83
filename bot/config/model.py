"""The config as the rest of the program sees it: frozen values, every default filled in, every name resolved.

Core: no I/O, no pydantic, no YAML. ``load.py`` makes these from the file; nobody else builds them but tests.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum

from bot.money import Money


class Execution(StrEnum):
    """What an approval does in Odoo."""

    RELEASE = "release"  #: lift our hold: a note; a person or an automation goes on in Odoo
    CARRY_OUT = "carry_out"  #: call the business method


class OnReject(StrEnum):
    """What a rejection does in Odoo, where the event type leaves a choice."""

    NOTE = "note"  #: say so on the record, change nothing
    CANCEL = "cancel"  #: cancel the document


class ReasonRule(StrEnum):
    """Whether a decision owes a reason."""

    REQUIRED = "required"
    OPTIONAL = "optional"


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
    concurrency: int = 4  #: calls under way at once
    reconcile_every: timedelta = timedelta(seconds=60)
    settle: timedelta = timedelta(minutes=5)  #: how long a lost answer is looked for before a person is asked


@dataclass(frozen=True, slots=True)
class Role:
    """A named group of people and the channel where they are asked."""

    name: str
    channel: str  #: "#name" or a channel id; may hold {site} and {company}
    members: frozenset[str]  #: e-mail addresses, lower case


@dataclass(frozen=True, slots=True)
class RoleOverlay:
    """What a site changes in a role; None keeps the enterprise's."""

    channel: str | None = None
    members: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class Site:
    """A place: which records belong to it, and its own roles."""

    name: str
    warehouses: frozenset[str]  #: warehouse codes in Odoo
    companies: frozenset[str]  #: company names; empty means any
    roles: Mapping[str, RoleOverlay]


@dataclass(frozen=True, slots=True)
class Stage:
    """One part of an approval: ``count`` distinct people out of any of the roles."""

    roles: tuple[str, ...]
    count: int = 1


@dataclass(frozen=True, slots=True)
class Policy:
    """A named approval process."""

    name: str
    stages: tuple[Stage, ...]
    execution: Execution | None = None  #: None: the event type's own default
    on_reject: OnReject = OnReject.NOTE
    approve_reason: ReasonRule = ReasonRule.OPTIONAL
    reject_reason: ReasonRule = ReasonRule.REQUIRED
    self_approval: bool = False


@dataclass(frozen=True, slots=True)
class Rule:
    """One routing line. An empty ``match`` with no money condition matches everything."""

    name: str
    policy: str
    line: int  #: where it stands in the file, for explanations
    match: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  #: field -> accepted globs
    over: Money | None = None  #: strictly more than this, by absolute value
    under: Money | None = None  #: strictly less than this, by absolute value


@dataclass(frozen=True, slots=True)
class Config:
    """The whole file."""

    digest: str  #: SHA-256 of the file's text before secrets were put in, hexadecimal
    path: str
    sources: Mapping[str, Source]
    roles: Mapping[str, Role]
    sites: Mapping[str, Site]
    policies: Mapping[str, Policy]
    rules: tuple[Rule, ...]
    materiality: Mapping[str, Money]  #: event type -> value below which no case opens
