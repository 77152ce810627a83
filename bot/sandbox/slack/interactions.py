"""What people do: use an element, submit or close a modal, type a command; and what they see when the app is silent.

Owns the course of an interaction from gesture to answer. The page and the tests both act through it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.sandbox.slack import payloads
from bot.sandbox.slack.answers import obey_command, obey_submission
from bot.sandbox.slack.delivery import Answer, Delivery
from bot.sandbox.slack.files import files_json
from bot.sandbox.slack.gestures import Element, Raw, entered, initial_values, objection
from bot.sandbox.slack.model import Channel, Ephemeral, Message, Person, View
from bot.sandbox.slack.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Acted:
    """How the app answered a gesture.

    ``trouble`` is what Slack told the person, empty when all went well; ``view`` the modal that was open by the time of
    the answer (an app may open it afterwards too: ``PretendSlack.opened`` waits for it).
    """

    status: int | None
    elapsed_s: float
    trouble: str = ""
    trigger_id: str = ""
    view: View | None = None


@dataclass(frozen=True, slots=True)
class Submitted:
    """What became of a submitted modal: errors beside its inputs, closed, or another view on top."""

    status: int | None
    elapsed_s: float
    errors: Mapping[str, str] = field(default_factory=dict)
    closed: bool = False
    view: View | None = None
    trouble: str = ""


class Interactions:
    """The hands of everybody in the workspace."""

    def __init__(self, workspace: Workspace, delivery: Delivery, response_base: Callable[[], str]) -> None:
        self._workspace = workspace
        self._delivery = delivery
        self._response_base = response_base

    async def act_on_message(
        self, person: Person, surface: Message | Ephemeral, block_id: str, *, element: Element, raw: Raw = None
    ) -> Acted:
        """Use an element of a message."""
        right = self._workspace.new_response_url(person.id, surface.channel_id, surface.ts)
        trigger = self._workspace.new_trigger(person.id)
        payload = payloads.message_action(
            self._workspace,
            person,
            surface,
            action=self._action(block_id, element, raw),
            trigger=trigger,
            response_url=self._response_base() + right.token,
        )
        return self._acted(person, await self._delivery.interaction(payload), trigger.id, surface.channel_id)

    async def act_in_view(
        self, person: Person, view: View, block_id: str, *, element: Element, raw: Raw = None
    ) -> Acted:
        """Use an element inside a modal or the home tab."""
        action = self._action(block_id, element, raw)
        trigger = self._workspace.new_trigger(person.id, view.id)
        payload = payloads.view_action(self._workspace, person, view, action=action, trigger=trigger)
        return self._acted(person, await self._delivery.interaction(payload), trigger.id)

    async def submit(self, person: Person, view: View, raw: Mapping[str, Raw]) -> Submitted:
        """Fill in inputs (by block id) and press submit. Slack's client checks before anything is sent."""
        self._fill(view, raw)
        view.trouble = ""
        view.errors = _objections(view)
        if view.errors:
            self._workspace.changed()
            return Submitted(None, 0.0, errors=view.errors, view=view)
        trigger = self._workspace.new_trigger(person.id, view.id)
        payload = payloads.view_submission(self._workspace, person, view, trigger)
        answer = await self._delivery.interaction(payload)
        obey_submission(self._workspace, view, answer)
        left = self._workspace.modals.of(person.id)
        return Submitted(
            answer.status,
            answer.elapsed_s,
            errors=view.errors,
            closed=not view.is_open,
            view=left[-1] if left else None,
            trouble=view.trouble,
        )

    async def close(self, person: Person, view: View, *, clear: bool = False) -> Acted | None:
        """Dismiss a modal, or the whole stack. The app hears of it only if the view asked for that."""
        asked = view.content.get("notify_on_close", False)
        payload = payloads.view_closed(self._workspace, person, view, is_cleared=clear)
        if clear or view.content.get("clear_on_close", False):
            self._workspace.modals.clear(person.id)
        else:
            self._workspace.modals.close(view)
        if not asked:
            return None
        answer = await self._delivery.interaction(payload)
        return Acted(answer.status, answer.elapsed_s)

    async def command(self, person: Person, channel: Channel, command: str, text: str) -> Acted:
        """Type a slash command into a channel."""
        trigger = self._workspace.new_trigger(person.id)
        right = self._workspace.new_response_url(person.id, channel.id)
        url = self._response_base() + right.token
        fields = payloads.slash_command(self._workspace, person, channel, command, text, trigger=trigger, url=url)
        answer = await self._delivery.command(fields)
        trouble = obey_command(self._workspace, person, channel, command, answer)
        opened = self._workspace.modals.opened_with(trigger.id)
        return Acted(answer.status, answer.elapsed_s, trouble, trigger.id, opened)

    def _action(self, block_id: str, element: Element, raw: Raw) -> dict[str, Any]:
        shared = {"action_id": element["action_id"], "block_id": block_id, "action_ts": self._workspace.next_ts()}
        style = {"style": element["style"]} if "style" in element else {}
        return entered(element, raw) | shared | style

    def _acted(self, person: Person, answer: Answer, trigger_id: str, channel_id: str | None = None) -> Acted:
        trouble = "" if answer.is_ack else _trouble(self._workspace.bot.real_name, answer)
        if trouble:
            self._workspace.notify(person.id, trouble, channel_id)
        return Acted(
            answer.status, answer.elapsed_s, trouble, trigger_id, self._workspace.modals.opened_with(trigger_id)
        )

    def _fill(self, view: View, raw: Mapping[str, Raw]) -> None:
        view.values = initial_values(view.blocks) | view.values
        inputs = {block["block_id"]: block["element"] for block in view.blocks if block["type"] == "input"}
        for block_id, value in raw.items():
            element = inputs[block_id]
            entry = entered(element, value)
            if "files" in entry:
                entry["files"] = files_json(self._workspace, entry["files"])
            view.values[block_id] = {element["action_id"]: entry}


def _objections(view: View) -> dict[str, str]:
    found = {
        block["block_id"]: objection(block, view.values[block["block_id"]][block["element"]["action_id"]])
        for block in view.blocks
        if block["type"] == "input"
    }
    return {block_id: text for block_id, text in found.items() if text}


def _trouble(app: str, answer: Answer) -> str:
    if answer.status is not None:
        return f"{app} responded with status code {answer.status}."
    if answer.problem == "http_timeout":
        return f"{app} did not respond in time. Try again."
    return f"Slack could not reach {app}."
