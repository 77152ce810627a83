"""The evidence gate: what is owed before an approval, and how a file becomes evidence.

Core. The gate opens when a file's bytes have been fetched and hashed, never on somebody's word that there is one, and
it closes again when the figures change.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import assert_never

from bot.approvals.authority import Allowed, Reason, Refused, barred
from bot.cases import timing
from bot.cases.answers import Transition, entry, update_cards
from bot.cases.commands import Decide, Forward, KeepFile, OfferFiles, RefuseFile
from bot.cases.files import MOST, File, FileState
from bot.cases.model import Case, Verdict
from bot.cases.planning import Rules
from bot.effects import Effect, EffectKind
from bot.exceptions.commands import TakeFile

OWED = Refused(
    Reason.EVIDENCE_OWED,
    "A photo or document is owed before this can be approved. Add one with the button on the card, or post it in the "
    "card's thread; nothing was decided.",
)
_TOO_MANY = Refused(Reason.TOO_MANY_FILES, f"This case has {MOST} files already; nothing was added.")
_OVER = Refused(Reason.OVER, "This is decided already; the file was not added.")


def is_owed(case: Case) -> bool:
    """Whether an approval of the present figures waits for a file."""
    return case.plan.photo and not any(one.state is FileState.KEPT for one in standing(case))


def gate(case: Case, command: Decide | Forward) -> Refused | None:
    """What keeps an answer from being taken; a rejection owes nothing, nor does handing the question on."""
    approves = isinstance(command, Decide) and command.verdict is not Verdict.REJECT
    return OWED if approves and is_owed(case) else None


def standing(case: Case) -> tuple[File, ...]:
    """Files for the newest figures."""
    return tuple(one for one in case.files if one.revision == case.revision.number)


def may_offer(case: Case, command: OfferFiles, now: datetime) -> Allowed | Refused:
    """Anybody of the workspace may bring evidence; who may decide is asked at the decision."""
    if (refused := barred(command.person)) is not None:
        return refused
    if not case.is_waiting or timing.is_expired(case, now):
        return _OVER
    return _TOO_MANY if len(case.files) + len(_fresh(case, command)) > MOST else Allowed("")


def offer(case: Case, command: OfferFiles, rules: Rules, now: datetime) -> Transition | None:
    """Files were named: they are to be fetched. None where none is owed, or all are known."""
    fresh = _fresh(case, command)
    if not (case.plan.photo or case.care) or not fresh:
        return None
    person = command.person
    added = tuple(File(one, case.revision.number, person.key, person.name, now) for one in fresh)
    after = replace(case, files=(*case.files, *added))
    detail = {"name": person.name, "email": person.email, "files": list(fresh), "record": case.event.title}
    made = entry(after, "evidence.offered", person.key, now, rules, detail, origin="slack")
    fetches = tuple(Effect(EffectKind.FETCH_FILE, case.id, one) for one in fresh)
    return Transition(after, (made,), (*fetches, *update_cards(after)))


def _fresh(case: Case, command: OfferFiles) -> tuple[str, ...]:
    """What the case does not know yet for these figures; what was refused may be offered again."""
    known = {one.id for one in standing(case) if one.state is not FileState.REFUSED}
    return tuple(one for one in dict.fromkeys(command.files) if one not in known)


def settle(case: Case, command: KeepFile | TakeFile | RefuseFile, rules: Rules, now: datetime) -> Transition | None:
    """What became of an offered file."""
    match command:
        case KeepFile():
            return _keep(case, command, rules, now)
        case TakeFile():
            return _taken(case, command, rules, now)
        case RefuseFile():
            return _refuse(case, command, rules, now)
        case _:
            assert_never(command)


def _keep(case: Case, command: KeepFile, rules: Rules, now: datetime) -> Transition | None:
    """The bytes are in the spool: the file counts, and Odoo is owed a copy."""
    kept = command.kept
    known = replace(kept, state=FileState.KEPT)
    detail: dict[str, object] = {
        "name": kept.name_of_person,
        "file": kept.name,
        "kind": kept.kind,
        "size": kept.size,
        "sha256": kept.sha256,
        "record": case.event.title,
    }
    copy = () if case.record.is_ours else (Effect(EffectKind.ATTACH_FILES, case.id, str(case.record)),)
    return _settled(case, known, ("evidence.received", detail, copy), rules, now)


def _taken(case: Case, command: TakeFile, rules: Rules, now: datetime) -> Transition | None:
    """The bytes are in the spool for the group already."""
    if any(one.id == command.kept.id for one in case.files) or len(case.files) >= MOST:
        return None
    offered = replace(command.kept, state=FileState.OFFERED, revision=case.revision.number)
    return _keep(replace(case, files=(*case.files, offered)), KeepFile(case.id, offered), rules, now)


def _refuse(case: Case, command: RefuseFile, rules: Rules, now: datetime) -> Transition | None:
    """The bytes could not be had, or are nothing that counts."""
    offered = next((one for one in case.files if one.id == command.file_id), None)
    if offered is None:
        return None
    known = replace(offered, state=FileState.REFUSED, problem=command.sentence)
    detail: dict[str, object] = {"name": offered.name_of_person, "problem": command.sentence}
    return _settled(case, known, ("evidence.refused", detail, ()), rules, now)


def _settled(
    case: Case,
    known: File,
    told: tuple[str, dict[str, object], tuple[Effect, ...]],
    rules: Rules,
    now: datetime,
) -> Transition | None:
    waiting = [one for one in case.files if one.id == known.id and one.state is FileState.OFFERED]
    if not case.is_waiting or not waiting:
        return None  # decided without it, or told before
    after = replace(case, files=tuple(known if one is waiting[-1] else one for one in case.files))
    action, detail, effects = told
    made = entry(after, action, known.person, now, rules, detail, origin="slack")
    return Transition(after, (made,), (*effects, *update_cards(after)))


def hashes(case: Case) -> list[str]:
    """What a decision on the present figures rests on: SHA-256 of each file."""
    return [one.sha256 for one in standing(case) if one.state is FileState.KEPT]
