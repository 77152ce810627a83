"""Files that people give as evidence: what is known of one, from being offered to being kept.

Core. The bytes are elsewhere (the spool, Odoo); a case holds their hashes.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

#: Files that one case takes: enough for every side of a pallet, few enough for a card and a row.
MOST = 10


class FileState(StrEnum):
    """How far a file has got."""

    OFFERED = "offered"  #: named in Slack; its bytes are still to be fetched
    KEPT = "kept"  #: fetched, checked and hashed: evidence
    REFUSED = "refused"  #: it could not be fetched, or is nothing that counts as evidence


@dataclass(frozen=True, slots=True)
class File:
    """A file that somebody gave for a revision of a case."""

    id: str  #: Slack's
    revision: int  #: for figures that have changed since, it is evidence no more
    person: str  #: who gave it, as ``slack:TEAM:USER``
    name_of_person: str
    at: datetime
    state: FileState = FileState.OFFERED
    name: str = ""
    kind: str = ""  #: media type, by its first bytes
    size: int = 0  #: bytes
    sha256: str = ""  #: hexadecimal; what the audit trail names
    sha1: str = ""  #: hexadecimal; what Odoo calls its checksum
    problem: str = ""  #: why it was refused, for people


def files_to_text(files: Iterable[File]) -> str:
    """For storing; empty for none."""
    found = [{**asdict(one), "at": one.at.isoformat()} for one in files]
    return json.dumps(found, ensure_ascii=False, separators=(",", ":")) if found else ""


def files_from_text(text: str) -> tuple[File, ...]:
    """The inverse of ``files_to_text``."""
    return tuple(_file(one) for one in json.loads(text)) if text else ()


def _file(body: dict[str, Any]) -> File:
    return File(**{**body, "at": datetime.fromisoformat(body["at"]), "state": FileState(body["state"])})
