"""Who decides and where: roles, and sites that change them.

Core: values only.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from bot.config.model.calendars import Calendar
from bot.config.model.digest import Digest
from bot.config.model.rules import Mode
from bot.money import Money

#: Stands where a group names its database: no source of the file can be called so.
SLACK: Final = ""


@dataclass(frozen=True, slots=True, order=True)
class Group:
    """People whom somebody else keeps together: the users of a group in one Odoo database, or a user group of Slack."""

    source: str  #: the Odoo database, by its name in the file; ``SLACK`` for a user group
    name: str  #: such as ``purchase.group_purchase_manager``; of a user group its handle without the @, or its id

    @property
    def told(self) -> str:
        """As people call it."""
        return f"the user group @{self.name} of Slack" if self.source == SLACK else f"the group {self.name} of Odoo"

    def __str__(self) -> str:
        return f"@{self.name}" if self.source == SLACK else f"{self.source}:{self.name}"


@dataclass(frozen=True, slots=True)
class Ping:
    """Who of those who hold a role is mentioned and written to; this decides nothing about power."""

    people: frozenset[str] | None = None  #: addresses; None: everybody
    group: Group | None = None  #: those of them who are in this user group, which is mentioned in their stead

    def __str__(self) -> str:
        if self.group is not None:
            return str(self.group)
        return "everybody" if self.people is None else ", ".join(sorted(self.people)) or "nobody"


EVERYBODY = Ping()


@dataclass(frozen=True, slots=True)
class Reachable:
    """When a person is written to; None says nothing of it."""

    shift: str | None = None  #: the calendar of working hours
    quiet_hours: Calendar | None = None  #: open while nothing is to be sent


@dataclass(frozen=True, slots=True)
class Role:
    """A named group of people and the channel where they are asked."""

    name: str
    channel: str  #: "#name" or a channel id; may hold {site} and {company}
    members: frozenset[str]  #: e-mail addresses, lower case; those of ``group`` come on top
    limit: Money | None = None  #: the highest absolute value that its members decide about, this one included
    sites: frozenset[str] = frozenset()  #: where it has power; empty means everywhere
    companies: frozenset[str] = frozenset()  #: for whose records it has power; empty means everybody's
    escalation_contact: str | None = None  #: who hears of it when these people do not answer
    shift: str | None = None  #: the calendar in which its people work; None: they are there at any time
    quiet_hours: Calendar | None = None  #: open while its people are not written to directly
    group: Group | None = None  #: whose users hold the role as well
    ping: Ping = EVERYBODY
    sees_everything: bool = False  #: its people may look up every case of their places
    hides_values: bool = False  #: through this role nobody sees how much a case is about


@dataclass(frozen=True, slots=True)
class RoleOverlay:
    """What a site changes in a role; None keeps the enterprise's."""

    channel: str | None = None
    members: frozenset[str] | None = None  #: where they are given, ``group`` is too: None then means none
    limit: Money | None = None
    escalation_contact: str | None = None
    shift: str | None = None
    quiet_hours: Calendar | None = None
    group: Group | None = None
    ping: Ping | None = None


@dataclass(frozen=True, slots=True)
class Site:
    """A place: which records belong to it, and its own roles."""

    name: str
    warehouses: frozenset[str]  #: warehouse codes in Odoo
    companies: frozenset[str]  #: company names; empty means any
    roles: Mapping[str, RoleOverlay]
    calendar: str | None = None
    mode: Mode = Mode.LIVE
    digest: Digest | None = None  #: None: nothing is told at the start of shifts
    quarantine: str = ""  #: the whole name in Odoo of its place for goods set apart; empty: the source's
