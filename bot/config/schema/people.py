"""``roles`` and ``sites``: who decides, and where.

Core but for pydantic.
"""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, TypeAdapter, model_validator

from bot.config import model
from bot.config.fields.addresses import Channel, Email
from bot.config.fields.figures import MoneyAmount
from bot.config.fields.known import refuse
from bot.config.fields.names import CalendarName, RoleName, SiteName
from bot.config.fields.text import OneOrMany, Text, Unique
from bot.config.fields.times import TimeZone, WeekOrEveryDay
from bot.config.schema.digest import Digest
from bot.config.schema.members import Members, Pinged, group, listed, pinged
from bot.config.schema.part import Part
from bot.config.schema.rules import ModeKey
from bot.money import Money


class QuietHours(Part):
    """``quiet_hours``: when somebody is not written to directly."""

    timezone: TimeZone
    """The zone in which the hours are meant."""
    hours: WeekOrEveryDay
    """Hours of every day, `"22:00-06:00"`, or by day as in a calendar."""

    def build(self) -> model.Calendar:
        """The frozen value: a calendar that is open while it is quiet."""
        mon, tue, wed, thu, fri, sat, sun = self.hours
        return model.Calendar(self.timezone, (mon, tue, wed, thu, fri, sat, sun))


class PersonHours(Part):
    """``people.<address>``: when a person is written to directly."""

    shift: CalendarName | None = None
    """The calendar in which this person works, instead of the role's `shift`; outside of it the next one is asked."""
    quiet_hours: QuietHours | None = None
    """When this person is not written to, besides those of the role."""

    @model_validator(mode="after")
    def says_something(self) -> Self:
        """An entry without keys is a slip of the indentation."""
        if not self.model_fields_set:
            refuse("says nothing", "give it a shift or quiet_hours")
        return self

    def build(self) -> model.Reachable:
        """The frozen value."""
        return model.Reachable(self.shift, self.quiet_hours.build() if self.quiet_hours else None)


class Role(Part):
    """``roles.<name>``: who may decide, and where they are asked."""

    channel: Channel
    """Where these people are asked; may hold `{site}` and `{company}`."""
    members: Members
    """Who holds the role: they may decide. A list of addresses in Slack, a group of Odoo, or a user group of Slack."""
    limit: MoneyAmount | None = None
    """The highest value that the role decides about, this value included; a value that is not known or in another
    currency is above it."""
    sites: Unique[SiteName] | None = None
    """At which sites the role has power; elsewhere, and for records without a site, it has none. Else everywhere."""
    companies: Unique[Text] | None = None
    """For whose records the role has power, exactly as the companies are named in Odoo; else everybody's."""
    escalation_contact: Email | None = None
    """Who hears of it, by a step `dm: contact`, when these people do not answer."""
    ping: Pinged = True
    """Who of these people is mentioned in threads and written to directly when it is their turn: `true` for everybody,
    `false` for nobody, a list of addresses, or a user group of Slack. Whoever is not may decide all the same."""
    shift: CalendarName | None = None
    """The calendar in which these people work: outside of it nobody of them is written to directly, and the next one is
    asked. Else they are there at any time."""
    quiet_hours: QuietHours | None = None
    """When these people are not written to directly, whatever their shift."""
    sees: Literal["asked", "everything"] = "asked"
    """What they may look up in lists and reports: the cases about which a role of theirs is asked, or every case of the
    places where they hold this one."""
    values: Literal["shown", "hidden"] = "shown"
    """`hidden`: lists and reports do not tell them through this role how much a case is about. Cards show it."""

    def build(self, name: str) -> model.Role:
        """The frozen value."""
        return model.Role(
            name=name,
            channel=self.channel,
            members=listed(self.members),
            group=group(self.members),
            limit=self.limit,
            sites=frozenset(self.sites or ()),
            companies=frozenset(self.companies or ()),
            escalation_contact=self.escalation_contact,
            shift=self.shift,
            quiet_hours=self.quiet_hours.build() if self.quiet_hours else None,
            ping=pinged(self.ping),
            sees_everything=self.sees == "everything",
            hides_values=self.values == "hidden",
        )


class RoleOverlay(Part):
    """``sites.<name>.roles.<role>``: what a site changes in a role."""

    channel: Channel | None = None
    """Where this role is asked about records of this site; else where the role is."""
    members: Members | None = None
    """Who holds this role here, instead of the role's own members; written like those."""
    limit: MoneyAmount | None = None
    """The role's limit here, instead of its own."""
    escalation_contact: Email | None = None
    """Who hears of it here; else the role's contact."""
    shift: CalendarName | None = None
    """The calendar in which these people work here, instead of the role's."""
    quiet_hours: QuietHours | None = None
    """When these people are not written to here, instead of the role's."""
    ping: Pinged | None = None
    """Who of them is mentioned and written to here, instead of the role's; written like that."""

    @model_validator(mode="after")
    def changes_something(self) -> Self:
        """An overlay without keys is a slip of the indentation."""
        if not self.model_fields_set:
            refuse("changes nothing", "give it a channel, members or a limit")
        return self

    def build(self) -> model.RoleOverlay:
        """The frozen value."""
        members = None if self.members is None else listed(self.members)
        here = None if self.members is None else group(self.members)
        quiet = self.quiet_hours.build() if self.quiet_hours else None
        ping = None if self.ping is None else pinged(self.ping)
        return model.RoleOverlay(
            self.channel, members, self.limit, self.escalation_contact, self.shift, quiet, here, ping
        )


class SiteMatch(Part):
    """``sites.<name>.match``: which records belong to a site. Exact names, no globs: a record has one site."""

    warehouse: OneOrMany[Text] | None = None
    """The record's warehouse, exactly as its code is written in Odoo; else any."""
    company: OneOrMany[Text] | None = None
    """The record's company, exactly as its name is written in Odoo; else any."""

    @model_validator(mode="after")
    def names_something(self) -> Self:
        """A site without a condition would take every record."""
        if not self.model_fields_set:
            refuse("names neither a warehouse nor a company")
        return self


class Site(Part):
    """``sites.<name>``: a place with its own roles."""

    match: SiteMatch
    """Which records belong to it: at least one of `warehouse` and `company`; where both are given both must hold."""
    roles: dict[RoleName, RoleOverlay] = Field(default_factory=dict)
    """What the site changes in a role."""
    calendar: CalendarName | None = None
    """In whose hours time is counted here; else the calendar at the top of the file."""
    mode: ModeKey = model.Mode.LIVE
    """`observe`: whatever happens here is only shown in the `pilot_channel`."""
    digest: Digest | None = None
    """What is posted at the start of each shift of the site (supervisors.md). Else nothing."""
    quarantine: Text | None = None
    """Where goods of this site go that somebody sends to quarantine from a card: the place's whole name as Odoo shows
    it, such as `CHI/Quarantine`. Else the source's `quarantine`."""

    def build(self, name: str) -> model.Site:
        """The frozen value."""
        return model.Site(
            name=name,
            warehouses=frozenset(self.match.warehouse or ()),
            companies=frozenset(self.match.company or ()),
            roles={role: overlay.build() for role, overlay in self.roles.items()},
            calendar=self.calendar,
            mode=self.mode,
            digest=None if self.digest is None else self.digest.build(),
            quarantine=self.quarantine or "",
        )


#: ``limits``: the highest value that a person decides about, in whatever role.
LIMITS: TypeAdapter[dict[str, Money]] = TypeAdapter(dict[Email, MoneyAmount])

#: ``last_resort`` and the like: the name of a role, read alone.
ROLE_NAME: TypeAdapter[str] = TypeAdapter(RoleName)
