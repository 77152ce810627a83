"""Setting one source up: look, compare, do, look again.

An administrator's login is used for this run only and kept nowhere. Running it again changes nothing; a run that
broke off is finished by the next.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

import httpx

from bot.config.model import Secret, Source
from bot.errors import SignoffError
from bot.odoo.client import OdooClient
from bot.odoo.setup.hands import Hands
from bot.odoo.setup.pieces import Do, Kind, Piece, Step, steps
from bot.odoo.setup.standing import Server, look, standing
from bot.odoo.setup.wanted import missing, wanted, watched


@dataclass(frozen=True, slots=True)
class Administrator:
    """Somebody with Settings rights in Odoo; the key may be a password too."""

    login: str
    key: Secret


@dataclass(frozen=True, slots=True)
class Asked:
    """What an admin asked for."""

    remove: bool = False  #: all of ours; with ``guard`` or ``hold`` these alone
    dry_run: bool = False
    guard: bool = False  #: guards too; those that stand are kept up to date without being asked for
    hold: tuple[str, ...] = ()  #: event types to hold; those that are held stay so
    #: The value below which nobody is asked, by event type, in company currency: a hold lets those pass.
    limits: Mapping[str, Decimal] = field(default_factory=dict)


@dataclass(slots=True)
class Outcome:
    """What was found, what was done, and what an admin has to know."""

    source: str
    steps: list[Step] = field(default_factory=list)
    done: list[Step] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    by_hand: bool = False  #: whether a person has to do it in Odoo's own screens

    @property
    def owed(self) -> list[Step]:
        """What still has to be done."""
        return [step for step in self.steps if step.do is not Do.KEEP and step not in self.done]


async def set_up(source: Source, administrator: Administrator, asked: Asked, http: httpx.AsyncClient) -> Outcome:
    """Bring Odoo to what the config wants. Never raises SignoffError: what went wrong is among the problems."""
    outcome = Outcome(source.name)
    client = OdooClient(replace(source, login=administrator.login, api_key=administrator.key), http)
    try:
        await _run(client, source, asked, outcome)
    except SignoffError as error:
        outcome.problems.append(error.sentence)
    return outcome


async def _run(client: OdooClient, source: Source, asked: Asked, outcome: Outcome) -> None:
    server = await look(client, watched(source))
    if not _able(server, outcome):
        return
    outcome.notes += [one.line() for one in missing(source, server.fields)]
    stands = await standing(client, source.name, server)
    outcome.steps = steps(_target(source, asked, server, [piece for _, piece in stands]), stands)
    outcome.problems += _held_against(source, asked, [piece for _, piece in stands])
    if asked.dry_run or outcome.problems:
        return
    hands = Hands(client, server.names)
    for step in outcome.owed:
        await hands.do(step)
        outcome.done.append(step)
    left = [step.line() for step in await _way(client, source, asked, server) if step.do is not Do.KEEP]
    outcome.problems += [f"Odoo took this and it still differs: {line}" for line in left]
    if source.act_as_user and not asked.remove and all(step.piece.kind is not Kind.GUARD for step in outcome.steps):
        msg = f"With odoo.{source.name}.act_as_user the guard alone writes decisions, and none stands: add --guard."
        outcome.problems.append(msg)


def _held_against(source: Source, asked: Asked, stands: Sequence[Piece]) -> Iterator[str]:
    """Why nothing can be done: a hold refuses the very people as whom decisions are to be written."""
    held = sorted({*asked.hold, *(piece.subject for piece in stands if piece.kind is Kind.HOLD)})
    if source.act_as_user and held and not asked.remove:
        yield (
            f"{', '.join(held)}: a hold refuses everybody but the bot, and with odoo.{source.name}.act_as_user "
            "decisions are written as people; nothing was done. "
            "Take that key out, or the holds away (--hold TYPE --remove)."
        )


def _able(server: Server, outcome: Outcome) -> bool:
    if not server.may:
        outcome.problems.append("This login may not change settings in Odoo (group Administration: Settings).")
        outcome.by_hand = True
    elif not server.has_rules:
        outcome.problems.append(
            "Odoo has no automation rules: install the module “Automation Rules” (base_automation) under Apps."
        )
    return not outcome.problems


async def _way(client: OdooClient, source: Source, asked: Asked, server: Server) -> list[Step]:
    stands = await standing(client, source.name, server)
    return steps(_target(source, asked, server, [piece for _, piece in stands]), stands)


def _target(source: Source, asked: Asked, server: Server, stands: Sequence[Piece]) -> Sequence[Piece]:
    if asked.remove:
        return [piece for piece in stands if (asked.guard or asked.hold) and not _meant(piece, asked)]
    held = {*asked.hold, *(piece.subject for piece in stands if piece.kind is Kind.HOLD)}
    return wanted(
        source,
        server.fields,
        guards=asked.guard or any(piece.kind is Kind.GUARD for piece in stands),
        holds={name: asked.limits.get(name, Decimal(0)) for name in held},
    )


def _meant(piece: Piece, asked: Asked) -> bool:
    if piece.kind is Kind.HOLD:
        return piece.subject in asked.hold
    return asked.guard and piece.kind is Kind.GUARD
