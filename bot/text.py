"""Text from outside, made storable: no control characters, no lone surrogates, bounded.

Core. This is about storing and hashing; making text inert in a Slack message is ``slack/text.py``'s.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

#: Control, format (right-to-left overrides and zero-width marks too) and surrogate characters.
_UNWANTED = frozenset({"Cc", "Cf", "Cs", "Co"})
#: Format characters without which scripts and family emoji fall apart.
_JOINERS = "\u200c\u200d"
_KEPT = frozenset(f"\n{_JOINERS}")
#: White space that is a control character; its neighbours must not become one word.
_SPACES = frozenset("\t\v\f\r\x1c\x1d\x1e\x1f\x85")
#: At the ends joiners join nothing; a text of nothing else is empty.
_ENDS = _JOINERS + "".join(filter(str.isspace, map(chr, range(0x3001))))


def clean(text: str, limit: int = 3000) -> str:
    """``text`` without characters that nobody can see, its ends stripped, at most ``limit`` characters long."""
    lines = text[: limit * 2].replace("\r\n", "\n")
    kept = "".join(" " if char in _SPACES else char for char in lines if _is_kept(char))
    return shorten(kept.strip(_ENDS), limit)


def _is_kept(char: str) -> bool:
    return char in _KEPT or char in _SPACES or unicodedata.category(char) not in _UNWANTED


def one_line(text: str, limit: int = 200) -> str:
    """Like ``clean``, with every run of white space as one space."""
    return shorten(" ".join(clean(text, limit * 4).split()), limit)


def shorten(text: str, limit: int) -> str:
    """At most ``limit`` characters, the last one an ellipsis where something is missing."""
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


def either(roles: Sequence[str]) -> str:
    """``finance``, ``finance or executive``: role names as people read them."""
    return _listed(roles, "or")


def both(roles: Sequence[str]) -> str:
    """``finance``, ``finance and quality``: where each of them is meant."""
    return _listed(roles, "and")


def _listed(roles: Sequence[str], word: str) -> str:
    names = [role.replace("_", " ") for role in roles]
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} {word} {names[-1]}"
