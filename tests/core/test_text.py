"""Text from outside becomes storable: visible, bounded, and still the same text."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.text import clean, one_line, shorten
from tests.strategies import any_text


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        pytest.param("  two words \n", "two words", id="ends are stripped"),
        pytest.param("first\nsecond", "first\nsecond", id="lines stay"),
        pytest.param("first\r\nsecond", "first\nsecond", id="a line of Windows is one line"),
        pytest.param("a\tb\vc\rd\x85e", "a b c d e", id="white space never glues words together"),
        pytest.param("a\x00b\x1b[31mc", "ab[31mc", id="control characters go"),
        pytest.param("invoice\u202efdp.exe", "invoicefdp.exe", id="no text runs backwards"),
        pytest.param("pay\u200bpal\ufeff", "paypal", id="zero-width marks go"),
        pytest.param("\ud800lone", "lone", id="a lone surrogate goes: no database takes it"),
        pytest.param("👨\u200d👩\u200d👧", "👨\u200d👩\u200d👧", id="a family stays together"),
        pytest.param("Auf\u200clage", "Auf\u200clage", id="two letters stay apart"),
        pytest.param("\u200d \u200c\n", "", id="joiners alone are nothing"),
    ],
)
def test_what_clean_keeps(text: str, kept: str) -> None:
    assert clean(text) == kept


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("two\n\nlines", "two lines"),
        ("tab\tand\r\nline", "tab and line"),
        ("no\u00a0break\u2003wide", "no break wide"),
        (" \n ", ""),
    ],
)
def test_one_line_has_single_spaces(text: str, line: str) -> None:
    assert one_line(text) == line


@pytest.mark.parametrize(
    ("text", "limit", "short"),
    [
        ("abcde", 5, "abcde"),
        ("abcdef", 5, "abcd…"),
        ("abc def", 5, "abc…"),  # the space before the ellipsis goes
        ("abcdef", 1, "…"),
    ],
)
def test_shorten_marks_what_is_missing(text: str, limit: int, short: str) -> None:
    assert shorten(text, limit) == short


@given(any_text(), st.integers(1, 40))
def test_cleaned_text_can_be_stored_and_stays_clean(text: str, limit: int) -> None:
    cleaned = clean(text, limit)
    assert len(cleaned) <= limit
    assert clean(cleaned, limit) == cleaned
    assert cleaned.encode().decode() == cleaned
    assert not {unicodedata.category(char) for char in cleaned if char not in "\n\u200c\u200d"} & {"Cc", "Cf", "Cs"}


@given(any_text(), st.integers(1, 40))
def test_one_line_is_one_line(text: str, limit: int) -> None:
    line = one_line(text, limit)
    assert len(line) <= limit
    assert line.split() == [word for word in line.split(" ") if word]
    assert len(line.splitlines()) <= 1
