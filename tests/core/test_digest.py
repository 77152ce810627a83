"""What a site hears at the start of a shift: of what, in which order, and nothing that its channel may not know."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings

from bot.approvals.sight import Sight, channel_view, sight
from bot.cases.model import Case
from bot.config.model import Calendar, Config, Digest
from bot.reports.digest import begun
from bot.reports.register import as_seen
from bot.sandbox.slack.blocks import message_blocks
from bot.slack.digest import Shift, Tally, digest
from tests.core.test_desk import _case, _rules, some_cases
from tests.factories import NOW

CHANNELS = ("#finance", "#floor", "#south", "#lead", "#clerk", "#boss", "#nobody")


def _shift(cases: list[Case], **changes: object) -> Shift:
    whole = Tally(len(cases), 1, 2, 1, (("EUR", Decimal("-5")), ("USD", Decimal(1700))))
    links = {case.id: f"https://x.slack.com/archives/C1/p{case.id}" for case in cases}
    dull = Shift("CHI", NOW, NOW + timedelta(hours=8), whole, {"purchase.approval": whole}, cases, links)
    return replace(dull, **changes)  # type: ignore[arg-type]  # any field by its name


def test_what_is_pressing_comes_first_with_a_link_to_its_card() -> None:
    cases = [
        _case(n, "floor", "CHI", owner=None, due=due) for n, due in ((1, 300), (2, None), (3, -5), (4, 20), (5, 9))
    ]
    card = digest(_shift(cases), NOW)
    message_blocks(json.loads(json.dumps(card.blocks)))
    assert card.blocks[0]["text"]["text"] == "Shift start at CHI: 5 are open"
    assert "1 late, 2 due in this shift, 1 in nobody’s hand. At risk: -5.00 EUR, 1,700.00 USD." in card.text
    pieces = card.blocks[2]["elements"][0]["elements"]
    told = "".join(one.get("text", one.get("fallback")) for one in pieces).splitlines()
    assert told[0].startswith("purchase.approval: 5 open, 1 late")
    assert [line[2:].split(",")[0] for line in told[1:5]] == ["REC003", "REC005", "REC004", "REC001"]
    assert "LATE, was due 2026-03-02 08:55 UTC" in told[1]
    assert told[5] == "and 1 more"
    assert next(one for one in pieces if one["type"] == "link")["url"] == "https://x.slack.com/archives/C1/p3"


def test_where_nothing_is_open_one_line_says_so() -> None:
    card = digest(_shift([], whole=Tally()), NOW)
    assert (card.text, len(card.blocks)) == ("Shift start at CHI: nothing is open.", 1)


def test_a_storm_fits_into_one_message() -> None:
    many = [
        replace(case, revision=replace(case.revision, event=replace(case.event, event_type=f"a.type{case.id % 9}")))
        for case in (_case(n, "floor", "CHI", owner=None, due=n) for n in range(1, 60))
    ]
    long = [replace(one, revision=replace(one.revision, event=replace(one.event, title="W" * 300))) for one in many]
    message_blocks(json.loads(json.dumps(digest(_shift(long), NOW).blocks)))


@settings(max_examples=30, deadline=None)
@given(some_cases())
def test_a_channel_hears_nothing_that_the_roles_asked_in_it_could_not_open(cases: list[Case]) -> None:
    config = _rules().config
    for channel in CHANNELS:
        for site in config.sites.values():
            view = channel_view(config, site, channel)
            open_to = [case for case in cases if sight(case, view) is not Sight.NOTHING]
            assert all(case.plan.site == site.name for case in open_to)
            assert channel != "#nobody" or not open_to
            hidden = [case for case in open_to if sight(case, view) is Sight.MASKED]
            told = json.dumps(digest(_shift([as_seen(case, view) for case in open_to]), NOW).blocks)
            assert not any(f"{case.id}7,777" in told for case in hidden)
            unvalued = channel_view(config, site, channel, values=False)
            assert all(sight(case, unvalued) is not Sight.WHOLE for case in cases)


def _config(digest: Digest | None = Digest("#floor")) -> Config:  # noqa: B008  # frozen
    """Chicago works 06:00-14:00 and 14:00-22:00 on weekdays, and not on the tenth of March."""
    spans = ((6 * 60, 14 * 60), (14 * 60, 22 * 60))
    calendar = Calendar("America/Chicago", (spans,) * 5 + ((), ()), closed=frozenset({datetime(2026, 3, 10).date()}))  # noqa: DTZ001
    config = _rules().config
    site = replace(config.sites["CHI"], digest=digest, calendar="chicago")
    return replace(config, sites={**config.sites, "CHI": site}, calendars={"chicago": calendar})


@pytest.mark.parametrize(
    ("at", "opens"),
    [
        ("2026-03-06T11:59:59", None),  # a Friday, 05:59:59 in Chicago
        ("2026-03-06T12:00:00", "2026-03-06T12:00:00"),
        ("2026-03-06T19:59:59", "2026-03-06T12:00:00"),
        ("2026-03-06T20:00:00", "2026-03-06T20:00:00"),  # the next shift
        ("2026-03-07T04:00:00", None),
        ("2026-03-07T13:00:00", None),  # Saturday
        ("2026-03-09T10:59:59", None),
        ("2026-03-09T11:00:00", "2026-03-09T11:00:00"),  # the clocks have gone forward
        ("2026-03-10T15:00:00", None),  # closed
    ],
)
def test_shifts_begin_when_the_site_opens(at: str, opens: str | None) -> None:
    now = datetime.fromisoformat(at).replace(tzinfo=UTC)
    assert [one.mark for one in begun(_config(), now)] == ([opens] if opens else [])
    assert not list(begun(_config(digest=None), now))
