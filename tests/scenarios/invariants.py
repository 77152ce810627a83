"""What holds at the end of every story, whatever happened in it.

Judged on what outsiders can see: the stored records and calls of the pretend Odoo, the stored messages of the pretend
Slack, and the audit chain. Our own tables are asked for one thing alone, whether a case is closed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from bot.audit import log as audit
from bot.audit.verify import Verifier
from bot.cases import store
from bot.db import Database
from bot.sandbox.odoo import Call
from bot.sandbox.slack import Card
from tests.scenarios.story import PURCHASE, QUANT, SALE, Audited, Story, read_audit

#: Every call of the bot that changes something in Odoo.
BUSINESS = frozenset(
    {
        "button_approve",
        "button_cancel",
        "action_apply_inventory",
        "action_clear_inventory_quantity",
        "action_confirm",
        "action_cancel",
        "message_post",
        "write",
        "create",
        "unlink",
    }
)


#: Entries before which nothing is written to a record.
DECIDED = {"case.approved", "case.approved_with_changes", "case.rejected", "case.expired", "exception.resolved"}


async def broken(story: Story, database: Database) -> list[str]:
    """Every invariant that does not hold, in words."""
    entries = await read_audit(database)
    async with database.read() as session:
        head = await audit.head(session)
        numbers = {one.entry.case_id for one in entries if one.entry.case_id}
        closed = {case.id for case in (await store.by_id(session, numbers)).values() if case.closed_at}
    return [
        *_unsound(entries, head),
        *_confirmed_twice(entries),
        *_without_audit(entries, story.odoo.calls),
        *_claiming_too_much(entries, story),
        *_alive_after_the_end(closed, story),
    ]


def _unsound(entries: list[Audited], head: tuple[int, str]) -> Iterator[str]:
    verifier = Verifier()
    for one in entries:
        verifier.take(one.sealed)
    yield from verifier.verdict(head).problems


def _confirmed_twice(entries: list[Audited]) -> Iterator[str]:
    confirmed = Counter(one.entry.case_id for one in entries if one.entry.action == "write_back.confirmed")
    yield from (f"case {number} was confirmed {times} times" for number, times in confirmed.items() if times > 1)


def _refs(entries: list[Audited]) -> dict[int, str]:
    """Case -> source:model:id, as the audit trail has it."""
    return {
        one.entry.case_id: str(one.detail["ref"])
        for one in entries
        if one.entry.case_id and one.entry.action in {"case.opened", "exception.noticed", "list.opened"}
    }


def _without_audit(entries: list[Audited], calls: Iterable[Call]) -> Iterator[str]:
    refs = _refs(entries)
    decided = [
        (refs[one.entry.case_id], one.entry.at)
        for one in entries
        if one.entry.case_id in refs and one.entry.action in DECIDED
    ]
    for call in calls:
        if call.login != "bot" or call.method not in BUSINESS:
            continue
        if call.model == "ir.attachment":  # a copy of evidence: it is owed as soon as the file is kept
            kept = [one for one in entries if one.entry.action == "evidence.received" and one.entry.at <= call.at]
            yield from () if kept else ("a file was attached without an audit entry of it before",)
            continue
        wanted = {f"main:{call.model}:{number}" for number in call.ids}
        preceding = {ref for ref, at in decided if at <= call.at}
        # A wizard is made and answered on the way of a decision; its own id is nobody's record.
        if (call.method != "create" and not wanted) or wanted - preceding or not preceding:
            yield f"{call.method} on {call.model} {call.ids} without an audit entry of a decision before it"


def _claiming_too_much(entries: list[Audited], story: Story) -> Iterator[str]:
    refs = _refs(entries)
    for card in story.cards():
        ref = refs[_case_of(card)]
        if not card.says("Confirmed in Odoo"):
            continue
        if card.says(" made in Odoo: "):
            so = any("[Signoff #" in str(one["origin"]) for one in _records(story, "stock.picking"))
        else:
            so = _so_in_odoo(story, ref, approved=card.says("Approved by") or card.says("Approved with"))
        if not so:
            yield f"a card says that {ref} is confirmed in Odoo, and it is not"


def _records(story: Story, model: str) -> list[Mapping[str, object]]:
    return [story.odoo.record(model, one) for one in story.odoo.engine.store.ids(model)]


def _so_in_odoo(story: Story, ref: str, *, approved: bool) -> bool:
    _, model, number = ref.split(":")
    record: Mapping[str, object] = story.odoo.record(model, int(number))
    if any("[Signoff #" in str(one["body"]) for one in story.odoo.messages(model, int(number))):
        return True
    match (model, approved):
        case (str(kind), True) if kind == QUANT:
            moves = story.odoo.snapshot()["moves"]
            return any("[Signoff #" in move["reference"] for move in moves)
        case (str(kind), False) if kind == QUANT:
            return not record["inventory_quantity_set"]
        case (str(kind), True):
            return record["state"] in {PURCHASE: {"purchase", "done"}, SALE: {"sale", "done"}}[kind]
        case _:
            return record["state"] == "cancel"


def _alive_after_the_end(closed: set[int], story: Story) -> Iterator[str]:
    for card in story.cards():
        if _case_of(card) in closed and {"Approve", "Reject", "Retry", "I’m on it", "Resolve"} & set(card.labels):
            yield f"the card of closed case {_case_of(card)} still has {card.labels}"


def _case_of(card: Card) -> int:
    assert card.metadata is not None
    return int(card.metadata["event_payload"]["case_id"])
