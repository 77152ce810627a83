"""Text for Slack: whatever is written, it cannot ping, link, format, break an entity or grow beyond its limit."""

from __future__ import annotations

import html
import re
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.slack.text import NOTHING, cut, date, escape, inert, link, plain, web_address
from tests.core.card_cases import TEXTS

LIMITS = st.integers(8, 3000)

#: Hostile texts are long; a busy machine is no failure.
PATIENT = settings(deadline=None)


def dearest(text: str) -> int:
    """The length of ``text`` however Slack may count: entities whole, UTF-16 units."""
    return len(escape(text).encode("utf-16-le", "surrogatepass")) // 2


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("Nuts & bolts", "Nuts &amp; bolts"),
        ("<!channel>", "&lt;!channel&gt;"),
        ("&lt;", "&amp;lt;"),
        ("<@U1> > <#C1>", "&lt;@U1&gt; &gt; &lt;#C1&gt;"),
    ],
)
def test_three_characters_are_escaped_the_ampersand_first(written: str, shown: str) -> None:
    assert escape(written) == shown


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("WH/OUT_1 2*3", "WH/OUT_1 2*3"),
        ("*sale*", "\N{ASTERISK OPERATOR}sale\N{ASTERISK OPERATOR}"),
        (
            "_so_ ~no~",
            "\N{MODIFIER LETTER LOW MACRON}so\N{MODIFIER LETTER LOW MACRON} \N{TILDE OPERATOR}no\N{TILDE OPERATOR}",
        ),
        ("a`b", "a\N{MODIFIER LETTER GRAVE ACCENT}b"),
        ("one\n> two", "one &gt; two"),
        (" \n\t ", NOTHING),
        ("", NOTHING),
    ],
)
def test_markup_that_could_format_is_replaced_and_the_rest_stays(written: str, shown: str) -> None:
    assert inert(written, 100) == shown


@given(TEXTS)
@PATIENT
def test_escaping_loses_nothing(text: str) -> None:
    assert html.unescape(escape(text)) == text


@given(TEXTS, LIMITS)
@PATIENT
def test_cut_text_fits_however_slack_counts(text: str, limit: int) -> None:
    assert dearest(cut(text, limit)) <= limit


@given(TEXTS, LIMITS)
@PATIENT
def test_cut_text_is_the_beginning_and_whole_if_it_fits(text: str, limit: int) -> None:
    shortened = cut(text, limit)
    assert shortened == text or (shortened.endswith("…") and text.startswith(shortened[:-1]))
    if dearest(text) <= limit:
        assert shortened == text


@given(TEXTS, LIMITS)
@PATIENT
def test_inert_text_holds_no_markup_on_one_line(text: str, limit: int) -> None:
    safe = inert(text, limit)
    assert 0 < len(safe) <= limit
    assert not re.search(r"[<>\n`]", safe)
    assert re.fullmatch(r"(?:[^&]|&amp;|&lt;|&gt;)*", safe), "an ampersand that begins no entity, or half of one"
    assert not re.search(r"(?:^|[\W_])[*_~]", html.unescape(safe)), "a mark where formatting can begin"


@given(TEXTS, LIMITS)
@PATIENT
def test_plain_text_is_never_empty_and_fits(text: str, limit: int) -> None:
    made = plain(text, limit)
    assert made["type"] == "plain_text"
    assert made["emoji"] is False
    assert 0 < dearest(made["text"]) <= limit


def test_plain_text_keeps_the_words_as_they_are() -> None:
    assert plain("<!channel> *now* & here")["text"] == "<!channel> *now* & here"


def test_a_date_shows_in_the_zone_of_the_viewer_and_falls_back_to_utc() -> None:
    when = datetime(2026, 3, 2, 14, 30, tzinfo=timezone(timedelta(hours=2)))
    assert date(when) == "<!date^1772454600^{date_short_pretty} {time}|2026-03-02 12:30 UTC>"
    assert date(when.astimezone(UTC)) == date(when)


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("https://erp.example.com/mail/view?model=a&res_id=1", "https://erp.example.com/mail/view?model=a&res_id=1"),
        ("http://10.0.0.7:8069/x", "http://10.0.0.7:8069/x"),
        ("https://erp.example.com/a|b>c<d\ne", "https://erp.example.com/abcde"),
        ("javascript:alert(1)", None),
        ("data:text/html,x", None),
        ("//erp.example.com", None),
        ("https://", None),
        ("https://[", None),
        ("https://erp.example.com/" + "x" * 3000, None),
        ("", None),
    ],
)
def test_only_web_addresses_can_be_followed(url: str, address: str | None) -> None:
    assert web_address(url) == address


@pytest.mark.parametrize(
    ("url", "label", "markup"),
    [
        ("https://erp.example.com/?a=1&b=2", "P00007", "<https://erp.example.com/?a=1&amp;b=2|P00007>"),
        ("https://erp.example.com/", "a|b <c>\nd", "<https://erp.example.com/|a b &lt;c&gt; d>"),
        ("javascript:alert(1)", "P00007", "P00007"),
    ],
)
def test_a_link_leads_where_it_says_or_is_only_its_label(url: str, label: str, markup: str) -> None:
    assert link(url, label) == markup
