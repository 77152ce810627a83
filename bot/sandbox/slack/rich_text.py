"""The shape of ``rich_text`` blocks: literal text with styles, lists, quotes and preformatted parts."""

from __future__ import annotations

from bot.sandbox.slack.elements import IDENTIFIER, web_address
from bot.sandbox.slack.shapes import Check, Shape, anything, boolean, by_type, integer, list_of, one_of, string

MOST_PIECES = 1000
LONGEST_PIECE = 12_000

_STYLE = Shape({}, dict.fromkeys(("bold", "italic", "strike", "code", "underline"), boolean))


def _piece(required: dict[str, Check], optional: dict[str, Check] | None = None) -> Check:
    return Shape({"type": anything, **required}, {"style": _STYLE} | (optional or {}))


_PIECES = by_type(
    {
        "text": _piece({"text": string(LONGEST_PIECE)}),
        "link": _piece({"url": web_address}, {"text": string(LONGEST_PIECE), "unsafe": boolean}),
        "user": _piece({"user_id": IDENTIFIER}),
        "usergroup": _piece({"usergroup_id": IDENTIFIER}),
        "channel": _piece({"channel_id": IDENTIFIER}),
        "emoji": _piece({"name": string(100)}, {"unicode": string(100)}),
        "date": _piece({"timestamp": integer(0, 9_999_999_999), "format": string(200)}, {"fallback": string(200)}),
    }
)
_INLINE = list_of(_PIECES, MOST_PIECES, 0)
_SECTION = Shape({"type": anything, "elements": _INLINE})
_BORDERED = Shape({"type": anything, "elements": _INLINE}, {"border": integer(0, 1)})
_LIST = Shape(
    {"type": anything, "elements": list_of(by_type({"rich_text_section": _SECTION}), MOST_PIECES)},
    {"style": one_of({"bullet", "ordered"}), "indent": integer(0, 8), "offset": integer(0, 10_000)}
    | {"border": integer(0, 1)},
)

RICH_TEXT = Shape(
    {
        "type": anything,
        "elements": list_of(
            by_type(
                {
                    "rich_text_section": _SECTION,
                    "rich_text_list": _LIST,
                    "rich_text_quote": _BORDERED,
                    "rich_text_preformatted": _BORDERED,
                }
            ),
            MOST_PIECES,
        ),
    },
    {"block_id": IDENTIFIER},
)
