"""What people type after a slash command, tidied: Slack's own markup, curly quotes, dots at the end, the command again.

Pure. Nothing is understood here; what is left is what somebody meant to write.
"""

from __future__ import annotations

import re

from bot.text import clean

#: With ``should_escape`` Slack sends ``<#C123|name>`` and ``<mailto:a@b.c|a@b.c>``; ``<@U123|name>`` is kept as it is.
_LINK = re.compile(r"<(?:#[A-Z0-9]+|mailto:[^|>]*|https?://[^|>]*)\|([^>]*)>|<(?:mailto:)?([^@#!>|\s]+[@:/][^>|\s]+)>")
_ENTITIES = (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&"))
_QUOTES = str.maketrans(dict.fromkeys("“”„‟«»", '"'))
_MENTION = re.compile(r"<@([A-Z0-9]{1,32})(?:\|[^>]*)?>")
_EDGES = ".,;:!?…—–-*_`\"'‘’"


def tidy(text: str, command: str) -> str:
    """``text`` as it was meant: ``approvals: mine`` after ``/approvals`` is ``mine``."""
    plain = _LINK.sub(lambda found: found[1] or found[2] or "", clean(text))
    for entity, char in _ENTITIES:
        plain = plain.replace(entity, char)
    plain = plain.translate(_QUOTES).strip()
    name = command.lstrip("/").rstrip("s")
    return re.sub(rf"^/?{name}s?\b[\s:.,]*", "", plain, count=1, flags=re.IGNORECASE)


def bare(word: str) -> str:
    """A word without what tired thumbs leave around it."""
    return word.strip(_EDGES)


def mentions(words: tuple[str, ...]) -> tuple[str, ...]:
    """The Slack ids of everybody who is mentioned."""
    return tuple(found for word in words for found in _MENTION.findall(word))


def naming(words: tuple[str, ...], people: dict[str, str]) -> tuple[str, ...]:
    """The same with addresses in place of mentions; one that leads to nobody stays, and is found nowhere."""

    def named(found: re.Match[str]) -> str:
        address = people.get(found[1])
        return f" @{address} " if address else found[0]

    return tuple(part for word in words for part in _MENTION.sub(named, word).split(" ") if part)
