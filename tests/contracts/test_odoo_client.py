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
from bot.odoo.classify import LONGEST_MESSAGE
from bot.odoo.client import OdooClient, OdooVersion
from bot.odoo.json2 import named
from bot.odoo.transport import Call
from bot.odoo.values import Wizard, record_ids

RECORDINGS = Path(__file__).parents[1] / "recordings" / "odoo"
ANSWERS = Path(__file__).with_name("odoo_answers.txt")
VERSIONS = ("18.0", "19.0")
NOT_RECORDED = "-"
VERSION_18 = {"server_serie": "18.0", "server_version": "18.0-20250421"}
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
        self.requests: list[httpx.Request] = []
        body = recording["request"]["body"]
        params = body.get("params") if isinstance(body, dict) else None
        params = params if isinstance(params, dict) else {}
        self.service, self.method = params.get("service"), params.get("method")
        self.args: list[Any] = params.get("args") or []

    @property
    def over_json2(self) -> bool:
        """Whether it was asked over /json/2."""
        return "/json/2/" in self.recording["request"]["url"]

    @property
    def is_call(self) -> bool:
        return self.method == "execute_kw" and len(self.args) > 5

    @property
    def is_login(self) -> bool:
        return self.service == "common" and self.method in {"authenticate", "login"}

    def answer(self, request: httpx.Request) -> httpx.Response:
        if request.url.path == "/web/version":
            return _version_19() if self.over_json2 else httpx.Response(404, html="<h1>Not Found</h1>")
        return self._over_json2(request) if self.over_json2 else self._over_json_rpc(request)

    def _over_json2(self, request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/res.users/context_get"):
            return httpx.Response(200, json={"uid": 7, "lang": "en_US", "tz": False})
        if request.url.path.endswith("/res.users/read"):
            return httpx.Response(200, json=[{"id": 7, "login": "bot"}])
        self.requests.append(request)
        return self._recorded()

    def _over_json_rpc(self, request: httpx.Request) -> httpx.Response:
        params = json.loads(request.content)["params"]
        if params["method"] == "version" and self.method != "version":
            return httpx.Response(200, json={"jsonrpc": "2.0", "id": 1, "result": VERSION_18})
        self.sent.append(params)
        if params["method"] == "authenticate" and not self.is_login:
            uid = self.args[1] if self.is_call else 7
            return httpx.Response(200, json={"jsonrpc": "2.0", "id": 1, "result": uid})
        return self._recorded()

    def _recorded(self) -> httpx.Response:
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
        if self.over_json2:
            return await self._ask_json2(client)
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

    async def _ask_json2(self, client: OdooClient) -> object:
        """The recorded call where it was one; what was asked wrongly on purpose becomes a call with effect."""
        model, method = self.recording["request"]["url"].split("/")[-2:]
        body = self.recording["request"]["body"]
        named = dict(body) if isinstance(body, dict) else {}
        ids = named.pop("ids", None)
        if method in READING:
            return await client.query(model, method, *([ids] if ids and method == "read" else []), **named)
        return await client.act(model, method, ids, kwargs=named)


def _version_19() -> httpx.Response:
    return httpx.Response(200, json={"version_info": [19, 0, 0, "final", 0, ""], "version": "19.0"})


def _said(outcome: object, expected: str, recording: Recording) -> str:
    """``outcome`` in the words of the table; which words those are depends on what is asked."""
    match expected.split():
        case ["value"] | ["list", *_]:
            body = recording["response"]["body"]
            assert outcome == (body["result"] if isinstance(body, dict) and "result" in body else body)
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
    "case",
    ["j2_context", "j2_create_dict", "j2_message_post", "j2_method_confirm", "j2_read", "j2_search_read", "j2_write"],
)
async def test_a_call_over_json_2_goes_out_as_it_was_recorded(case: str) -> None:
    """The address, the bearer key, the database and every argument by its name."""
    replay = Replay(recorded("19.0", case))
    await replay.run()
    asked, sent = replay.recording["request"], replay.requests[-1]
    assert (sent.method, sent.url.path) == ("POST", httpx.URL(asked["url"]).path)
    assert (sent.headers["authorization"], sent.headers["x-odoo-database"]) == ("Bearer KEY", "odoo")
    assert json.loads(sent.content) == asked["body"]


@pytest.mark.parametrize(
    ("call", "body"),
    [
        (Call("m", "read", ([3], ["name"])), {"ids": [3], "fields": ["name"]}),
        (Call("m", "write", ([3], {"a": 1})), {"ids": [3], "vals": {"a": 1}}),
        (Call("m", "create", ({"a": 1},)), {"vals_list": {"a": 1}}),
        (Call("m", "search", ([],), {"limit": 1}), {"domain": [], "limit": 1}),
        (Call("m", "fields_get", (), {"attributes": ["type"]}), {"attributes": ["type"]}),
        (Call("m", "has_group", ([7], "base.group_user")), {"ids": [7], "group_ext_id": "base.group_user"}),
        (Call("m", "action_confirm", ([3],), {"context": {"a": 1}}), {"ids": [3], "context": {"a": 1}}),
    ],
)
def test_every_argument_has_its_name_in_json_2(call: Call, body: dict[str, object]) -> None:
    assert named(call) == body


def test_an_argument_without_a_known_name_is_a_mistake_of_ours() -> None:
    with pytest.raises(ValueError, match="have to be named"):
        named(Call("m", "message_post", ([3], "hello")))
