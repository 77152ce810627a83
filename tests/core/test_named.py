"""What a config names of Slack: channels with their placeholders filled, people with the places that name them."""

from __future__ import annotations

from bot.config.named import NamedChannel, channels, people, user_groups
from tests.core.config_texts import HEAD, POLICIES, RULES, SMALLEST, config_of

SITES = (
    HEAD
    + """\
admin_channel: "#signoff-admins"
roles:
  finance: {channel: "#finance-{company}", members: [ann@example.com, bob@example.com]}
  wh: {channel: "#wh-{site}", members: [sam@example.com], escalation_contact: lead@example.com}
sites:
  CHI: {match: {warehouse: CHI}, roles: {wh: {channel: "#chi-floor", members: [cleo@example.com]}}}
  DAL: {match: {warehouse: DAL, company: Northwind BV}}
escalations:
  late: [{after: 30m, post: "#ops-{site}"}]
limits: {ann@example.com: 100 USD}
"""
    + POLICIES
    + RULES
)


def test_a_role_is_asked_in_its_channel_and_nowhere_else() -> None:
    assert channels(config_of(SMALLEST)) == (NamedChannel("#finance", ("roles.finance.channel",)),)


def test_placeholders_are_filled_with_the_sites_and_companies_of_the_file() -> None:
    found = {one.name: (one.places, one.is_rare) for one in channels(config_of(SITES))}
    assert found == {
        "#chi-floor": (("sites.CHI.roles.wh.channel",), False),
        "#finance-northwind-bv": (("roles.finance.channel",), False),
        "#ops-chi": (("escalations.late[0]",), False),
        "#ops-dal": (("escalations.late[0]",), False),
        "#ops-no-site": (("escalations.late[0]",), True),
        "#signoff-admins": (("admin_channel",), False),
        "#wh-dal": (("roles.wh.channel",), False),
        "#wh-no-site": (("roles.wh.channel",), True),
    }


def test_a_channel_for_each_company_is_left_open_where_the_file_names_none() -> None:
    (found,) = channels(config_of(SMALLEST.replace('"#finance"', '"#finance-{company}"')))
    assert (found.name, found.is_open) == ("#finance-{company}", True)


def test_everybody_is_named_with_the_places_where_they_stand() -> None:
    assert people(config_of(SITES)) == {
        "ann@example.com": ("roles.finance.members", "limits"),
        "bob@example.com": ("roles.finance.members",),
        "cleo@example.com": ("sites.CHI.roles.wh.members",),
        "lead@example.com": ("roles.wh.escalation_contact",),
        "sam@example.com": ("roles.wh.members",),
    }


def test_user_groups_are_named_with_the_places_where_they_stand() -> None:
    trusted = "members: {usergroup: dock, trust_usergroup: true}"
    text = SITES.replace("members: [sam@example.com]", trusted).replace(
        "members: [cleo@example.com]", f"{trusted}, ping: {{usergroup: chi}}"
    )
    assert user_groups(config_of(text)) == {
        "chi": ("sites.CHI.roles.wh.ping.usergroup",),
        "dock": ("roles.wh.members.usergroup", "sites.CHI.roles.wh.members.usergroup"),
    }
