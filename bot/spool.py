"""The spool: the bytes of evidence, in a folder, under their own hash.

Owns writing them so that what is named is really there, and reading them so that what was altered is noticed. A file
that comes twice is kept once. Replicas share the folder.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import re
import tempfile
from dataclasses import dataclass
from pathlib import Path

from bot.errors import PermanentError, TransientError

_NAME = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Hashes:
    """What the bytes are known by, hexadecimal."""

    sha256: str
    sha1: str  #: Odoo's checksum of an attachment; it guards nothing here


def hashes_of(content: bytes) -> Hashes:
    """Both hashes of some bytes."""
    return Hashes(hashlib.sha256(content).hexdigest(), hashlib.sha1(content, usedforsecurity=False).hexdigest())


class Spool:
    """A folder of files named by their SHA-256; made when the first one comes."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def keep(self, content: bytes) -> Hashes:
        """Keep the bytes, durably. Raises TransientError when the folder cannot be written."""
        hashes = hashes_of(content)
        try:
            await asyncio.to_thread(self._write, hashes.sha256, content)
        except OSError as error:
            msg = f"The file could not be kept in the spool ({error.strerror}); see SIGNOFF_SPOOL."
            raise TransientError(msg, kind="spool") from error
        return hashes

    async def read(self, sha256: str) -> bytes:
        """The bytes of that hash. Raises PermanentError when they are gone, or are not the same any more."""
        if _NAME.fullmatch(sha256) is None:
            msg = "This is no name of a file in the spool."
            raise PermanentError(msg, kind="spool")
        try:
            content = await asyncio.to_thread((self._folder / sha256).read_bytes)
        except OSError as error:
            msg = f"The file is not in the spool any more ({error.strerror}); see SIGNOFF_SPOOL."
            raise PermanentError(msg, kind="spool") from error
        if hashes_of(content).sha256 != sha256:
            msg = "The file in the spool is not the one that was given."
            raise PermanentError(msg, kind="spool_altered")
        return content

    async def has(self, sha256: str) -> bool:
        """Whether a file of that hash is there."""
        return await asyncio.to_thread((self._folder / sha256).is_file)

    async def drop(self, sha256: str) -> None:
        """Take a file out, if it is there. Raises TransientError when the folder cannot be written."""
        try:
            await asyncio.to_thread((self._folder / sha256).unlink, missing_ok=True)
        except OSError as error:
            msg = f"The file could not be taken out of the spool ({error.strerror}); see SIGNOFF_SPOOL."
            raise TransientError(msg, kind="spool") from error

    def _write(self, name: str, content: bytes) -> None:
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        # Under its name only when it is whole and on the disk: a crash leaves nothing that looks like evidence.
        with tempfile.NamedTemporaryFile(dir=self._folder, prefix=".", delete=False) as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(file.name).replace(self._folder / name)
        folder = os.open(self._folder, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
