"""What every part of the file has in common.

Core but for pydantic. The text under a key says what it means, in the words of the reference (``signoff schema``).
"""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Part(BaseModel):
    """A mapping in the file: every key known, nothing converted on the quiet."""

    model_config = ConfigDict(
        strict=True, extra="forbid", frozen=True, arbitrary_types_allowed=True, use_attribute_docstrings=True
    )
