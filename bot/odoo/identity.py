"""Which person of Slack each user of an Odoo is: one to one, by the login or by the config's word for it.

Core. What cannot be told apart, or has come to somebody else since it was first seen, is refused until an admin has
said how it is. Must not look at the partner's address, which is free text.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from bot.cases.model import Event, Maker
from bot.config.model import Source
from bot.odoo.interpret import address_of
from bot.text import one_line

_LONGEST = 80
_NAMED = 5  #: candidates that a sentence names


@dataclass(frozen=True, slots=True)
class Account:
    """An active user of Odoo."""

    id: int
    login: str


@dataclass(frozen=True, slots=True)
class Identity:
    """What is known of one address in Slack."""

    user: int | None  #: the user of Odoo that it was last found to be; None for nobody yet
    refused: str = ""  #: why it is nobody's at the moment, as a sentence with what to do; empty while it is


def judge(accounts: Sequence[Account], known: Mapping[str, Identity], source: Source) -> dict[str, Identity]:
    """The identities by address: those in ``known``, as ``accounts`` change them, and new ones.

    An address that nobody has any more keeps its user: whoever gets it next is noticed.
    """
    owners: defaultdict[str, list[Account]] = defaultdict(list)
    for account in accounts:
        address = address_of(account.login, source)
        if "@" in address and account.login != source.login:
            owners[address].append(account)
    left = {address: replace(one, refused="") for address, one in known.items() if one.user or not one.refused}
    return {**left, **{address: _judged(address, found, known, source) for address, found in owners.items()}}


def _judged(address: str, found: Sequence[Account], known: Mapping[str, Identity], source: Source) -> Identity:
    before = known[address].user if address in known else None
    if len(found) > 1:
        return Identity(before, _ambiguous(address, found, source))
    (account,) = found
    if source.user_ids.get(account.login) == account.id:
        return Identity(account.id)
    if before is not None and before != account.id:
        return Identity(
            before, f"{_led_to(address, before)}, and leads to {_told(account)} now. {_mend(account, source)}"
        )
    if before is None and account.login not in source.users:  # under users the config itself says whose address it is
        others = sorted(other for other, one in known.items() if one.user == account.id)
        if others:
            was = f"{_told(account)} was known as {one_line(others[0], _LONGEST)}"
            return Identity(None, f"{was}, and leads to {one_line(address, _LONGEST)} now. {_mend(account, source)}")
    return Identity(account.id)


def _ambiguous(address: str, found: Sequence[Account], source: Source) -> str:
    some = sorted(found, key=lambda one: one.id)
    more = f" and {len(some) - _NAMED} more" if len(some) > _NAMED else ""
    names = " and ".join(map(_told, some[:_NAMED]))
    return (
        f"{one_line(address, _LONGEST)} is the address of {names}{more}. "
        f"Archive all but one in Odoo, or give each an address of its own under odoo.{source.name}.users and restart."
    )


def _led_to(address: str, user: int) -> str:
    return f"{one_line(address, _LONGEST)} was Odoo user {user}"


def _told(account: Account) -> str:
    return f"Odoo user {account.id} ({one_line(account.login, _LONGEST)})"


def _mend(account: Account, source: Source) -> str:
    login = one_line(account.login, _LONGEST)
    return (
        f"If that is the same person, confirm it: put {login}: {account.id} under odoo.{source.name}.user_ids "
        "in the config."
    )


def with_doubts(event: Event, refused: Collection[str]) -> Event:
    """The event with an unknown maker beside each maker whose address is refused.

    The maker stays: whoever has the address in Slack must not approve it either.
    """
    makers = tuple(_doubts(event.makers, refused))
    if makers == event.makers:
        return event
    return replace(event, makers=makers, apart=tuple(replace(one, makers=makers) for one in event.apart))


def _doubts(makers: Sequence[Maker], refused: Collection[str]) -> Iterator[Maker]:
    yield from makers
    yield from (replace(one, email="") for one in makers if one.email in refused)
