"""What the tiny bot posts: a card with two columns, a modal with a reason, a decided card."""

from __future__ import annotations

from typing import Any

Block = dict[str, Any]


def _plain(text: str) -> Block:
    return {"type": "plain_text", "text": text}


def _mrkdwn(text: str) -> Block:
    return {"type": "mrkdwn", "text": text, "verbatim": True}


def _button(label: str, action: str, **more: Any) -> Block:
    return {"type": "button", "text": _plain(label), "action_id": action, "value": "12:1"} | more


def a_card() -> list[Block]:
    """A purchase order that waits: figures, people, a date in the reader's zone, four buttons."""
    confirm = {
        "title": _plain("Hold this order?"),
        "text": _plain("Nobody is asked until you release it."),
        "confirm": _plain("Hold it"),
        "deny": _plain("Back"),
    }
    return [
        {"type": "header", "text": _plain("Purchase order PO00012 needs your approval")},
        {
            "type": "section",
            "fields": [
                _mrkdwn("*Vendor*\nAzure Interior"),
                _mrkdwn("*Total*\n12,400.00 EUR"),
                _mrkdwn("*Warehouse*\nChicago 1"),
                _mrkdwn("*Due*\n<!date^1795255200^{date_short_pretty} {time}|soon>"),
            ],
        },
        {
            "type": "section",
            "text": _mrkdwn("Above the limit of *10,000.00 EUR* for this site. Lines: `4`, ~3~ _of them_ new."),
        },
        {"type": "divider"},
        {
            "type": "context",
            "elements": [_plain("Rule: purchases-over-10k"), _plain("Revision 1"), _plain("Asked by Bea")],
        },
        {
            "type": "actions",
            "block_id": "case",
            "elements": [
                _button("Approve", "case:approve", style="primary"),
                _button("Reject…", "case:reject", style="danger"),
                _button("Hold", "case:hold", confirm=confirm),
                _button("Open in Odoo", "case:open", url="https://odoo.example.com/odoo/purchase/12"),
            ],
        },
    ]


def a_modal(metadata: str) -> Block:
    """Asks why."""
    reason: Block = {"type": "plain_text_input", "action_id": "text", "multiline": True}
    causes = [{"text": _plain(text), "value": text} for text in ("Price", "Quantity", "Not needed")]
    cause: Block = {"type": "static_select", "action_id": "cause", "options": causes}
    return {
        "type": "modal",
        "title": _plain("Reject PO00012"),
        "submit": _plain("Reject"),
        "close": _plain("Cancel"),
        "private_metadata": metadata,
        "blocks": [
            {"type": "section", "text": _mrkdwn("*Azure Interior*, 12,400.00 EUR. The buyer is told your reason.")},
            {
                "type": "input",
                "block_id": "reason",
                "label": _plain("Reason"),
                "hint": _plain("It stands in Odoo and in the audit trail."),
                "element": reason,
            },
            {"type": "input", "block_id": "cause", "label": _plain("Cause"), "optional": True, "element": cause},
        ],
    }


def decided(verdict: str, person_id: str) -> list[Block]:
    """A card after the decision: no buttons."""
    return [
        {"type": "header", "text": _plain(f"{verdict}: purchase order PO00012")},
        {"type": "section", "text": _mrkdwn(f":white_check_mark: {verdict} by <@{person_id}>")},
    ]
