"""What docs/audit.md tells an outsider to run finds what it says, on what the program really writes."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from bot.audit import log
from bot.audit.chain import Entry
from bot.audit.checkpoint import Signer
from bot.audit.erasure import Which, erase
from bot.audit.verify import export_line
from tests.factories import NOW
from tests.integration.stack import stack

DOCS = Path(__file__).resolve().parents[2] / "docs" / "audit.md"
SIGNER = Signer.fresh()


@pytest.fixture
async def kept(sqlite_url: str, tmp_path: Path) -> Path:
    """A folder with an export of six entries, one of them without its detail, and a checkpoint on the fifth."""
    async with stack(sqlite_url) as one:
        async with one.database.write() as session:
            made = [Entry("case.approved", f"slack:T1:{name}", NOW, 1, detail={"name": name}) for name in "ÄBCDE"]
            await log.append(session, made)
            sequence, head = await log.head(session)
        (tmp_path / "kept.jsonl").write_text(SIGNER.sign(sequence, head, NOW).line + "\n", encoding="utf-8")
        await erase(one.database, Which(entries=(2,)), reason="asked for", now=NOW)
        lines = [export_line(entry) async for entry in log.entries(one.database)]
    (tmp_path / "trail.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return tmp_path


def run(folder: Path, key: str = SIGNER.public) -> subprocess.CompletedProcess[str]:
    """Run the script of the page as an auditor would."""
    found = re.search(r"```python\n(.*?)```", DOCS.read_text(encoding="utf-8"), re.DOTALL)
    assert found is not None
    (folder / "check.py").write_text(found[1], encoding="utf-8")
    command = [sys.executable, "check.py", "trail.jsonl", "kept.jsonl", key]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def test_a_trail_that_nobody_touched_is_sound(kept: Path) -> None:
    assert run(kept).stdout == "sound: 6 entries\n"


@pytest.mark.parametrize(
    ("file", "what", "instead", "told"),
    [
        ("trail.jsonl", "slack:T1:C", "slack:T1:X", "entry 3 was altered"),
        ("trail.jsonl", '\\"name\\":\\"D\\"', '\\"name\\":\\"X\\"', "detail 4"),
        ("kept.jsonl", '"entry":5', '"entry":4', "InvalidSignature"),
    ],
)
def test_what_was_altered_is_told(kept: Path, file: str, what: str, instead: str, told: str) -> None:
    text = (kept / file).read_text(encoding="utf-8")
    assert what in text
    (kept / file).write_text(text.replace(what, instead), encoding="utf-8")
    said = run(kept)
    assert (said.returncode, told in said.stderr) == (1, True)


def test_a_cut_off_end_and_a_strange_key_are_told(kept: Path) -> None:
    assert "signed with an unknown key" in run(kept, Signer.fresh().public).stderr
    lines = (kept / "trail.jsonl").read_text(encoding="utf-8").splitlines(keepends=True)
    (kept / "trail.jsonl").write_text("".join(lines[:4]), encoding="utf-8")
    assert "entry 5 is not what was signed" in run(kept).stderr
