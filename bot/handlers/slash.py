"""Slash commands: which subcommand was meant, one call of its handler, an answer that only the asker sees.

Owns the forgiving parsing, the help and the deadline; what a subcommand does is its own module's. ``__init__`` lists
them. To add one: a ``Subcommand`` there, its handler beside the others.
"""

from __future__ import annotations

import asyncio
import shlex
from collections.abc import Awaitable, Callable
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
from bot.slack.notice import Notice, notice
from bot.text import clean, one_line

log = structlog.get_logger(__name__)

#: Slack waits three seconds for the acknowledgement; what takes longer is told afterwards.
_PATIENCE = 2.0
_WAIT = "This takes a moment; the answer follows."
_LIKE = 0.6
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

    def find(self, word: str) -> Subcommand | None:
        """The subcommand of that name, whatever its case; unambiguous beginnings do."""
        wanted = word.casefold()
        exact = next((one for one in self.subcommands if one.name == wanted), None)
        begun = [one for one in self.subcommands if wanted and one.name.startswith(wanted)]
        return exact or (begun[0] if len(begun) == 1 else None)

    def like(self, word: str) -> str:
        """The name that was probably meant; empty when nothing is near."""
        names = ["help", *(one.name for one in self.subcommands)]
        return next(iter(get_close_matches(word.casefold(), names, n=1, cutoff=_LIKE)), "")


class Slash:
    """The listener of one slash command."""

    def __init__(self, command: Command, counter: Counter) -> None:
        self._command = command
        self._counter = counter

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
        opens = (found := self._command.find(_first(body))) is not None and found.opens_modal
        await _say(ack, "" if opens else _WAIT)
        given = await work
        if given != "":
            await self._counter.tell_at_length(who, as_notice(given))

    async def _answered(self, who: Whom, body: dict[str, Any]) -> Notice | str:
        """The answer, or what went wrong as a sentence."""
        try:
            person = await self._counter.person(who)
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
        typed = clean(payloads.text(body.get("text")), 3000)
        word, _, rest = typed.partition(" ")
        name = word or self._command.usual
        found = self._command.find(name)
        if name.casefold() == "help":
            return self._help()
        if found is None and not self._command.like(name):
            found, rest = self._command.find(self._command.filtering), typed
        if found is None:
            return self._unknown(name)
        trigger_id = payloads.text(body.get("trigger_id"))
        asked = Asked(self._command.name, _words(rest), rest.strip(), person, who, trigger_id)
        log.info("command", command=self._command.name, subcommand=found.name)
        return await found.run(asked)

    def _help(self) -> Notice:
        name = self._command.name
        known = [(" ".join(filter(None, (one.name, one.usage))), one.about) for one in self._command.subcommands]
        lines = [f"{name} {usage} – {about}" for usage, about in (*known, ("help", "this list"))]
        usual = f"{name} alone is {name} {self._command.usual}."
        return notice([self._command.about, "", *lines, "", usual], title=name)

    def _unknown(self, word: str) -> Notice:
        meant = self._command.like(word)
        guess = f" Did you mean {self._command.name} {meant}?" if meant else ""
        said = f"{self._command.name} does not know “{one_line(word, 40)}”.{guess}"
        return notice([said, f"{self._command.name} help lists what it knows."])


def case_number(asked: Asked) -> int | None:
    """The number of a case that is named first; None where none is that a column could hold."""
    word = asked.words[0].lstrip("#") if asked.words else ""
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


def _first(body: dict[str, Any]) -> str:
    return clean(payloads.text(body.get("text")), 3000).partition(" ")[0]


def _words(rest: str) -> tuple[str, ...]:
    """Words, with quotation marks around those that belong together; an odd mark is a letter like any other."""
    try:
        return tuple(shlex.split(rest))
    except ValueError:
        return tuple(rest.split())
