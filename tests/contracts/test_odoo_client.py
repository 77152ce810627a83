"""The client held to what real Odoo servers said: every recording of both versions, replayed.

``odoo_answers.txt`` states what the client has to make of each answer; no recording may be left out of it.
"""

from __future__ import annotations

import contextlib
import json
from pathlib import Path
from typing import Any, TypeAlias, cast

import httpx
import pytest

from bot.config.model import Secret, Source
from bot.errors import PermanentError, SignoffError, TransientError, UnknownOutcome
from bot.odoo.classify import LONGEST_MESSAGE, error_of
from bot.odoo.client import OdooClient, OdooVersion
from bot.odoo.transport import Fault
from bot.odoo.values import Wizard, record_ids

RECORDINGS = Path(__file__).parents[1] / "recordings" / "odoo"
ANSWERS = Path(__file__).with_name("odoo_answers.txt")
VERSIONS = ("18.0", "19.0")
NOT_RECORDED = "-"
READING = frozenset({"read", "search", "search_read", "search_count", "fields_get"})

Recording: TypeAlias = dict[str, Any]


def _table() -> dict[tuple[str, str], str]:
    lines = [line for line in ANSWERS.read_text().splitlines() if not line.startswith("#")]
    columns = [[cell.strip() for cell in line.split("|")] for line in lines]
    return {(version, case): cell for case, *cells in columns for version, cell in zip(VERSIONS, cells, strict=True)}


EXPECTED = {key: answer for key, answer in _table().items() if answer != NOT_RECORDED}
REFUSED = sorted(key for key, answer in EXPECTED.items() if answer.startswith(("permanent", "transient", "unknown")))


def recorded(version: str, case: str) -> Recording:
    return cast(Recording, json.loads((RECORDINGS / version / f"{case}.json").read_text()))


class Replay:
    """An Odoo that knows one answer, and lets the recorded user in first when the answer is not about that."""

    def __init__(self, recording: Recording) -> None:
        self.recording = recording
        self.sent: list[Any] = []
        body = recording["request"]["body"]
        params = body.get("params") if isinstance(body, dict) else None
        params = params if isinstance(params, dict) else {}
        self.service, self.method = params.get("service"), params.get("method")
        self.args: list[Any] = params.get("args") or []

    @property
    def is_call(self) -> bool:
        return self.method == "execute_kw" and len(self.args) > 5

    @property
    def is_login(self) -> bool:
        return self.service == "common" and self.method in {"authenticate", "login"}

    def answer(self, request: httpx.Request) -> httpx.Response:
        params = json.loads(request.content)["params"]
        self.sent.append(params)
        if params["method"] == "authenticate" and not self.is_login:
            uid = self.args[1] if self.is_call else 7
            return httpx.Response(200, json={"jsonrpc": "2.0", "id": 1, "result": uid})
        response = self.recording["response"]
        body = response["body"]
        text = body if isinstance(body, str) else json.dumps(body)
        return httpx.Response(response["status"], headers=response["headers"], text=text)

    def client(self) -> OdooClient:
        """A client of the recorded database, login and key."""
        database, login, key = [*self.args, "odoo", "bot", "API-KEY"][:3] if self.is_login else ("odoo", "bot", "KEY")
        if self.is_call:
            database, key = self.args[0], self.args[2]
        source = Source("main", "http://odoo.example", database, login, Secret(key), (), ())
        return OdooClient(source, httpx.AsyncClient(transport=httpx.MockTransport(self.answer)))

    async def run(self) -> object:
        """Ask for what was asked when the answer was recorded; anything that is no call becomes one with effect."""
        client = self.client()
        if self.is_call:
            model, method, positional = self.args[3:6]
            named = self.args[6] if len(self.args) > 6 else {}
            if method in READING:
                return await client.query(model, method, *positional, **named)
            return await client.act(model, method, None, args=positional, kwargs=named)
        if self.is_login:
            return await client.uid()
        if (self.service, self.method) == ("common", "version"):
            return await client.version()
        return await client.act("sale.order", "action_confirm", [1])


