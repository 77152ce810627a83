"""Checkpoints: signed statements of what the newest audit entry was, kept where the database's owner cannot reach.

Core. Whoever holds one can show later that an entry up to it was altered, or that the end was cut off, even when the
whole chain was computed anew. Owns the one line of JSON that a checkpoint is, and its Ed25519 signature.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from bot.audit.chain import canonical


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """At ``at``, entry number ``entry`` was the newest one and had this hash."""

    at: datetime
    entry: int
    hash: str
    key: str  #: the public key, base64 of its 32 bytes
    signature: str  #: over ``statement``, base64 of its 64 bytes

    @property
    def line(self) -> str:
        """The checkpoint as it is kept: one line of JSON."""
        return canonical({**_stated(self.at, self.entry, self.hash, self.key), "signature": self.signature})

    @property
    def genuine(self) -> bool:
        """Whether its key signed it. Whose key that is, the reader has to know."""
        statement = canonical(_stated(self.at, self.entry, self.hash, self.key))
        try:
            public = Ed25519PublicKey.from_public_bytes(base64.b64decode(self.key, validate=True))
            public.verify(base64.b64decode(self.signature, validate=True), statement.encode())
        except (ValueError, InvalidSignature):
            return False
        return True


def _stated(at: datetime, entry: int, head: str, key: str) -> dict[str, object]:
    return {"at": at.astimezone(UTC).isoformat(timespec="seconds"), "entry": entry, "hash": head, "key": key}


class Signer:
    """A private key that signs checkpoints. It never prints."""

    def __init__(self, key: Ed25519PrivateKey) -> None:
        self._key = key
        #: The public key, base64: what auditors are given.
        self.public = base64.b64encode(key.public_key().public_bytes_raw()).decode()

    @classmethod
    def fresh(cls) -> Signer:
        """A new key."""
        return cls(Ed25519PrivateKey.generate())

    @classmethod
    def parse(cls, pem: str) -> Signer:
        """The key in a PEM text (PKCS #8, without a password). Raises ValueError, which holds nothing of the text."""
        msg = "is no Ed25519 private key in PEM; signoff audit key FILE makes one"
        try:
            key = load_pem_private_key(pem.encode(), password=None)
        except Exception:  # whatever the library meets; its own words might quote the text
            raise ValueError(msg) from None
        if isinstance(key, Ed25519PrivateKey):
            return cls(key)
        raise ValueError(msg)

    @property
    def pem(self) -> str:
        """The private key for its file."""
        return self._key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()

    def sign(self, entry: int, head: str, at: datetime) -> Checkpoint:
        """A checkpoint, to the second."""
        at = at.replace(microsecond=0)
        signature = self._key.sign(canonical(_stated(at, entry, head, self.public)).encode())
        return Checkpoint(at, entry, head, self.public, base64.b64encode(signature).decode())


def read(lines: Iterable[str]) -> tuple[list[Checkpoint], list[str]]:
    """The checkpoints of a file, and what is wrong with it.

    Lines that hold no JSON object are passed over: a message copied from Slack can be read as it is.
    """
    found: list[Checkpoint] = []
    problems: list[str] = []
    for number, line in enumerate(lines, start=1):
        written = line.strip().strip("`")
        if not written.startswith("{"):
            continue
        try:
            one = _read(json.loads(written))
        except (ValueError, KeyError, TypeError):
            problems.append(f"line {number} is no checkpoint")
            continue
        if not one.genuine:
            problems.append(f"the checkpoint in line {number} does not bear the signature of its key")
            continue
        found.append(one)
    return found, problems or ([] if found else ["there is no checkpoint in the file"])


def _read(body: object) -> Checkpoint:
    match body:
        case {"at": str(at), "entry": int(entry), "hash": str(head), "key": str(key), "signature": str(signature)}:
            return Checkpoint(datetime.fromisoformat(at), entry, head, key, signature)
        case _:
            raise ValueError


def strangers(checkpoints: Iterable[Checkpoint], trusted: Iterable[str]) -> list[str]:
    """What is wrong where only ``trusted`` public keys may have signed; nothing when none is named."""
    known = set(trusted)
    if not known:
        return []
    unknown = dict.fromkeys(one.key for one in checkpoints if one.key not in known)
    return [f"a checkpoint is signed with {key}, which is none of the keys to be trusted" for key in unknown]


__all__ = ["Checkpoint", "Signer", "read", "strangers"]
