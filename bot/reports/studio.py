"""Has pictures drawn in a process of its own, bounded in time, and lets none of its troubles in.

The child gets figures and labels on its standard input and no part of our environment: no token, no address.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import json
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from bot.errors import PermanentError
from bot.reports.charts import Chart

#: Longest wait, in seconds: far below a lease of the outbox.
PATIENCE_S: Final = 60
_DRAWING: Final = Path(__file__).with_name("drawing.py")
_NOTHING: Final = "it gave no pictures"
_PNG: Final = b"\x89PNG\r\n\x1a\n"


@dataclass(frozen=True, slots=True)
class Picture:
    """A drawn chart."""

    name: str  #: of its file, without the ending
    title: str
    alt: str
    png: bytes


async def draw(charts: Sequence[Chart], *, patience: float = PATIENCE_S) -> list[Picture]:
    """The pictures, in order. Raises NotDrawn, with what an admin has to know, where they cannot be had."""
    if not charts:
        return []
    with tempfile.TemporaryDirectory(prefix="signoff-drawing-") as scratch:
        told = await _run(json.dumps([_plain(one) for one in charts]).encode(), scratch, patience)
    try:
        drawn = [base64.b64decode(one, validate=True) for one in json.loads(told)]
    except (ValueError, TypeError, binascii.Error):
        drawn = []
    if len(drawn) != len(charts) or not all(one.startswith(_PNG) for one in drawn):
        raise NotDrawn(_NOTHING)
    return [Picture(one.name, one.title, one.alt, png) for one, png in zip(charts, drawn, strict=True)]


def _plain(chart: Chart) -> dict[str, object]:
    rows = [[label, [[bar.length, bar.label] for bar in bars]] for label, bars in chart.rows]
    return {**asdict(chart), "rows": rows}


async def _run(charts: bytes, scratch: str, patience: float) -> bytes:
    # One thread: more would each reserve address space, of which the child has little.
    environment = {"MPLCONFIGDIR": scratch, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "LANG": "C.UTF-8"}
    pipe = asyncio.subprocess.PIPE
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-I", str(_DRAWING), stdin=pipe, stdout=pipe, stderr=pipe, cwd=scratch, env=environment
    )
    try:
        async with asyncio.timeout(patience):
            told, troubles = await child.communicate(charts)
    except TimeoutError:
        why = f"it took longer than {patience:g} s"
        raise NotDrawn(why) from None
    finally:
        if child.returncode is None:
            child.kill()
            await child.wait()
    if child.returncode:
        last = troubles.decode("utf-8", "replace").strip().rpartition("\n")[2][:200]
        why = f"it ended with {child.returncode}: {last}"
        raise NotDrawn(why)
    return told


class NotDrawn(PermanentError):
    """There are no pictures; everything else goes on without them."""

    def __init__(self, why: str) -> None:
        super().__init__(f"The pictures could not be drawn: {why}.", kind="drawing")
