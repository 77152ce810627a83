"""What can be asked of a case. Values only; ``transitions.py`` answers.

Core. Commands of people carry the person as looked up at the click, and the pin of the card that was clicked (empty
where there was no card); commands of the program say what it saw.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.cases.burst_commands import BurstCommand
from bot.cases.clock_commands import ClockCommand
from bot.cases.files import File
from bot.cases.lines import Wish
from bot.cases.model import Event, Person, RecordRef, Verdict
from bot.cases.remark import RemarkKind
from bot.cases.steward_commands import Reroute, TakeBack
from bot.exceptions.commands import BringOut, CareCommand, GroupCommand, TakeFile, Tracked


@dataclass(frozen=True, slots=True)
class Over:
    """The record no longer asks for anybody."""

    sentence: str  #: what it is now, for people, e.g. "confirmed in Odoo"
    by: str = ""  #: who wrote it last in Odoo, by name; empty when Odoo does not tell
    actor: str = ""  #: ``odoo:SOURCE:UID`` of that user
    email: str = ""  #: by which Slack would know that user, lower case
    approved: bool = False  #: what an approval would have brought about has been done
    #: (event type, sentence) of those whose own words differ.
    otherwise: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Observed:
    """The record was read: this is what it is now."""

    record: RecordRef
    now_is: Event | Over


@dataclass(frozen=True, slots=True)
class Decide:
    """A person answers on the current stage."""

    case_id: int
    revision: int
    person: Person
    verdict: Verdict
    reason: str = ""
    pin: str = ""
    code: str = ""  #: one of the policy's reasons for a rejection
    together: int = 0  #: with how many cases at once, where it was a list
    wishes: tuple[Wish, ...] | None = None  #: what is to be smaller; empty while nothing was typed; None: nothing
    choice: str = ""  #: the code of one of the record's choices, for an approval; empty: what is taken by itself


@dataclass(frozen=True, slots=True)
class Tick:
    """It is ``now``: what is due on this case is to be done. Harmless at any time: what is not due is not done."""

    case_id: int


@dataclass(frozen=True, slots=True)
class CatchUp:
    """The self-audit found steps that were due at these instants (UTC) and never done: it is noted, then a tick."""

    case_id: int
    missed: tuple[datetime, ...]


@dataclass(frozen=True, slots=True)
class Begin:
    """The write-back is about to call Odoo. ``attempt`` counts from 1."""

    case_id: int
    attempt: int
    as_user: str = ""  #: as whom in Odoo, where it is not the bot


@dataclass(frozen=True, slots=True)
class Confirm:
    """Odoo has been read, and it is as decided."""

    case_id: int
    sentence: str
    now_is: Event | None = None  #: what the record is by it, where a resolution has changed what people saw


@dataclass(frozen=True, slots=True)
class Conflict:
    """Nothing was written: the record is not what was decided about."""

    case_id: int
    now_is: Event | Over
    problem: str = ""  #: what was written all the same, for people


@dataclass(frozen=True, slots=True)
class Uncertain:
    """The answer was lost and the record is unchanged so far; it is looked for until ``until`` (UTC)."""

    case_id: int
    until: datetime
    sentence: str


@dataclass(frozen=True, slots=True)
class Ask:
    """The settling time is over, nothing changed, and a repeat could do harm: a person has to say."""

    case_id: int
    sentence: str


@dataclass(frozen=True, slots=True)
class Requeue:
    """Nothing happened in Odoo; the write-back will be tried again by itself."""

    case_id: int
    sentence: str


@dataclass(frozen=True, slots=True)
class Delay:
    """Odoo cannot be asked, so nothing was begun; says nothing of a call that another worker has begun."""

    case_id: int
    sentence: str


@dataclass(frozen=True, slots=True)
class Fail:
    """Odoo refused, or tries are used up."""

    case_id: int
    sentence: str


@dataclass(frozen=True, slots=True)
class Retry:
    """A person (or an admin on the command line) wants the write-back tried again."""

    case_id: int
    person: Person
    pin: str = ""


@dataclass(frozen=True, slots=True)
class DoneByHand:
    """A person says that the outcome was brought about in Odoo by hand."""

    case_id: int
    person: Person
    reason: str
    pin: str = ""


@dataclass(frozen=True, slots=True)
class GiveUpWriting:
    """A person says that the outcome is not to be carried out."""

    case_id: int
    person: Person
    reason: str
    pin: str = ""


@dataclass(frozen=True, slots=True)
class Forward:
    """A person wants somebody else to be able to answer on this case in his or her name."""

    case_id: int
    revision: int
    person: Person
    taker: Person
    pin: str = ""


@dataclass(frozen=True, slots=True)
class Say:
    """A person comments, asks whoever asked for the record, or answers such a question."""

    case_id: int
    person: Person
    kind: RemarkKind
    text: str
    pin: str = ""


@dataclass(frozen=True, slots=True)
class BreakGlass:
    """A named person approves alone, in an emergency."""

    case_id: int
    revision: int
    person: Person
    reason: str
    pin: str = ""
    choice: str = ""  #: as of ``Decide``


@dataclass(frozen=True, slots=True)
class Undo:
    """A person takes back the answer that is still held."""

    case_id: int
    person: Person
    pin: str = ""


@dataclass(frozen=True, slots=True)
class OfferFiles:
    """A person gives files of Slack as evidence, by their ids."""

    case_id: int
    person: Person
    files: tuple[str, ...]
    pin: str = ""


@dataclass(frozen=True, slots=True)
class KeepFile:
    """An offered file has been fetched and is in the spool; ``kept`` has its hashes."""

    case_id: int
    kept: File


@dataclass(frozen=True, slots=True)
class RefuseFile:
    """An offered file could not be had, or is nothing that counts; the sentence is for people."""

    case_id: int
    file_id: str
    sentence: str


#: What a person wants of an approval, or of any case.
Said = Decide | Retry | DoneByHand | GiveUpWriting | Forward | Say | BreakGlass | Undo | OfferFiles
Wanted = Said | CareCommand  #: or of an exception


@dataclass(frozen=True, slots=True)
class Consider:
    """A person is about to say ``wanted``: would it be taken, its reason aside? Changes nothing.

    A refusal is audited like any other.
    """

    wanted: Wanted

    @property
    def case_id(self) -> int:
        """The case that is asked about."""
        return self.wanted.case_id

    @property
    def person(self) -> Person:
        """Who is about to say it."""
        return self.wanted.person


@dataclass(frozen=True, slots=True)
class Undelivered:
    """Slack has no such place any more: nobody sees this copy of the card."""

    case_id: int
    channel: str  #: as the plan names it
    cause: str  #: Slack's word for it
    sentence: str  #: the same for people


@dataclass(frozen=True, slots=True)
class FallBack:
    """For too long Slack has not taken the card at these places: its people are to be told in Odoo."""

    case_id: int
    places: tuple[str, ...]  #: as the plan names them


PersonCommand = Consider | Wanted
WriteBackCommand = Begin | Confirm | Conflict | Uncertain | Ask | Requeue | Delay | Fail
EvidenceCommand = KeepFile | TakeFile | RefuseFile
TickCommand = Tick | CatchUp
#: What people do to a case beside answering it: no card carries it.
StewardCommand = ClockCommand | Reroute | TakeBack | BringOut
Seen = Observed | Tracked | GroupCommand | BurstCommand
Command = (
    Seen | PersonCommand | StewardCommand | WriteBackCommand | EvidenceCommand | TickCommand | Undelivered | FallBack
)
