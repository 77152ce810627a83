"""Numbers as a person writes them: ``1,234.5`` in one country is ``1.234,5`` in another.

Core. What the person's style does not have is no number: guessing would turn eight and a half into eighty-five.
"""

from __future__ import annotations

import re
from decimal import Decimal
from functools import lru_cache
from typing import Final

from babel import Locale, UnknownLocaleError
from babel.numbers import NumberFormatError, format_decimal, get_group_symbol, parse_decimal

#: The style of people of whom Slack does not tell one.
USUAL: Final = "en-US"

#: Digits with what stands between them somewhere; signs, exponents and words for infinity are no figures of an order.
_FIGURES: Final = re.compile(r"[0-9.,'’ \u00a0\u202f]{1,32}", re.ASCII)
#: What people type for a group sign that is hard to type.
_SPACES, _APOSTROPHES = "\u0020\u00a0\u202f", "'’"


def read(text: str, style: str) -> Decimal | None:
    """The number that ``text`` is in the style of a locale such as ``de-DE``; None where it is none there."""
    locale, typed = _locale(style), text.strip()
    if not _FIGURES.fullmatch(typed) or not typed[0].isdigit():
        return None
    group = get_group_symbol(locale)
    for alike in (_SPACES, _APOSTROPHES):
        if group in alike:
            typed = "".join(group if one in alike else one for one in typed)
    try:
        return parse_decimal(typed, locale=locale, strict=True)
    except NumberFormatError:
        return None


def write(number: Decimal, style: str) -> str:
    """``number`` in the style of a locale, with all of its digits."""
    return format_decimal(number, locale=_locale(style), decimal_quantization=False)


@lru_cache(maxsize=64)
def _locale(style: str) -> Locale:
    """Slack names some locales that CLDR does not have (``es-LA``); their language is the next best."""
    for name in (style, style.partition("-")[0]):
        try:
            return Locale.parse(name, sep="-")
        except (UnknownLocaleError, ValueError, TypeError):
            continue
    return Locale.parse(USUAL, sep="-")
