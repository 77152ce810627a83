"""What people can do at one case's place now: who sits in which role there, and up to which value.

Core. Resolved at each click from the config and the directory, never kept with a case: whoever has left a role has
left its power. What cannot be told gives nobody power.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from bot.approvals.holders import holders
from bot.approvals.standins import Delegation
from bot.cases.model import Case, Decision
from bot.cases.planning import Rules
from bot.config.model import Group, Role, Site
from bot.money import CurrencyMismatch, Money


@dataclass(frozen=True, slots=True)
class Seat:
    """A role as it is at one place."""

    members: frozenset[str]  #: addresses
    limit: Money | None = None
    untold: Group | None = None  #: whose people hold the role as well, and cannot be told now


@dataclass(frozen=True, slots=True)
class Powers:
    """Everything the authority function has to know besides the person, the command, the case and the time."""

    seats: Mapping[str, Seat]  #: every role of the config; one that is missing has no members
    limits: Mapping[str, Money] = field(default_factory=dict)  #: e-mail -> what this person decides about in any role
    delegations: tuple[Delegation, ...] = ()
    problem: str = ""  #: why nobody's power can be told, as a sentence
    elsewhere: tuple[Seat, ...] = ()  #: the roles as they are at every place

    def holds(self, email: str, role: str) -> bool:
        """Whether ``email`` is a member of ``role`` here."""
        return role in self.seats and email in self.seats[role].members

    def untold(self, roles: Iterable[str] | None = None) -> Group | None:
        """A group because of which it cannot be told who is in ``roles`` (or in any role at all)."""
        asked = self.seats if roles is None else [role for role in roles if role in self.seats]
        return next((group for role in asked if (group := self.seats[role].untold)), None)

    def role_reaches(self, role: str, value: Money | None) -> bool:
        """Whether the role may decide about ``value``."""
        return within(value, self.seats[role].limit)

    def person_reaches(self, email: str, value: Money | None) -> bool:
        """Whether the person's own limit lets him or her decide about ``value``, in whatever role."""
        return within(value, self.limits.get(email))

    def stand_in_reaches(self, email: str, value: Money | None) -> bool:
        """Whether a stand-in's own power reaches ``value``: that of the roles here, else of those held elsewhere.

        Whoever holds no role anywhere is held to the personal limit alone.
        """
        here = [seat for seat in self.seats.values() if email in seat.members]
        own = here or [seat for seat in self.elsewhere if email in seat.members]
        return self.person_reaches(email, value) and (not own or any(within(value, seat.limit) for seat in own))


def reaches(given: Decision, value: Money | None, powers: Powers) -> bool:
    """Whether whoever gave this answer could give it about ``value`` too, as far as limits go."""
    holder, *stand_ins = (*reversed(given.behalf), given.email)
    in_role = any(name in powers.seats and powers.role_reaches(name, value) for name in (given.as_role, *given.roles))
    return (
        in_role
        and powers.person_reaches(holder, value)
        and all(powers.stand_in_reaches(one, value) for one in stand_ins)
    )


def within(value: Money | None, limit: Money | None) -> bool:
    """Whether ``value`` is no more than ``limit``, which includes its border; what cannot be compared is not."""
    if limit is None:
        return True
    try:
        return value is not None and not value.exceeds(limit)
    except CurrencyMismatch:
        return False


def powers_at(case: Case, rules: Rules) -> Powers:
    """The powers at the case's place. A site that the config no longer has gives nobody any: it must not widen."""
    config, name = rules.config, case.plan.site
    site = None if name is None else config.sites.get(name)
    if name is not None and site is None:
        sentence = (
            f"The site {name} is no longer in the config, so nobody can tell who decides there. "
            "Please ask your admin; nothing was decided."
        )
        return Powers({}, problem=sentence)
    seats = {role.name: _seat(role, case, rules, site) for role in config.roles.values()}
    return Powers(
        seats, config.limits, rules.delegations, elsewhere=_everywhere(rules) if _stood_in(case, rules) else ()
    )


def _stood_in(case: Case, rules: Rules) -> bool:
    """Whether anybody's own power may have to be known besides that of whom he or she stands in for."""
    return bool(rules.delegations or case.forwards or any(given.behalf for given in case.decisions))


def _everywhere(rules: Rules) -> tuple[Seat, ...]:
    """Every role at every place, wherever it has power: what somebody may decide there says how far he is trusted."""
    places = (None, *rules.config.sites.values())
    return tuple(_held(role, rules, site) for site in places for role in rules.config.roles.values())


def _seat(role: Role, case: Case, rules: Rules, site: Site | None) -> Seat:
    if not _reaches(role, case, site):
        return Seat(frozenset())
    return _held(role, rules, site)


def _held(role: Role, rules: Rules, site: Site | None) -> Seat:
    overlay = None if site is None else site.roles.get(role.name)
    limit = role.limit if overlay is None or overlay.limit is None else overlay.limit
    held = holders(rules, role.name, site=site)
    return Seat(held.people, limit, held.untold)


def _reaches(role: Role, case: Case, site: Site | None) -> bool:
    """Whether the role has power over records of this place and company."""
    at_site = not role.sites or (site is not None and site.name in role.sites)
    return at_site and (not role.companies or case.event.company in role.companies)
