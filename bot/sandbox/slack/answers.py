"""What the app's answer to a submission or a command does: response actions and command replies.

Owns Slack's obedience: what is not understood is shown to the person as trouble, never guessed.
"""

from __future__ import annotations

from typing import Any

from bot.sandbox.slack.blocks import message_blocks
from bot.sandbox.slack.delivery import Answer
from bot.sandbox.slack.errors import SlackRefusal
from bot.sandbox.slack.modal_stack import MOST_STACKED
from bot.sandbox.slack.modals import checked_view
from bot.sandbox.slack.model import Channel, Person, View
from bot.sandbox.slack.workspace import Workspace

TROUBLE = "We had some trouble connecting. Try again?"


def obey_submission(workspace: Workspace, view: View, answer: Answer) -> None:
    """Do what the ack of a view_submission says; trouble stays on the view."""
    body = answer.json() if answer.is_ack else None
    try:
        understood = body is not None and _respond(workspace, view, body)
    except SlackRefusal:
        understood = False
    if not understood:
        view.trouble = TROUBLE
    workspace.changed()


def _respond(workspace: Workspace, view: View, body: dict[str, Any]) -> bool:
    match body:
        case {"response_action": "errors", "errors": dict(errors)}:
            return _show_errors(view, errors)
        case {"response_action": "update", "view": content}:
            workspace.modals.update(view, checked_view(content, "modal"))
        case {"response_action": "push", "view": content} if len(workspace.modals.of(view.person_id)) < MOST_STACKED:
            workspace.modals.push(view, checked_view(content, "modal"))
        case {"response_action": "clear"}:
            workspace.modals.clear(view.person_id)
        case {"response_action": _}:
            return False
        case _:
            workspace.modals.close(view)
    return True


def _show_errors(view: View, errors: dict[str, Any]) -> bool:
    """Errors beside inputs; one that names anything else is a mistake of the app."""
    inputs = {block["block_id"] for block in view.blocks if block["type"] == "input"}
    if not errors or set(errors) - inputs:
        return False
    view.errors = {block_id: str(text) for block_id, text in errors.items()}
    return True


def obey_command(workspace: Workspace, person: Person, channel: Channel, command: str, answer: Answer) -> str:
    """Show the reply to a slash command. Returns what Slack told the person about a failure, or nothing."""
    if not answer.is_ack:
        reason = "operation_timeout" if answer.problem == "http_timeout" else "dispatch_failed"
        trouble = f'{command} failed with the error "{reason}"'
        workspace.notify(person.id, trouble, channel.id)
        return trouble
    body = answer.json()
    if body is None:
        workspace.whisper(channel.id, person.id, text=answer.body.decode(errors="replace"))
    elif body.get("text") or body.get("blocks"):
        return _reply(workspace, person, channel, command, body)
    return ""


def _reply(workspace: Workspace, person: Person, channel: Channel, command: str, body: dict[str, Any]) -> str:
    text = str(body.get("text") or "")
    try:
        blocks = message_blocks(body["blocks"]) if body.get("blocks") else []
    except SlackRefusal as refusal:
        trouble = f'{command} failed with the error "{refusal.code}"'
        workspace.notify(person.id, trouble, channel.id)
        return trouble
    if body.get("response_type") == "in_channel":
        workspace.post(channel, workspace.bot, text=text, blocks=blocks)
    else:
        workspace.whisper(channel.id, person.id, text=text, blocks=blocks)
    return ""
