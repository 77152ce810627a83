"""Slash commands: which subcommand was meant, one call of its handler, an answer that only the asker sees.

Owns the forgiving parsing, the help and the deadline; what a subcommand does is its own module's. ``__init__`` lists
them. To add one: a ``Subcommand`` there, its handler beside the others.
"""

from __future__ import annotations

import asyncio
import re
import shlex
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

import structlog
from slack_bolt.context.ack.async_ack import AsyncAck

from bot.cases.model import Person
from bot.errors import SignoffError
from bot.handlers import payloads, replies
from bot.handlers.counter import Counter
from bot.handlers.payloads import Whom
from bot.handlers.typed import bare, tidy
from bot.slack.notice import Notice, notice
from bot.text import one_line

log = structlog.get_logger(__name__)

#: Slack waits three seconds for the acknowledgement; what takes longer is told afterwards.
_PATIENCE = 2.0
#: Seconds that a command, which can be answered afterwards, waits for Slack to say who asks.
_UNTIL_ASKED = 15.0
_WAIT = "This takes a moment; the answer follows."
_LIKE = 0.6
#: A case and nothing else: somebody wants to see it.
_CASE = re.compile(r"(?:case\s*)?#?([0-9]{1,18})\W*", re.ASCII | re.IGNORECASE)
#: Of a 64-bit number.
_DIGITS = 18


@dataclass(frozen=True, slots=True)
class Asked:
    """A slash command as somebody typed it."""

    command: str  #: with its slash
    words: tuple[str, ...]  #: what follows the subcommand
    rest: str  #: the same, as it was typed
    person: Person
    whom: Whom
    trigger_id: str  #: opens a modal, once, within three seconds


#: Does what was asked. Returns what the asker is told; "" where a modal was opened instead. Raises SignoffError.
Handler = Callable[[Asked], Awaitable[Notice | str]]


@dataclass(frozen=True, slots=True)
class Subcommand:
    """One word after a slash command."""

    name: str
    about: str  #: one line for the help
    run: Handler
    usage: str = ""  #: what follows the word, such as ``CASE``
    opens_modal: bool = False  #: where that takes long, nothing is said meanwhile: the modal is the answer


@dataclass(frozen=True, slots=True)
class Command:
    """A slash command with its subcommands, in the order of its help."""

    name: str
    about: str
    subcommands: tuple[Subcommand, ...]
    usual: str  #: the subcommand that is meant when none is named
    filtering: str = ""  #: the subcommand that is meant by words which name none; empty: there is none
    lists_all: bool = False  #: its help lists those of the other commands too

    def meant(self, typed: str) -> tuple[Subcommand | None, str]:
        """The subcommand that is meant, and the words that follow it: named first, or in another place."""
        first, _, rest = typed.partition(" ")
        word = bare(first) or self.usual
        found = self.find(word)
        if found is None and (alone := _CASE.fullmatch(typed)):
            found, rest = self._exactly("show"), alone[1]
        if found is None:
            found, rest = self._further_back(typed)
        if found is None and not self.like(word):
            found, rest = self.find(self.filtering), typed
        return found, rest

    def _further_back(self, typed: str) -> tuple[Subcommand | None, str]:
        """``12 show`` for ``show 12``: a name that is written in full."""
        words = typed.split()
        for place, word in enumerate(words):
            if (found := self._exactly(bare(word))) is not None:
                return found, " ".join((*words[:place], *words[place + 1 :]))
        return None, typed

    def _exactly(self, word: str) -> Subcommand | None:
        wanted = word.casefold()
        return next((one for one in self.subcommands if wanted in {one.name, f"{one.name}s"}), None)

    def find(self, word: str) -> Subcommand | None:
        """The subcommand of that name, whatever its case or number; unambiguous beginnings do."""
        wanted, exact = word.casefold(), self._exactly(word)
        begun = [one for one in self.subcommands if wanted and one.name.startswith(wanted)]
        return exact or (begun[0] if len(begun) == 1 else None)

    def like(self, word: str) -> str:
        """The name that was probably meant; empty when nothing is near."""
        names = ["help", *(one.name for one in self.subcommands)]
        return next(iter(get_close_matches(word.casefold(), names, n=1, cutoff=_LIKE)), "")


