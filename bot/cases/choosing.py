"""What an approval chooses where a record can be carried out in several ways: the rest of a delivery, for one.

Core. What was chosen is part of what was approved: whoever is asked next approves that, or rejects. Where an approval
names nothing, the policy's own choice is taken, and where it has none, the answer is refused. Which choices there are
is the event's to say, which of them may be taken the plan's.
"""

from __future__ import annotations

from bot.approvals.authority import Reason, Refused
from bot.cases.model import Case, Choice, Verdict
from bot.text import either


def offered(case: Case) -> tuple[Choice, ...]:
    """What whoever is asked now may choose: after a choice was made, that one alone. None: nothing is to be chosen."""
    allowed = case.plan.choices
    may = tuple(one for one in case.event.choices if not allowed or one.code in allowed)
    made = chosen(case)
    return may if made is None else (made,)


def usual(case: Case) -> Choice | None:
    """What an approval that names no choice takes; None where it has to name one, or where there is none."""
    may = offered(case)
    wanted = case.plan.default_choice
    if len(may) <= 1 or not wanted:
        return next(iter(may), None)
    return next((one for one in may if one.code == wanted), None)


def others(case: Case) -> tuple[Choice, ...]:
    """What can be chosen besides ``usual``."""
    return tuple(one for one in offered(case) if one != usual(case))


def chosen(case: Case) -> Choice | None:
    """What was chosen by the approvals that stand; None where there is nothing to choose, or nobody has."""
    code = next((one.choice for one in case.standing if one.verdict is Verdict.APPROVE and one.choice), "")
    return named(case, code)


def named(case: Case, code: str) -> Choice | None:
    """The record's choice of that code."""
    return next((one for one in case.event.choices if one.code == code), None)


def taken(case: Case, code: str) -> str | Refused:
    """The code of what an approval chooses that names ``code`` (empty: none), or why it cannot be taken."""
    if not case.event.choices:
        return "" if not code else _NOTHING_TO_CHOOSE
    may, made = offered(case), chosen(case)
    if any(one.code == code for one in may):
        return code
    if made is not None and code:
        return Refused(Reason.NOT_OFFERED, _OTHERWISE.format(chosen=made.label))
    if not may or code:
        return _NOT_ALLOWED
    take = usual(case)
    return take.code if take is not None else Refused(Reason.CHOICE_OWED, _OWED.format(choices=_either(may)))


def chosen_since(case: Case) -> Refused:
    """Why an answer does not count from a card that was drawn before a choice was made."""
    made = chosen(case)
    how = f" with “{made.label}”" if made else ""
    sentence = (
        f"It was approved{how} since this card was drawn. Please look at the card as it is now; nothing was decided."
    )
    return Refused(Reason.CHANGED, sentence)


def _either(choices: tuple[Choice, ...]) -> str:
    return either([f"“{one.label}”" for one in choices])


_NOTHING_TO_CHOOSE = Refused(Reason.NOT_OFFERED, "There is nothing to choose about this record; nothing was decided.")
_NOT_ALLOWED = Refused(
    Reason.NOT_OFFERED, "The policy does not let this be chosen for this record; nothing was decided."
)
_OTHERWISE = (
    "It was approved with “{chosen}” before, and what was approved is what is done. Please approve that, or reject and "
    "say what you want instead; nothing was decided."
)
_OWED = "Please say on its card which it is to be: {choices}. Nothing was decided."

__all__ = ["chosen", "chosen_since", "named", "offered", "others", "taken", "usual"]
