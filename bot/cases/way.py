"""How a case comes to its answer. Core: the words alone; ``measures.py`` tells which of them holds."""

from __future__ import annotations

from enum import StrEnum


class Way(StrEnum):
    """By whom a case is, or was, answered."""

    PEOPLE = "people"  #: those who are asked, on its card
    RULE = "rule"  #: a rule alone, straight through
    STEP = "step"  #: the last step of an escalation, because nobody answered
    EMERGENCY = "break_glass"  #: one named person, past everybody else
    ODOO = "odoo"  #: somebody who might, in Odoo itself, past the open case
    BREACH = "breach"  #: somebody in Odoo who might not have
    OBSERVED = "observed"  #: nobody is asked: the case is only looked at
    TOGETHER = "together"  #: the card of a group; its members are cases of their own
