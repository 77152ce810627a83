"""One table of people, roles, limits, stand-ins, makers and orders of clicks, driven by signed requests.

The column of what is expected was written by hand from docs/config.md, not from what the program answers.
"""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.scenarios.conftest import told
from tests.scenarios.story import ANN, BOB, PURCHASE, Record, Story, under

DORA, SALES, CLERK, CLERK2 = "dora@example.com", "sales@example.com", "clerk@example.com", "clerk2@example.com"
MAKER, LEAD = "buyer@example.com", "buyer.lead@example.com"
GUEST, GONE, FOREIGN, MUTE = "guest@example.com", "gone@example.com", "foreign@example.com", "mute@example.com"

DIRECTORS = f'  directors: {{channel: "#board", members: [{ANN}, {DORA}], limit: 50000 USD}}'

#: Six of buyers (up to 10,000) and directors (up to 50,000) have to approve, so that no answer decides alone.
CONFIG = (
    under(purchase="changes: [quantity]")
    .replace("stages: [{any_of: [buyers]}]", "stages: [{any_of: [buyers, directors], count: 6}]")
    .replace("  buyers:\n", "  buyers:\n    limit: 10000 USD\n", 1)
    .replace(
        "  clerks:\n", f'  directors: {{channel: "#board", members: [{ANN}, {DORA}], limit: 50000 USD}}\n  clerks:\n', 1
    )
    .replace("policies:\n", f"limits: {{{BOB}: 7000 USD}}\npolicies:\n", 1)
)

#: Who answers for whom, by a modal of /approvals delegate: Cleo for Ann, clerk2 for the maker, Bob for Dora.
STAND_INS = ((ANN, CLERK), (MAKER, CLERK2), (DORA, BOB))

#: What Slack says of some people.
ABOUT: dict[str, dict[str, str | bool]] = {
    GUEST: {"is_restricted": True},
    GONE: {"deleted": True},
    FOREIGN: {"team_id": "T0ELSEWHERE"},
    MUTE: {"email": ""},
}

BARRED = ((GUEST, "guest"), (GONE, "deactivated"), (FOREIGN, "foreign_workspace"), (MUTE, "unknown_person"))

KEPT = ""
#: The order (its value; "edited" is of 9,100 and was changed by the lead), who clicks what, and what comes of it: kept,
#: or the named reason of the refusal. In this order.
TABLE = (
    ("6500", ANN, "Approve", KEPT),
    ("6500", ANN, "Approve", "answered_before"),
    ("6500", CLERK, "Approve", "answered_before"),  # Ann's voice has been heard
    ("6500", BOB, "Approve", KEPT),  # within his own limit
    ("6500", DORA, "Approve", KEPT),
    ("6500", LEAD, "Approve", KEPT),
    ("6500", MAKER, "Approve", "own_request"),
    ("6500", MAKER, "Reject", "own_request"),
    ("6500", CLERK2, "Approve", "own_request"),  # in the maker's name
    ("6500", SALES, "Approve", "not_in_role"),
    ("6500", SALES, "Reject", "not_in_role"),
    ("6500", SALES, "Approve with changes", "not_in_role"),
    *(
        ("6500", who, name, reason)
        for who, reason in (
            (GUEST, "guest"),
            (GONE, "deactivated"),
            (FOREIGN, "foreign_workspace"),
            (MUTE, "unknown_person"),
        )
        for name in ("Approve", "Reject")
    ),
    ("9000", BOB, "Approve", "over_limit"),  # his own limit caps what he does for Dora too
    ("9000", BOB, "Reject", "over_limit"),
    ("9000", CLERK, "Approve", KEPT),  # for Ann
    ("9000", ANN, "Approve", "answered_before"),  # she was heard through him
    ("9000", DORA, "Approve", KEPT),
    ("10000", LEAD, "Approve", KEPT),  # the border belongs to the limit
    ("40000", LEAD, "Approve", "over_limit"),
    ("40000", ANN, "Approve", KEPT),  # as a director
    ("40000", DORA, "Approve", KEPT),
    ("60000", ANN, "Approve", "over_limit"),
    ("60000", CLERK, "Approve", "over_limit"),  # a stand-in has no more than whom he stands in for
    ("60000", DORA, "Reject", "over_limit"),
    ("60000", MAKER, "Approve with changes", "own_request"),
    ("edited", LEAD, "Approve", "own_request"),
    ("edited", ANN, "Approve", KEPT),
)


async def the_orders(story: Story) -> dict[str, Record]:
    """An order of the buyer for each value, and one that the lead changed."""
    values = dict.fromkeys(value for value, *_ in TABLE if value != "edited")
    orders = {value: await story.order(float(value), by="puru") for value in values}
    orders["edited"] = await story.order(9_000.0, by="puru")
    for order in orders.values():
        await story.card(order, "Waiting")
    await story.people.reprice_purchase(orders["edited"].id, amount=9_100.0, by="purm")
    await story.card(orders["edited"], "9,100.00")
    return orders


async def delegate(story: Story, giver: str, taker: str) -> None:
    """Name a stand-in for a week."""
    acted = await story.slack.command("/approvals delegate", by=giver, channel="#purchasing")
    now = story.world.clock.now()
    start, end = (str(int(at.timestamp())) for at in (now, now + timedelta(days=7)))
    values = {"taker": story.slack.person(taker).id, "start": start, "end": end}
    assert (await story.slack.submit(await story.slack.opened(acted), values, by=giver)).closed


@pytest.mark.slow
async def test_who_may_do_what_about_which_order(sqlite_url: str) -> None:
    async with told(sqlite_url, config=CONFIG) as story:
        orders = await the_orders(story)
        for giver, taker in STAND_INS:
            await delegate(story, giver, taker)
        people = {who: story.slack.change_person(who, **about) for who, about in ABOUT.items()}
        known = {who: people.get(who) or story.slack.person(who) for _, who, *_ in TABLE}
        for value, who, name, _ in TABLE:
            card = await story.card(orders[value], "Waiting")
            assert (await story.click(card, name, by=known[who].id)).status == 200
        entries = [one for one in await story.audited() if one.entry.action in {"case.refused", "case.stage_approved"}]
        came = [(one.entry.actor.rpartition(":")[2], str(one.detail.get("reason", ""))) for one in entries]
        assert came == [(known[who].id, expected) for _, who, _, expected in TABLE]
        await story.quiet()
        assert {story.state(order) for order in orders.values()} == {"to approve"}
        assert len([one for one in story.odoo.calls.of("button_approve", login="bot") if one.model == PURCHASE]) == 0
