"""The modal that asks for a photo or document.

Core: pure. It carries an opaque pointer, like the others; whether the files count is found out when they are fetched.
"""

from __future__ import annotations

from typing import Any

from bot.cases.model import Case
from bot.slack import words
from bot.slack.buttons import Action, pointer
from bot.slack.text import plain
from bot.text import one_line

#: Stable over every version of the modal: inline errors hang on them.
FILES_BLOCK = "files"
FILES_INPUT = "given"

#: What Slack's client lets people choose; what comes is judged by its bytes.
FILE_TYPES = ("jpg", "jpeg", "png", "heic", "heif", "webp", "gif", "pdf")
MOST_AT_ONCE = 5


def ask_files(case: Case, channel_id: str) -> dict[str, Any]:
    """The modal for ``case`` as it stands."""
    entry = {
        "type": "input",
        "block_id": FILES_BLOCK,
        "label": plain("Photo or document"),
        "hint": plain("Kept with its fingerprint in the audit trail, and copied to the record in Odoo."),
        "element": {
            "type": "file_input",
            "action_id": FILES_INPUT,
            "filetypes": list(FILE_TYPES),
            "max_files": MOST_AT_ONCE,
        },
    }
    return {
        "type": "modal",
        "callback_id": Action.ADD_FILE.value,
        "private_metadata": f"{pointer(case)}:{channel_id}",
        "title": plain(words.ADD_FILE),
        "submit": plain(words.ADD_FILE),
        "close": plain("Cancel"),
        "blocks": [{"type": "section", "text": plain(one_line(words.headline(case)))}, entry],
    }
