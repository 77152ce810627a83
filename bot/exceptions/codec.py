"""The rule of looking after as plain data, for a stored plan, and back. Core."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from bot.config.model import ROOT_CAUSES, CareRule, GroupRule


def care_rule_to_plain(rule: CareRule) -> dict[str, Any]:
    """Without what is as usual: the text of a plan, and with it its name, stays short and the same."""
    body: dict[str, Any] = {}
    if rule.unacknowledge is not None:
        body["unacknowledge"] = int(rule.unacknowledge.total_seconds())
    if rule.debounce:
        body["debounce"] = int(rule.debounce.total_seconds())
    if rule.root_causes != ROOT_CAUSES:
        body["root_causes"] = list(rule.root_causes)
    if rule.approvals:
        body["approvals"] = list(rule.approvals)
    if rule.group is not None:
        body["group"] = [rule.group.by, int(rule.group.window.total_seconds()), rule.group.count]
    if rule.resolutions:
        body["resolutions"] = list(rule.resolutions)
    return body


def care_rule_from_plain(body: Mapping[str, Any]) -> CareRule:
    """The inverse of ``care_rule_to_plain``."""
    back = body.get("unacknowledge")
    return CareRule(
        unacknowledge=None if back is None else timedelta(seconds=back),
        debounce=timedelta(seconds=body.get("debounce", 0)),
        root_causes=tuple(body.get("root_causes", ROOT_CAUSES)),
        resolutions=tuple(body.get("resolutions", ())),
        approvals=tuple(body.get("approvals", ())),
        group=_group_from(*body["group"]) if "group" in body else None,
    )


def _group_from(by: str, window: int, count: int) -> GroupRule:
    return GroupRule(by, timedelta(seconds=window), count)
