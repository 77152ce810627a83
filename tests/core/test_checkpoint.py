"""Checkpoints: what was signed is what is read, and what was done to the chain since is found."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from hypothesis import given
from hypothesis import strategies as st

from bot.audit.chain import GENESIS, Entry, Sealed, seal
from bot.audit.checkpoint import Checkpoint, Signer, read, strangers
from bot.audit.verify import Verdict, export_line, verify_lines
from tests.factories import NOW

SIGNER = Signer.fresh()


def chain(*actors: str) -> list[Sealed]:
    """One entry for each actor."""
    made: list[Sealed] = []
    for seq, actor in enumerate(actors, start=1):
        entry = Entry("case.approved", f"slack:T1:{actor}", NOW, 1, detail={"name": actor})
        made.append(seal(entry, seq=seq, previous=made[-1].hash if made else GENESIS, salt="salt"))
    return made


CHAIN = chain("ANN", "BOB", "CARL", "DORA", "EMIL")


def at_entry(number: int, signer: Signer = SIGNER) -> Checkpoint:
    """What is signed while entry ``number`` is the newest."""
    return signer.sign(number, CHAIN[number - 1].hash, NOW + timedelta(hours=number))


def verdict(some: list[Sealed], *checkpoints: Checkpoint) -> Verdict:
    return verify_lines([export_line(one) for one in some], checkpoints)


def test_a_checkpoint_is_read_as_it_was_written() -> None:
    lines = [at_entry(2).line, "", at_entry(5).line]
    assert read(lines) == ([at_entry(2), at_entry(5)], [])


def test_a_message_copied_from_slack_is_read_as_it_is() -> None:
    assert read(["Checkpoint of the audit trail", "```", at_entry(5).line, "```"]) == ([at_entry(5)], [])
    assert read([f" ```{at_entry(5).line}```"]) == ([at_entry(5)], [])


@pytest.mark.parametrize("field", ["at", "entry", "hash", "key", "signature"])
def test_a_checkpoint_in_which_anything_was_changed_is_none(field: str) -> None:
    other = json.loads(Signer.fresh().sign(4, CHAIN[3].hash, NOW).line)
    body = {**json.loads(at_entry(5).line), field: other[field]}
    found, problems = read([json.dumps(body)])
    assert (found, problems) == ([], ["the checkpoint in line 1 does not bear the signature of its key"])


@pytest.mark.parametrize(
    "line", ["{", "{}", '{"entry": "5"}', '{"at":"x","entry":1,"hash":"","key":"","signature":""}']
)
def test_a_line_that_is_no_checkpoint_is_told(line: str) -> None:
    assert read([at_entry(5).line, line])[1] == ["line 2 is no checkpoint"]


@given(st.text(alphabet="AQab+/=é", max_size=60), st.text(alphabet="AQab+/=é", max_size=100))
def test_no_key_and_no_signature_can_break_the_reader(key: str, signature: str) -> None:
    assert not replace(at_entry(5), key=key, signature=signature).genuine


def test_a_file_without_a_checkpoint_proves_nothing() -> None:
    assert read(["nothing here"])[1] == ["there is no checkpoint in the file"]


def test_a_chain_that_nobody_touched_is_as_its_checkpoints_say() -> None:
    found = verdict(CHAIN, at_entry(2), at_entry(4))
    assert (found.sound, found.vouched) == (True, 4)


def forged(chain_: list[Sealed]) -> list[Sealed]:
    """Somebody with the whole database puts entry 2 on another person and computes every later hash anew."""
    return chain("ANN", "EVE", "CARL", "DORA", "EMIL")


@pytest.mark.parametrize(
    ("tamper", "problem"),
    [
        pytest.param(forged, "entry 4 is not the one that the checkpoint of 2026-03-02 13:00:00 UTC signed", id="anew"),
        pytest.param(
            lambda all_: all_[:3],
            "the checkpoint of 2026-03-02 13:00:00 UTC knows entry 4, the newest entry is 3: the end was cut off",
            id="cut off",
        ),
        pytest.param(
            lambda all_: [],
            "the checkpoint of 2026-03-02 13:00:00 UTC knows entry 4, the newest entry is 0: the end was cut off",
            id="all gone",
        ),
        pytest.param(lambda all_: [*all_[:2], *all_[3:]], "entries 3 to 3 are missing", id="missing"),
    ],
)
def test_a_checkpoint_shows_what_the_chain_alone_cannot(
    tamper: Callable[[list[Sealed]], list[Sealed]], problem: str
) -> None:
    assert problem in verdict(tamper(CHAIN), at_entry(1), at_entry(4)).problems


def test_what_came_after_the_newest_checkpoint_is_not_covered_by_it() -> None:
    assert verdict(CHAIN[:4], at_entry(4)).sound


def test_after_a_rotation_each_key_vouches_for_its_own_time() -> None:
    new = Signer.fresh()
    some = [at_entry(2), at_entry(5, new)]
    assert verdict(CHAIN, *some).vouched == 5
    assert strangers(some, [SIGNER.public, new.public]) == []
    assert strangers(some, [SIGNER.public]) == [
        f"a checkpoint is signed with {new.public}, which is none of the keys to be trusted"
    ]


def test_a_key_survives_its_file_and_never_prints() -> None:
    again = Signer.parse(SIGNER.pem)
    assert again.sign(5, CHAIN[4].hash, NOW) == SIGNER.sign(5, CHAIN[4].hash, NOW)
    assert SIGNER.pem.splitlines()[1] not in repr(again)


NO_KEY = "-----BEGIN PRIVATE KEY-----\nhunter2\n-----END PRIVATE KEY-----"
RSA = generate_private_key(65537, 2048).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


@pytest.mark.parametrize(
    "text", ["", "hunter2", "-----BEGIN PRIVATE KEY-----\nhunter2\n-----END PRIVATE KEY-----", RSA]
)
def test_what_is_no_such_key_is_refused_without_quoting_it(text: str) -> None:
    with pytest.raises(ValueError, match="is no Ed25519 private key in PEM") as refused:
        Signer.parse(text)
    assert "hunter2" not in str(refused.value)
