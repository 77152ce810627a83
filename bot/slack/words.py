"""Every text of a card, from the state of its case. Core: pure, and nothing here names an event type or a model.

What comes back is text for people, not yet safe for markup: ``cards.py`` puts it into objects that show it literally.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import assert_never

from bot.approvals.quorum import approvers, current_stage, current_stage_number
from bot.cases.model import Case, Decision, Maker, Status, Verdict, WriteBackState
from bot.text import either, one_line, shorten

HEADLINE = 80
_VALUE = 30
_MOST_NAMES = 3

APPROVE, REJECT = "Approve", "Reject"
RETRY, BY_HAND, GIVE_UP = "Retry", "Done by hand", "Give up"
OPEN = "Open in Odoo"

RETRY_TITLE = "Write to Odoo again?"
RETRY_RISK = (
    "The answer to the first try was lost. If it reached Odoo after all, a second one may do it twice. "
    "Please look at the record in Odoo first."
)
RETRY_YES, RETRY_NO = "Write again", "Not now"

_PAST = {Verdict.APPROVE: "Approved", Verdict.REJECT: "Rejected"}


def headline(case: Case) -> str:
    """Which record, how much: at most ``HEADLINE`` characters."""
    value = f", {shorten(str(case.event.value), _VALUE)}" if case.event.value else ""
    return shorten(one_line(case.event.title), HEADLINE - len(value)) + value


def finding(case: Case) -> str:
    """What the record is here for, in the catalog's words."""
    return one_line(case.event.findings[0].text) if case.event.findings else "waits for people"


def sentence(case: Case) -> str:
    """One whole sentence for screen readers, notifications and search: who is asked what about which record."""
    known = [one_line(case.event.partner or ""), str(case.event.value or "value unknown")]
    about = f"{one_line(case.event.title, 100)} ({', '.join([finding(case), *filter(None, known)])})"
    if case.status is Status.PENDING:
        return f"{either(current_stage(case).roles).capitalize()}: please approve or reject {about}."
    return f"{about}: {standing(case)}"


def standing(case: Case) -> str:
    """Where the case stands."""
    match case.status:
        case Status.PENDING:
            return _waiting(case)
        case Status.APPROVED:
            return f"{_given('Approved', case)}. {_carried(case)}"
        case Status.REJECTED:
            return f"{_given('Rejected', case)}. {_carried(case)}"
        case Status.EXPIRED:
            return f"Expired: {case.ending}. Nothing was changed in Odoo."
        case Status.WITHDRAWN:
            return f"Nobody has to decide any more: {case.ending or 'it is over in Odoo'}."
        case Status.SUPERSEDED:
            return _superseded(case)
        case _:
            assert_never(case.status)


def _waiting(case: Case) -> str:
    stage = current_stage(case)
    number = current_stage_number(case)
    where = f"Stage {number + 1} of {len(case.plan.stages)}. " if len(case.plan.stages) > 1 else ""
    given = len(approvers(case, number))
    count = f" {given} of {stage.count} approvals given." if stage.count > 1 else ""
    return f"{where}Waiting for {either(stage.roles)}.{count}"


def _given(verb: str, case: Case) -> str:
    names = [f"{given.name} ({_role(given)})" for given in case.standing]
    if case.status is Status.REJECTED:
        names = names[-1:]
    more = f" and {len(names) - _MOST_NAMES} more" if len(names) > _MOST_NAMES else ""
    return f"{verb} by {', '.join(names[:_MOST_NAMES])}{more}" if names else verb


def _carried(case: Case) -> str:
    """How far a decision has got into Odoo; no claim goes beyond what Odoo has said."""
    state = WriteBackState
    match case.write_back:
        case state.NONE | state.QUEUED | state.WRITING:
            delayed = f"Not yet written to Odoo, it is tried again by itself: {case.problem}"
            return delayed if case.problem else "It is being written to Odoo."
        case state.CONFIRMED:
            return f"Confirmed in Odoo: {case.ending}."
        case state.CONFLICT:
            return _superseded(case)
        case state.UNCERTAIN:
            return _lost(case)
        case state.FAILED:
            return f"NOT written to Odoo: {case.problem or 'it refused'}"
        case state.BY_HAND | state.GIVEN_UP:
            return f"{case.ending[:1].upper()}{case.ending[1:]}"
        case _:
            assert_never(case.write_back)


