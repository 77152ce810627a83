"""What one person is told at some length: lines, shown literally, in a message that Slack takes.

Core: pure. The answer to a slash command, where a sentence is not enough. What does not fit is counted, never refused.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from bot.slack.text import LONGEST_TEXT, inert, plain
from bot.text import one_line

Block = dict[str, Any]

#: Sections of a notice: three full ones stay far below what Slack takes of a message.
_SECTIONS = 3
_LINE = 400
_SENTENCE = 1500
#: Advised for a message's own text, which screen readers hear in place of the blocks
#: (https://docs.slack.dev/reference/methods/chat.postMessage).
_LONGEST_SENTENCE = 4000
#: Kept free for the line that counts the rest.
_REST = 40


@dataclass(frozen=True, slots=True)
class Notice:
    """A message: blocks for the eye, the same as plain text for screen readers and notifications."""

    text: str
    blocks: tuple[Block, ...]


def notice(lines: Sequence[str], *, title: str = "") -> Notice:
    """A message of ``lines`` below ``title``; an empty line parts two groups."""
    told = [one_line(line, _LINE) for line in lines]
    head = [{"type": "header", "text": plain(title, 150)}] if title else []
    body = [{"type": "section", "text": plain(text)} for text in _packed(told)]
    return Notice(_heard([title, *told] if title else told), (*head, *body))


def literally(sentence: str) -> Notice:
    """One sentence, its line breaks kept."""
    return Notice(inert(sentence, _SENTENCE), ({"type": "section", "text": plain(sentence, _SENTENCE)},))


def _packed(lines: Sequence[str]) -> Iterator[str]:
    """Texts of bearable length; the last one counts what is left out."""
    left = list(lines)
    for number in range(_SECTIONS):
        taken = _fitting(left, LONGEST_TEXT - _REST)
        text, left = "\n".join(left[:taken]).strip("\n"), left[taken:]
        more = f"\n… and {len(left)} lines more" if left and number == _SECTIONS - 1 else ""
        if text or more:
            yield text + more
        if not left:
            return


def _fitting(lines: Sequence[str], room: int) -> int:
    """How many lines fit, however Slack counts them; at least one."""
    for number, line in enumerate(lines):
        room -= 2 * len(line) + 1
        if room < 0:
            return max(number, 1)
    return len(lines)


def _heard(lines: Sequence[str]) -> str:
    heard: list[str] = []
    room = _LONGEST_SENTENCE
    for line in filter(None, lines):
        said = inert(line, _LINE)
        room -= len(said) + 1
        if room < 0:
            break
        heard.append(said)
    return "\n".join(heard)
