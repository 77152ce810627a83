"""YAML 1.2 text to plain values, and the line on which each of them stands.

Core but for its parser: no file is opened here. The node graph is walked by hand instead of being constructed
by the library, so that every repeated key is reported at once, no tag builds an object, and aliases cannot
make a small file large.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, TypeAlias, cast

from ruamel.yaml import YAML
from ruamel.yaml.composer import Composer
from ruamel.yaml.cyaml import CParser  # type: ignore[attr-defined]  # libyaml's; it has no annotations
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode
from ruamel.yaml.resolver import VersionedResolver

from bot.config.problems import ConfigProblem, Place, written

Value: TypeAlias = "str | int | float | bool | list[Value] | dict[str, Value] | None"

MAX_NODES = 100_000  #: keys and values, after aliases are followed; 2,000 rules of ten conditions have about 80,000
MAX_DEPTH = 12  #: the deepest key of the schema stands 6 levels down

_CORE = "tag:yaml.org,2002:"
_MERGE = f"{_CORE}merge"
#: What a plain value can be; a timestamp is read as the text it is.
_TAGS = frozenset(_CORE + kind for kind in ("null", "bool", "int", "float", "str", "timestamp", "seq", "map"))
_TOO_LARGE = "nested too deeply, or too many values; what an alias repeats counts each time"
_NO_VALUE = "write one or remove the key; a value that starts with # needs quotes"
_DIRECTIVE = re.compile(r"^%(YAML|TAG)\b", re.MULTILINE)
#: What a parser quotes may be part of a secret: only single characters and its own ``<names>`` are repeated.
#: A reference to the environment that is not quoted: YAML takes its brace for the beginning of a mapping.
_BARE = re.compile(r"""(?<!["'\w])\$\{""")
#: A channel that is not quoted, within braces: the comment swallows their end.
_HASH = re.compile(r"[{,].*:\s+#\w")
_QUOTED = re.compile(r"'(?P<token>\\.|.|<[a-z ]+>)'|'[^']*'")


@dataclass(frozen=True, slots=True)
class Document:
    """The plain values of a file."""

    data: dict[str, Value]
    lines: dict[Place, int] = field(default_factory=dict)
    problems: tuple[ConfigProblem, ...] = ()
    readable: bool = True  #: False where the text is no mapping at all: then nothing more can be said about it

    def nearest(self, place: Place) -> Place:
        """The longest beginning of ``place`` that stands in the file."""
        while place and place not in self.lines:
            place = place[:-1]
        return place

    def line(self, place: Place) -> int:
        """The line of ``place``, else of what should have held it; 1 for the whole file."""
        return self.lines.get(self.nearest(place), 1)


class _TooLargeError(Exception):
    """Aliases or nesting blow the document up beyond its limits."""

    def __init__(self, line: int) -> None:
        super().__init__(line)
        self.line = line


def parse(text: str) -> Document:
    """Read one YAML document whose top is a mapping; what is wrong is in ``problems``, never raised."""
    if directive := _DIRECTIVE.search(text):
        line = text.count("\n", 0, directive.start()) + 1
        return _refused(line, "YAML directives are not accepted: a config is always YAML 1.2")
    try:
        return _Walk().document(_composed(text))
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 0
        return _refused(line, *_told(error, "\n".join(text.splitlines()[max(line - 2, 0) : line])))
    except YAMLError:
        return _refused(0, "this is not text that YAML allows", "is it a binary file?")
    except _TooLargeError as error:
        return _refused(error.line, _TOO_LARGE)
    except RecursionError:
        return _refused(0, _TOO_LARGE)


def _composed(text: str) -> Node | None:
    """The node graph: by libyaml, which takes a quarter of the time; what that refuses is read by the library itself.

    The library knows YAML 1.2 better, and its words are the ones that are translated here.
    """
    try:
        return cast("Node | None", _Fast(text).get_single_node())
    except YAMLError:
        yaml = YAML(typ="rt")
        yaml.Composer = _Composer
        return cast("Node | None", yaml.compose(text))


def _refused(line: int, message: str, hint: str = "") -> Document:
    return Document({}, problems=(ConfigProblem(line, "", message, hint),), readable=False)


def _told(error: MarkedYAMLError, lines: str) -> tuple[str, str]:
    problem = str(error.problem)
    if "undefined alias" in problem:
        return "this is not valid YAML: * names an anchor that is not in the file", "quote a value that starts with *"
    if "another document" in problem:
        return "a config is one YAML document", "remove the --- between the parts"
    return f"this is not valid YAML: {_QUOTED.sub(lambda found: found['token'] or '...', problem)}", _hint(
        problem, lines
    )


def _hint(problem: str, lines: str) -> str:
    """What is most often behind it; ``lines`` are the one that the parser names and the one above."""
    if r"'\t'" in problem or "'\t'" in problem:
        return "indent with spaces, not tabs"
    if _BARE.search(lines.rpartition("\n")[2]):
        return 'within { } and [ ] write "${NAME}" in quotation marks'
    if _HASH.search(lines):
        return "a value that starts with # needs quotes; else the rest of the line is a comment"
    return "look at the indentation of this line and of the one above" if "<block end>" in problem else ""


class _Composer(Composer):
    """Gives up at the depth limit: the library takes time that grows with the square of the nesting."""

    def __init__(self, loader: Any = None) -> None:
        super().__init__(loader=loader)
        # The warning would print lines of the file, and so perhaps a secret. YAML lets an anchor be defined anew.
        self.warn_double_anchors = False
        self._depth = 0

    def compose_node(self, parent: Any, index: Any) -> Any:
        self._depth += 1
        if self._depth > MAX_DEPTH + 1:
            raise _TooLargeError(self.parser.peek_event().start_mark.line + 1)
        try:
            return super().compose_node(parent, index)
        finally:
            self._depth -= 1


class _Fast(CParser, _Composer, VersionedResolver):  # type: ignore[misc]  # two bases without annotations
    """libyaml's events, composed as ours and resolved as YAML 1.2."""

    max_depth = None  #: ours is ``MAX_DEPTH``, and it tells the line

    def __init__(self, text: str) -> None:
        CParser.__init__(self, text)
        _Composer.__init__(self, loader=self)
        VersionedResolver.__init__(self, "1.2", loader=self)
        self._parser = self._composer = self._resolver = self

    get_single_node = Composer.get_single_node  # the parser's own would build the graph by itself


class _Walk:
    """One pass over a node graph."""

    def __init__(self) -> None:
        self._lines: dict[Place, int] = {}
        self._problems: list[ConfigProblem] = []
        self._seen = 0

    def document(self, root: Node | None) -> Document:
        if not isinstance(root, MappingNode):
            return _refused(0, "a config is a mapping of keys to values", "start it with: version: 1")
        data = self._mapping(root, ())
        return Document(data, self._lines, tuple(self._problems))

    def _value(self, node: Node, place: Place) -> Value:
        self._count(node, place)
        if node.tag not in _TAGS:
            hint = "quote a value that starts with !"
            self._report(self._lines[place], place, "YAML tags are not accepted", hint)
            return None
        if isinstance(node, MappingNode):
            return self._mapping(node, place)
        if isinstance(node, SequenceNode):
            return self._sequence(node, place)
        return self._scalar(node, place)

    def _mapping(self, node: MappingNode, place: Place) -> dict[str, Value]:
        values: dict[str, Value] = {}
        for key, item in self._pairs(node, place):
            inner = (*place, key.value)
            self._lines[inner] = key.start_mark.line + 1
            value = self._value(item, inner)
            # A key without a value is reported where it stands and left out: validation then says nothing twice.
            if value is not None:
                values[key.value] = value
        return values

    def _pairs(self, node: MappingNode, place: Place) -> Iterator[tuple[ScalarNode, Node]]:
        """The node's own pairs, then those it merges in (``<<``) where it has no such key itself."""
        own: dict[str, int] = {}
        merged: list[Node] = []
        for key, item in node.value:
            self._count(key, place)
            self._trim(key, place)
            line = key.start_mark.line + 1
            if key.tag == _MERGE:
                merged += item.value if isinstance(item, SequenceNode) else [item]
            elif not isinstance(key, ScalarNode):
                self._report(line, place, "a key must be a word")
            elif key.value in own:
                self._report(line, (*place, key.value), f"written twice, first on line {own[key.value]}")
            else:
                own[key.value] = line
                yield key, item
        yield from self._merged(merged, place, set(own))

    def _trim(self, key: Node, place: Place) -> None:
        """A blank that only looks like a space came with pasted text, and belongs to the key in YAML."""
        if isinstance(key, ScalarNode) and key.value != key.value.strip():
            said = "a key begins or ends with a blank that is no plain space"
            self._report(key.start_mark.line + 1, place, said, "type it anew")
            key.value = key.value.strip()

    def _merged(self, bases: list[Node], place: Place, taken: set[str]) -> Iterator[tuple[ScalarNode, Node]]:
        for base in bases:
            if not isinstance(base, MappingNode):
                self._report(base.start_mark.line + 1, place, "<< merges mappings only")
                continue
            for key, item in self._pairs(base, place):
                if key.value not in taken:
                    taken.add(key.value)
                    yield key, item

    def _sequence(self, node: SequenceNode, place: Place) -> list[Value]:
        values: list[Value] = []
        for index, item in enumerate(node.value):
            inner = (*place, index)
            self._lines[inner] = item.start_mark.line + 1
            values.append(self._value(item, inner))
        return values

    def _scalar(self, node: Node, place: Place) -> Value:
        text = str(node.value)
        match str(node.tag).removeprefix(_CORE):
            case "null":
                self._report(self._lines[place], place, "has no value", _NO_VALUE)
                return None
            case "bool" if text.lower() in {"true", "false"}:
                return text.lower() == "true"
            case "int" | "float" as kind:
                return _number(text, kind)
            case _:
                return text

    def _count(self, node: Node, place: Place) -> None:
        self._seen += 1
        if self._seen > MAX_NODES or len(place) > MAX_DEPTH:
            raise _TooLargeError(node.start_mark.line + 1)

    def _report(self, line: int, place: Place, message: str, hint: str = "") -> None:
        self._problems.append(ConfigProblem(line, written(place), message, hint))


def _number(text: str, kind: str) -> int | float | str:
    """The number, or the text as it stands where Python reads numbers otherwise than YAML."""
    try:
        return int(text) if kind == "int" else float(text)
    except ValueError:
        return text
