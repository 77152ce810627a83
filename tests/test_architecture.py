"""The shape of the code: imports point down, the core is pure, one module reads the clock, rooms keep their names.

The layers are read from pyproject.toml, so that there is one list of them.
"""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pytest

from tests.source_rules import Finding, compared_odoo_models, impure_imports, wall_clock_reads

ROOT = Path(__file__).resolve().parent.parent
PRODUCT = sorted((ROOT / "bot").rglob("*.py"))
EVERYTHING = [*PRODUCT, *sorted((ROOT / "tests").rglob("*.py")), *sorted((ROOT / "migrations").rglob("*.py"))]

LONGEST = 300  # lines; a file that needs more has two jobs
NAMELESS = {"utils", "util", "helpers", "helper", "manager", "common", "misc"}


def layers() -> list[list[str]]:
    """The modules of each layer, from the top down."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())
    contract = next(c for c in settings["tool"]["importlinter"]["contracts"] if c["type"] == "layers")
    return [re.findall(r"[\w.]+", layer) for layer in contract["layers"]]


def module_of(path: Path) -> str:
    """The dotted name under which ``path`` is imported."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(part for part in parts if part != "__init__")


def is_placed(module: str, places: Iterable[str]) -> bool:
    """Whether ``module`` or a package around it is one of ``places``."""
    return any(module == place or module.startswith(f"{place}.") for place in places)


def located(paths: Iterable[Path], rule: Callable[[ast.AST], Iterator[Finding]]) -> list[str]:
    """What ``rule`` finds, as ``path:line: words``."""
    return [
        f"{path.relative_to(ROOT)}:{line}: {words}"
        for path in paths
        for line, words in rule(ast.parse(path.read_text()))
    ]


def test_import_contracts_are_kept() -> None:
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr


def test_every_module_has_a_place_in_the_layers() -> None:
    """A module that no layer names would be free to import anything: give it a place in pyproject.toml."""
    places = [name for layer in layers() for name in layer]
    homeless = [
        module_of(path) for path in PRODUCT if path.name != "__init__.py" and not is_placed(module_of(path), places)
    ]
    assert homeless == []


def test_core_touches_no_io_and_no_clock() -> None:
    core = layers()[-1]
    paths = [path for path in PRODUCT if is_placed(module_of(path), core)]
    assert len(paths) > len(core) // 2
    assert located(paths, impure_imports) == []


def test_only_the_clock_reads_the_time_of_day() -> None:
    assert located([path for path in PRODUCT if module_of(path) != "bot.clock"], wall_clock_reads) == []


def test_no_condition_names_an_odoo_model_outside_the_catalog() -> None:
    elsewhere = [path for path in PRODUCT if not is_placed(module_of(path), ["bot.odoo.catalog", "bot.sandbox"])]
    assert located(elsewhere, compared_odoo_models) == []


def test_every_module_says_what_it_owns() -> None:
    silent = [path for path in EVERYTHING if not ast.get_docstring(ast.parse(path.read_text()))]
    assert [str(path.relative_to(ROOT)) for path in silent] == []


def test_no_file_is_named_after_nothing() -> None:
    inside = [path.relative_to(ROOT) for path in EVERYTHING]
    assert [str(path) for path in inside if {path.stem, *path.parent.parts} & NAMELESS] == []


def test_no_file_is_too_long() -> None:
    lengths = {str(path.relative_to(ROOT)): len(path.read_text().splitlines()) for path in PRODUCT}
    assert {name: length for name, length in lengths.items() if length > LONGEST} == {}


@pytest.mark.parametrize(
    ("rule", "source", "found"),
    [
        (wall_clock_reads, "at = datetime.now(UTC)", ["datetime.now"]),
        (wall_clock_reads, "at = datetime.datetime.utcnow()", ["datetime.utcnow"]),
        (wall_clock_reads, "from time import perf_counter, time", ["time.time"]),
        (wall_clock_reads, "insert(case).values(at=func.now())", ["func.now"]),
        (wall_clock_reads, "at = clock.now()", []),
        (wall_clock_reads, "started = time.monotonic()", []),
        (compared_odoo_models, "if model == 'purchase.order': pass", ["purchase.order"]),
        (compared_odoo_models, "x = 1 if model in ('sale.order', other) else 2", ["sale.order"]),
        (compared_odoo_models, "match model:\n case 'stock.quant' | 'x': pass", ["stock.quant"]),
        (compared_odoo_models, "HANDLERS = {'stock.quant': count}", ["stock.quant"]),
        (compared_odoo_models, "if kind == 'ir.actions.act_window': pass", []),
        (compared_odoo_models, "client.call('res.users', 'read')", []),
        (compared_odoo_models, "if channel == 'sale': pass", []),
        (impure_imports, "import os.path", ["os.path"]),
        (impure_imports, "def late():\n from sqlalchemy import select", ["sqlalchemy"]),
        (impure_imports, "from datetime import datetime\nfrom bot.text import clean", []),
    ],
)
def test_the_rules_find_what_they_forbid_and_no_more(
    rule: Callable[[ast.AST], Iterator[Finding]], source: str, found: list[str]
) -> None:
    assert [words for _, words in rule(ast.parse(source))] == found


def test_migrations_stand_in_one_line_in_the_order_of_their_numbers() -> None:
    """Two changes that land on the same day meet here, and not when somebody starts the program."""
    files = sorted((ROOT / "migrations" / "versions").glob("[0-9]*.py"))
    told = [
        re.findall(r'^(?:down_)?revision = "?(\w+)"?$', path.read_text(encoding="utf-8"), re.MULTILINE)
        for path in files
    ]
    numbers = [path.name[:4] for path in files]
    assert told == [list(pair) for pair in zip(numbers, ["None", *numbers], strict=False)]
