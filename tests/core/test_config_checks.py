"""Parts of a config against each other: people and counts, rules and sites that get in each other's way."""

from __future__ import annotations

import pytest

from tests.core.config_texts import (
    HEAD,
    POLICIES,
    ROLES,
    RULES,
    SMALLEST,
    report_on,
)

_OWN = """types:
  hr.leave:
    model: hr.leave
    why: somebody asks for leave
    where: [[state, "=", confirm]]
    title: display_name
    makers: [create_uid]
    watch: {state: Status}
    approve: {method: action_approve, done: [[state, "=", validate]]}
"""
_ONE_EACH = "  lone: {channel: '#lone', members: [ann@example.com]}\n"


@pytest.mark.parametrize(
    ("text", "warning"),
    [
        pytest.param(
            SMALLEST.replace("[ann@example.com, bob@example.com]", "[ann@example.com]"),
            "signoff.yaml:16: policies.one_approver.stages[0]: warning: 1 person may decide: on a record that one of"
            " them made, nobody is left; add a member or a role, or set self_approval: true",
            id="nobody is left when the maker may not decide",
        ),
        pytest.param(
            SMALLEST + "sites: {CHI: {match: {warehouse: CHI}, roles: {finance: {members: [cat@example.com]}}}}\n",
            'signoff.yaml:16: policies.one_approver.stages[0]: warning: 1 person may decide at site "CHI": on a'
            " record that one of them made, nobody is left; add a member or a role, or set self_approval: true",
            id="nobody is left at one site",
        ),
        pytest.param(
            HEAD + ROLES + _ONE_EACH + POLICIES + RULES,
            "signoff.yaml:13: roles.lone: warning: no policy asks this role",
            id="a role that nobody asks",
        ),
        pytest.param(
            HEAD + ROLES + POLICIES + RULES + "materiality: {purchase.approval: 9 USD, sale.value: 9 USB}\n",
            'signoff.yaml:19: materiality.sale.value: warning: no currency USB is known; did you mean "USD"?',
            id="a currency that nobody has",
        ),
        pytest.param(
            HEAD + ROLES + POLICIES + "  idle: {stages: [{any_of: [finance]}]}\n" + RULES,
            "signoff.yaml:17: policies.idle: warning: no rule uses this policy",
            id="a policy without a rule",
        ),
        pytest.param(
            HEAD
            + "    events: [sale.value]\n"
            + ROLES
            + POLICIES
            + RULES
            + "materiality: {purchase.approval: 5 USD}\n",
            "signoff.yaml:20: materiality.purchase.approval: warning: no source watches this event type",
            id="a materiality without events",
        ),
        pytest.param(
            SMALLEST.replace("    login:", "    act_as_user: true\n    login:") + _OWN,
            "signoff.yaml:6: odoo.main.act_as_user: warning: no guard carries out hr.leave, so its approvals are not"
            " written while this is on; let its policy release, or leave it out of events",
            id="what no guard carries out",
        ),
    ],
)
def test_an_oddity_is_warned_about_and_loads(text: str, warning: str) -> None:
    report = report_on(text)

    assert report.as_text() == warning
    assert report.config is not None


@pytest.mark.parametrize(
    ("earlier", "later", "reached"),
    [
        ("over: 100 USD", "over: 200 USD", False),
        ("over: 200 USD", "over: 100 USD", True),
        ("over: 100 USD", "over: 100 USD", False),
        ("over: 100 USD", "over: 200 EUR", True),
        ("under: 100 USD", "under: 50 USD", False),
        ("under: 50 USD", "under: 100 USD", True),
        ("under: 100 USD", "over: 50 USD", True),
        ("match: {site: [CHI]}", "match: {site: [CHI], company: A}", False),
        ("match: {site: [CHI], company: A}", "match: {site: [CHI]}", True),
        ("match: {company: [A, B]}", "match: {company: B}", False),
        ("match: {company: [A, B]}", "match: {company: [B, C]}", True),
        ("match: {company: 'A*'}", "match: {company: Acme}", False),
        ("match: {company: 'A*'}", "match: {company: 'Ac*'}", True),
        ("match: {company: '*'}", "match: {company: 'Ac*'}", False),
        ("match: {company: '*'}", "over: 5 USD", True),
    ],
)
def test_a_rule_is_refused_only_when_an_earlier_one_certainly_leaves_nothing_to_it(
    earlier: str,
    later: str,
    reached: bool,
) -> None:
    rules = (
        "rules:\n"
        f"  - {{name: earlier, {earlier}, policy: one_approver}}\n"
        f"  - {{name: later, {later}, policy: one_approver}}\n"
        "  - {name: everything, policy: one_approver}\n"
    )
    report = report_on(HEAD + ROLES + POLICIES + rules + "sites: {CHI: {match: {warehouse: CHI}}}\n")

    assert (report.config is not None) is reached, report.as_text()


@pytest.mark.parametrize(
    ("earlier", "later", "apart"),
    [
        ("{warehouse: [A, B]}", "{warehouse: [C, B]}", False),
        ("{warehouse: A}", "{warehouse: A, company: X}", False),
        ("{warehouse: A, company: X}", "{warehouse: A}", False),
        ("{warehouse: A, company: X}", "{warehouse: A, company: Y}", True),
        ("{warehouse: A}", "{warehouse: B, company: X}", True),
        ("{company: X}", "{warehouse: A, company: X}", False),
        ("{company: X}", "{company: X}", False),
        ("{company: X}", "{company: [X, Y]}", True),
        ("{company: X}", "{warehouse: A}", True),
        ("{warehouse: A, company: X}", "{company: X}", True),
    ],
)
def test_two_sites_may_not_claim_the_same_records(earlier: str, later: str, apart: bool) -> None:
    """Broader sites may follow narrower ones: the first that takes a record is its site."""
    report = report_on(f"{SMALLEST}sites:\n  one: {{match: {earlier}}}\n  two: {{match: {later}}}\n")

    assert [problem.path for problem in report.errors] == ([] if apart else ["sites.two.match"])


def test_what_may_be_used_by_an_unreadable_part_is_not_called_unused() -> None:
    idle = "  idle: {stages: [{any_of: [lone]}]}\n"
    text = HEAD + "    events: [sale.value]\n" + ROLES + _ONE_EACH + POLICIES + idle + RULES
    text += "materiality: {purchase.approval: 5 USD}\n"

    whole, torn = report_on(text), report_on(text.replace("database: prod", "database: 7"))

    told = {problem.path for problem in whole.problems} - {problem.path for problem in torn.problems}
    assert told == {"policies.idle", "materiality.purchase.approval"}
