"""``when``: a condition that fields and money borders cannot say, as a CEL expression (https://cel.dev).

Core but for the CEL library. Here alone is decided whether a condition is true; what cannot be judged is neither
true nor false, and every caller fails closed on it: the rule does not match, the stage is required. So a condition
that names a figure which is not known is not judged at all, whatever the rest of it says.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

MAX_LENGTH = 1_000  #: characters of an expression

#: What an expression may name: a text each, or a list of texts.
TEXTS = (
    "event_type",
    "source",
    "model",
    "site",
    "company",
    "warehouse",
    "partner",
    "category",
    "severity",
    "currency",
)
LISTS = ("findings", "makers", "customer_class")
#: Lists that may be known to be empty; of the others each one has to be known.
_MAY_BE_EMPTY = frozenset({"customer_class"})
_COUNTED = frozenset(LISTS) - _MAY_BE_EMPTY
NAMES = (*TEXTS, *LISTS)

#: Money is compared exactly and with its currency, never as a number in an expression.
_MONEY = frozenset({"value", "amount", "total"})

_BOUND = re.compile(r"\.\s*(?:all|exists|exists_one|filter|map)\s*\(\s*(\w+)\s*,")


class Facts(Protocol):
    """What a condition can ask about an event."""

    @property
    def facts(self) -> Mapping[str, str | None]:
        """Canonical field (one of ``TEXTS``) -> value; None or absent where the record has none."""

    @property
    def lists(self) -> Mapping[str, Sequence[str]]:
        """``findings``: event types of all findings of the record; ``makers``: their e-mail addresses;
        ``customer_class``: the tags of its customer or vendor.

        An empty text stands for one that nobody can tell, and an empty list for one that is not known; only of
        ``customer_class``, where it is absent then, for one that is known to have none.
        """


@dataclass(frozen=True, slots=True)
class Condition:
    """An expression that was compiled; equal where its text is."""

    text: str
    names: tuple[str, ...] = field(compare=False)  #: what it asks for, sorted
    program: Any = field(compare=False, repr=False)  #: a ``cel.Program``

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class Unjudged:
    """Why a condition is neither true nor false."""

    reason: str  #: half a sentence for explanations
    missing: str | None = None  #: the figure nobody could tell, where that is the cause


def compile_condition(text: str) -> Condition:
    """Read an expression. Raises ValueError with a sentence for whoever wrote it."""
    import cel  # noqa: PLC0415  # brings a command line with it: only configs that need it pay for that

    if len(text) > MAX_LENGTH:
        msg = f"is longer than {MAX_LENGTH} characters"
        raise ValueError(msg)
    try:
        program = cel.compile(text)
    except ValueError as error:
        msg = f"is not a CEL expression: {_first_line(error)}"
        raise ValueError(msg) from error
    # A macro's own variable is told among the others: makers.exists(one, one.endsWith("@acme.com")).
    names = tuple(sorted(set(program.variables()) - set(_BOUND.findall(text))))
    unknown = [name for name in names if name not in NAMES]
    if _MONEY & set(unknown):
        msg = "cannot compare money; use over: and under:, which know its currency"
        raise ValueError(msg)
    if unknown:
        msg = f"nothing is named {unknown[0]}; known: {', '.join(NAMES)}"
        raise ValueError(msg)
    return Condition(text, names, program)


def told(event: Facts, name: str) -> Sequence[str] | None:
    """What the event has in a canonical field, be it one text or several; None where that is not known."""
    if name not in LISTS:
        text = event.facts.get(name)
        return None if text is None else (text,)
    listed = event.lists.get(name)
    if listed is None or not all(listed):
        return None
    return listed if listed or name in _MAY_BE_EMPTY else None


def judge(condition: Condition, event: Facts) -> bool | Unjudged:
    """Whether the condition holds for ``event``, or why that cannot be told. Never raises."""
    for name in condition.names:
        if told(event, name) is None:
            return Unjudged(f"not all {name} are known" if name in _COUNTED else f"{name} is not known", name)
    known = {name: event.facts[name] if name in TEXTS else list(event.lists.get(name, ())) for name in condition.names}
    try:
        found = condition.program.execute(known)
    except Exception as error:  # whatever the library raises, the condition was not judged
        return Unjudged(f"cannot be judged: {_first_line(error)}")
    return found if isinstance(found, bool) else Unjudged("does not come out as true or false")


def _first_line(error: Exception) -> str:
    """The library's own words, without its drawing of the place."""
    line = str(error).partition("\n")[0]
    return line.rpartition("ERROR: <input>:")[2].rstrip(".") if "ERROR: <input>:" in line else line.rstrip(".")
