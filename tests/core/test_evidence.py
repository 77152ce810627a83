"""The evidence gate: a photo is owed, and only bytes that were fetched and hashed open it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.approvals.authority import Reason
from bot.cases.answers import Refusal, Transition
from bot.cases.commands import Consider, KeepFile, Observed, OfferFiles, RefuseFile
from bot.cases.evidence import is_owed, standing
from bot.cases.files import MOST, File, FileState, files_from_text, files_to_text
from bot.cases.model import Case, Person, Status, Verdict
from bot.cases.planning import plan_for
from bot.cases.transitions import transition
from bot.config.model import PhotoRule
from bot.effects import EffectKind
from tests.factories import (
    NOW,
    a_case,
    a_decide,
    a_person,
    a_policy,
    a_record,
    an_event,
    rules,
    seen,
    usd,
)

EVE = a_person("eve@example.com")
SHA256, SHA1 = "a" * 64, "b" * 40


def owing(**changes: object) -> Case:
    """A pending case whose approval owes a photo."""
    case = a_case()
    return replace(case, plan=replace(case.plan, photo=True), **changes)  # type: ignore[arg-type]  # fields by name


def offered(case: Case, *files: str) -> Case:
    answer = transition(case, OfferFiles(case.id, EVE, files), rules(), NOW)
    assert isinstance(answer, Transition)
    return answer.case


def kept(case: Case, file_id: str = "F1") -> Case:
    found = next(one for one in case.files if one.id == file_id)
    known = replace(found, name="dock.jpg", kind="image/jpeg", size=9, sha256=SHA256, sha1=SHA1)
    answer = transition(case, KeepFile(case.id, known), rules(), NOW)
    assert isinstance(answer, Transition)
    return answer.case


@pytest.mark.parametrize(
    ("rule", "value", "owed", "missing"),
    [
        pytest.param(None, "9000", False, (), id="no rule"),
        pytest.param(PhotoRule(), "0", True, (), id="always"),
        pytest.param(PhotoRule(), None, True, (), id="always, even of an unknown value"),
        pytest.param(PhotoRule(usd("1000")), "1000.01", True, (), id="above"),
        pytest.param(PhotoRule(usd("1000")), "-1000.01", True, (), id="above, by its absolute value"),
        pytest.param(PhotoRule(usd("1000")), "1000", False, (), id="the border is not above"),
        pytest.param(PhotoRule(usd("1000")), None, True, ("value in USD",), id="unknown"),
    ],
)
def test_when_a_photo_is_owed(rule: PhotoRule | None, value: str | None, owed: bool, missing: tuple[str, ...]) -> None:
    config = rules(policies=[a_policy(photo=rule)])
    plan = plan_for(an_event(value=usd(value) if value is not None else None), config)
    assert (plan.photo, plan.missing) == (owed, missing)


def test_a_value_in_another_currency_owes_it() -> None:
    euros = replace(usd("5"), currency="EUR")
    config = rules(policies=[a_policy(photo=PhotoRule(usd("1000")))])
    assert plan_for(an_event(value=euros), config).photo


def test_without_the_photo_nobody_approves_and_everybody_may_reject() -> None:
    case = owing()
    refused = transition(case, a_decide(), rules(), NOW)
    assert isinstance(refused, Refusal)
    assert (refused.reason, [one.action for one in refused.entries]) == (Reason.EVIDENCE_OWED, ["case.refused"])
    considered = transition(case, Consider(a_decide()), rules(), NOW)
    assert isinstance(considered, Refusal)
    rejected = transition(case, a_decide(verdict=Verdict.REJECT), rules(), NOW)
    assert isinstance(rejected, Transition)
    assert rejected.case.status is Status.REJECTED


def test_somebodys_word_that_there_is_a_photo_does_not_open_the_gate() -> None:
    case = offered(owing(), "F1")
    assert is_owed(case)
    refused = transition(case, a_decide(), rules(), NOW)
    assert isinstance(refused, Refusal)
    assert refused.reason is Reason.EVIDENCE_OWED


def test_an_offered_file_is_to_be_fetched_and_a_kept_one_is_copied_to_odoo() -> None:
    case = owing()
    offer = transition(case, OfferFiles(case.id, EVE, ("F1", "F2", "F1")), rules(), NOW)
    assert isinstance(offer, Transition)
    fetches = [one.target for one in offer.effects if one.kind is EffectKind.FETCH_FILE]
    assert (fetches, offer.entries[0].action, offer.entries[0].actor) == (["F1", "F2"], "evidence.offered", EVE.key)
    found = replace(offer.case.files[0], name="dock.jpg", sha256=SHA256, sha1=SHA1)
    keep = transition(offer.case, KeepFile(case.id, found), rules(), NOW)
    assert isinstance(keep, Transition)
    copies = [one.target for one in keep.effects if one.kind is EffectKind.ATTACH_FILES]
    assert (copies, keep.entries[0].action) == ([str(case.record)], "evidence.received")
    assert keep.entries[0].detail["sha256"] == SHA256


def test_the_decision_names_the_hashes_it_rests_on() -> None:
    case = kept(offered(owing(), "F1"))
    answer = transition(case, a_decide(), rules(), NOW)
    assert isinstance(answer, Transition)
    assert (answer.case.status, answer.entries[0].detail["evidence"]) == (Status.APPROVED, [SHA256])


def test_a_decision_without_evidence_names_none() -> None:
    answer = transition(a_case(), a_decide(), rules(), NOW)
    assert isinstance(answer, Transition)
    assert "evidence" not in answer.entries[0].detail


def test_a_file_that_was_refused_keeps_the_gate_shut_and_may_be_given_again() -> None:
    case = offered(owing(), "F1")
    answer = transition(case, RefuseFile(case.id, "F1", "It is neither."), rules(), NOW)
    assert isinstance(answer, Transition)
    assert (answer.case.files[0].state, answer.case.files[0].problem) == (FileState.REFUSED, "It is neither.")
    assert is_owed(answer.case)
    again = kept(offered(answer.case, "F1"))
    assert [one.state for one in again.files] == [FileState.REFUSED, FileState.KEPT]
    assert not is_owed(again)


def test_changed_figures_owe_a_new_photo() -> None:
    photo = rules(policies=[a_policy(photo=PhotoRule())])
    case = kept(offered(owing(), "F1"))
    changed = an_event(seen=seen(amount_total="20000.00"), value=usd("20000"))
    answer = transition(case, Observed(a_record(), changed), photo, NOW)
    assert isinstance(answer, Transition)
    assert (answer.case.revision.number, standing(answer.case), is_owed(answer.case)) == (2, (), True)


@pytest.mark.parametrize(
    ("person", "reason"),
    [
        (replace(EVE, guest=True), Reason.GUEST),
        (replace(EVE, foreign=True), Reason.FOREIGN),
        (replace(EVE, deactivated=True), Reason.DEACTIVATED),
    ],
)
def test_strangers_bring_no_evidence(person: Person, reason: Reason) -> None:
    case = owing()
    answer = transition(case, OfferFiles(case.id, person, ("F1",)), rules(), NOW)
    assert isinstance(answer, Refusal)
    assert answer.reason is reason


def test_what_is_known_already_or_not_owed_changes_nothing() -> None:
    case = offered(owing(), "F1")
    assert transition(case, OfferFiles(case.id, EVE, ("F1",)), rules(), NOW) is None
    assert transition(a_case(), OfferFiles(case.id, EVE, ("F1",)), rules(), NOW) is None
    done = kept(case)
    assert transition(done, KeepFile(case.id, done.files[0]), rules(), NOW) is None
    assert transition(done, RefuseFile(case.id, "F1", "late"), rules(), NOW) is None
    assert transition(done, RefuseFile(case.id, "F9", "never offered"), rules(), NOW) is None


def test_after_the_decision_no_file_is_taken() -> None:
    case = offered(owing(), "F1")
    rejected = transition(case, a_decide(verdict=Verdict.REJECT), rules(), NOW)
    assert isinstance(rejected, Transition)
    late = transition(rejected.case, OfferFiles(case.id, EVE, ("F2",)), rules(), NOW)
    assert isinstance(late, Refusal)
    assert late.reason is Reason.OVER
    assert transition(rejected.case, KeepFile(case.id, case.files[0]), rules(), NOW) is None


def test_a_case_takes_so_many_files_and_no_more() -> None:
    case = offered(owing(), *(f"F{number}" for number in range(MOST)))
    answer = transition(case, OfferFiles(case.id, EVE, ("F99",)), rules(), NOW)
    assert isinstance(answer, Refusal)
    assert answer.reason is Reason.TOO_MANY_FILES


def test_files_are_stored_as_they_are() -> None:
    some = (
        File("F1", 1, "slack:T1:U1", "Eve", NOW),
        File("F2", 2, "slack:T1:U1", "Ève", NOW + timedelta(1), FileState.KEPT, "a.png", "image/png", 3, SHA256, SHA1),
    )
    assert files_from_text(files_to_text(some)) == some
    assert files_from_text(files_to_text(())) == ()
