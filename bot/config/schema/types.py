"""``types``: event types of the catalog narrowed, and event types of the admin's own.

Core but for pydantic.
"""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, model_validator

from bot.config.fields.figures import Percent
from bot.config.fields.known import refuse
from bot.config.fields.odoo import Domain, FieldPath, MethodName, ModelName
from bot.config.fields.text import Text, Unique
from bot.config.model import OwnMethod as Called
from bot.config.model import OwnType as Told
from bot.config.model import TypeSettings
from bot.config.schema.part import Part


class NarrowedType(Part):
    """``types.<name>`` of the catalog: what is narrowed there."""

    limit: Percent | None = None
    """In the place of the catalog's own limit; event-types.md says what it means for each type."""
    where: Domain | None = None
    """What a record has to be in besides, in Odoo's own notation. `{now}` stands for the moment of asking."""

    @model_validator(mode="after")
    def narrows_something(self) -> Self:
        """An entry without keys is a slip of the indentation."""
        if not self.model_fields_set:
            refuse("changes nothing", "give it a limit, where or both")
        return self

    def build(self) -> TypeSettings:
        """The frozen value."""
        return TypeSettings(limit=self.limit, where=self.where or ())


class OwnMethod(Part):
    """``types.<name>.approve`` and ``.reject``: what is called in Odoo."""

    method: MethodName
    """A public method of the model, such as a button's."""
    done: Domain
    """What the record is in once the method has run: what it returns proves nothing."""
    repeatable: bool = False
    """Whether calling it a second time can do no harm. If not, only a person repeats it after a lost answer."""

    def build(self) -> Called:
        """The frozen value."""
        return Called(self.method, self.done, self.repeatable)


class OwnType(Part):
    """``types.<name>`` of one's own: any model of Odoo."""

    model: ModelName
    """The model whose records need people."""
    where: Domain
    """When they do, in Odoo's own notation. `{now}` stands for the moment of asking."""
    why: Text
    """Why they do, as half a sentence for the card."""
    watch: Annotated[dict[FieldPath, Text], Field(min_length=1)]
    """What people decide on: field to label. If one changes, they are asked again, and nothing is written."""
    approve: OwnMethod
    """What an approval carries out."""
    reject: OwnMethod | None = None
    """What a rejection carries out; without it, a note."""
    title: FieldPath = "display_name"
    """The field that names the record."""
    value: FieldPath | None = None
    """The field with its amount in company currency; without it, or without `company`, the value is not known."""
    company: FieldPath | None = None
    """The field that leads to its company."""
    warehouse: FieldPath | None = None
    """The field that leads to its warehouse, and so to a site."""
    partner: FieldPath | None = None
    """The field that leads to its customer or vendor."""
    makers: Unique[FieldPath] = Field(default_factory=lambda: ["create_uid"])
    """The fields that lead to users who asked for it; who wrote it last counts in any case."""
    deadline: FieldPath | None = None
    """The field with the moment at which a decision comes too late."""
    notes: bool = True
    """Whether the model has a chatter, so that notes can be posted."""

    def build(self) -> TypeSettings:
        """The frozen value."""
        own = Told(
            model=self.model,
            title=self.title,
            why=self.why,
            watch=dict(self.watch),
            approve=self.approve.build(),
            reject=None if self.reject is None else self.reject.build(),
            value=self.value,
            company=self.company,
            warehouse=self.warehouse,
            partner=self.partner,
            makers=tuple(self.makers),
            deadline=self.deadline,
            notes=self.notes,
        )
        return TypeSettings(where=self.where, own=own)
