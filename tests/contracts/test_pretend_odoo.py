"""The pretend Odoo held to the recordings of the real ones: every recorded request is played to it again.

Compared are status, content type, connection, keys, error class and code, the kind of result, and the state after.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from bot.sandbox.odoo import PretendOdoo
from tests.contracts.odoo_plays import NOT_PLAYED, PLAYS
from tests.contracts.odoo_rpc import serving
from tests.contracts.odoo_scenes import Scene

RECORDINGS = Path(__file__).parents[1] / "recordings" / "odoo"
VERSIONS = ("18.0", "19.0")
_DATABASES = {"18.0": "odoo", "19.0": "odoo19"}
_SECRET, _ARGS = 2, 5
#: Keys and databases were taken out of the recordings; where they mattered, this is what stood there.
_HEADERS_LEFT_OUT = {
    "j2_no_auth": {},
    "j2_wrong_db_header": {"authorization": "Bearer any", "x-odoo-database": "nodb"},
}


def _recorded(version: str) -> list[str]:
    return sorted(path.stem for path in (RECORDINGS / version).glob("*.json"))


def _played() -> list[tuple[str, str]]:
    return [(version, case) for version in VERSIONS for case in _recorded(version) if case in PLAYS]


@pytest.mark.parametrize("version", VERSIONS)
def test_every_recording_is_played_or_left_out_for_a_named_reason(version: str) -> None:
    left_out = {case for cases in NOT_PLAYED.values() for case in cases.split()}
    assert not left_out & PLAYS.keys()
    assert set(_recorded(version)) - PLAYS.keys() - left_out == set()


def test_no_table_names_a_case_that_was_never_recorded() -> None:
    recorded = {case for version in VERSIONS for case in _recorded(version)}
    named = PLAYS.keys() | {case for cases in NOT_PLAYED.values() for case in cases.split()}
    assert named - recorded == set()


@pytest.mark.parametrize(("version", "case"), _played())
async def test_the_recorded_request_gets_the_recorded_answer(version: str, case: str) -> None:
    recording = json.loads((RECORDINGS / version / f"{case}.json").read_text())
    async with serving(version, database=_DATABASES[version]) as odoo, httpx.AsyncClient(trust_env=False) as client:
        scene = await PLAYS[case].lay(odoo)
        answer = await client.send(_translated(odoo, recording["request"], scene, case))
        _same_manners(answer, recording["response"])
        if "/json/2/" in recording["request"]["url"]:
            _same_json2(answer, recording["response"]["body"])
        elif isinstance(recording["response"]["body"], dict):
            _same_envelope(answer.json(), recording["response"]["body"])
        expected = PLAYS[case].expected(version)
        if expected:
            _holds(odoo, _subject(recording, scene, answer), expected)


@pytest.mark.parametrize("version", VERSIONS)
async def test_a_lost_race_ends_as_recorded(version: str) -> None:
    """Odoo's own five tries are used up: the recorded SerializationFailure, and nothing has happened."""
    recording = json.loads((RECORDINGS / version / "serialization_failure_final.json").read_text())
    async with serving(version, database=_DATABASES[version]) as odoo, httpx.AsyncClient(trust_env=False) as client:
        order = odoo.add_purchase(amount=10)
        odoo.faults.retry_next(method="button_confirm", times=5)
        args = [odoo.database, odoo.uid("admin"), "admin", "purchase.order", "button_confirm", [[order]]]
        params = {"service": "object", "method": "execute_kw", "args": args}
        answer = await client.post(f"{odoo.url}/jsonrpc", json={"jsonrpc": "2.0", "id": 1, "params": params})
        _same_envelope(answer.json(), recording["response"]["body"])
        assert odoo.record("purchase.order", order)["state"] == "draft"


def _translated(odoo: PretendOdoo, recorded: dict[str, Any], scene: Scene, case: str) -> httpx.Request:
    """The recorded request with this server's address, key and ids."""
    path = httpx.URL(recorded["url"]).raw_path.decode()
    body = recorded["body"]
    if isinstance(body, dict):
        body = _with_ids(odoo, json.loads(json.dumps(body)), scene)
    content = body if isinstance(body, str) else "" if body is None else json.dumps(body)
    kept = {name: value for name, value in recorded["headers"].items() if name == "content-type"}
    kept |= _HEADERS_LEFT_OUT.get(
        case, {"authorization": f"Bearer {odoo.api_key('bot')}"} if "/json/2/" in path else {}
    )
    return httpx.Request(recorded["method"], odoo.url + path, content=content, headers=kept)


