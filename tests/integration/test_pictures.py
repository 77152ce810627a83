"""The pictures of a report: drawn in a process of its own, legible on a phone, and never the end of anything."""

from __future__ import annotations

import struct

import pytest

from bot.reports.charts import Bar, Chart
from bot.reports.studio import NotDrawn, draw

HOSTILE = ("$x_1^{2}$ \\frac", "<!channel> & co", "\u202egnidaelsim", "名前", "\x00", "a" * 60)
CHART = Chart(
    "volume",
    "Cases opened and ended",
    "2026-11-14 00:00 to 2026-11-21 00:00 (America/Chicago)",
    ("Opened", "Ended"),
    tuple((name, (Bar(number, str(number)), Bar(0, "0"))) for number, name in enumerate(HOSTILE)),
    more=2,
)


async def test_whatever_a_label_says_is_drawn_at_the_width_of_a_phone() -> None:
    [picture] = await draw([CHART])
    width, height = struct.unpack(">II", picture.png[16:24])
    assert width == 1080
    assert 1080 < height < 3000
    assert picture.alt.startswith("Cases opened and ended, 2026-11-14 00:00 to 2026-11-21 00:00 (America/Chicago). ")
    assert "<!channel> & co: opened 1, ended 0;" in picture.alt
    assert picture.alt.endswith("And 2 more.")


async def test_a_drawing_that_takes_too_long_is_given_up() -> None:
    with pytest.raises(NotDrawn, match="took longer than"):
        await draw([CHART], patience=0.01)


async def test_nothing_to_draw_starts_nothing() -> None:
    assert await draw([], patience=0) == []
