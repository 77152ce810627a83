"""What a case is about, in the words of its event's own text: products, places, who counted, other cases.

Core: values in, plain data out, and back. Most events have none of it, and none of it is written then.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.cases.event import Event, Related


def subjects_to_plain(event: Event) -> dict[str, object]:
    """Without what is not there: there is one row a revision."""
    told: dict[str, object] = {
        "pr": event.product,
        "pl": event.place,
        "ps": list(event.products),
        "z": event.zone,
        "cb": event.counter,
        "re": [[one.case_id, one.title, one.link] for one in event.related],
    }
    return {name: one for name, one in told.items() if one}


def subjects_from_plain(body: Mapping[str, Any]) -> dict[str, Any]:
    """The inverse of ``subjects_to_plain``, as fields of an event."""
    return {
        "product": body.get("pr"),
        "place": body.get("pl"),
        "products": tuple(body.get("ps", ())),
        "zone": body.get("z"),
        "counter": body.get("cb"),
        "related": tuple(Related(*one) for one in body.get("re", ())),
    }
