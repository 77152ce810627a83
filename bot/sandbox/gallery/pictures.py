"""The gallery's cards and modals as the page wants them: drawn by the program itself, under the config that is played.

Draws and decides nothing else: no case of it is stored, and no button leads anywhere.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from bot.cases.answers import Transition
from bot.cases.bulk import Batch
from bot.cases.changing import offered
from bot.cases.commands import Observed
from bot.cases.model import Case
from bot.cases.planning import Rules
from bot.cases.transitions import transition
from bot.config.model import Config
from bot.exceptions.care import Care
from bot.exceptions.commands import Tracked
from bot.odoo.catalog import catalog_of, traits_of
from bot.sandbox.gallery.samples import sample
from bot.sandbox.gallery.states import CHANGED, OWNED, STATES
from bot.slack import bulk, care_modals, words
from bot.slack.buttons import Action
from bot.slack.cards import render
from bot.slack.change_modal import ask_changes
from bot.slack.delegation_modal import ask_stand_in, ask_whom
from bot.slack.file_modal import ask_files
from bot.slack.members_modal import members
from bot.slack.modals import ask_reason, not_done

Json = dict[str, Any]

#: A case that is not stored has no number of its own.
_NUMBER = 471

_REFUSAL = "Already approved by Grace Lind."
_MODALS = {
    "waiting": (Action.APPROVE, Action.REJECT, Action.ASK, Action.COMMENT, Action.BREAK_GLASS),
    "a question is open": (Action.ANSWER,),
    "refused by Odoo": (Action.BY_HAND, Action.GIVE_UP),
}

#: What is asked in a modal of an exception's own.
_OF_EXCEPTIONS = (Action.ASSIGN, Action.SNOOZE, Action.PAUSE, Action.RESOLVE, Action.ASK_APPROVAL)


class Gallery:
    """Answers ``types``, ``states``, ``cards`` and ``modals``."""

    def __init__(self, config: Config) -> None:
        self._rules = Rules(config, traits_of(config.types))
        self._catalog = catalog_of(config.types)

    @property
    def types(self) -> list[str]:
        """Every event type of the catalog and of the config."""
        return list(self._catalog)

    @property
    def states(self) -> list[str]:
        """Every state."""
        return list(dict.fromkeys((*STATES, *CHANGED, *OWNED)))

    def cards(self, event_type: str, state: str, now: datetime) -> list[Json]:
        """The cards of one type (or all) in one state (or all), beginning at ``now``."""
        return [
            {"type": name, "state": one, **self._card(case)}
            for name in self.types
            for one in self._states_of(name)
            if event_type in ("", name) and state in ("", one)
            for case in self._case(name, one, now)
        ]

    def modals(self, event_type: str, now: datetime) -> list[Json]:
        """Every modal that asks about a case of this type."""
        owned = self._catalog[event_type].is_exception
        found = self._about_exceptions(event_type, now) if owned else self._about_approvals(event_type, now)
        told = [{"type": event_type, "state": name, "view": view} for name, view in found]
        return [*told, {"type": event_type, "state": "refused", "view": not_done(_REFUSAL)}]

    def _about_approvals(self, event_type: str, now: datetime) -> Iterator[tuple[str, Json]]:
        for state, actions in _MODALS.items():
            for case in self._case(event_type, state, now):
                yield from ((_named(action), ask_reason(case, action, "C1")) for action in actions)
        for case in self._case(event_type, "waiting", now):
            if offered(case):
                yield "approve_with_changes", ask_changes(case, "C1", "")
            yield _named(Action.ADD_FILE), ask_files(case, "C1")
            yield "forward", ask_whom(case)
            yield "delegate", ask_stand_in(now, for_others=True)
            if case.event.value is not None:
                limit, other = replace(case.event.value, amount=abs(case.event.value.amount) * 3), replace(case, id=472)
                yield "bulk", bulk.choose(Batch(event_type, case.plan.rule, limit, (case, other)), "C1")
        yield "bulk, done", bulk.result(["Purchase order P00022: already approved by Bob."], approved=1, asked=2)

    def _about_exceptions(self, event_type: str, now: datetime) -> Iterator[tuple[str, Json]]:
        for case in self._case(event_type, "waiting", now):
            can_ask = bool(case.plan.care and case.plan.care.approvals)
            asked = [one for one in _OF_EXCEPTIONS if one is not Action.ASK_APPROVAL or can_ask]
            yield from ((_named(action), care_modals.ask(case, action, "C1", now)) for action in asked)
            others = replace(case, id=470, care=Care(members=(case.id,), gathered=2))
            yield _named(Action.MEMBERS), members(others, [case], page=1, channel_id="C1", cards={})
            yield _named(Action.REOPEN), ask_reason(case, Action.REOPEN, "C1")

    def _case(self, event_type: str, state: str, now: datetime) -> Iterator[Case]:
        """The case; nothing where the config asks nobody about this type."""
        entry = self._catalog[event_type]
        event = sample(entry)
        seen = Tracked(event.record, entry.name, event) if entry.is_exception else Observed(event.record, event)
        opened = transition(None, seen, self._rules, now)
        if isinstance(opened, Transition):
            yield self._states_of(event_type)[state](replace(opened.case, id=_NUMBER))

    def _states_of(self, event_type: str) -> Mapping[str, Callable[[Case], Case]]:
        entry = self._catalog[event_type]
        if entry.is_exception:
            return OWNED
        return {**STATES, **CHANGED} if entry.amendable else STATES

    def _card(self, case: Case) -> Json:
        stage = case.plan.stages[-1]
        card = render(case, stage.channels[0])
        return {"text": card.text, "blocks": list(card.blocks), "headline": words.headline(case)}


def _named(action: Action) -> str:
    return action.value.removeprefix("case:")
