"""Every KPI against a month whose answers are known, recomputed case by case, for everybody who may ask."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from csv import DictReader
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from io import StringIO
from itertools import product
from math import ceil
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from bot.approvals.sight import Sight, View, sight, view_of
from bot.cases import store
from bot.cases.model import Case, Kind
from bot.cli import signoff
from bot.metrics import REGISTRY
from bot.reports import gauges
from bot.reports.asked import EVERY, Asked, Number, Numbers
from bot.reports.data import as_csv, as_json
from bot.reports.kpis import KPIS, OPENED, TURNAROUND, measure
from bot.reports.kpis import SLA as SLA_HITS
from bot.reports.markdown import as_markdown
from bot.reports.period import Period
from bot.reports.report import make
from bot.tables import audit_entries, cases
from tests.integration.month import (
    DAYS,
    EVERYBODY,
    EXPIRES,
    SLA,
    START,
    WRITTEN,
    Ends,
    Fate,
    Month,
    Still,
    fates,
    the_rules,
)
from tests.integration.stack import Stack, stack

NOW = START + timedelta(days=DAYS - 3, hours=5)
CONFIG = Path(__file__).parent.parent / "scenarios" / "signoff.yaml"
SINCE, UNTIL = START + timedelta(days=7), START + timedelta(days=21)


@dataclass(frozen=True)
class Played:
    """The month, up to ``NOW``."""

    stack: Stack
    story: dict[int, Fate]  #: by case
    cases: dict[int, Case]
    steps: list[tuple[int, str, datetime]]  #: (case, action, instant)

    def asked(self, **changes: object) -> Asked:
        return replace(Asked(SINCE, UNTIL, NOW), **changes)  # type: ignore[arg-type]  # by name

    async def numbers(self, asked: Asked) -> Numbers:
        async with self.stack.database.read() as session:
            return await measure(session, asked)

    def view(self, email: str) -> View:
        return view_of(email, self.stack.service.rules, NOW)


@pytest.fixture
async def played(database_url: str) -> AsyncIterator[Played]:
    """A hundred records."""
    clock, story = Still(), fates(11, 100)
    async with stack(database_url, rules=the_rules(), clock=clock) as one:
        month = Month(one, clock, story)
        await month.play(NOW)
        fated = {month.cases[fate.number]: fate for fate in story if fate.number in month.cases}
        async with one.database.read() as session:
            known = await store.by_id(session, (await session.execute(select(cases.c.id))).scalars())
        done = select(audit_entries.c.case_id, audit_entries.c.action, audit_entries.c.at)
        rows = await one.rows(done.where(audit_entries.c.action.in_(["escalation.reminded", "escalation.widened"])))
        yield Played(one, fated, known, [(row.case_id, row.action, row.at) for row in rows])


Part = tuple[str, int, Decimal | None]


def _ended(fate: Fate) -> datetime | None:
    """When its story ends, by construction."""
    if fate.ends is Ends.STAYS:
        return None
    if fate.ends in {Ends.APPROVED, Ends.REJECTED, Ends.BROKEN_GLASS, Ends.IN_ODOO, Ends.BREACH, Ends.WITHDRAWN}:
        lapses = fate.event.event_type != "receiving.delay" and fate.after >= EXPIRES
        assert not lapses
    ended = fate.opens if fate.ends is Ends.BY_RULE else fate.opens + fate.after
    return ended if ended < NOW else None


def _expires(fate: Fate) -> datetime | None:
    """What stays is expired in the end, where it is an approval."""
    is_left = fate.ends is Ends.STAYS and fate.event.event_type == "purchase.approval"
    return fate.opens + EXPIRES if is_left and fate.opens + EXPIRES < NOW else None


_STATUS = {
    Ends.APPROVED: "approved",
    Ends.REJECTED: "rejected",
    Ends.BY_RULE: "approved",
    Ends.BROKEN_GLASS: "approved",
    Ends.IN_ODOO: "withdrawn",
    Ends.BREACH: "withdrawn",
    Ends.WITHDRAWN: "withdrawn",
    Ends.EXPIRED: "expired",
    Ends.RESOLVED: "resolved",
}
_PEOPLE = {Ends.APPROVED, Ends.REJECTED, Ends.BROKEN_GLASS, Ends.RESOLVED}


@dataclass(frozen=True)
class Fact:
    """What is known of one case without asking the program."""

    fate: Fate
    kind: Kind
    opened: datetime
    ended: datetime | None
    outcome: str
    is_open: bool

    @property
    def by_people(self) -> bool:
        return self.ended is not None and self.fate.ends in _PEOPLE


def _fact(fate: Fate) -> Fact:
    expired = _expires(fate)
    ended = expired or _ended(fate)
    settled = ended is not None and (fate.ends not in WRITTEN or _confirmed(fate, ended))
    kind = Kind.EXCEPTION if fate.event.event_type == "receiving.delay" else Kind.APPROVAL
    outcome = ("expired" if expired else _STATUS[fate.ends]) if ended else ""
    return Fact(fate, kind, fate.opens, ended, outcome, is_open=not settled)


def _confirmed(fate: Fate, ended: datetime) -> bool:
    return fate.confirmed and ended + timedelta(minutes=1) < NOW


def _in_window(at: datetime | None) -> bool:
    return at is not None and SINCE <= at < UNTIL


def _band(fact: Fact) -> str:
    age = NOW - fact.opened
    bands = ((4, "<4h"), (24, "4h-1d"), (72, "1d-3d"), (168, "3d-7d"))
    return next((name for hours, name in bands if age < timedelta(hours=hours)), ">=7d")


def _sla(fact: Fact) -> str:
    return "in time" if fact.outcome != "expired" and fact.fate.after <= SLA else "late"


#: For each KPI: which facts count, and as what part.
COUNTED: dict[str, tuple[Callable[[Fact], bool], Callable[[Fact], str]]] = {
    "opened": (lambda one: _in_window(one.opened), lambda one: "opened"),
    "ended": (lambda one: _in_window(one.ended), lambda one: one.outcome),
    "sla": (lambda one: _in_window(one.ended) and (one.by_people or one.outcome == "expired"), _sla),
    "straight_through": (
        lambda one: _in_window(one.ended) and one.outcome in {"approved", "rejected"},
        lambda one: "rule" if one.fate.ends is Ends.BY_RULE else "others",
    ),
    "root_causes": (
        lambda one: _in_window(one.ended) and one.fate.ends is Ends.RESOLVED,
        lambda one: one.fate.cause,
    ),
    "controls": (
        lambda one: _in_window(one.ended) and one.fate.ends in {Ends.IN_ODOO, Ends.BREACH, Ends.BROKEN_GLASS},
        lambda one: {Ends.IN_ODOO: "odoo", Ends.BREACH: "breach"}.get(one.fate.ends, "break_glass"),
    ),
    "ageing": (lambda one: one.is_open, _band),
    "overdue": (lambda one: one.ended is None and one.opened + SLA < NOW, lambda one: "overdue"),
}


def _by_hand(played: Played, view: View | None, *, values: bool = True) -> set[Number]:
    """Every number, one case after the other."""
    found: Counter[tuple[str, Kind, str | None, str, str]] = Counter()
    money: dict[tuple[str, Kind, str | None, str, str], Decimal] = {}
    took: dict[tuple[Kind, str | None, str], list[timedelta]] = {}
    for number, fate in played.story.items():
        seen = Sight.WHOLE if view is None else sight(played.cases[number], view)
        if seen is Sight.NOTHING or fate.ends is Ends.OBSERVED:
            continue
        fact = _fact(fate)
        place = (fact.kind, fate.event.warehouse, fate.event.event_type)
        for kpi, part in _parts(played, number, fact):
            found[kpi, *place, part] += 1
        for kpi in _worth(fact):
            part, amount = _value(fate, is_told=seen is Sight.WHOLE and values)
            found[kpi, *place, part] += 1
            if amount is not None:
                money[kpi, *place, part] = money.get((kpi, *place, part), Decimal(0)) + amount
        if fact.by_people and _in_window(fact.ended):
            for site, event_type in product((place[1], EVERY), (place[2], EVERY)):
                took.setdefault((fact.kind, site, event_type), []).append(fate.after)
    return {Number(*key, number, money.get(key)) for key, number in found.items()} | set(_percentiles(took))


def _parts(played: Played, number: int, fact: Fact) -> Iterator[tuple[str, str]]:
    for kpi, (counts, part) in COUNTED.items():
        if counts(fact):
            yield kpi, part(fact)
    for case, action, at in played.steps:
        if case == number and _in_window(at):
            yield "escalations", action
    if fact.is_open:
        yield "backlog", played.cases[number].status.value


def _worth(fact: Fact) -> Iterator[str]:
    if fact.is_open:
        yield "at_risk"
    if fact.kind is Kind.APPROVAL and fact.outcome == "approved" and _in_window(fact.ended):
        yield "approved_value"


def _value(fate: Fate, *, is_told: bool) -> tuple[str, Decimal | None]:
    value = fate.event.value
    if not is_told:
        return "hidden", None
    return (value.currency, abs(value.amount)) if value else ("unknown", None)


def _percentiles(took: dict[tuple[Kind, str | None, str], list[timedelta]]) -> Iterable[Number]:
    for place, spans in took.items():
        for share in (50, 90):
            at = sorted(spans)[ceil(len(spans) * share / 100) - 1]
            yield Number(TURNAROUND.name, *place, f"p{share}", len(spans), Decimal(at // timedelta(seconds=1)))


async def test_every_kpi_is_what_the_month_was_made_of(played: Played) -> None:
    """For the admin, and for everybody over what he or she could open; one of them sees no values at one site."""
    told = set(await played.numbers(played.asked()))
    assert told == _by_hand(played, None)
    assert {one.kpi for one in told} == {one.name for one in KPIS}
    for email in EVERYBODY:
        view = played.view(email)
        assert set(await played.numbers(played.asked(view=view))) == _by_hand(played, view), email
    assert set(await played.numbers(played.asked(values=False))) == _by_hand(played, None, values=False)
    await _tells_the_same_in_every_format(played)
    async with played.stack.database.read() as session:
        await gauges.show(session, NOW)
    overdue = {"kpi": "overdue", "kind": "exception", "site": "CHI", "event_type": "receiving.delay"}
    here = [one for one in told if (one.kpi, one.site, one.kind) == ("overdue", "CHI", Kind.EXCEPTION)]
    assert REGISTRY.get_sample_value("signoff_kpi_cases", overdue) == sum(one.count for one in here) > 0


async def _tells_the_same_in_every_format(played: Played) -> None:
    period = Period(SINCE, UNTIL, ZoneInfo("America/Chicago"))
    async with played.stack.database.read() as session:
        report = await make(session, Asked(START, START, NOW), period)
    assert _by_hand(played, None) <= set(report.numbers)
    for one in report.numbers:
        if one.of not in {"p50", "p90", "share"}:
            assert one == _summed(_by_hand(played, None), one), one
    told = [(one.kpi, one.kind, one.site or "", one.event_type, one.of, str(one.count)) for one in report.numbers]
    assert [tuple(line.values())[:6] for line in DictReader(StringIO(as_csv(report), newline=""))] == told
    numbers = json.loads(as_json(report))["numbers"]
    assert [Decimal(one["value"]) if one["value"] else None for one in numbers] == [one.value for one in report.numbers]
    hits = report.at_place(SLA_HITS, Kind.APPROVAL)
    assert hits["share"].value == (Decimal(hits["in time"].count) / hits["share"].count).quantize(Decimal("0.0001"))
    read = as_markdown(report)
    assert "2026-05-10 19:00 to 2026-05-24 19:00 (America/Chicago)" in read
    assert f"| Opened | {report.at_place(OPENED, Kind.APPROVAL)['opened'].count} |" in read


def _summed(all_of_them: set[Number], wanted: Number) -> Number:
    """The sum of what a number of a higher level stands for."""
    some = [
        one
        for one in all_of_them
        if (one.kpi, one.kind, one.of) == (wanted.kpi, wanted.kind, wanted.of)
        and wanted.site in {EVERY, one.site}
        and wanted.event_type in {EVERY, one.event_type}
    ]
    values = [one.value for one in some if one.value is not None]
    return replace(wanted, count=sum(one.count for one in some), value=sum(values, Decimal(0)) if values else None)


def test_the_command_line_tells_it_for_days_of_a_zone(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SIGNOFF_DATABASE_URL", sqlite_url)
    monkeypatch.setenv("SIGNOFF_CONFIG", str(CONFIG))
    november = ["--from", "2026-11-01", "--to", "2026-12-01", "--timezone", "America/Chicago"]
    told = CliRunner().invoke(signoff, ["report", "--format", "json", *november])
    assert told.exit_code == 0, told.output
    window = json.loads(told.output)["window"]
    assert window == {"from": "2026-11-01T05:00:00+00:00", "to": "2026-12-01T06:00:00+00:00"}
    assert "nothing is open" in CliRunner().invoke(signoff, ["report"]).output


WRONG = {
    "--site NOWHERE": "there is no site 'NOWHERE'",
    "--type purchase.aproval": "did you mean purchase.approval?",
    "--from yesterday": "neither a day such as 2026-11-16",
    "--from 2026-11-02 --to 2026-11-02": "the end must be after the beginning",
    "--timezone Chicago": "no time zone such as America/Chicago",
}


def test_what_cannot_be_asked_is_told(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SIGNOFF_DATABASE_URL", sqlite_url)
    monkeypatch.setenv("SIGNOFF_CONFIG", str(CONFIG))
    for line, sentence in WRONG.items():
        told = CliRunner().invoke(signoff, ["report", *line.split()])
        assert (told.exit_code, sentence in " ".join(told.output.split())) == (2, True), told.output


def test_the_documentation_defines_each_kpi_word_for_word() -> None:
    written = (Path(__file__).parent.parent.parent / "docs" / "reports.md").read_text(encoding="utf-8")
    assert [kpi.name for kpi in KPIS if kpi.said not in written.splitlines()] == []
