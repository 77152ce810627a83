"""Text that is safe to show in Slack: it cannot ping, link, format or break a message.

Core. Text from Odoo and from people goes into ``plain`` objects, which Slack shows literally. Where only markup will
do (the sentence for screen readers, a bold label) it goes through ``inert`` first.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from bot.text import clean, one_line

#: Characters of a text object (https://docs.slack.dev/reference/block-kit/composition-objects/text-object).
LONGEST_TEXT = 3000
#: Characters of a button's or a link's address (https://docs.slack.dev/reference/block-kit/block-elements).
LONGEST_URL = 3000

#: What Slack shows for nothing would be an error: a text object may not be empty.
NOTHING = "–"

_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
_BEYOND_UTF16 = 0xFFFF

#: Marks that begin or end formatting have no escape. Inside a word they format nothing and stay as they are.
_LOOKALIKES = {
    "*": "\N{ASTERISK OPERATOR}",
    "_": "\N{MODIFIER LETTER LOW MACRON}",
    "~": "\N{TILDE OPERATOR}",
    "`": "\N{MODIFIER LETTER GRAVE ACCENT}",
}
_MARK = re.compile(r"`|(?<![^\W_])[*_~]|[*_~](?![^\W_])")

#: ``:tada:`` would become a picture. A time of day keeps its colons.
_EMOJI = re.compile(r":(?=[a-z0-9_+'-]*[a-z_+][a-z0-9_+'-]*:|100:|1234:)", re.IGNORECASE)

#: How the ids of user groups begin; those of people begin with U or W.
_USER_GROUP = "S"

Text = dict[str, Any]
Piece = dict[str, Any]


def escape(text: str) -> str:
    """The three characters that Slack's markup is made of, as entities (the ampersand first)."""
    for char, entity in _ENTITIES.items():
        text = text.replace(char, entity)
    return text


def cut(text: str, limit: int) -> str:
    """The beginning of ``text`` that fits into ``limit`` characters however Slack counts them.

    Whether limits count entities, and whether a character beyond the basic plane counts twice, is not documented:
    the dearest reading is taken.
    """
    if len(text) <= limit and text.isascii() and not any(char in text for char in _ENTITIES):
        return text  # nearly every text is: spare it the loop
    left, last_fit = limit, 0
    for place, char in enumerate(text):
        left -= _cost(char)
        if left < 0:
            return text[:last_fit].rstrip() + "…"
        if left >= 1:
            last_fit = place + 1
    return text


def inert(text: str, limit: int) -> str:
    """One line for markup: escaped, without formatting, at most ``limit`` characters, no entity cut in two."""
    literal = _MARK.sub(lambda found: _LOOKALIKES[found.group()], one_line(text, limit))
    literal = _EMOJI.sub("\N{RATIO}", literal)
    return escape(cut(literal, limit)) or NOTHING


def plain(text: str, limit: int = LONGEST_TEXT) -> Text:
    """Text shown literally; line breaks stay, emoji codes are not turned into pictures."""
    return {"type": "plain_text", "text": cut(clean(text, limit), limit) or NOTHING, "emoji": False}


def mrkdwn(markup: str) -> Text:
    """Markup of our own making. ``verbatim``: Slack adds no links or mentions by itself."""
    return {"type": "mrkdwn", "text": markup, "verbatim": True}


def rich(*pieces: Piece) -> dict[str, Any]:
    """A block of pieces one after the other: text as literal as ``plain``, with bold parts, dates and mentions."""
    return {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": list(pieces)}]}


def preformatted(text: str, limit: int = LONGEST_TEXT) -> dict[str, Any]:
    """A block of lines as they are, each character as wide as the other, and as literal as ``plain``."""
    said = {"type": "text", "text": cut(clean(text, limit), limit) or NOTHING}
    return {"type": "rich_text", "elements": [{"type": "rich_text_preformatted", "elements": [said]}]}


def piece(text: str, limit: int, *, bold: bool = False, end: str = "") -> Piece:
    """One line of literal text for ``rich``; ``end`` is ours and kept as it is."""
    said = cut(one_line(text, limit), limit) or NOTHING
    told: Piece = {"type": "text", "text": said + end}
    return told | {"style": {"bold": True}} if bold else told


def linked(url: str, text: str, limit: int) -> Piece:
    """A link for ``rich`` with literal words; the words alone where the address is none that people should follow."""
    address, said = web_address(url), piece(text, limit)
    return {"type": "link", "url": address, "text": said["text"]} if address else said


def moment(when: datetime) -> Piece:
    """An instant for ``rich``, shown in each viewer's own time zone."""
    return {
        "type": "date",
        "timestamp": int(when.timestamp()),
        "format": "{date_short_pretty} {time}",
        "fallback": _utc(when),
    }


def mention(known: str) -> Piece:
    """The name of a person or a user group for ``rich``, who are told of it. Only for an id that Slack gave us."""
    if known.startswith(_USER_GROUP):
        return {"type": "usergroup", "usergroup_id": known}
    return {"type": "user", "user_id": known}


def mention_markup(known: str) -> str:
    """The same for markup."""
    return f"<!subteam^{known}>" if known.startswith(_USER_GROUP) else f"<@{known}>"


def date(when: datetime) -> str:
    """Markup for an instant, shown in each viewer's own time zone."""
    return f"<!date^{int(when.timestamp())}^{{date_short_pretty}} {{time}}|{_utc(when)}>"


def _utc(when: datetime) -> str:
    return f"{when.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def web_address(url: str) -> str | None:
    """``url`` if a button may lead there: http or https, with a host, of bearable length; else None."""
    bare = re.sub(r"[\s|<>]", "", clean(url, LONGEST_URL + 1))
    try:
        parts = urlsplit(bare)
    except ValueError:
        return None
    return bare if parts.scheme in {"http", "https"} and parts.netloc and len(bare) <= LONGEST_URL else None


def link(url: str, label: str, limit: int = 200) -> str:
    """Markup for a link; only its label where the address is none that people should follow."""
    address = web_address(url)
    words = inert(label.replace("|", " "), limit)
    return f"<{escape(address)}|{words}>" if address else words


def _cost(char: str) -> int:
    if char in _ENTITIES:
        return len(_ENTITIES[char])
    return 2 if ord(char) > _BEYOND_UTF16 else 1