class Slash:
    """The listener of one slash command."""

    def __init__(self, command: Command, counter: Counter, others: Sequence[Command] = ()) -> None:
        self._command = command
        self._counter = counter
        self._others = others

    async def answer(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        """Acknowledge with the answer, or at once and answer later."""
        who = payloads.whom(body)
        if who is None:
            await ack(text=replies.NOT_UNDERSTOOD_COMMAND, response_type="ephemeral")
            return
        work = asyncio.create_task(self._answered(who, body))
        done, _ = await asyncio.wait({work}, timeout=_PATIENCE)
        if done:
            await _say(ack, work.result())
            return
        _, found, _ = self._meant(tidy(payloads.text(body.get("text")), self._command.name))
        opens = found is not None and found.opens_modal
        await _say(ack, "" if opens else _WAIT)
        given = await work
        if given != "":
            await self._counter.tell_at_length(who, as_notice(given))

    async def _answered(self, who: Whom, body: dict[str, Any]) -> Notice | str:
        """The answer, or what went wrong as a sentence."""
        try:
            person = await self._counter.person(who, patience=_UNTIL_ASKED)
            if person.foreign or person.guest or person.deactivated:
                return replies.NOT_FOR_GUESTS
            return await self._run(person, who, body)
        except SignoffError as error:
            log.warning("command failed", command=self._command.name, error=error.kind)
            return replies.trouble(error)
        except Exception as error:  # the asker must hear of it, and Slack must not show a bare failure
            log.exception("command broke", command=self._command.name)
            return replies.trouble(error)

    async def _run(self, person: Person, who: Whom, body: dict[str, Any]) -> Notice | str:
        typed = tidy(payloads.text(body.get("text")), self._command.name)
        command, found, rest = self._meant(typed)
        word = bare(typed.partition(" ")[0])
        if word.casefold() == "help" or typed == "?":
            return _help(command, self._others if command.lists_all else ())
        if found is None:
            return _unknown(command, word)
        trigger_id = payloads.text(body.get("trigger_id"))
        asked = Asked(command.name, _words(rest), rest.strip(), person, who, trigger_id)
        log.info("command", command=command.name, subcommand=found.name)
        return await found.run(asked)

    def _meant(self, typed: str) -> tuple[Command, Subcommand | None, str]:
        """The command, its subcommand (None where none is meant) and what follows it."""
        first = bare(typed.partition(" ")[0]).casefold()
        other = next((one for one in self._others if one.name == f"/{first}"), None)
        if other is not None:  # /signoff approvals mine
            return other, *other.meant(tidy(typed, other.name))
        return self._command, *self._command.meant(typed)


def _help(command: Command, others: Sequence[Command]) -> Notice:
    """What ``command`` knows; of one that lists all, what there is besides."""
    lines = [command.about, "", *_lines(command), "", f"{command.name} alone is {command.name} {command.usual}."]
    for other in others:
        lines += ["", other.about, *_lines(other)]
    return notice(lines, title=command.name)


def _lines(command: Command) -> list[str]:
    known = [(" ".join(filter(None, (one.name, one.usage))), one.about) for one in command.subcommands]
    return [f"{command.name} {usage} – {about}" for usage, about in (*known, ("help", "this list"))]


def _unknown(command: Command, word: str) -> Notice:
    meant = command.like(word)
    guess = f" Did you mean {command.name} {meant}?" if meant else ""
    said = f"{command.name} does not know “{one_line(word, 40)}”.{guess}"
    return notice([said, f"{command.name} help lists what it knows."])


def case_number(asked: Asked) -> int | None:
    """The number of a case that is named first; None where none is that a column could hold."""
    named = [word for word in asked.words if word.casefold() != "case"]
    word = bare(named[0]).lstrip("#") if named else ""
    return int(word) if word.isascii() and word.isdigit() and len(word) <= _DIGITS else None


def as_notice(given: Notice | str) -> Notice:
    """A sentence as a message."""
    return given if isinstance(given, Notice) else notice([given])


async def _say(ack: AsyncAck, given: Notice | str) -> None:
    if given == "":
        await ack()
        return
    told = as_notice(given)
    await ack(text=told.text, blocks=list(told.blocks), response_type="ephemeral")


def _words(rest: str) -> tuple[str, ...]:
    """Words, with quotation marks around those that belong together; an odd mark is a letter like any other."""
    try:
        return tuple(shlex.split(rest))
    except ValueError:
        return tuple(rest.split())
