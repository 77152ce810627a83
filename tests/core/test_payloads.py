"""What comes from Slack's clients: read where it looks as Slack sends it, and otherwise nobody's click."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.handlers.payloads import Click, Submission, Whom, click, submission, whom
from bot.slack.buttons import Action

Body = dict[str, Any]

ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=8,
)


def a_click() -> Body:
    """Approve on case 7, revision 2."""
    return {
        "type": "block_actions",
        "user": {"id": "U0000ANN1", "team_id": "T00000001", "name": "ann"},
        "team": {"id": "T00000001", "domain": "acme"},
        "container": {
            "type": "message",
            "message_ts": "1772442000.000100",
            "channel_id": "C00000001",
            "is_ephemeral": False,
        },
        "channel": {"id": "C00000001", "name": "finance"},
        "trigger_id": "1.2.abc",
        "response_url": "https://hooks.slack.com/actions/T1/1/x",
        "actions": [
            {"type": "button", "action_id": "case:approve", "block_id": "answer:7:1", "value": "7:2:0123456789"}
        ],
    }


def a_submission() -> Body:
    """Reject on case 7, revision 2, from a click in C00000001."""
    return {
        "type": "view_submission",
        "user": {"id": "U0000ANN1", "team_id": "T00000001"},
        "team": {"id": "T00000001"},
        "view": {
            "callback_id": "case:reject",
            "private_metadata": "7:2:0123456789:C00000001",
            "state": {"values": {"reason": {"text": {"type": "plain_text_input", "value": "too dear"}}}},
        },
    }


def changed(body: Body, path: str, value: object) -> Body:
    """A copy of ``body`` with something else at a dotted path."""
    copy: Any = deepcopy(body)
    *way, last = [int(step) if step.isdigit() else step for step in path.split(".")]
    place = copy
    for step in way:
        place = place[step]
    place[last] = value
    changed_body: Body = copy
    return changed_body


def test_a_click_is_read_whole() -> None:
    assert click(a_click()) == Click(
        action=Action.APPROVE,
        case_id=7,
        revision=2,
        pin="0123456789",
        whom=Whom("U0000ANN1", "T00000001", "C00000001", "https://hooks.slack.com/actions/T1/1/x"),
        message_ts="1772442000.000100",
        trigger_id="1.2.abc",
    )


def test_a_submission_is_read_whole() -> None:
    assert submission(a_submission()) == Submission(
        action=Action.REJECT,
        case_id=7,
        revision=2,
        pin="0123456789",
        whom=Whom("U0000ANN1", "T00000001", "C00000001"),
        reason="too dear",
    )


@pytest.mark.parametrize(
    "value",
    [
        "", "7", "7:", ":2", "0:1", "7:0", "-7:2", "7:-2", "07:2", "7:2 ", " 7:2", "7:2\n", "7:2; DROP TABLE cases",
        "\N{ARABIC-INDIC DIGIT SEVEN}:2",
        "7.0:2", "1e3:2", "9" * 19 + ":1", "7:" + "9" * 10, "7:2:c", "7:2:C1:x", "7:2:012345678", "7:2:012345678g",
        "7:2:0123456789:c", "7:2:0123456789 ", "7:0:0123456789", "07:2:0123456789", "7:2:0123456789:C1:x",
        None, 7, ["7:2"], {"7": 2},
    ],
)  # fmt: skip
def test_a_pointer_that_we_did_not_make_is_nobodys_click(value: object) -> None:
    assert click(changed(a_click(), "actions.0.value", value)) is None
    assert submission(changed(a_submission(), "view.private_metadata", value)) is None


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("actions", []),
        ("actions", None),
        ("actions", [1]),
        ("actions", a_click()["actions"] * 2),
        ("actions.0.action_id", "case:rule_the_world"),
        ("actions.0.action_id", None),
        ("actions.0.action_id", ["case:approve"]),
        ("user", None),
        ("user.id", ""),
        ("user.id", "U1' OR '1'='1"),
        ("user.id", 7),
    ],
)
def test_a_click_with_a_hole_is_nobodys_click(path: str, value: object) -> None:
    assert click(changed(a_click(), path, value)) is None


@pytest.mark.parametrize("value", ["case:rule_the_world", "", None, 7, ["case:reject"]])
def test_an_unknown_modal_is_nobodys(value: object) -> None:
    assert submission(changed(a_submission(), "view.callback_id", value)) is None


@pytest.mark.parametrize(
    ("path", "value", "team"),
    [
        ("user.team_id", "T0FOREIGN", "T0FOREIGN"),
        ("user.team_id", None, "T00000001"),
        ("team", None, "T00000001"),
    ],
)
def test_the_persons_own_workspace_counts_and_not_the_channels(path: str, value: object, team: str) -> None:
    found = whom(changed(a_click(), path, value))
    assert found is not None
    assert found.team_id == team


def test_nobody_without_a_workspace_is_let_in() -> None:
    assert whom(changed(changed(a_click(), "user.team_id", None), "team", None)) is None


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("container.is_ephemeral", True),
        ("container.type", "view"),
        ("container.message_ts", "yesterday"),
        ("container", None),
    ],
)
def test_only_a_lasting_message_can_be_a_card(path: str, value: object) -> None:
    found = click(changed(a_click(), path, value))
    assert found is not None
    assert found.message_ts == ""


@pytest.mark.parametrize("value", [None, 7, [], {"value": "x"}])
def test_a_reason_that_is_no_text_is_no_reason(value: object) -> None:
    found = submission(changed(a_submission(), "view.state.values.reason.text.value", value))
    assert found is not None
    assert found.reason == ""


@pytest.mark.parametrize("path", ["view.state", "view.state.values", "view.state.values.reason"])
def test_a_modal_without_its_input_has_no_reason(path: str) -> None:
    found = submission(changed(a_submission(), path, None))
    assert found is not None
    assert found.reason == ""


_CLICK_PATHS = (
    "user", "user.id", "user.team_id", "team", "container", "container.channel_id", "container.message_ts", "channel",
    "trigger_id", "response_url", "actions", "actions.0", "actions.0.value", "actions.0.action_id",
)  # fmt: skip


@given(st.sampled_from(_CLICK_PATHS), ANYTHING)
@settings(deadline=None)
def test_reading_a_spoilt_click_never_fails_and_never_invents(path: str, value: object) -> None:
    found = click(changed(a_click(), path, value))
    if found is not None and path != "actions.0.value":
        assert (found.case_id, found.revision) == (7, 2)


@given(st.dictionaries(st.sampled_from(("user", "team", "actions", "view", "container", "channel")), ANYTHING))
@settings(deadline=None)
def test_reading_any_body_never_fails(body: Body) -> None:
    assert click(body) is None
    assert submission(body) is None
