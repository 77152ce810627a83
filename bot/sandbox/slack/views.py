"""The views.* methods: one trigger opens one modal within three seconds; at most three are stacked.

Owns the rules of triggers and hashes. The stack itself is ``modal_stack``.
"""

from __future__ import annotations

from typing import Any

from bot.sandbox.slack.arguments import Arguments
from bot.sandbox.slack.errors import Code, SlackRefusal
from bot.sandbox.slack.modal_stack import MOST_STACKED
from bot.sandbox.slack.modals import checked_view
from bot.sandbox.slack.model import Trigger, View
from bot.sandbox.slack.wording import Json, view_json
from bot.sandbox.slack.workspace import TRIGGER_LIFE, Workspace


def open_view(workspace: Workspace, arguments: Arguments) -> Json:
    """views.open. A refused view does not use up the trigger."""
    trigger = _trigger(workspace, arguments)
    content = _content(workspace, arguments, kind="modal")
    trigger.is_used = True
    return {"view": view_json(workspace, workspace.modals.open(trigger.person_id, content, trigger=trigger))}


def push(workspace: Workspace, arguments: Arguments) -> Json:
    """views.push, with a trigger that came from inside a modal."""
    trigger = _trigger(workspace, arguments)
    content = _content(workspace, arguments, kind="modal")
    below = workspace.modals.views.get(trigger.view_id or "")
    if below is None:
        raise SlackRefusal(Code.NOT_FOUND)
    if len(workspace.modals.of(trigger.person_id)) >= MOST_STACKED:
        raise SlackRefusal(Code.PUSH_LIMIT_REACHED)
    trigger.is_used = True
    return {"view": view_json(workspace, workspace.modals.push(below, content, trigger=trigger))}


def update(workspace: Workspace, arguments: Arguments) -> Json:
    """views.update, by Slack's id or the app's; with a hash it refuses a race."""
    external_id = arguments.text("external_id")
    view_id = arguments.text("view_id") if external_id else arguments.needed("view_id")
    view = workspace.modals.find(view_id, external_id)
    if view is None or not view.is_open:
        raise SlackRefusal(Code.NOT_FOUND)
    content = _content(workspace, arguments, kind=view.content["type"], replacing=view)
    _same_hash(view, arguments)
    workspace.modals.update(view, content)
    return {"view": view_json(workspace, view)}


def publish(workspace: Workspace, arguments: Arguments) -> Json:
    """views.publish: the App Home tab of one person."""
    person_id = arguments.needed("user_id")
    if person_id not in workspace.people:
        raise SlackRefusal(Code.USER_NOT_FOUND)
    content = _content(workspace, arguments, kind="home")
    if (present := workspace.modals.homes.get(person_id)) is not None:
        _same_hash(present, arguments)
    elif arguments.text("hash"):
        raise SlackRefusal(Code.HASH_CONFLICT)
    return {"view": view_json(workspace, workspace.modals.publish(person_id, content))}


def _trigger(workspace: Workspace, arguments: Arguments) -> Trigger:
    trigger = workspace.triggers.get(arguments.needed("trigger_id"))
    if trigger is None:
        raise SlackRefusal(Code.INVALID_TRIGGER_ID)
    if trigger.is_used:
        raise SlackRefusal(Code.EXCHANGED_TRIGGER_ID)
    if workspace.clock.now() - trigger.at > TRIGGER_LIFE:
        raise SlackRefusal(Code.EXPIRED_TRIGGER_ID)
    return trigger


def _content(workspace: Workspace, arguments: Arguments, *, kind: str, replacing: View | None = None) -> dict[str, Any]:
    arguments.needed("view")
    value = arguments.nested("view", Code.INVALID_ARGUMENTS)
    content = checked_view(value, kind)
    external_id = content.get("external_id")
    twin = workspace.modals.find("", external_id) if external_id else None
    if twin is not None and twin is not replacing:
        raise SlackRefusal(Code.DUPLICATE_EXTERNAL_ID)
    return content


def _same_hash(view: View, arguments: Arguments) -> None:
    expected = arguments.text("hash")
    if expected and expected != view.hash:
        raise SlackRefusal(Code.HASH_CONFLICT)
