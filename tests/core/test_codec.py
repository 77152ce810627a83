"""What is stored of a case comes back as it was."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import HealthCheck, given, settings

from bot.cases.codec import plan_from_text, plan_hash, plan_to_text, revision_from_text, revision_to_text
from bot.cases.model import Plan, Revision
from tests.factories import a_plan
from tests.strategies import whole_plans, whole_revisions


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(whole_revisions())
def test_a_revision_comes_back_as_it_was(revision: Revision) -> None:
    text = revision_to_text(revision)
    assert revision_from_text(revision.event.record, revision.number, revision.at, text) == revision


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(whole_plans())
def test_a_plan_comes_back_as_it_was(plan: Plan) -> None:
    assert plan_from_text(plan_to_text(plan)) == plan


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(whole_plans(), whole_plans())
def test_plans_share_a_name_only_if_they_are_equal(one: Plan, other: Plan) -> None:
    assert (plan_hash(plan_to_text(one)) == plan_hash(plan_to_text(other))) == (one == other)


def test_the_name_of_a_plan_is_its_content() -> None:
    """Thousands of cases under one policy share one row."""
    assert plan_hash(plan_to_text(a_plan())) == plan_hash(plan_to_text(a_plan()))
    assert plan_to_text(a_plan()) != plan_to_text(replace(a_plan(), self_approval=True))
