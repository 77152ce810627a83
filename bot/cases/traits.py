"""What the core must know of an event type. Values alone; the catalog of Odoo gives them.

Core.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bot.cases.event import Choice
from bot.config.model import Execution, OnReject


@dataclass(frozen=True, slots=True)
class Traits:
    """What the core must know of an event type; the catalog has the rest."""

    execution: Execution  #: what an approval does unless the policy says otherwise
    approve_does: Mapping[Execution, str]  #: in words for people: "the order is approved in Odoo"
    reject_does: Mapping[OnReject, str]
    acts_on_reject: bool  #: a rejection changes the record whatever the policy says
    has_chatter: bool  #: notes can be posted on the record
    has_activities: bool = False  #: people can be told of it in Odoo, by an activity on the record or on its product
    is_exception: bool = False  #: nobody has to decide about it, whatever the policy: somebody has to own it
    resolutions: tuple[str, ...] = ()  #: how an exception of it can be settled
    choices: tuple[Choice, ...] = ()  #: all that approvals of it may choose between; each record says which it offers
    settles: frozenset[str] = frozenset()  #: those resolutions that do something in Odoo besides a note
