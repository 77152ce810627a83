"""How a case can stand: the closed sets of its kinds, of its states, and of how far it has got into Odoo.

Core: words that are stored. What leads from one to another is ``transitions.py``'s and ``outcome.py``'s.
"""

from __future__ import annotations

from enum import StrEnum


class Kind(StrEnum):
    """What is owed to the record."""

    APPROVAL = "approval"  #: a decision
    EXCEPTION = "exception"  #: an owner, until it is resolved
    LIST = "list"  #: nothing: it lists approvals that came in a burst, each of which is a case of its own


class Status(StrEnum):
    """Where a case stands. Of approvals all but PENDING is final; a conflict may supersede a decided one."""

    PENDING = "pending"
    OPEN = "open"  #: an exception that nobody has in hand
    ACKNOWLEDGED = "acknowledged"  #: an exception with an owner
    RESOLVED = "resolved"  #: an exception that is settled, unless it is reopened
    APPROVED = "approved"
    APPROVED_WITH_CHANGES = "approved_with_changes"  #: with smaller figures than Odoo had
    REJECTED = "rejected"
    EXPIRED = "expired"  #: nobody decided in time
    WITHDRAWN = "withdrawn"  #: no longer true in Odoo
    SUPERSEDED = "superseded"  #: decided, but the record had changed before the write


#: Somebody is waited for.
WAITING = frozenset({Status.PENDING, Status.OPEN, Status.ACKNOWLEDGED})

#: As it was, or with changes.
APPROVED = frozenset({Status.APPROVED, Status.APPROVED_WITH_CHANGES})


class WriteBackState(StrEnum):
    """How far the outcome has got into Odoo."""

    NONE = "none"  #: nothing is owed
    QUEUED = "queued"  #: owed, not started or to be tried again
    WRITING = "writing"  #: a call may be on its way
    CONFIRMED = "confirmed"  #: read back from Odoo
    CONFLICT = "conflict"  #: nothing was written: the record was not as approved
    UNCERTAIN = "uncertain"  #: the answer was lost and the record does not tell
    FAILED = "failed"  #: Odoo refused, or a person has to act there
    BY_HAND = "by_hand"  #: a person says it was done in Odoo
    GIVEN_UP = "given_up"  #: a person says it is not to be done


#: A case whose write-back is in one of these is owed nothing more.
SETTLED = frozenset(
    {
        WriteBackState.NONE,
        WriteBackState.CONFIRMED,
        WriteBackState.CONFLICT,
        WriteBackState.BY_HAND,
        WriteBackState.GIVEN_UP,
    }
)
