"""The project's own rules about source text, one function each: tree in, findings (line and words) out.

Ruff and import-linter know nothing of these: who may read the clock, where Odoo models may be compared, which
libraries the core must not touch. tests/test_architecture.py applies them to the tree.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

Finding = tuple[int, str]

#: Libraries that reach outside the process, wait, or hold state. The core turns values into values.
IMPURE = frozenset(
    {
        "aiohttp", "aiosqlite", "alembic", "apscheduler", "asyncio", "asyncpg", "click", "httpx", "io",
        "logging", "multiprocessing", "os", "pathlib", "prometheus_client", "random", "secrets", "selectors",
        "shutil", "signal", "slack_bolt", "slack_sdk", "socket", "sqlalchemy", "sqlite3", "ssl", "structlog",
        "subprocess", "tempfile", "threading", "time", "uuid", "uvloop",
    }
)  # fmt: skip


_WALL_CLOCK = frozenset(
    {
        "datetime.now", "datetime.utcnow", "datetime.today", "date.today", "time.time", "time.time_ns",
        "time.localtime", "time.gmtime", "func.now",
    }
)  # fmt: skip

#: The name of an Odoo model begins with its application. Those of Odoo's own machinery (``ir.``, ``mail.``) are
#: part of the protocol and may be told apart anywhere.
_ODOO_MODEL = re.compile(
    r"(account|crm|delivery|hr|maintenance|mrp|product|project|purchase|quality|repair|res|sale|stock|uom)"
    r"(\.[a-z][a-z_]*)+"
)


def wall_clock_reads(tree: ast.AST) -> Iterator[Finding]:
    """Calls and imports that read the time of day. ``monotonic`` and ``perf_counter`` measure; they may stay."""
    for node in ast.walk(tree):
        match node:
            case ast.Attribute():
                name = ".".join(ast.unparse(node).split(".")[-2:])
                if name in _WALL_CLOCK:
                    yield node.lineno, name
            case ast.ImportFrom(module="time"):
                for alias in node.names:
                    if f"time.{alias.name}" in _WALL_CLOCK:
                        yield node.lineno, f"time.{alias.name}"
            case _:
                pass


def compared_odoo_models(tree: ast.AST) -> Iterator[Finding]:
    """Names of Odoo models in a comparison, in a ``case``, or as keys to choose by."""
    for node in ast.walk(tree):
        match node:
            case ast.Compare():
                yield from _models_in(node.left, *node.comparators)
            case ast.MatchValue():
                yield from _models_in(node.value)
            case ast.Dict():
                yield from _models_in(*(key for key in node.keys if key is not None))
            case _:
                pass


def impure_imports(tree: ast.AST) -> Iterator[Finding]:
    """Imports of libraries that a pure module has no business with."""
    for line, module in imports(tree):
        if module.split(".")[0] in IMPURE or module == "urllib.request":
            yield line, module


def imports(tree: ast.AST) -> Iterator[Finding]:
    """Every module named in an import, wherever it stands."""
    for node in ast.walk(tree):
        match node:
            case ast.Import():
                yield from ((node.lineno, alias.name) for alias in node.names)
            case ast.ImportFrom(module=str(module), level=0):
                yield node.lineno, module
            case _:
                pass


def _models_in(*nodes: ast.expr) -> Iterator[Finding]:
    for outer in nodes:
        for node in ast.walk(outer):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and _ODOO_MODEL.fullmatch(node.value):
                yield node.lineno, node.value
