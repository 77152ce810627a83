"""What Signoff itself finds: over its cases what repeats, and what is wrong with itself.

No record of Odoo stands behind them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from bot.cases.traits import Traits
from bot.config.model import Execution, OnReject, System
from bot.odoo.catalog.entry import NOTE_DOES, OWNED

_RESOLUTIONS = ("cause removed", "process changed", "supplier told", "counted anew", "no action needed")
_REPEAT = Traits(
    execution=Execution.RELEASE,
    approve_does=dict.fromkeys(Execution, OWNED.does),
    reject_does=dict.fromkeys(OnReject, NOTE_DOES),
    acts_on_reject=False,
    has_chatter=False,
    is_exception=True,
    resolutions=_RESOLUTIONS,
)

#: By the event type of the case that is opened.
REPEATS: Mapping[str, Traits] = MappingProxyType(
    dict.fromkeys(("repeat.variance", "repeat.shortage", "repeat.supplier_delay", "repeat.quality"), _REPEAT)
    | dict.fromkeys(System, replace(_REPEAT, resolutions=("mended", "config changed", "no action needed")))
)
