"""What a catalog entry is: everything the product knows of one event type, declared in one place.

Core. Entries name models, fields and methods; no other room does. An entry's functions take a record as the
reader gives it (nested plain data, None for empty) and must not fail on what an odd database holds.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from bot.cases.lines import Lines
from bot.cases.model import Choice, Maker, Seen
from bot.cases.traits import Traits
from bot.config.model import Execution, OnReject
from bot.money import Money
from bot.odoo.catalog.amendable import Amendable
from bot.odoo.catalog.ends import To

#: What is said of outcomes that are a note on the record.
RELEASE_DOES = "a release note goes onto the record; a person goes on in Odoo"
NOTE_DOES = "a note with the reason goes onto the record"

#: Inventory / Administrator: Odoo 18 lets only who may edit a product plan activities on it.
EDITS_PRODUCTS = "stock.group_stock_manager"

#: Beside the watched values as decided on: the day of the decision (ISO, UTC).
DECIDED_ON = "decided_on"

#: A record as ``bot.odoo.reader`` gives it.
Record = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Trace:
    """Where a method leaves the mark it was given, so that "did it run?" has an answer.

    The mark goes in as the context key; a record of ``model`` holds it in ``field`` afterwards.
    """

    context_key: str
    model: str
    field: str


@dataclass(frozen=True, slots=True)
class Dialog:
    """A question of Odoo that the decision has answered already: the wizard is made, and ``method`` called on it.

    It is answered only while the record still is what people saw; whatever else Odoo asks is a person's to answer.
    """

    values: Callable[[int], Mapping[str, object]]  #: the wizard's fields, from the record's id
    method: str
    group: str = ""  #: the group of Odoo that may answer it; empty: whoever may call the method
    when: str = ""  #: when Odoo asks, as half a sentence for an administrator


@dataclass(frozen=True, slots=True)
class Method:
    """A business method that carries an outcome into Odoo."""

    name: str
    #: Whether the record is as wanted, whoever did it; the second argument holds the watched values as decided on.
    is_done: Callable[[Record, Mapping[str, str]], bool]
    does: str  #: what a person reads before, e.g. "the order is approved in Odoo"
    done: str  #: what a person reads once it is confirmed, e.g. "order approved"
    #: Whether calling it again, on a record that was just read as unchanged, can do no harm even if an earlier
    #: call is still on its way. If not, the bot alone never repeats it after a lost answer.
    repeatable: bool
    #: Whether the watched values stay as they are when it runs: then others afterwards are somebody else's doing.
    keeps_figures: bool = True
    context: Mapping[str, object] = field(default_factory=dict)
    trace: Trace | None = None
    #: The method for where the record stands, where that is not always ``name``.
    at: Callable[[Record], str] | None = None
    #: Why it cannot be called yet, as a sentence for people; empty when it can.
    not_ready: Callable[[Record], str] | None = None
    #: Context keys that hold the record's own id in a list, beside ``context``.
    context_ids: tuple[str, ...] = ()
    #: Odoo's questions that the decision has answered, by the wizard's model.
    dialogs: Mapping[str, Dialog] = field(default_factory=dict)
    #: What a person is told of questions that only a person can answer, by the wizard's model.
    asks: Mapping[str, str] = field(default_factory=dict)

    #: What a plain ``write`` writes, given the day of the decision (UTC): absolute, so that twice is as once. With
    #: ``ends``, by which it can be guarded, it is the same on every day.
    values: Callable[[date], Mapping[str, object]] | None = None
    also_called: tuple[str, ...] = ()  #: every name that ``at`` may give beside ``name``
    #: A field and the values one of which it has afterwards; a method without can not be guarded.
    ends: tuple[str, tuple[object, ...]] | None = None
    #: Where goods go: with ``trace`` a transfer is made, which carries the mark; else the record itself goes there.
    to: To | None = None

    def called(self, record: Record) -> str:
        """The name of the method to call on ``record`` as it stands."""
        return self.name if self.at is None else self.at(record)


@dataclass(frozen=True, slots=True)
class Branch:
    """One of several ways to carry out an approval, between which whoever approves chooses."""

    choice: Choice
    method: Method
    when: Callable[[Record], object]  #: whether a record offers it, as its truth


#: The carrying out of a type that nobody decides about: there is none.
OWNED = Method(
    name="",
    is_done=lambda _record, _decided: False,
    does="somebody looks after it",
    done="looked after",
    repeatable=True,
)

#: How an exception can be settled where its type names nothing better.
SETTLED = ("settled in Odoo", "accepted as it is", "no action needed")


@dataclass(frozen=True, slots=True)
class Hold:
    """A step in Odoo that can be refused to everybody but the bot: ``field`` goes from ``before`` to ``after``."""

    field: str
    before: tuple[str, ...]
    after: tuple[str, ...]
    #: Which records are held, as Python on ``record`` that Odoo evaluates; {limit} stands for the type's materiality,
    #: {threshold} for the limit that ``judge`` compares with.
    when: str
    what: str  #: what is held, for the person who is refused
    #: What a release is bound to, fields and columns as for the guard: once one of them changes, the release has no
    #: effect any more. Without any, the type can be held only where Signoff carries it out.
    figures: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()  #: fields of ``when`` that only some databases have
    hint: str = ""  #: what makes Signoff ask, where that is not plain


@dataclass(frozen=True, slots=True)
class Description:
    """What a record says of itself, whatever it needs people for."""

    title: str  #: its own name
    company: str
    warehouse: str | None
    value: Money | None  #: in company currency
    makers: tuple[Maker, ...]  #: with ``email`` still empty: who is who in Slack is not the catalog's to know
    seen: tuple[Seen, ...]  #: watched fields
    context: tuple[tuple[str, str], ...]
    partner: str | None = None
    category: str | None = None  #: of the goods, where all of them share one
    product: str | None = None  #: where all of it is about one
    place: str | None = None  #: the location in the warehouse, where it is about one
    products: tuple[str, ...] = ()  #: what is amiss concerns these, where it may be several
    zone: str | None = None  #: the part of the warehouse that it happened in (``places.py``)
    counted: bool = False  #: whether its first maker is whoever counted, as far as Odoo tells
    urgent: bool = False  #: flagged as urgent in Odoo
    deadline: datetime | None = None  #: UTC; when a decision comes too late
    deadline_what: str = ""  #: what happens then, as half a sentence: "the quotation lapses"
    lines: Lines | None = None  #: what of it may be approved with a smaller figure


@dataclass(frozen=True, slots=True)
class Beside:
    """Something else that Odoo knows and that people want to see beside a record: shown, never compared.

    Asked for many records in one call and never waited for long, so a card may be without it.
    """

    label: str
    model: str
    #: Which rows are about a record, as of a moment (UTC); None where there is nothing to ask about it.
    domain: Callable[[Record, datetime], Sequence[object] | None]
    fields: tuple[str, ...]  #: of the rows, which stay as Odoo sends them
    order: str
    #: What the rows that were found for several records say of this one; empty where they say nothing.
    say: Callable[[Record, Sequence[Record]], str]
    sums: bool = False  #: whether it counts rows: with too many of them it says "at least"


@dataclass(frozen=True, slots=True)
class EventType:
    """One kind of thing that needs people."""

    name: str  #: dotted and stable: rules, reports and metrics use it
    model: str
    summary: str  #: one line for the documentation
    domain: tuple[object, ...]  #: qualifying, as far as Odoo can search it; ``judge`` narrows it further
    trigger_fields: tuple[str, ...]  #: a change of these is worth a webhook
    paths: tuple[str, ...]  #: what is read; must exist on the server
    optional: tuple[str, ...]  #: what is read where its module is installed and the bot may see it
    #: Why the record needs people, as half a sentence, given ``limit``; empty where it does not.
    judge: Callable[[Record, Decimal], str]
    describe: Callable[[Record], Description]
    over: Callable[[Record], str]  #: what became of it, once it does not qualify any more
    execution: Execution  #: what an approval does unless the policy says otherwise
    carry_out: Method
    reject: Method | None  #: what a rejection always does; None: it is a note, or ``cancel``
    cancel: Method | None  #: what a rejection does where the policy says ``on_reject: cancel``
    has_chatter: bool  #: notes can be posted on it
    #: The watched field that leads to a product, for a model that has no activities of its own; they go there.
    activities_on: str = ""
    partner: str = ""  #: the field that leads to the customer or vendor, whose tags rules can ask for; empty: none
    company_field: str | None = None
    company_dependent: tuple[str, ...] = ()  #: paths whose value differs by company
    limit: Decimal = Decimal(0)  #: what ``judge`` compares with, where it needs a figure
    limit_is: str = ""  #: what the limit means, for the documentation; empty where there is none
    #: Whether it is a finding beside another one of the same record, although it is none by itself.
    rides_along: Callable[[Record], str] = lambda record: ""
    #: Whether what it judges by can change without the record being written, so that it has to be read again.
    depends_elsewhere: bool = False
    #: What only Odoo can answer about a record: question -> domain. The record carries the answers (``own.py``).
    questions: Mapping[str, tuple[object, ...]] = field(default_factory=dict)
    #: The groups of Odoo that let the bot carry it out; the model's own access rights included.
    groups: tuple[str, ...] = ()
    #: What the guard compares in Odoo, of ``paths``: fields of the record, and columns of its lines.
    guarded: tuple[str, ...] = ()
    #: What people see beside it, at most three.
    beside: tuple[Beside, ...] = ()
    #: The step that ``signoff odoo setup --hold`` can refuse; None where it is no change of a stored field, or where
    #: Odoo cannot tell which records are meant.
    hold: Hold | None = None
    #: What of its lines may be approved with smaller figures, and how they are written; None: nothing.
    amendable: Amendable | None = None
    #: Between which whoever approves chooses, what is taken by itself first; none: ``carry_out`` is the one way.
    branches: tuple[Branch, ...] = ()
    is_exception: bool = False  #: nobody decides about it; somebody owns it until it is resolved
    resolutions: tuple[str, ...] = SETTLED  #: how an exception of it can be settled, where the config names no others
    #: What a resolution does in Odoo besides the note, by its name.
    settles: Mapping[str, Method] = field(default_factory=dict)

    def finding(self, record: Record) -> str:
        """Why the record needs people; empty where it does not."""
        return self.judge(record, self.limit)

    def choices(self, record: Record) -> tuple[Choice, ...]:
        """What the record lets people choose between; where it leaves but one way, nothing."""
        return tuple(one.choice for one in self.branches if one.when(record))

    @property
    def methods(self) -> tuple[Method, ...]:
        """Every method that an outcome may call."""
        ways = (self.carry_out, *(one.method for one in self.branches), self.reject, self.cancel)
        return tuple(one for one in ways if one is not None)

    @property
    def traits(self) -> Traits:
        """What the core has to know."""
        rejects = self.reject.does if self.reject else NOTE_DOES
        return Traits(
            execution=self.execution,
            approve_does={Execution.CARRY_OUT: self.carry_out.does, Execution.RELEASE: RELEASE_DOES},
            reject_does={OnReject.NOTE: rejects, OnReject.CANCEL: self.cancel.does if self.cancel else rejects},
            acts_on_reject=self.reject is not None,
            has_chatter=self.has_chatter,
            has_activities=self.has_chatter or bool(self.activities_on),
            is_exception=self.is_exception,
            resolutions=self.resolutions,
            choices=tuple(one.choice for one in self.branches),
            settles=frozenset(self.settles),
        )
