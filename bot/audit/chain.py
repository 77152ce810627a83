"""The audit chain: what an entry is, and how one is tied to the one before.

Core. An entry names ids only; names and free text stand in its *detail*, of which the chain holds a salted hash,
so that a detail can be erased later without breaking the chain and without being guessable from its hash.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

#: What the first entry is tied to.
GENESIS = "0" * 64

#: The action of an entry that says which details were erased, as ``spans`` under ``entries`` of its own detail.
ERASED = "audit.erased"

Detail = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Entry:
    """A fact to be recorded. ``case_id`` 0 means the case that this transition opens, None no case at all."""

    action: str  #: past participle with its noun, e.g. ``case.approved``, ``case.refused``
    actor: str  #: ``slack:TEAM:USER``, ``odoo:SOURCE:UID``, ``admin``, ``signoff``
    at: datetime
    case_id: int | None = None
    origin: str = "signoff"  #: which way in: slack, odoo, timer, admin, signoff
    revision: int | None = None
    fingerprint: str | None = None  #: of the figures this is about
    config: str | None = None  #: digest of the config that was active
    detail: Detail = field(default_factory=dict)  #: names, free text, figures


@dataclass(frozen=True, slots=True)
class Sealed:
    """An entry in its place in the chain."""

    seq: int
    entry: Entry
    detail_text: str | None  #: canonical JSON with its salt; None once erased
    detail_hash: str
    previous: str
    hash: str


def seal(entry: Entry, *, seq: int, previous: str, salt: str) -> Sealed:
    """Tie ``entry`` to the hash of the one before. ``salt`` is random text, stored with the detail."""
    detail_text = canonical({**entry.detail, "salt": salt})
    detail_hash = digest(detail_text)
    return Sealed(
        seq,
        entry,
        detail_text,
        detail_hash,
        previous,
        entry_hash(entry, seq=seq, previous=previous, detail_hash=detail_hash),
    )


def entry_hash(entry: Entry, *, seq: int, previous: str, detail_hash: str) -> str:
    """The hash of an entry: SHA-256 over the canonical JSON of all its columns."""
    return digest(canonical(columns(entry, seq=seq, previous=previous, detail_hash=detail_hash)))


def columns(entry: Entry, *, seq: int, previous: str, detail_hash: str) -> dict[str, object]:
    """What is hashed, by name: the exported line holds exactly these, plus ``hash`` and ``detail``."""
    return {
        "seq": seq,
        "at": entry.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "action": entry.action,
        "actor": entry.actor,
        "origin": entry.origin,
        "case": entry.case_id,
        "revision": entry.revision,
        "fingerprint": entry.fingerprint,
        "config": entry.config,
        "detail_hash": detail_hash,
        "previous": previous,
    }


def canonical(value: Mapping[str, object]) -> str:
    """JSON with sorted keys and no spaces: the same value always gives the same bytes."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=str)


def digest(text: str) -> str:
    """SHA-256 of the UTF-8 bytes, hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


def spans(numbers: Iterable[int]) -> list[list[int]]:
    """Ascending numbers as first and last of each run: 3, 4, 5, 9 are [[3, 5], [9, 9]]."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and runs[-1][1] == number - 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    return runs


def named_erased(one: Sealed) -> frozenset[int]:
    """The entries whose details this one says were erased; none where it says no such thing in the agreed form."""
    if one.entry.action != ERASED or one.detail_text is None:
        return frozenset()
    match json.loads(one.detail_text):
        case {"entries": list(runs)} if all(_is_run(run, below=one.seq) for run in runs):
            return frozenset(number for first, last in runs for number in range(first, last + 1))
        case _:
            return frozenset()


def _is_run(run: object, *, below: int) -> bool:
    """Whether it is a first and a last number of entries that were there when the erasure was written."""
    match run:
        case [int(first), int(last)]:
            return 0 < first <= last < below
        case _:
            return False
