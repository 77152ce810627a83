"""What hypothesis draws from: hostile text, events, plans, cases and what is asked of them.

Small on purpose: few people, few figures, one record, so that drawn values meet each other often.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from hypothesis import strategies as st

from bot.audit.chain import Entry
from bot.cases.commands import Observed, Over
from bot.cases.model import (
    Change,
    Event,
    Figures,
    Finding,
    Maker,
    Person,
    Plan,
    PlanStage,
    RecordRef,
    Revision,
    Seen,
    Severity,
)
from bot.config.model import (
    Act,
    Calendar,
    Execution,
    Manner,
    OnReject,
    PauseRule,
    Policy,
    ReasonRule,
    Span,
    Stage,
    Step,
    Tolerance,
)
from bot.money import Money
from tests.factories import COUNT, FINANCE, PURCHASE, SALE, a_maker, a_person, a_policy, a_record, an_event, seen, usd

#: Whoever may click: three of finance, one executive who is in finance too, an outsider, a guest with a role.
EXECUTIVE, OUTSIDER, GUEST = "dee@example.com", "eve@example.com", "gus@example.com"
PEOPLE: tuple[Person, ...] = (
    *map(a_person, (*FINANCE, EXECUTIVE, OUTSIDER)),
    a_person(GUEST, guest=True),
)


def any_text() -> st.SearchStrategy[str]:
    """Text as a hostile or careless person types it, lone surrogates included."""
    nasty = st.sampled_from(["\u202e", "\u200b", "\u200d", "\x00", "\r\n", "\t", "\ud800", "<!channel>", "…", "\u2028"])
    return st.lists(st.text(max_size=5) | nasty, max_size=8).map("".join)


def storable_text(max_size: int = 20) -> st.SearchStrategy[str]:
    """Any text that UTF-8 can hold."""
    return st.text(st.characters(exclude_categories=["Cs"]), max_size=max_size)


def instants() -> st.SearchStrategy[datetime]:
    """Instants in UTC, to the microsecond."""
    return st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001  # bounds


def amounts() -> st.SearchStrategy[Money]:
    """Money as a column can hold it: whole millionths."""
    digits = st.decimals(Decimal(-(10**12)), Decimal(10**12), places=2)
    return st.builds(Money, digits, st.sampled_from(["USD", "EUR", "JPY"]))


def whole_events() -> st.SearchStrategy[Event]:
    """Events whose every field is drawn: for what stores and restores them."""
    word = storable_text()
    return st.builds(
        Event,
        record=st.builds(RecordRef, st.just("main"), st.just("purchase.order"), st.integers(1, 2**31 - 1)),
        event_type=st.sampled_from([PURCHASE, COUNT, SALE]),
        findings=st.lists(st.builds(Finding, word, word), max_size=2).map(tuple),
        title=word,
        company=word,
        warehouse=st.none() | word,
        value=st.none() | amounts(),
        makers=st.lists(st.builds(Maker, word, word, word), max_size=2).map(tuple),
        seen=whole_seen(),
        context=st.lists(st.tuples(word, word), max_size=2).map(tuple),
        link=word,
        partner=st.none() | word,
        customer_class=st.none() | st.lists(word, max_size=2).map(tuple),
        deadline=st.none() | instants(),
        category=st.none() | word,
        severity=st.sampled_from(Severity),
    )


def whole_changes() -> st.SearchStrategy[tuple[Change, ...]]:
    """What changed between two revisions."""
    word = storable_text()
    return st.lists(st.builds(Change, word, word, word), max_size=3).map(tuple)


def whole_seen() -> st.SearchStrategy[tuple[Seen, ...]]:
    """Watched fields."""
    word = storable_text()
    return st.lists(st.builds(Seen, word, word, word, word, st.none() | word), max_size=3).map(tuple)


def whole_revisions() -> st.SearchStrategy[Revision]:
    """Revisions whose every field is drawn, some of them changed since they opened."""
    opening = st.builds(Figures, st.none() | amounts(), whole_seen())
    return st.builds(Revision, st.integers(1, 9), whole_events(), instants(), whole_changes(), st.none() | opening)


def whole_manners() -> st.SearchStrategy[Manner]:
    """How answers are given."""
    share = st.decimals(0, 1, places=3, allow_nan=False)
    tolerance = st.builds(Tolerance, share=share) | st.builds(Tolerance, amount=amounts())
    return st.builds(
        Manner,
        tolerance=st.none() | tolerance,
        reject_codes=st.lists(storable_text(), max_size=2).map(tuple),
        question_pauses=st.booleans(),
        bulk=st.none() | amounts(),
        grace=st.sampled_from([timedelta(0), timedelta(seconds=30)]),
    )


def whole_plans() -> st.SearchStrategy[Plan]:
    """Plans whose every field is drawn."""
    word = storable_text()
    words = st.lists(word, max_size=2).map(tuple)
    return st.builds(
        Plan,
        policy=word,
        rule=word,
        site=st.none() | word,
        execution=st.sampled_from(Execution),
        on_reject=st.sampled_from(OnReject),
        stages=st.lists(
            st.builds(PlanStage, words, st.integers(1, 3), words, st.booleans(), st.none() | spans(), words),
            min_size=1,
            max_size=3,
        ).map(tuple),
        approve_reason=st.sampled_from(ReasonRule),
        reject_reason=st.sampled_from(ReasonRule),
        self_approval=st.booleans(),
        missing=words,
        manner=whole_manners(),
        expires=st.none() | seconds(),
        calendar=st.none() | calendars(),
        escalation=st.just("standard"),
        pause=st.none() | st.builds(PauseRule, words, seconds()),
        steps=st.lists(steps(), min_size=1, max_size=3).map(tuple),
        deadline_buffer=st.just(timedelta(0)) | seconds(),
    )


def seconds() -> st.SearchStrategy[timedelta]:
    """Spans are written in whole seconds."""
    return st.integers(60, 366 * 86_400).map(lambda number: timedelta(seconds=number))


def spans() -> st.SearchStrategy[Span]:
    """Working or wall time."""
    return st.builds(Span, seconds(), st.booleans())


def calendars() -> st.SearchStrategy[Calendar]:
    """Calendars with any hours, public holidays and closing days."""
    hours = st.lists(st.tuples(st.integers(0, 1439), st.integers(1440, 2000)), max_size=2).map(tuple)
    return st.builds(
        Calendar,
        st.sampled_from(["America/Chicago", "Europe/Berlin"]),
        st.tuples(*[hours] * 7),
        st.sampled_from([(), ("US-IL",), ("DE", "US")]),
        st.frozensets(st.dates(date(2020, 1, 1), date(2040, 1, 1)), max_size=2),
    )


def steps() -> st.SearchStrategy[Step]:
    """Steps of every kind."""
    after = spans() | st.integers(1, 1000).map(lambda percent: Decimal(percent) / 100)
    return st.builds(
        Step, after, st.sampled_from(Act), storable_text(), st.booleans(), st.integers(0, 9), st.none() | amounts()
    )


def entries() -> st.SearchStrategy[Entry]:
    """Audit entries with any detail."""
    number = st.none() | st.integers(1, 2**40)
    return st.builds(
        Entry,
        action=st.sampled_from(["case.opened", "case.approved", "case.refused"]),
        actor=storable_text(),
        at=instants(),
        case_id=number,
        origin=st.sampled_from(["slack", "odoo", "admin"]),
        revision=st.none() | st.integers(1, 9),
        fingerprint=st.none() | storable_text(),
        config=st.none() | storable_text(),
        detail=st.dictionaries(storable_text(5), storable_text() | st.integers(0, 9) | st.booleans(), max_size=3),
    )


def figures() -> st.SearchStrategy[Event]:
    """The one record with one of three totals, asked for or edited by anybody; the smallest may be immaterial."""
    makers = st.lists(st.sampled_from(["mia@example.com", *FINANCE]).map(a_maker), max_size=2, unique=True)
    return st.builds(
        lambda total, by: an_event(seen=seen(amount_total=total), value=usd(total), makers=tuple(by)),
        st.sampled_from(["200.00", "200.00", "9000.00", "9000.00", "50.00"]),
        makers,
    )


def observations() -> st.SearchStrategy[Observed]:
    """What reading the record gives: mostly something to decide, at times that it is over."""
    over = st.just(Over("cancelled in Odoo"))
    return st.builds(Observed, st.just(a_record()), figures() | figures() | figures() | over)


def policies() -> st.SearchStrategy[Policy]:
    """One or two stages of one or two people each, with or without self-approval."""
    stage = st.builds(Stage, st.sampled_from([("finance",), ("finance", "executive")]), st.integers(1, 2))
    return st.builds(
        lambda stages, own, expires: a_policy(*stages, self_approval=own, expires=expires),
        st.lists(stage, min_size=1, max_size=2),
        st.booleans(),
        st.sampled_from([None, timedelta(minutes=20), timedelta(hours=8)]),
    )
