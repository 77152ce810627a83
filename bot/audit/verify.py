"""Going through the chain: what was altered, what is missing, what was cut off.

The same check runs on the database and on an exported file, so that an outsider needs nothing of ours but the
export and docs/audit.md: each line's ``hash`` is the SHA-256 of the canonical JSON of its columns, which hold
the hash of the line before and of its own detail.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.audit.chain import GENESIS, Entry, Sealed, columns, digest, entry_hash, named_erased, spans
from bot.audit.checkpoint import Checkpoint


@dataclass(frozen=True, slots=True)
class Verdict:
    """The result of going through a chain."""

    entries: int
    erased: int  #: details that were erased on purpose; the chain still holds their hashes
    newest: int
    head: str  #: hash of the newest entry: keep it elsewhere, and a later cut shows
    problems: tuple[str, ...]
    vouched: int = 0  #: the newest entry that a checkpoint spoke for and that was found as it says; 0 for none

    @property
    def sound(self) -> bool:
        """Nothing was found."""
        return not self.problems


class Verifier:
    """Takes entries in order and remembers what does not fit."""

    def __init__(self, checkpoints: Sequence[Checkpoint] = ()) -> None:
        self._seq, self._hash = 0, GENESIS
        self._entries = 0
        self._without_detail: set[int] = set()
        self._named_erased: set[int] = set()
        self._problems: list[str] = []
        self._vouched = 0
        self._checkpoints: dict[int, list[Checkpoint]] = {}
        for one in checkpoints:
            self._checkpoints.setdefault(one.entry, []).append(one)

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
        self._take_detail(one)
        self._compare(one)
        self._seq, self._hash = one.seq, one.hash

    def _take_detail(self, one: Sealed) -> None:
        if one.detail_text is None:
            self._without_detail.add(one.seq)
        elif digest(one.detail_text) != one.detail_hash:
            self._problems.append(f"the detail of entry {one.seq} was altered")
        else:
            self._named_erased |= named_erased(one)

    def _compare(self, one: Sealed) -> None:
        for checkpoint in self._checkpoints.pop(one.seq, ()):
            if checkpoint.hash == one.hash:
                self._vouched = one.seq
            else:
                said = f"the checkpoint of {checkpoint.at:%Y-%m-%d %H:%M:%S} UTC"
                self._problems.append(f"entry {one.seq} is not the one that {said} signed")

    def verdict(self, head: tuple[int, str] | None = None) -> Verdict:
        """The result. ``head`` is what the database holds as its newest entry, where there is a database."""
        problems = [*self._problems, *self._vanished(), *self._cut()]
        if head is not None and head != (self._seq, self._hash):
            problems.append(
                f"the head says entry {head[0]}, the newest entry is {self._seq}: the end was cut or forged"
            )
        erased = len(self._without_detail)
        return Verdict(self._entries, erased, self._seq, self._hash, tuple(problems), self._vouched)

    def _vanished(self) -> Iterable[str]:
        for first, last in spans(sorted(self._without_detail - self._named_erased)):
            if first == last:
                yield f"the detail of entry {first} is gone, and no erasure names it"
            else:
                yield f"the details of entries {first} to {last} are gone, and no erasure names them"

    def _cut(self) -> Iterable[str]:
        """Checkpoints that found no entry: the newest tells how much is gone."""
        beyond = [number for number in self._checkpoints if number > self._seq]
        if beyond:
            newest = self._checkpoints[max(beyond)][0]
            yield (
                f"the checkpoint of {newest.at:%Y-%m-%d %H:%M:%S} UTC knows entry {newest.entry}, "
                f"the newest entry is {self._seq}: the end was cut off"
            )


async def verify(
    chain: AsyncIterator[Sealed], head: tuple[int, str], checkpoints: Sequence[Checkpoint] = ()
) -> Verdict:
    """Go through a database's chain, and hold it against checkpoints that were kept elsewhere."""
    verifier = Verifier(checkpoints)
    async for one in chain:
        verifier.take(one)
    return verifier.verdict(head)


def verify_lines(lines: Iterable[str], checkpoints: Sequence[Checkpoint] = ()) -> Verdict:
    """Go through an exported file. A line that is no entry is a problem like any other."""
    verifier = Verifier(checkpoints)
    broken: list[str] = []
    for number, line in enumerate(lines, start=1):
        try:
            verifier.take(_read(line))
        except (ValueError, KeyError, TypeError) as error:
            broken.append(f"line {number} is not an entry ({type(error).__name__})")
    found = verifier.verdict()
    problems = (*broken, *found.problems)
    return Verdict(found.entries, found.erased, found.newest, found.head, problems, found.vouched)


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


def export_line(one: Sealed) -> str:
    """An entry as one line of JSON: its columns, its hash, and its detail as the text that was hashed."""
    body = columns(one.entry, seq=one.seq, previous=one.previous, detail_hash=one.detail_hash)
    return json.dumps({**body, "hash": one.hash, "detail": one.detail_text}, ensure_ascii=False)
