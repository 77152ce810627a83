"""What the world is owed. An effect holds ids, never rendered blocks and never a token: retries tell the truth.

Core. Effects are written in the transaction that owes them and performed by the relay. Effects of one ordering
key go one at a time and in order; nothing waits across keys.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum


class Lane(StrEnum):
    """Which outside system an effect goes to; a stuck one never holds up the other."""

    SLACK = "slack"
    ODOO = "odoo"


class EffectKind(StrEnum):
    """The closed set of effects."""

    POST_CARD = "post_card"  #: put a card into a channel
    UPDATE_CARD = "update_card"  #: make the copies in a channel true again
    TELL_STORY = "tell_story"  #: tell the threads below the copies in a channel what happened since
    WRITE_BACK = "write_back"  #: carry the decision into Odoo
    POST_NOTE = "post_note"  #: say on the record who decided
    POST_CONFIG_NEWS = "post_config_news"  #: say in the admin channel what became of the config
    FETCH_FILE = "fetch_file"  #: get the bytes of a file that was given as evidence
    KEEP_ACTIVITIES = "keep_activities"  #: make the activities in Odoo true that stand in for a card
    ATTACH_FILES = "attach_files"  #: give the record in Odoo a copy of the evidence
    POST_BOOKS = "post_books"  #: say in the admin channel whether every record of Odoo is accounted for
    TELL_ADMINS = "tell_admins"  #: say in the admin channel that a person or a channel cannot be written to
    TELL_IDENTITIES = "tell_identities"  #: say in the admin channel which users of Odoo cannot be told apart
    POST_REPORT = "post_report"  #: say in a channel what the week was like, with pictures
    POST_CHECKPOINT = "post_checkpoint"  #: say in the admin channel what the newest audit entry is, signed

    PUBLISH_HOME = "publish_home"  #: make somebody's App Home true again

    POST_DIGEST = "post_digest"  #: say in a site's channel what its shift begins with


#: Of these one pending effect a key is enough: it renders the newest state anyway.
COALESCING = frozenset(
    {
        EffectKind.UPDATE_CARD,
        EffectKind.TELL_STORY,
        EffectKind.POST_CHECKPOINT,
        EffectKind.POST_CONFIG_NEWS,
        EffectKind.POST_BOOKS,
        EffectKind.POST_REPORT,
        EffectKind.ATTACH_FILES,
        EffectKind.KEEP_ACTIVITIES,
        EffectKind.TELL_ADMINS,
        EffectKind.TELL_IDENTITIES,
        EffectKind.PUBLISH_HOME,
        EffectKind.POST_DIGEST,
    }
)

#: Nothing waits behind these, though they themselves wait for what is older in their key.
YIELDING = frozenset({EffectKind.TELL_STORY})

#: Performed so much later, so that what happens in one go is told in one go.
_DELAYS = {EffectKind.TELL_STORY: timedelta(seconds=3)}

#: So long the cards of a decided case wait for Odoo's answer: mostly one edit then tells both, and edits are scarce.
FOR_ODOO = timedelta(seconds=2)

_AT_ONCE = timedelta(0)

#: A target of the Slack lane that begins with this is somebody's direct messages: ``@email``.
DIRECT = "@"

_LANES = {
    EffectKind.POST_CARD: Lane.SLACK,
    EffectKind.UPDATE_CARD: Lane.SLACK,
    EffectKind.TELL_STORY: Lane.SLACK,
    EffectKind.WRITE_BACK: Lane.ODOO,
    EffectKind.POST_NOTE: Lane.ODOO,
    EffectKind.FETCH_FILE: Lane.SLACK,
    EffectKind.ATTACH_FILES: Lane.ODOO,
    EffectKind.KEEP_ACTIVITIES: Lane.ODOO,
    EffectKind.POST_CHECKPOINT: Lane.SLACK,
    EffectKind.POST_CONFIG_NEWS: Lane.SLACK,
    EffectKind.POST_BOOKS: Lane.SLACK,
    EffectKind.POST_REPORT: Lane.SLACK,
    EffectKind.TELL_ADMINS: Lane.SLACK,
    EffectKind.TELL_IDENTITIES: Lane.SLACK,
    EffectKind.PUBLISH_HOME: Lane.SLACK,
    EffectKind.POST_DIGEST: Lane.SLACK,
}

#: What is done for a case in Odoo beside its decision, and must not hold that back.
_BESIDE = {EffectKind.ATTACH_FILES: "files", EffectKind.KEEP_ACTIVITIES: "activities"}

#: What admins are told has a key for each thing that is told, whatever the case.
_OF_ADMINS = {
    EffectKind.POST_CHECKPOINT: "checkpoint",
    EffectKind.POST_BOOKS: "books",
    EffectKind.POST_REPORT: "report",
    EffectKind.POST_CONFIG_NEWS: "config",
    EffectKind.TELL_ADMINS: "admins",
    EffectKind.TELL_IDENTITIES: "identities",
}

#: What concerns no case, but one person or one site.
_OF_ONE = {EffectKind.PUBLISH_HOME: "home", EffectKind.POST_DIGEST: "digest"}

#: What is drawn from the newest state, and waits for something better to tell no longer once that has come.
HASTENED = frozenset({EffectKind.UPDATE_CARD, EffectKind.PUBLISH_HOME})


@dataclass(frozen=True, slots=True)
class Effect:
    """Work owed to the outside. ``case_id`` 0 means the case that this transition opens, or none at all."""

    kind: EffectKind
    case_id: int
    #: For cards the channel as the plan names it, or ``@email``; for a Home the Slack id; for a digest the site;
    #: for Odoo the record.
    target: str
    patience: timedelta = field(default=_AT_ONCE, compare=False)  #: may wait so long for something better to tell

    @property
    def delay(self) -> timedelta:
        """How much later it is performed at the earliest."""
        return max(self.patience, _DELAYS.get(self.kind, _AT_ONCE))

    @property
    def lane(self) -> Lane:
        """The outside system it goes to."""
        return _LANES[self.kind]

    @property
    def key(self) -> str:
        """Ordering key: a case's copies in one channel, one record in Odoo, one person's Home, one thing for admins."""
        if self.kind in _OF_ADMINS:
            return f"{_OF_ADMINS[self.kind]}:{self.target}"
        if self.kind in _OF_ONE:
            return f"{_OF_ONE[self.kind]}:{self.target}"
        if self.kind in _BESIDE:
            return f"{_BESIDE[self.kind]}:{self.target}:{self.case_id}"
        if self.lane is Lane.SLACK:
            return f"slack:{self.target}:{self.case_id}"
        return f"odoo:{self.target}"
