"""As whom a decision is written: whoever answered last of those whose answers made it, or nobody."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.cases.model import Case, Status, Verdict
from bot.cases.straight import ROLE as STRAIGHT_THROUGH
from bot.odoo.acting import decider
from bot.odoo.catalog import CATALOG
from tests.factories import NOW, a_case, a_decision, an_approved_case

ANN, BOB, CAT = "ann@example.com", "bob@example.com", "cat@example.com"
LATER = NOW + timedelta(minutes=5)
REJECTED = a_decision(CAT, verdict=Verdict.REJECT, at=LATER)


@pytest.mark.parametrize(
    ("case", "email"),
    [
        pytest.param(an_approved_case(), ANN, id="the one who approved"),
        pytest.param(
            an_approved_case(decisions=(a_decision(BOB, stage=1, at=LATER), a_decision(ANN))), BOB, id="the last stage"
        ),
        pytest.param(
            an_approved_case(decisions=(a_decision(BOB, stage=1), a_decision(ANN))), BOB, id="the last stage, at once"
        ),
        pytest.param(
            an_approved_case(decisions=(a_decision(BOB, behalf=(ANN,), behalf_name="Ann"),)), BOB, id="a stand-in"
        ),
        pytest.param(
            a_case(status=Status.REJECTED, decisions=(a_decision(ANN), REJECTED)), CAT, id="the one who rejected"
        ),
        pytest.param(
            an_approved_case(number=2, decisions=(a_decision(CAT, at=LATER), a_decision(ANN, revision=2))),
            ANN,
            id="on the newest revision",
        ),
        pytest.param(
            an_approved_case(decisions=(a_decision("", as_role=STRAIGHT_THROUGH),)), None, id="a rule approved alone"
        ),
        pytest.param(a_case(status=Status.EXPIRED, decisions=(a_decision(ANN),)), None, id="it expired half approved"),
    ],
)
def test_whoever_decided_last_is_whom_it_is_written_as(case: Case, email: str | None) -> None:
    given = decider(case)
    assert (given.email if given else None) == email


def test_the_guard_carries_out_whatever_is_decided_about() -> None:
    """Otherwise decisions could not be written as people: only what somebody owns has no guard."""
    for entry in CATALOG.values():
        methods = [one for one in (entry.carry_out, entry.reject, entry.cancel) if one is not None]
        assert entry.is_exception or (entry.guarded and all(one.ends for one in methods)), entry.name