def _said(outcome: object, expected: str, recording: Recording) -> str:
    """``outcome`` in the words of the table; which words those are depends on what is asked."""
    match expected.split():
        case ["value"] | ["list", *_]:
            assert outcome == recording["response"]["body"]["result"]
            return f"list of {len(outcome)}" if isinstance(outcome, list) else "value"
        case ["ids", _]:
            return f"ids {','.join(str(found) for found in record_ids(outcome))}"
        case ["version", _]:
            assert isinstance(outcome, OdooVersion)
            assert outcome.serie == recording["odoo"]
            return f"version {outcome.text}"
        case _:
            return _in_a_word(outcome)


def _in_a_word(outcome: object) -> str:
    match outcome:
        case None:
            return "nothing"
        case Wizard(res_model):
            return f"wizard {res_model}"
        case bool() | dict():
            return json.dumps(outcome)
        case int():
            return f"uid {outcome}"
        case _:
            return repr(outcome)


def _failed(error: SignoffError) -> str:
    words = {PermanentError: "permanent", TransientError: "transient", UnknownOutcome: "unknown"}
    return f"{words[type(error)]} {error.kind}"


@pytest.mark.parametrize(("version", "case"), sorted(EXPECTED))
async def test_the_client_understands_every_recorded_answer(version: str, case: str) -> None:
    recording = recorded(version, case)
    expected = EXPECTED[version, case]
    try:
        outcome = _said(await Replay(recording).run(), expected, recording)
    except SignoffError as error:
        outcome = _failed(error)
    assert outcome == expected


@pytest.mark.parametrize("version", VERSIONS)
def test_no_recording_is_left_out(version: str) -> None:
    assert {case for of, case in EXPECTED if of == version} == {
        path.stem for path in (RECORDINGS / version).glob("*.json")
    }


@pytest.mark.parametrize(("version", "case"), REFUSED)
async def test_a_refusal_can_be_read_out_to_anybody(version: str, case: str) -> None:
    """One line, bounded, with no traceback, server path, host or key in it."""
    with pytest.raises(SignoffError) as caught:
        await Replay(recorded(version, case)).run()
    sentence = caught.value.sentence
    assert sentence.isprintable()
    assert 10 < len(sentence) <= LONGEST_MESSAGE + 120
    for leak in ("Traceback", "/odoo/", "127.0.0.1", "5499", "API-KEY", "-pw1", "\n"):
        assert leak not in sentence


@pytest.mark.parametrize(
    ("version", "case"),
    sorted(key for key in EXPECTED if Replay(recorded(*key)).is_call),
)
async def test_a_call_goes_out_as_it_was_recorded(version: str, case: str) -> None:
    """What the servers accepted is what the client sends: database, user, key, model, method, arguments."""
    replay = Replay(recorded(version, case))
    with contextlib.suppress(SignoffError):
        await replay.run()
    named = replay.args[6:] or [{}]
    assert replay.sent[1] == {"service": "object", "method": "execute_kw", "args": [*replay.args[:6], *named]}


@pytest.mark.parametrize(
    ("case", "expected"),
    [
        ("j2_access_error", "permanent odoo.exceptions.AccessError"),
        ("j2_user_error", "permanent odoo.exceptions.UserError"),
        ("j2_validation_error", "permanent odoo.exceptions.ValidationError"),
        ("j2_write_missing", "permanent odoo.exceptions.MissingError"),
        ("j2_bad_field", "permanent builtins.ValueError"),
        ("j2_bad_key", "permanent werkzeug.exceptions.Unauthorized"),
        ("j2_serialization_failure", "transient psycopg2.errors.SerializationFailure"),
    ],
)
def test_the_error_objects_of_json_2_are_judged_by_the_same_names(case: str, expected: str) -> None:
    body = recorded("19.0", case)["response"]["body"]
    assert _failed(error_of(Fault(body["name"], body["message"]), effect=True)) == expected
