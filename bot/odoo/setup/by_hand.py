"""The same set-up as words, for an administrator who makes it in Odoo's own screens.

Core. Must not print a token.
"""

from __future__ import annotations

from collections.abc import Sequence

from bot.odoo.setup.pieces import Group, Guard, Piece, Rule


def instructions(pieces: Sequence[Piece]) -> str:
    """What to make in Odoo, one paragraph a piece."""
    head = "By hand, in developer mode, as somebody with Settings rights:"
    return "\n\n".join([head, *(_paragraph(number, piece) for number, piece in enumerate(pieces, 1))])


def _paragraph(number: int, piece: Piece) -> str:
    lines = _lines(piece)
    return f"{number}. {lines[0]}\n" + "\n".join(f"   {line}" for line in lines[1:])


def _lines(piece: Piece) -> list[str]:
    match piece:
        case Group(members=members):
            return [
                "Settings > Users & Companies > Groups > New",
                f"Name: {piece.name}",
                f"Users: {', '.join(members)}",
                "Access Rights: base.automation, read only (so that the doctor sees whether the rules are in place)",
            ]
        case Rule(address=""):
            return [*_rule(piece), "Action to do: Execute Code", *piece.code.splitlines()]
        case Rule():
            shown = f"{piece.address.rpartition('/')[0]}/TOKEN"
            return [
                *_rule(piece),
                f"Action to do: Send Webhook Notification, URL: {shown}",
                "where TOKEN is the first of the source's webhook_tokens; choose no fields",
            ]
        case Guard():
            return [
                f"Settings > Technical > Server Actions > New, name: {piece.name}",
                f"Model: {piece.model}; Allowed Groups: {', '.join(piece.groups)}; then Create Contextual Action",
                "Type: Execute Code",
                *piece.code.splitlines(),
            ]


def _rule(rule: Rule) -> list[str]:
    conditions = [
        *([f"Before update domain: {rule.before}"] if rule.before else []),
        *([f"Apply on: {rule.after}"] if rule.after else []),
    ]
    return [
        f"Settings > Technical > Automation Rules > New, name: {rule.name}",
        f"Model: {rule.model}",
        "Trigger: On save (18.0), On create and edit (19.0)",
        f"When updating: {', '.join(rule.fields)}",
        *conditions,
    ]