def _with_ids(odoo: PretendOdoo, body: dict[str, Any], scene: Scene) -> dict[str, Any]:
    if scene.ids is not None and "ids" in body:
        body["ids"] = scene.ids
    args = body.get("params", {}).get("args", [])
    if len(args) > _SECRET and args[_SECRET] == "API-KEY":
        args[_SECRET] = odoo.api_key("bot")
    if len(args) > _ARGS and scene.args is not None:
        args[_ARGS] = scene.args
    elif len(args) > _ARGS and scene.ids is not None:
        args[_ARGS] = [scene.ids, *args[_ARGS][1:]]
    if scene.kwargs is not None:
        args[_ARGS + 1 :] = [scene.kwargs]
    return body


def _same_manners(answer: httpx.Response, recorded: dict[str, Any]) -> None:
    assert answer.status_code == recorded["status"]
    assert answer.headers["content-type"].partition(";")[0] == recorded["headers"]["content-type"].partition(";")[0]
    assert answer.headers["connection"] == recorded["headers"]["connection"]


def _same_envelope(answer: dict[str, Any], recorded: dict[str, Any]) -> None:
    assert answer.keys() == recorded.keys()
    assert answer.get("id") == recorded.get("id")
    if "error" in recorded:
        _same_error(answer["error"], recorded["error"])
    elif "result" in recorded:
        _same_kind(answer["result"], recorded["result"])


def _same_json2(answer: httpx.Response, recorded: Any) -> None:
    """The bare value, or the error object with its class."""
    if isinstance(recorded, dict) and "debug" in recorded:
        told = answer.json()
        assert told.keys() == recorded.keys()
        assert (told["name"], told["context"]) == (recorded["name"], recorded["context"])
        assert len(told["arguments"]) == len(recorded["arguments"])
    elif not isinstance(recorded, str):
        _same_kind(answer.json(), recorded)


def _same_error(answer: dict[str, Any], recorded: dict[str, Any]) -> None:
    assert answer.keys() == recorded.keys()
    assert (answer["code"], answer["message"]) == (recorded["code"], recorded["message"])
    told, expected = answer["data"], recorded["data"]
    assert told.keys() == expected.keys()
    assert (told["name"], told["context"]) == (expected["name"], expected["context"])
    assert told["arguments"] == [told["message"]]
    assert told["debug"].startswith("Traceback")


def _same_kind(answer: Any, recorded: Any) -> None:
    """The same type all the way down and the same truth values; figures, names and the number of rows may differ."""
    match recorded:
        case {"type": "ir.actions.act_window", "res_model": res_model}:
            assert (answer["type"], answer["res_model"]) == ("ir.actions.act_window", res_model)
            assert isinstance(answer["context"], dict)
        case dict():
            assert answer.keys() == recorded.keys()
            for name, value in recorded.items():
                _same_kind(answer[name], value)
        case list():
            assert isinstance(answer, list)
            assert bool(answer) == bool(recorded)
            for mine, theirs in zip(answer, recorded, strict=False):
                _same_kind(mine, theirs)
        case bool():
            assert answer is recorded
        case _:
            assert type(answer) is type(recorded)


def _subject(recording: dict[str, Any], scene: Scene, answer: httpx.Response) -> tuple[str, int]:
    """The record to look at after: the scene's, the first of its ids, or the one that was made."""
    if scene.subject:
        return scene.subject
    asked = recording["request"]
    over_json2 = "/json/2/" in asked["url"]
    model = asked["url"].split("/")[-2] if over_json2 else asked["body"]["params"]["args"][3]
    return (model, scene.ids[0] if scene.ids else int(answer.json()["result"]))


def _holds(odoo: PretendOdoo, subject: tuple[str, int], expected: dict[str, Any]) -> None:
    record = odoo.record(*subject)
    for name, value in expected.items():
        assert value(record[name]) if callable(value) else record[name] == value, name
