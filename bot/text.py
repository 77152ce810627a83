"""Text from outside, made storable: no control characters, no lone surrogates, bounded.

Core. This is about storing and hashing; making text inert in a Slack message is ``slack/text.py``'s.
"""

from __future__ import annotations

import unicodedata

#: Control, format (right-to-left overrides and zero-width marks too) and surrogate characters.
_UNWANTED = frozenset({"Cc", "Cf", "Cs", "Co"})
#: Format characters without which scripts and family emoji fall apart.
_KEPT = frozenset("\n\u200c\u200d")


def clean(text: str, limit: int = 3000) -> str:
    """``text`` without characters that nobody can see, its ends stripped, at most ``limit`` characters long."""
    kept = "".join(char for char in text[: limit * 2] if char in _KEPT or unicodedata.category(char) not in _UNWANTED)
    return shorten(kept.strip(), limit)


def one_line(text: str, limit: int = 200) -> str:
    """Like ``clean``, with every run of white space as one space."""
    return shorten(" ".join(clean(text, limit * 4).split()), limit)


def shorten(text: str, limit: int) -> str:
    """At most ``limit`` characters, the last one an ellipsis where something is missing."""
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"
