"""What was read of a record: an event and its parts.

Core: values that read themselves and no more. ``odoo/interpret.py`` makes events; ``cases/model.py`` builds cases of
them and passes these names on.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.cases.figures import Figures, Seen, fingerprint
from bot.cases.lines import Lines
from bot.money import Money

#: Characters of a pin: it guards against mix-ups, not against forgers, whom Slack's signature keeps out.
PIN = 10


#: Labels what is said of how far Odoo holds people to a decision; of what nobody decides about it says nothing.
CONTROL = "Control"

#: What stands in for the model of a case that is about other cases. Nothing is read or written there.
OURS = "signoff.group"


@dataclass(frozen=True, slots=True, order=True)
class RecordRef:
    """A record in one Odoo database."""

    source: str
    model: str
    id: int

    @property
    def is_ours(self) -> bool:
        """Whether there is no such record in Odoo, because it stands for cases."""
        return self.model == OURS

    @classmethod
    def ours(cls, source: str, *about: str) -> RecordRef:
        """What stands for cases that have ``about`` in common: the database lets no two be open of the same."""
        name = hashlib.sha256("\n".join(about).encode()).digest()
        return cls(source, OURS, int.from_bytes(name[:7]))

    def __str__(self) -> str:
        return f"{self.source}:{self.model}:{self.id}"


@dataclass(frozen=True, slots=True)
class Maker:
    """Somebody who asked for the record or edited it: not the one to approve it."""

    login: str  #: Odoo login
    email: str  #: the address by which Slack would know this person, lower case
    name: str

    @property
    def is_unknown(self) -> bool:
        """Whether nobody can say who in Slack this is: a login that is no address, or a change without an author."""
        return "@" not in self.email


#: Stands for whoever changed a watched figure where Odoo names nobody.
NOBODY_KNOWN = Maker("", "", "somebody whom Odoo does not name")


@dataclass(frozen=True, slots=True)
class Finding:
    """One reason why a record needs people."""

    event_type: str
    text: str


class Severity(StrEnum):
    """How pressing the record says it is; rules can ask for it."""

    NORMAL = "normal"
    HIGH = "high"  #: marked as urgent in Odoo


@dataclass(frozen=True, slots=True)
class Related:
    """A case that another one is about."""

    case_id: int
    title: str
    link: str  #: opens its record in Odoo; empty where there is none


@dataclass(frozen=True, slots=True)
class Choice:
    """One of the ways in which an approval of a record can be carried out."""

    code: str  #: stable; policies and the audit trail name it
    label: str  #: for people, as on a button: "cancel the rest"
    does: str  #: what it brings about in Odoo, as half a sentence


@dataclass(frozen=True, slots=True)
class Event:
    """What really is, read from the record. Never built from a webhook's figures."""

    record: RecordRef
    event_type: str
    findings: tuple[Finding, ...]
    title: str  #: the record's own name, e.g. its order number
    company: str
    warehouse: str | None
    value: Money | None  #: in company currency; None when a figure is missing
    makers: tuple[Maker, ...]
    seen: tuple[Seen, ...]
    context: tuple[tuple[str, str], ...]  #: (label, text) shown to people, not compared
    link: str  #: opens the record in Odoo
    partner: str | None = None
    customer_class: tuple[str, ...] | None = None  #: the partner's tags in Odoo, sorted; None where they are not known
    category: str | None = None  #: product category in full, where all goods of the record share one
    product: str | None = None  #: where all of it is about one
    place: str | None = None  #: the location in the warehouse, where it is about one
    products: tuple[str, ...] = ()  #: what is amiss with it concerns these; empty: ``product`` alone
    zone: str | None = None  #: the part of the warehouse that ``place``, or where goods come from or go to, lies in
    counter: str | None = None  #: who counted, by name and login, where Odoo tells
    severity: Severity = Severity.NORMAL
    deadline: datetime | None = None  #: when the business itself moves on (UTC): the truck leaves, the promise is due
    deadline_what: str = ""  #: what happens then, as half a sentence: "the truck leaves"
    anonymous: bool = False  #: Odoo names nobody for the last write; judged as it is read, and not kept
    lines: Lines | None = None  #: what of it may be approved with a smaller figure; None: nothing
    related: tuple[Related, ...] = ()  #: of a case about other cases: those, the newest first
    choices: tuple[Choice, ...] = ()  #: between which whoever approves has to choose; none: there is one way alone
    #: Each finding by itself, where there are several; told apart as they are read, and not kept.
    apart: tuple[Event, ...] = ()

    @property
    def fingerprint(self) -> str:
        """Hash of the watched fields: equal if and only if people saw the same figures."""
        return fingerprint(self.seen)

    @property
    def figures(self) -> Figures:
        """What a decision about it is bound to."""
        return Figures(self.value, self.seen)

    @property
    def pin(self) -> str:
        """What ties a button to this record with these figures, whatever number its case has."""
        return hashlib.sha256(f"{self.record} {self.fingerprint}".encode()).hexdigest()[:PIN]
