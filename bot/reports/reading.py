"""From what tired people type on a phone to a question.

Core. Words that are not understood as a filter are searched for; a slip that is near to one is pointed out.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from difflib import get_close_matches
from fnmatch import fnmatchcase

from bot.cases.model import Kind
from bot.config.durations import parse_duration
from bot.reports.question import Amount, Known, Question, Understood, Waiting, Which

#: Words that are searched for; more would find nothing.
_MOST_WORDS = 5
#: Nobody turns more pages in Slack.
_MOST_PAGES = 50
_LIKE = 0.75
_AMOUNT = re.compile(r"(?P<amount>\d{1,12}(?:\.\d{1,4})?)(?P<k>[kK]?)(?P<currency>[A-Za-z]{3})?", re.ASCII)
_CURRENCY = re.compile(r"[A-Za-z]{3}", re.ASCII)
_FILLERS = frozenset(
    {"open", "list", "at", "in", "of", "than", "for", "from", "is", "are", "and", "the", "with", "please", "show", "me"}
)
#: Between "waiting" and whom it is about.
_ON = frozenset({"on", "for", "with", "upon", "at"})
#: Words of a role's name; nobody types more.
_LONGEST_ROLE = 4
#: What tired thumbs leave behind a word.
_TAIL = ".,;!?…"


@dataclass(slots=True)
class _Reading:
    """A question while it is read, word by word."""

    known: Known
    question: Question
    left: list[str]
    hints: list[str] = field(default_factory=list)

    def take(self) -> str:
        return self.left.pop(0) if self.left else ""

    def set(self, **changes: object) -> None:
        self.question = replace(self.question, **changes)  # type: ignore[arg-type]  # names are checked by the tests


def read(words: Sequence[str], kind: Kind, known: Known) -> Understood:
    """What ``words`` ask. Never fails: what is not understood is searched for, and said."""
    reading = _Reading(known, Question(kind), [part for word in words for part in _parted(word)])
    while reading.left:
        _read_one(reading, reading.take())
    return Understood(reading.question, tuple(reading.hints))


def _parted(word: str) -> list[str]:
    """``site:CHI``, ``site=CHI`` and ``>500`` as two words each; nothing of what is only punctuation."""
    word = word.rstrip(_TAIL)
    if not word:
        return []
    if word[:1] in "<>" and len(word) > 1:
        return [{"<": "under", ">": "over"}[word[0]], word[1:].lstrip("=")]
    name, sign, rest = word.replace("=", ":", 1).partition(":")
    if not sign or name.casefold() not in _VALUED:
        return [word]
    return [name, rest] if rest else [name]


def _read_one(reading: _Reading, word: str) -> None:
    folded = word.casefold()
    if folded in _VALUED:
        _VALUED[folded](reading, word)
    elif folded == Which.MINE and reading.question.kind is Kind.APPROVAL:
        reading.set(waiting=Waiting(person=reading.known.me))
    elif folded in {one.value for one in Which}:
        reading.set(which=reading.question.which | {Which(folded)})
    elif folded not in _FILLERS:
        _named(reading, word)


def _named(reading: _Reading, word: str) -> None:
    """A person who is mentioned, a site, an event type or a part of one; else a word to search for."""
    if word.startswith("@") and len(word) > 1:
        _mentioned(reading, word.removeprefix("@").casefold())
    elif (site := _site(reading.known, word)) is not None:
        reading.set(sites=reading.question.sites | {site})
    elif types := _types(reading.known, word):
        reading.set(event_types=(reading.question.event_types or frozenset()) | types)
    else:
        _search(reading, word)


def _mentioned(reading: _Reading, person: str) -> None:
    """Whose turn it is; of exceptions who has them."""
    if reading.question.kind is Kind.APPROVAL:
        reading.set(waiting=_person(reading, person))
    else:
        reading.set(owner=person)


def _search(reading: _Reading, word: str) -> None:
    known = [*_VALUED, *(one.value for one in Which), *(site.casefold() for site in reading.known.sites)]
    if near := get_close_matches(word.casefold(), known, n=1, cutoff=_LIKE):
        reading.hints.append(f"“{word}” is searched for. Did you mean {near[0]}?")
    if len(reading.question.words) < _MOST_WORDS:
        reading.set(words=(*reading.question.words, word.casefold()))
    else:
        reading.hints.append(f"“{word}” is left out: at most {_MOST_WORDS} words are searched for.")


def _site(known: Known, word: str) -> str | None:
    return next((site for site in known.sites if site.casefold() == word.casefold()), None)


def _types(known: Known, word: str) -> frozenset[str]:
    """``inventory``, ``inventory.*``, ``count_variance`` or the whole name."""
    folded = word.casefold().replace("-", "_")
    patterns = (folded, f"{folded}.*", f"*.{folded}")
    return frozenset(one for one in known.event_types if any(fnmatchcase(one, pattern) for pattern in patterns))


def _read_site(reading: _Reading, word: str) -> None:
    asked = reading.take()
    site = _site(reading.known, asked)
    if site is None:
        names = ", ".join(sorted(reading.known.sites)) or "none"
        reading.hints.append(f"There is no site “{asked}”. Known: {names}.")
    reading.set(sites=reading.question.sites | {site if site is not None else asked})


def _read_type(reading: _Reading, word: str) -> None:
    asked = reading.take()
    types = _types(reading.known, asked)
    if not types:
        near = get_close_matches(asked.casefold(), list(reading.known.event_types), n=1)
        guess = f" Did you mean {near[0]}?" if near else ""
        reading.hints.append(f"There is no event type “{asked}”.{guess}")
    reading.set(event_types=(reading.question.event_types or frozenset()) | types)


def _read_owner(reading: _Reading, word: str) -> None:
    asked = reading.take().casefold()
    if asked == "me":
        reading.set(which=reading.question.which | {Which.MINE})
    else:
        reading.set(owner=asked.removeprefix("@"))


def _read_waiting(reading: _Reading, word: str) -> None:
    """``waiting on @ann``, ``waiting for warehouse supervisor``; and the other way round, ``finance waiting``."""
    while reading.left and reading.left[0].casefold() in _ON:
        reading.take()
    role = _take_role(reading)
    if role is None and not reading.left:
        _waiting_for_what_was_said(reading)
    elif role is not None:
        reading.set(waiting=Waiting(role=role))
    else:
        asked = reading.take().removeprefix("@").casefold()
        reading.set(waiting=Waiting(person=reading.known.me) if asked == "me" else _person(reading, asked))


def _waiting_for_what_was_said(reading: _Reading) -> None:
    words = reading.question.words
    for start in range(len(words)):
        if (role := _role(reading.known, words[start:])) is not None:
            reading.set(waiting=Waiting(role=role), words=words[:start])
            return
    if words and any(words[-1] in one for one in reading.known.people):
        reading.set(waiting=Waiting(person=words[-1]), words=words[:-1])
    elif reading.question.waiting is None:
        reading.hints.append("Waiting on whom? Name a person or a role, such as waiting on @ann or waiting finance.")


def _take_role(reading: _Reading) -> str | None:
    """The longest run of words that names a role."""
    for length in range(min(_LONGEST_ROLE, len(reading.left)), 0, -1):
        if (role := _role(reading.known, reading.left[:length])) is not None:
            del reading.left[:length]
            return role
    return None


def _role(known: Known, words: Sequence[str]) -> str | None:
    """The role of that name, in one word or several, one of them or all."""
    asked = _folded("_".join(words))
    return next((one for one in known.roles if asked and asked in {_folded(one), f"{_folded(one)}s"}), None)


def _folded(role: str) -> str:
    return role.removeprefix("@").casefold().replace("-", "_").replace(" ", "_")


def _person(reading: _Reading, asked: str) -> Waiting:
    if any(asked in one for one in reading.known.people):
        return Waiting(person=asked)
    near = get_close_matches(asked, [_folded(one) for one in reading.known.roles], n=1)
    guess = f" Did you mean {near[0]}?" if near else ""
    reading.hints.append(f"“{asked}” is neither a role nor anybody who holds one.{guess}")
    return Waiting()


def _read_age(reading: _Reading, word: str) -> None:
    asked = reading.take()
    if asked.casefold() == "than":
        asked = reading.take()
    try:
        reading.set(older=parse_duration(asked.casefold()))
    except ValueError:
        reading.hints.append(f"“{asked}” is no length of time such as 2h, 30m or 1d: cases of any age are listed.")


def _border(name: str) -> Callable[[_Reading, str], None]:
    def read_amount(reading: _Reading, word: str) -> None:
        asked = reading.take().replace(",", "")
        found = _AMOUNT.fullmatch(asked)
        if found is None:
            reading.hints.append(f"“{asked}” is no amount such as 500 or 2k USD: cases of any value are listed.")
            return
        currency = found["currency"] or ""
        if not currency and reading.left and _CURRENCY.fullmatch(reading.left[0]) and reading.left[0].isupper():
            currency = reading.take()
        amount = Decimal(found["amount"]) * (1000 if found["k"] else 1)
        reading.set(**{name: Amount(amount, currency.upper())})

    return read_amount


def _read_page(reading: _Reading, word: str) -> None:
    asked = reading.take()
    if asked.isascii() and asked.isdigit() and 1 <= int(asked[:9]) <= _MOST_PAGES:
        reading.set(page=int(asked))
    else:
        reading.hints.append(f"“{asked}” is no page from 1 to {_MOST_PAGES}: this is the first.")


#: Words that say what the next one is.
_VALUED: dict[str, Callable[[_Reading, str], None]] = {
    "site": _read_site,
    "type": _read_type,
    "owner": _read_owner,
    "waiting": _read_waiting,
    "waits": _read_waiting,
    "by": _read_owner,
    "older": _read_age,
    "age": _read_age,
    "over": _border("over"),
    "above": _border("over"),
    "under": _border("under"),
    "below": _border("under"),
    "page": _read_page,
}
