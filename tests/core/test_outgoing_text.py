"""Promise P12 for everything that goes out, and not for cards alone: hostile text stays text.

One law over every kind of message and view: markup is of our own making, no control or direction marks, no word that
could ping, link, format or turn into a picture, and private_metadata holds a pointer and nothing else.
"""

from __future__ import annotations

import ast
import html
import json
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import bot
from bot.approvals.standins import Delegation
from bot.audit import witness
from bot.audit.checkpoint import Signer
from bot.cases.bulk import Batch
from bot.cases.desk import Desk, Entry, Pile
from bot.cases.lines import Line, Lines
from bot.cases.model import Case, Kind, Status
from bot.config.model import CareRule, Changeable
from bot.effects import EffectKind
from bot.exceptions.care import Care
from bot.handlers import delegations
from bot.odoo import books
from bot.odoo.books import Books
from bot.outbox import Claimed
from bot.reports.asked import EVERY, Number
from bot.reports.message import message as week
from bot.reports.message import without_pictures
from bot.reports.period import week_before
from bot.reports.report import Report
from bot.sandbox.slack.blocks import message_blocks
from bot.sandbox.slack.modals import checked_view
from bot.slack import admin_news, bulk, care_modals, digest, home, identity_news, listing
from bot.slack.buttons import Action
from bot.slack.cards import Card, bare, render
from bot.slack.change_modal import ask_changes
from bot.slack.config_news import config_news
from bot.slack.delegation_modal import ask_stand_in, ask_whom
from bot.slack.digest import Shift, Tally
from bot.slack.file_modal import ask_files
from bot.slack.members_modal import members
from bot.slack.modals import ask_reason, framed, not_done
from bot.slack.notice import Notice, literally, notice
from bot.slack.story import LINES, Happened, is_told, reply
from tests.core.card_cases import FINANCE, TEXTS, cases
from tests.factories import NOW, usd

HOSTILE = settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])

#: Dates, and the people whom an entry names: the only markup that we write.
_OURS = re.compile(r"<!date\^\d+\^\{date_short_pretty\} \{time\}\|[\d :-]+UTC>|<@U0KNOWN>")
_POINTER = re.compile(r"(?:\d+:\d+:[0-9a-f]{10}(?::C1(?::1)?)?|C1)?")
_LONGEST = 4000  #: characters of a message's own text that an edit takes


