"""Going through the chain: what was altered, what is missing.

The same check runs on the database and on an exported file, so that an outsider needs nothing of ours but the
export and this description: each line's ``hash`` is the SHA-256 of the canonical JSON of its columns, which hold
the hash of the line before and of its own detail.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass
from datetime import datetime

from bot.audit.chain import GENESIS, Entry, Sealed, columns, digest, entry_hash


@dataclass(frozen=True, slots=True)
class Verdict:
    """The result of going through a chain."""

    entries: int
    erased: int  #: details that were erased on purpose; the chain still holds their hashes
    newest: int
    head: str  #: hash of the newest entry: keep it elsewhere, and a later cut shows
    problems: tuple[str, ...]

    @property
    def sound(self) -> bool:
        """Nothing was found."""
        return not self.problems


class Verifier:
    """Takes entries in order and remembers what does not fit."""

    def __init__(self) -> None:
        self._seq, self._hash = 0, GENESIS
        self._entries = self._erased = 0
        self._problems: list[str] = []

    def take(self, one: Sealed) -> None:
        """Check the next entry."""
        self._entries += 1
        if one.seq != self._seq + 1:
            self._problems.append(f"entries {self._seq + 1} to {one.seq - 1} are missing")
        elif one.previous != self._hash:
            self._problems.append(f"entry {one.seq} is not tied to entry {self._seq}")
        expected = entry_hash(one.entry, seq=one.seq, previous=one.previous, detail_hash=one.detail_hash)
        if expected != one.hash:
            self._problems.append(f"entry {one.seq} was altered")
        if one.detail_text is None:
            self._erased += 1
        elif digest(one.detail_text) != one.detail_hash:
            self._problems.append(f"the detail of entry {one.seq} was altered")
        self._seq, self._hash = one.seq, one.hash

    def verdict(self, head: tuple[int, str] | None = None) -> Verdict:
        """The result. ``head`` is what the database holds as its newest entry, where there is a database."""
        problems = list(self._problems)
        if head is not None and head != (self._seq, self._hash):
            problems.append(
                f"the head says entry {head[0]}, the newest entry is {self._seq}: the end was cut or forged"
            )
        return Verdict(self._entries, self._erased, self._seq, self._hash, tuple(problems))


async def verify(chain: AsyncIterator[Sealed], head: tuple[int, str]) -> Verdict:
    """Go through a database's chain."""
    verifier = Verifier()
    async for one in chain:
        verifier.take(one)
    return verifier.verdict(head)


def export_line(one: Sealed) -> str:
    """An entry as one line of JSON: its columns, its hash, and its detail as the text that was hashed."""
    body = columns(one.entry, seq=one.seq, previous=one.previous, detail_hash=one.detail_hash)
    return json.dumps({**body, "hash": one.hash, "detail": one.detail_text}, ensure_ascii=False)


def verify_lines(lines: Iterable[str]) -> Verdict:
    """Go through an exported file. A line that is no entry is a problem like any other."""
    verifier = Verifier()
    broken: list[str] = []
    for number, line in enumerate(lines, start=1):
        try:
            verifier.take(_read(line))
        except (ValueError, KeyError, TypeError) as error:
            broken.append(f"line {number} is not an entry ({type(error).__name__})")
    found = verifier.verdict()
    return Verdict(found.entries, found.erased, found.newest, found.head, (*broken, *found.problems))


def _read(line: str) -> Sealed:
    body = json.loads(line)
    entry = Entry(
        body["action"],
        body["actor"],
        datetime.fromisoformat(body["at"]),
        body["case"],
        body["origin"],
        body["revision"],
        body["fingerprint"],
        body["config"],
    )
    return Sealed(body["seq"], entry, body["detail"], body["detail_hash"], body["previous"], body["hash"])
