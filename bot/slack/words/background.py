"""What people want to know before they answer: the figures, what changed, why they are asked."""

from __future__ import annotations

from collections.abc import Sequence

from bot.cases.model import Case, Kind, Maker, Status, WriteBackState
from bot.slack.words.naming import is_worthless
from bot.text import one_line


def facts(case: Case) -> Sequence[tuple[str, str]]:
    """(label, text) of everything worth knowing, the most important first."""
    event = case.event
    value = str(event.value) if event.value else "unknown"
    shown = {item.shown for item in event.seen}
    told = [
        ("Value", "" if event.value or is_worthless(case) else value),
        ("In other currencies", ", ".join(map(str, event.value.in_others())) if event.value else ""),
        ("Partner", event.partner if event.partner not in shown else ""),
        ("Company", event.company),
        ("Site", case.plan.site or event.warehouse),
        ("Asked for or edited by", ", ".join(_maker(maker) for maker in event.makers)),
        *((item.label, item.shown) for item in event.seen if item.shown != value),
        *event.context,
    ]
    return [(label, text) for label, text in told if text]


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


def changes_title(case: Case) -> str:
    """What the list of smaller figures is about; empty where nothing was made smaller."""
    if case.intended is not None and case.intended.decision.changes:
        return "Changes that count in a moment, unless they are taken back:"
    if case.revision.in_odoo is None:
        return ""
    if case.status is Status.PENDING:
        return "Approved with these changes so far; Odoo has the former figures until all have answered:"
    if case.write_back is WriteBackState.CONFIRMED:
        return "Approved with changes, which are in Odoo:"
    if case.is_approved and case.closed_at is None:
        return "Approved with changes, which are written to Odoo with the approval:"
    return "Changes that were agreed on here:"


def why(case: Case) -> str:
    """Why these people are asked: what was found, which rule, and what nobody could tell."""
    if case.kind is Kind.LIST:
        return f"Why here: {_findings(case)}. Policy “{case.plan.policy}”."
    found = "" if case.care is not None else _findings(case)
    said = [f"Why here: {found}." if found else "", f"Rule “{case.plan.rule}”, policy “{case.plan.policy}”."]
    if case.plan.missing:
        said.append(f"Could not be told: {', '.join(case.plan.missing)}; the cautious way was taken.")
    return " ".join(filter(None, said))


def found(case: Case) -> str:
    """What is wrong, where that is what the card is about; empty for what is decided."""
    told = _findings(case) if case.kind is Kind.EXCEPTION else ""
    return f"Found: {told}." if told else ""


def _findings(case: Case) -> str:
    return "; ".join(dict.fromkeys(one_line(one.text, 120) for one in case.event.findings[:5]))


def _maker(maker: Maker) -> str:
    """Whoever's login leads to nobody in Slack could approve their own request: people are to see that."""
    unmatched = f" (Odoo login {maker.login}, not matched to Slack)" if maker.is_unknown and maker.login else ""
    return (maker.name or maker.login) + unmatched
