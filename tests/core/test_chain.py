"""The audit chain: any change to what was sealed is found, and so is what is missing."""

from __future__ import annotations

import hashlib
import itertools
import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.audit.chain import ERASED, GENESIS, Entry, Sealed, seal, spans
from bot.audit.verify import Verdict, Verifier, export_line, verify_lines
from tests.factories import NOW
from tests.strategies import entries


def sealed(some: Sequence[Entry]) -> list[Sealed]:
    chain: list[Sealed] = []
    for seq, entry in enumerate(some, start=1):
        chain.append(seal(entry, seq=seq, previous=chain[-1].hash if chain else GENESIS, salt=f"salt{seq}"))
    return chain


def verdict_on(chain: Sequence[Sealed], head: tuple[int, str] | None = None) -> Verdict:
    verifier = Verifier()
    for one in chain:
        verifier.take(one)
    return verifier.verdict(head)


CHAIN = sealed(
    [
        Entry(f"case.step{number}", "slack:T1:UANN", NOW, 1, detail={"name": "Ann", "n": number})
        for number in range(1, 6)
    ]
)
HEAD = (5, CHAIN[-1].hash)


def test_a_chain_that_nobody_touched_is_sound() -> None:
    assert verdict_on(CHAIN, HEAD) == Verdict(5, 0, 5, CHAIN[-1].hash, ())


def test_no_entries_are_a_sound_chain() -> None:
    assert verdict_on([], (0, GENESIS)) == Verdict(0, 0, 0, GENESIS, ())


def altered(**changes: Any) -> Callable[[list[Sealed]], list[Sealed]]:
    return lambda chain: [replace(one, **changes) if one.seq == 3 else one for one in chain]


def reworded(**changes: Any) -> Callable[[list[Sealed]], list[Sealed]]:
    return lambda chain: [replace(one, entry=replace(one.entry, **changes)) if one.seq == 3 else one for one in chain]


def resealed(chain: list[Sealed]) -> list[Sealed]:
    """A forger who knows the method gives entry 3 a hash that fits its new content."""
    third = seal(replace(CHAIN[2].entry, actor="slack:T1:UEVE"), seq=3, previous=CHAIN[1].hash, salt="forged")
    return [*chain[:2], third, *chain[3:]]


@pytest.mark.parametrize(
    ("tamper", "problem"),
    [
        pytest.param(reworded(actor="slack:T1:UEVE"), "entry 3 was altered", id="another actor"),
        pytest.param(reworded(action="case.refused"), "entry 3 was altered", id="another action"),
        pytest.param(reworded(case_id=None), "entry 3 was altered", id="another case"),
        pytest.param(altered(detail_text='{"name":"Eve"}'), "the detail of entry 3 was altered", id="another detail"),
        pytest.param(altered(detail_hash="0" * 64), "entry 3 was altered", id="another hash of the detail"),
        pytest.param(altered(hash="0" * 64), "entry 4 is not tied to entry 3", id="another hash"),
        pytest.param(resealed, "entry 4 is not tied to entry 3", id="sealed anew"),
        pytest.param(lambda chain: chain[:2] + chain[3:], "entries 3 to 3 are missing", id="one is missing"),
        pytest.param(lambda chain: chain[2:], "entries 1 to 2 are missing", id="the beginning is missing"),
        pytest.param(
            lambda chain: chain[:4],
            "the head says entry 5, the newest entry is 4: the end was cut or forged",
            id="the end is cut",
        ),
        pytest.param(
            lambda chain: [],
            "the head says entry 5, the newest entry is 0: the end was cut or forged",
            id="all are gone",
        ),
    ],
)
def test_what_was_done_to_the_chain_is_named(tamper: Callable[[list[Sealed]], list[Sealed]], problem: str) -> None:
    found = verdict_on(tamper(list(CHAIN)), HEAD)
    assert not found.sound
    assert problem in found.problems


