"""Message bodies: plain text made harmless, HTML reduced to what Odoo keeps."""

from __future__ import annotations

from html import escape
from html.parser import HTMLParser

_KEPT_TAGS = frozenset(
    {"a", "b", "br", "code", "em", "i", "img", "li", "ol", "p", "pre", "strong", "ul", "div", "span"}
)
_KEPT_ATTRIBUTES = frozenset({"href", "src", "alt", "title"})
_VOID_TAGS = frozenset({"br", "img"})
_SWALLOWED = frozenset({"script", "style"})


def paragraph(text: str) -> str:
    """Plain text as a message body: escaped, in one paragraph, newlines kept as they are."""
    return f"<p>{escape(text, quote=False)}</p>" if text else ""


def sanitised(html: str) -> str:
    """HTML without scripts, event handlers, unknown tags and script links."""
    cleaner = _Cleaner()
    cleaner.feed(html)
    cleaner.close()
    return "".join(cleaner.parts)


class _Cleaner(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._swallowing = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _SWALLOWED:
            self._swallowing += 1
        elif tag in _KEPT_TAGS:
            kept = "".join(f' {name}="{escape(value or "")}"' for name, value in attrs if _harmless(name, value or ""))
            self.parts.append(f"<{tag}{kept}>")

    def handle_endtag(self, tag: str) -> None:
        if tag in _SWALLOWED:
            self._swallowing = max(0, self._swallowing - 1)
        elif tag in _KEPT_TAGS and tag not in _VOID_TAGS:
            self.parts.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        if not self._swallowing:
            self.parts.append(escape(data, quote=False))


def _harmless(name: str, value: str) -> bool:
    return name in _KEPT_ATTRIBUTES and not value.strip().lower().startswith(("javascript:", "vbscript:", "data:"))
