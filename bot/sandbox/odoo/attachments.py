"""Files on records: ir.attachment with Odoo's own checksum, and its habit of shrinking large pictures.

As the recordings and the sources of 18.0 and 19.0 (base/models/ir_attachment.py) have it: a picture of more than 1920
pixels is stored smaller, with other bytes, unless the context says ``image_no_postprocess``.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from typing import TYPE_CHECKING

from bot.sandbox.odoo import errors
from bot.sandbox.odoo.access import INTERNAL, visible
from bot.sandbox.odoo.model import Access, Model, Row, fields_of, make, plain

if TYPE_CHECKING:
    from bot.sandbox.odoo.orm import Env

_LARGEST_SIDE = 1920
_PNG = b"\x89PNG\r\n\x1a\n"
_KINDS = {_PNG: "image/png", b"\xff\xd8\xff": "image/jpeg", b"%PDF-": "application/pdf", b"GIF8": "image/gif"}


def _prepare(env: Env, vals: Row) -> None:
    _may_write_document(env, vals)
    content = _content(vals)
    kind = next((name for begin, name in _KINDS.items() if content.startswith(begin)), "application/octet-stream")
    if _is_large_png(content) and not env.context.get("image_no_postprocess"):
        content = content[: len(content) // 2]  # other bytes than those that were given
    vals |= {
        "datas": base64.b64encode(content).decode(),
        "mimetype": kind,
        "file_size": len(content),
        "checksum": hashlib.sha1(content, usedforsecurity=False).hexdigest(),
    }


def _content(vals: Row) -> bytes:
    try:
        return base64.b64decode(str(vals.get("datas") or ""))
    except binascii.Error as error:
        kind = "binascii.Error"
        raise errors.OdooError(kind, str(error)) from None


def _is_large_png(content: bytes) -> bool:
    """By the width and height that a PNG begins with."""
    sides = (int.from_bytes(content[16:20], "big"), int.from_bytes(content[20:24], "big"))
    return content.startswith(_PNG) and max(sides) > _LARGEST_SIDE


def _may_write_document(env: Env, vals: Row) -> None:
    described = env.schema.get(str(vals.get("res_model") or ""))
    if described is None or not vals.get("res_id"):
        return
    document = env.tx.get(described.name, int(vals["res_id"]))
    if document is None and env.is_18:
        return  # 18.0 takes a file for a record that is not there
    allowed = not env.user.groups.isdisjoint(described.access.write)
    if document is None or not allowed or not visible(env, described, document):
        msg = "Sorry, you are not allowed to access this document."
        raise errors.access_error(msg)


def attachment_models() -> list[Model]:
    """Every model of this file."""
    return [
        Model(
            "ir.attachment",
            "Attachment",
            fields_of(
                make("name", "char", required=True),
                make("res_model", "char", string="Resource Model"),
                make("res_id", "many2one_reference", string="Resource ID", indexed=True),
                make("datas", "binary", string="File Content (base64)"),
                plain("char", "mimetype", "checksum"),
                make("file_size", "integer", string="File Size"),
            ),
            Access(read=(INTERNAL,), write=(INTERNAL,)),
            order="id desc",
            display=lambda env, row: str(row["name"]),
            prepare=_prepare,
        )
    ]
