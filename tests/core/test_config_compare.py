"""What differs between two configs: every line, the marks of those that concern power, and no secret."""

from __future__ import annotations

import pytest

from bot.config.compare import differences, fixed_differences, roles_touched
from tests.core.config_texts import SMALLEST, config_of

_SITES = "sites: {CHI: {match: {warehouse: CHI}, roles: {finance: {members: [cat@example.com, dan@example.com]}}}}\n"


@pytest.mark.parametrize(
    ("before", "after", "roles"),
    [
        pytest.param("", "", frozenset(), id="nothing"),
        pytest.param("      - any_of: [finance]", "      - {any_of: [finance], count: 2}", frozenset(), id="a policy"),
        pytest.param("bob@example.com]", "cat@example.com]", {"finance"}, id="its people"),
        pytest.param("bob@example.com]", "bob@example.com]\n    limit: 5 USD", {"finance"}, id="its limit"),
        pytest.param("rules:", _SITES + "rules:", {"finance"}, id="its people at a site"),
        pytest.param("rules:", "limits: {bob@example.com: 5 USD}\nrules:", None, id="the limit of a person"),
        pytest.param("rules:", "last_resort: finance\nrules:", None, id="the last resort"),
    ],
)
def test_open_cases_of_the_roles_that_are_touched_are_looked_at(
    before: str, after: str, roles: set[str] | None
) -> None:
    assert before in SMALLEST
    changed = config_of(SMALLEST.replace(before, after, 1))
    assert roles_touched(config_of(SMALLEST), changed) == roles
    if _SITES in after:
        assert roles_touched(changed, config_of(SMALLEST)) is None, "a site that is gone leaves nobody"


@pytest.mark.parametrize(
    ("right", "wrong", "told"),
    [
        pytest.param("", "", [], id="nothing"),
        pytest.param("version: 1", "version: 1  # a remark", [], id="a remark"),
        pytest.param(
            "bob@example.com]", "cat@example.com]",
            ["! roles.finance.members: +cat@example.com, -bob@example.com"],
            id="who holds a role",
        ),
        pytest.param('"#finance"', '"#money"', ["! roles.finance.channel: #finance -> #money"], id="a channel"),
        pytest.param("rules:", _SITES + "rules:", ["! sites.CHI: added"], id="a site"),
        pytest.param(
            "policy: one_approver}", "policy: one_approver, over: 5 USD}\n  - {name: rest, policy: one_approver}",
            ["rules.everything.over: none -> 5 USD", "rules.rest: added"],
            id="rules",
        ),
        pytest.param(
            "rules:", "materiality: {sale.value: 10 USD}\nrules:", ["materiality.sale.value: added"], id="materiality"
        ),
        pytest.param(
            "      - any_of: [finance]", "      - {any_of: [finance], count: 2}\n    self_approval: true",
            None,
            id="a policy",
        ),
        pytest.param("${ODOO_API_KEY}", "${TWICE}", None, id="a secret"),
    ],
)  # fmt: skip
def test_every_difference_is_a_line(right: str, wrong: str, told: list[str] | None) -> None:
    assert right in SMALLEST
    before = config_of(SMALLEST)
    after = config_of(SMALLEST.replace(right, wrong, 1) if right else SMALLEST)

    lines = [str(one) for one in differences(before, after)]

    if told is not None:
        assert lines == told
    else:
        assert lines


def test_a_secret_is_named_and_not_told() -> None:
    before, after = config_of(SMALLEST), config_of(SMALLEST.replace("${ODOO_API_KEY}", "${TWICE}"))

    lines = [str(one) for one in differences(before, after)]

    assert lines == ["odoo.main.api_key: Secret(***) -> Secret(***)"]
    assert fixed_differences(before, after) == ("odoo.main.api_key",)


def test_a_confirmed_user_of_odoo_is_taken_over_without_a_restart() -> None:
    url = "    url: https://erp.example.com\n"
    assert url in SMALLEST
    before, after = config_of(SMALLEST), config_of(SMALLEST.replace(url, url + "    user_ids: {ann@example.com: 99}\n"))

    assert after.sources["main"].user_ids == {"ann@example.com": 99}
    assert differences(before, after)
    assert fixed_differences(before, after) == ()


def test_rules_in_another_order_are_told_although_each_is_as_before() -> None:
    two = SMALLEST.replace(
        "rules:\n",
        "rules:\n  - {name: a, match: {site: CHI}, policy: one_approver}\n"
        "  - {name: b, match: {source: main}, policy: one_approver}\n",
    ) + "sites: {CHI: {match: {warehouse: CHI}}}\n"  # fmt: skip
    first, second = two.splitlines()[-4:-2]
    turned = two.replace(f"{first}\n{second}", f"{second}\n{first}")

    assert [str(one) for one in differences(config_of(two), config_of(turned))] == ["rules: in another order"]
