"""The JSON Schema and the reference: in step with the program, and true of the files that it reads.

``SIGNOFF_UPDATE_GOLDEN=1 pytest tests/core/test_config_reference.py`` writes both anew after a key has changed.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from pydantic import BaseModel
from ruamel.yaml import YAML

from bot.config import schema
from bot.config.reference import json_schema, markdown
from bot.config.translate import models_in
from tests.core.config_texts import CONFIGS, EXAMPLE, ROOT, SMALLEST

GOOD = [*sorted((CONFIGS / "good").glob("*.yaml")), EXAMPLE, ROOT / "bot" / "sandbox" / "demo.yaml"]


@pytest.mark.parametrize(
    ("path", "written"),
    [(ROOT / "signoff.schema.json", json_schema), (ROOT / "docs" / "config-reference.md", markdown)],
    ids=lambda value: value.name if isinstance(value, Path) else "",
)
def test_what_is_published_is_what_the_program_reads(path: Path, written: Callable[[], str]) -> None:
    if os.environ.get("SIGNOFF_UPDATE_GOLDEN"):
        path.write_text(written())

    assert path.read_text() == written()


def _parts(part: type[BaseModel]) -> Iterator[type[BaseModel]]:
    yield part
    for info in part.model_fields.values():
        for inner in models_in(info.annotation):
            yield from _parts(inner)


@pytest.mark.parametrize("part", sorted(set(_parts(schema.File)), key=repr))
def test_every_key_says_what_it_means(part: type[BaseModel]) -> None:
    assert [name for name, info in part.model_fields.items() if not info.description] == []


def _problems(data: object) -> list[str]:
    found: Any = json.loads(json_schema())
    Draft202012Validator.check_schema(found)
    return sorted(error.json_path for error in Draft202012Validator(found).iter_errors(data))


@pytest.mark.parametrize("path", GOOD, ids=lambda path: path.stem)
def test_the_json_schema_accepts_what_loads(path: Path) -> None:
    assert _problems(YAML(typ="safe", pure=True).load(path)) == []


@pytest.mark.parametrize(
    ("right", "wrong", "place"),
    [
        ("rules:", "ruels:", "$"),
        ("any_of:", "anyof:", "$.policies.one_approver.stages[0]"),
        ("${ODOO_API_KEY}", "hunter2", "$.odoo.main.api_key"),
        ("  main:", "  Main:", "$.odoo"),
        ("name: everything,", "name: everything, over: 5000,", "$.rules[0].over"),
        ("name: everything,", "name: everything, match: {},", None),
        ("name: everything,", "name: everything, match: {partner: [Acme, A*]},", None),
        ("name: everything,", "name: everything, match: {partner: 5},", "$.rules[0].match.partner"),
        ("name: everything,", "name: everything, under: null,", "$.rules[0].under"),
        ("    url:", "    reconcile: 60\n    url:", "$.odoo.main.reconcile"),
        ("    url:", "    concurrency: 17\n    url:", "$.odoo.main.concurrency"),
        ('"#finance"', "finance", "$.roles.finance.channel"),
    ],
)
def test_the_json_schema_marks_the_place_of_what_does_not_load(right: str, wrong: str, place: str | None) -> None:
    assert right in SMALLEST
    problems = _problems(YAML(typ="safe", pure=True).load(SMALLEST.replace(right, wrong)))

    assert (place in problems) if place else problems == []


def test_the_example_names_its_schema_in_its_first_line() -> None:
    first = EXAMPLE.read_text().splitlines()[0]

    assert first == "# yaml-language-server: $schema=./signoff.schema.json"