def erasing(*entries: object) -> list[Sealed]:
    """Entry 3 has lost its detail, and entry 6 says that the details of these were erased."""
    said = Entry(ERASED, "admin", NOW, origin="admin", detail={"reason": "asked for", "entries": [*entries]})
    last = seal(said, seq=6, previous=CHAIN[-1].hash, salt="salt6")
    return [*altered(detail_text=None)(list(CHAIN)), last]


@pytest.mark.parametrize("entries", [[[3, 3]], [[1, 5]], [[1, 1], [3, 4]]])
def test_an_erased_detail_is_counted_and_breaks_nothing(entries: list[object]) -> None:
    chain = erasing(*entries)
    assert verdict_on(chain, (6, chain[-1].hash)) == Verdict(6, 1, 6, chain[-1].hash, ())


@pytest.mark.parametrize(
    "entries",
    [[], [[4, 5]], [3], [["3", "3"]], [[3]], [[3, 6]], [[0, 3]], [[4, 3]], [[1, 10**18]]],
)
def test_a_detail_that_went_without_an_entry_that_names_it_is_found(entries: list[object]) -> None:
    assert verdict_on(erasing(*entries)).problems == ("the detail of entry 3 is gone, and no erasure names it",)


def test_an_erasure_that_lost_its_own_detail_names_nothing() -> None:
    chain = erasing([3, 3])
    chain[-1] = replace(chain[-1], detail_text=None)
    assert verdict_on(chain).problems == (
        "the detail of entry 3 is gone, and no erasure names it",
        "the detail of entry 6 is gone, and no erasure names it",
    )


@given(st.sets(st.integers(1, 60)))
def test_spans_hold_the_numbers_and_are_as_few_as_can_be(numbers: set[int]) -> None:
    runs = spans(sorted(numbers))
    assert {number for first, last in runs for number in range(first, last + 1)} == numbers
    assert all(one[1] + 1 < other[0] for one, other in itertools.pairwise(runs))


def test_the_salt_keeps_an_erased_detail_from_being_guessed() -> None:
    entry = CHAIN[0].entry
    one, other = (seal(entry, seq=1, previous=GENESIS, salt=salt) for salt in ("a", "b"))
    assert one.detail_hash != other.detail_hash


@given(st.lists(entries(), max_size=5))
def test_an_export_is_verified_without_the_program_that_wrote_it(some: list[Entry]) -> None:
    """Twelve lines that any auditor can write: this is the whole format."""
    lines = [export_line(one) for one in sealed(some)]
    previous = GENESIS
    for seq, line in enumerate(lines, start=1):
        body = json.loads(line)
        stated, detail = body.pop("hash"), body.pop("detail")
        assert (body["seq"], body["previous"]) == (seq, previous)
        assert hashlib.sha256(detail.encode()).hexdigest() == body["detail_hash"]
        text = json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        previous = hashlib.sha256(text.encode()).hexdigest()
        assert stated == previous
    assert verify_lines(lines) == Verdict(len(lines), 0, len(lines), previous, ())


@given(st.data())
def test_any_edit_of_an_export_is_found(data: st.DataObject) -> None:
    lines = [export_line(one) for one in CHAIN]
    number = data.draw(st.integers(0, len(lines) - 1))
    body = json.loads(lines[number])
    field = data.draw(st.sampled_from(sorted(body)))
    body[field] = "forged" if field != "at" else "2027-01-01T00:00:00.000000+00:00"
    lines[number] = json.dumps(body)
    assert not verify_lines(lines).sound


@pytest.mark.parametrize("line", ["", "not json", "[]", "{}", '{"seq": 1}', "null"])
def test_a_line_that_is_no_entry_is_a_problem_like_any_other(line: str) -> None:
    lines = [export_line(one) for one in CHAIN]
    assert verify_lines([*lines, line]).problems[0].startswith("line 6 is not an entry")