def _lost(case: Case) -> str:
    if case.settle_until is not None:
        return "The answer of Odoo was lost; the bot is looking whether it was written."
    return f"The answer of Odoo was lost, and a person has to look. {case.problem}".rstrip()


def _superseded(case: Case) -> str:
    after = f" A new card asks again (case {case.successor})." if case.successor else ""
    if case.problem:
        return f"Overtaken: {case.ending}. {case.problem}{after}"
    return f"Nothing was written: {case.ending}. What was decided here is void.{after}"


def waiting_line(case: Case) -> str:
    """A pending case on one line of a list."""
    stage = current_stage(case)
    return f"Case {case.id}: {headline(case)} ({finding(case)}), waits for {either(stage.roles)}"


def decision(given: Decision) -> str:
    """Who said what, in which role."""
    return f"{_PAST[given.verdict]} by {given.name} ({_role(given)})"


def changed_title(case: Case) -> str:
    """What the list of changed figures is about; empty where nothing has changed."""
    if not case.revision.changed:
        return ""
    if case.revision.opened_with is not None:
        allowed = case.plan.manner.tolerance
        return f"Changed in Odoo within the tolerance of {allowed}; answers given before stand:"
    if case.predecessor is not None and not case.decisions:
        return "Changed in Odoo after it was decided; nothing was written, please decide again:"
    if any(given.revision != case.revision.number for given in case.decisions):
        return "Changed in Odoo; earlier answers are void, please decide again:"
    return "Changed in Odoo since it was first shown:"


def why(case: Case) -> str:
    """Why these people are asked: what was found, which rule, and what nobody could tell."""
    found = "; ".join(dict.fromkeys(one_line(one.text, 120) for one in case.event.findings[:5]))
    said = [f"Why here: {found}." if found else "", f"Rule “{case.plan.rule}”, policy “{case.plan.policy}”."]
    if case.plan.missing:
        said.append(f"Could not be told: {', '.join(case.plan.missing)}; the cautious way was taken.")
    return " ".join(filter(None, said))


def moved(case: Case, channel: str) -> str:
    """On a copy in a channel that is not asked any more; empty on the others."""
    asked = current_stage(case).channels
    if case.status is not Status.PENDING or channel in asked:
        return ""
    return f"This is not decided here any more; it is asked in {', '.join(asked)}."


def next_step(case: Case) -> str:
    """What a click will do, or what a person can do where the write-back is stuck; empty at the end."""
    if case.status is Status.PENDING:
        return f"{APPROVE}: {case.plan.approve_does}. {REJECT}: {case.plan.reject_does}."
    if not case.is_stuck:
        return ""
    look = "Please look at the record in Odoo first. " if case.write_back is WriteBackState.UNCERTAIN else ""
    return (
        f"{look}“{RETRY}” writes it again, “{BY_HAND}” says that you brought it about in Odoo yourself, "
        f"“{GIVE_UP}” leaves it as it is."
    )


def facts(case: Case) -> Sequence[tuple[str, str]]:
    """(label, text) of everything worth knowing, the most important first."""
    event = case.event
    value = str(event.value) if event.value else "unknown"
    shown = {item.shown for item in event.seen}
    told = [
        ("Value", value),
        ("Partner", event.partner if event.partner not in shown else ""),
        ("Company", event.company),
        ("Site", case.plan.site or event.warehouse),
        ("Asked for or edited by", ", ".join(_maker(maker) for maker in event.makers)),
        *((item.label, item.shown) for item in event.seen if item.shown != value),
        *event.context,
    ]
    return [(label, text) for label, text in told if text]


def _maker(maker: Maker) -> str:
    """Whoever's login leads to nobody in Slack could approve their own request: people are to see that."""
    known = "@" in maker.email
    return (maker.name or maker.login) + ("" if known else f" (Odoo login {maker.login}, not matched to Slack)")


def _role(given: Decision) -> str:
    return given.as_role.replace("_", " ")
