"""From the users of an Odoo group to the people who hold a role by it.

Core. Somebody is known by the login, never by the address of the partner, which is free text that many may edit.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from bot.approvals.insiders import Member, Membership
from bot.config.model import Group, Source
from bot.odoo.interpret import address_of
from bot.text import one_line


@dataclass(frozen=True, slots=True)
class User:
    """A user of Odoo."""

    login: str
    name: str
    active: bool


def membership(
    group: Group, users: Sequence[User], source: Source, refused: Collection[str] = frozenset()
) -> Membership:
    """Who holds a role by the group, and who of its users does not; nobody does by an address in ``refused``."""
    known = [(address_of(user.login, source), user) for user in users]
    members = {email: user for email, user in known if not _why(user, email, source, refused)}
    told = (Member(email, one_line(user.name, 80), user.login) for email, user in members.items())
    return Membership(group, tuple(sorted(told)), tuple(sorted(_left_out(users, source, refused))))


def _left_out(users: Sequence[User], source: Source, refused: Collection[str]) -> Iterator[str]:
    for user in users:
        why = _why(user, address_of(user.login, source), source, refused)
        if why and user.login != source.login:
            yield f"{one_line(user.name, 80)}: {why}"


def _why(user: User, email: str, source: Source, refused: Collection[str]) -> str:
    """Why a user of the group holds no role by it; empty where the user does."""
    if user.login == source.login:
        return "is the bot"
    if not user.active:
        return "is archived in Odoo"
    if "@" not in email:
        return f"the login {one_line(user.login, 60)} is no address in Slack, and stands under no users in the config"
    if email in refused:
        return f"it is not sure whose address {one_line(email, 60)} is in Odoo"
    return ""