def texts(value: object) -> Iterator[Mapping[str, Any]]:
    """Every text object and text element in blocks or a view."""
    if isinstance(value, Mapping):
        if value.get("type") in {"plain_text", "mrkdwn", "text"}:
            yield value
        for item in value.values():
            yield from texts(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from texts(item)


def assert_inert(markup: str) -> None:
    """Markup with nothing in it but ours."""
    rest = _OURS.sub("", markup)
    assert not re.search(r"[<>]|&(?!amp;|lt;|gt;)", rest), rest
    literal = html.unescape(rest)
    assert not re.search(r"(?:^|[\W_])[*_~`](?=\S)", literal), literal
    assert not re.search(r":[a-z_]+:", literal), literal


def assert_harmless(blocks: object) -> None:
    """Blocks or a view in which no text does anything."""
    for one in texts(blocks):
        assert one["type"] != "mrkdwn" or one["verbatim"] is True
        if one["type"] == "mrkdwn":
            assert_inert(str(one["text"]))
        marks = {char for char in str(one["text"]) if unicodedata.category(char) in {"Cc", "Cs", "Co"}}
        assert marks <= {"\n"}
        assert not set(str(one["text"])) & set("\u202a\u202b\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\ufeff")


def assert_safe_message(told: Card | Notice) -> None:
    """A message as Slack takes it."""
    message_blocks(json.loads(json.dumps(told.blocks)))
    assert_harmless(told.blocks)
    assert 0 < len(told.text) <= _LONGEST
    for line in told.text.split("\n"):
        assert_inert(line)


def assert_safe_view(view: Mapping[str, Any]) -> None:
    """A modal as Slack takes it."""
    checked_view(json.loads(json.dumps(view)), str(view["type"]))
    assert_harmless(view)
    assert _POINTER.fullmatch(view.get("private_metadata", ""))


@dataclass(frozen=True, slots=True)
class Hostile:
    """What somebody who means ill can get into a message."""

    case: Case
    text: str
    other: str
    lines: tuple[str, ...]

    @property
    def exception(self) -> Case:
        """The case as an exception, with what the config offers for it."""
        care = CareRule(root_causes=("other",), resolutions=("sent again",), approvals=("bought",))
        owned = replace(self.case, care=Care(members=(1, 2), gathered=2), plan=replace(self.case.plan, care=care))
        return replace(owned, id=99, status=Status.OPEN, closed_at=None)

    @property
    def valued(self) -> Case:
        """The case with a value, so that it can go together with others."""
        valued = replace(self.case.event, value=usd("100"))
        return replace(self.case, revision=replace(self.case.revision, event=valued))

    @property
    def desk(self) -> Desk:
        """Somebody's Home tab, full of it."""
        pile = Pile((Entry(self.case, self.case), Entry(self.exception, self.exception)), 3)
        stand_in = Delegation(1, "ann@example.com", self.text, "bob@example.com", self.other, NOW, None)
        batch = Batch(self.text, self.other, usd("1000"), (self.valued, self.valued))
        return Desk("ann@example.com", pile, pile, pile, pile, pile, (batch,), (stand_in,), (replace(stand_in, id=2),))

    @property
    def shift(self) -> Shift:
        """The start of a shift at a site with such cases."""
        tally = Tally(2, 1, 1, 1, (("USD", Decimal(5)),))
        links = {self.case.id: "https://example.slack.com/archives/C1/p1"}
        return Shift(self.text, NOW, NOW, tally, {}, (self.case, self.exception), links)


@st.composite
def hostile(draw: st.DrawFn) -> Hostile:
    """A case and texts at their worst."""
    lines = draw(st.lists(TEXTS, min_size=1, max_size=40))
    return Hostile(draw(cases()), draw(TEXTS), draw(TEXTS), tuple(lines))


Made = Card | Notice | Mapping[str, Any]

_SIGNER = Signer.fresh()
_REASONS = (Action.APPROVE, Action.REJECT, Action.ASK, Action.ANSWER, Action.COMMENT, Action.BREAK_GLASS)
_CARE = (Action.ASSIGN, Action.SNOOZE, Action.PAUSE, Action.RESOLVE, Action.ASK_APPROVAL)


def _stories(bad: Hostile) -> Iterator[Made]:
    names = ("name", "reason", "text", "problem", "ending", "channel", "instead", "file", "rule", "holder", "code")
    people = {"mention": ["ann@example.com", f"{bad.text}@example.com"], "changed": [[bad.text, bad.other, bad.text]]}
    lists = {"role": bad.other, "roles": [bad.other], "asked_now": [bad.text, bad.other]}
    for action in LINES:
        entry = Happened(1, action, NOW, {**dict.fromkeys(names, bad.text), **lists, **people})
        if is_told(entry):
            yield reply([entry], {"ann@example.com": "U0KNOWN"}, NOW)[0]


def _news(bad: Hostile) -> Iterator[Made]:
    yield config_news({"digest": "a" * 64, "problems": list(bad.lines)}, is_refused=True)
    yield config_news({"digest": "a" * 64, "changed": list(bad.lines), "git": bad.text}, is_refused=False)


def _figures(bad: Hostile) -> Iterator[Made]:
    line = Line(1, bad.text, 7, Decimal(4), Decimal("2.5"), Decimal(10))
    event = replace(bad.case.event, lines=Lines("lines", "total", usd("10"), (line,), 2))
    plan = replace(bad.case.plan, manner=replace(bad.case.plan.manner, changes=tuple(Changeable)))
    yield ask_changes(replace(bad.case, plan=plan, revision=replace(bad.case.revision, event=event)), "C1", "")


def _framed(bad: Hostile) -> Iterator[Made]:
    yield framed(bad.case, Action.COMMENT, "C1", [], title="Comment")


def _unreached(bad: Hostile) -> Iterator[Made]:
    for target in (f"@{bad.text}", bad.text):
        claimed = Claimed(1, EffectKind.TELL_ADMINS, "k", 1, target, 1, NOW, NOW)
        yield admin_news.card(claimed, bad.other, bad.text)


#: Every function of the program that makes a message or a view itself -> what it makes of hostile text. The others can
#: only make one through these. ``test_the_law_knows_every_function`` fails where one is missing.
def _week(bad: Hostile) -> Report:
    """Root causes and sites are the admin's words, event types too."""
    causes = [Number("root_causes", Kind.EXCEPTION, EVERY, EVERY, one, 1) for one in (bad.text, *bad.lines)]
    return Report(week_before(NOW, ZoneInfo("UTC")), NOW, (bad.text,), (bad.other,), tuple(causes))


MAKERS: Mapping[str, Callable[[Hostile], Iterable[Made]]] = {
    "bot.audit.witness.message": lambda bad: (witness.message(_SIGNER.sign(1, "a" * 64, NOW)),),
    "bot.handlers.delegations.card": lambda bad: (delegations.card(f"{bad.text}."),),
    "bot.odoo.books.message": lambda bad: (books.message([Books(bad.text, NOW, {}, (), bad.other)], bad.lines),),
    "bot.reports.message.message": lambda bad: (week(_week(bad), shows_values=True),),
    "bot.reports.message.without_pictures": lambda bad: (without_pictures(bad.text),),
    "bot.slack.admin_news.card": _unreached,
    "bot.slack.bulk.choose": lambda bad: (
        bulk.choose(Batch(bad.text, bad.other, usd("1000"), (bad.valued, bad.valued)), "C1"),
    ),
    "bot.slack.bulk.result": lambda bad: (bulk.result(bad.lines, approved=1, asked=2),),
    "bot.slack.cards.bare": lambda bad: (bare(bad.case),),
    "bot.slack.cards.render": lambda bad: (
        render(bad.case, FINANCE, late=bad.text),
        render(bad.case, "@mia@example.com", short=True),
        render(bad.exception, FINANCE),
    ),
    "bot.slack.care_modals.ask": lambda bad: (care_modals.ask(bad.exception, one, "C1", NOW) for one in _CARE),
    "bot.slack.change_modal.ask_changes": _figures,
    "bot.slack.config_news.config_news": _news,
    "bot.slack.delegation_modal.ask_stand_in": lambda bad: (ask_stand_in(NOW, for_others=True),),
    "bot.slack.delegation_modal.ask_whom": lambda bad: (ask_whom(bad.case),),
    "bot.slack.digest.digest": lambda bad: (digest.digest(bad.shift, NOW),),
    "bot.slack.file_modal.ask_files": lambda bad: (ask_files(bad.case, "C1"),),
    "bot.slack.home._view": lambda bad: (home.home(bad.desk, NOW), home.nobody()),
    "bot.slack.home.said": lambda bad: (home.said(literally(bad.text), bad.other),),
    "bot.slack.identity_news.card": lambda bad: (identity_news.card(bad.text, list(bad.lines)),),
    "bot.slack.listing.at_length": lambda bad: (
        listing.at_length(bad.case),
        listing.listed(Kind.APPROVAL, [bad.case, bad.exception], bad.text, bad.lines, bad.other, NOW),
    ),
    "bot.slack.members_modal.members": lambda bad: (
        members(
            bad.exception,
            [replace(bad.case, id=one) for one in range(1, 21)],
            page=1,
            channel_id="C1",
            cards={},
            said=bad.text,
        ),
    ),
    "bot.slack.modals.ask_reason": lambda bad: (ask_reason(bad.case, one, "C1") for one in _REASONS),
    "bot.slack.modals.framed": _framed,
    "bot.slack.modals.not_done": lambda bad: (not_done(bad.text),),
    "bot.slack.notice.literally": lambda bad: (literally(bad.text),),
    "bot.slack.notice.notice": lambda bad: (notice([*bad.lines, "."], title=bad.text),),
    "bot.slack.story.reply": _stories,
}

_PROGRAM = Path(bot.__file__).parent
_VIEWS, _FRAMES, _TEXTS = {"modal", "home"}, {"Card", "Notice", "framed"}, {"mrkdwn", "plain_text"}


def _functions(module: Path) -> Iterator[tuple[str, ast.AST]]:
    name = ".".join(("bot", *module.relative_to(_PROGRAM).with_suffix("").parts)).removesuffix(".__init__")
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield f"{name}.{node.name}", node


def _written_types(node: ast.AST) -> Iterator[str]:
    """What is said to be of which type, in dictionaries that are written out."""
    for one in ast.walk(node):
        if isinstance(one, ast.Dict):
            for key, value in zip(one.keys, one.values, strict=True):
                is_type = isinstance(key, ast.Constant) and key.value == "type"
                if is_type and isinstance(value, ast.Constant):
                    yield str(value.value)


def _called(node: ast.AST) -> Iterator[str]:
    return (one.func.id for one in ast.walk(node) if isinstance(one, ast.Call) and isinstance(one.func, ast.Name))


def _program() -> Iterator[tuple[str, ast.AST]]:
    for module in sorted(_PROGRAM.rglob("*.py")):
        if "sandbox" not in module.parts:
            yield from _functions(module)


def test_the_law_knows_every_function_that_makes_a_message_or_a_view() -> None:
    found = {name for name, node in _program() if _VIEWS & set(_written_types(node)) or _FRAMES & set(_called(node))}
    assert found == set(MAKERS)


def test_texts_are_made_in_one_place_alone() -> None:
    found = {name for name, node in _program() if _TEXTS & set(_written_types(node))}
    assert found == {"bot.slack.text.plain", "bot.slack.text.mrkdwn"}


@pytest.mark.parametrize("name", MAKERS)
@given(bad=hostile())
@HOSTILE
def test_hostile_text_stays_text(name: str, bad: Hostile) -> None:
    for made in MAKERS[name](bad):
        if isinstance(made, Card | Notice):
            assert_safe_message(made)
        else:
            assert_safe_view(made)


@given(TEXTS)
@HOSTILE
def test_no_entity_is_cut_in_two_at_the_end_of_a_sentence(text: str) -> None:
    told = literally("&" * 1400 + text).text
    assert html.escape(html.unescape(told), quote=False) == told
    assert len(told) > 1000
