"""The errors that the pretend server raises, named and worded as real Odoo names and words them.

A refusal is data for the wire (class name, message, arguments), so one exception class carries them all.
Nothing here decides when something is refused.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

_VERBS = {"read": "access", "write": "modify", "create": "create", "unlink": "delete"}


class OdooError(Exception):
    """Something the server answers with an ``error`` object; ``name`` is the dotted class that callers classify by."""

    def __init__(self, name: str, message: str, *, arguments: list[Any] | None = None) -> None:
        super().__init__(message)
        self.name = name
        self.message = message
        self.arguments = [message] if arguments is None else arguments


def user_error(message: str) -> OdooError:
    """A business rule said no."""
    return OdooError("odoo.exceptions.UserError", message)


def validation_error(message: str) -> OdooError:
    """A constraint, a uniqueness rule or a mandatory field said no."""
    return OdooError("odoo.exceptions.ValidationError", message)


def value_error(message: str) -> OdooError:
    """A field, an operator or a value that does not exist."""
    return OdooError("builtins.ValueError", message)


def type_error(message: str) -> OdooError:
    """Arguments that do not fit the method."""
    return OdooError("builtins.TypeError", message)


def access_denied() -> OdooError:
    """Wrong password or key, or a key that belongs to another user."""
    return OdooError("odoo.exceptions.AccessDenied", "Access Denied")


def access_error(message: str) -> OdooError:
    """The user is known but may not do this."""
    return OdooError("odoo.exceptions.AccessError", message)


def no_right(operation: str, label: str, model: str, groups: list[str]) -> OdooError:
    """The user is in none of the groups that may do ``operation`` on this model."""
    allowed = "\n".join(f"\t- {group}" for group in groups)
    return access_error(
        f"You are not allowed to {_VERBS[operation]} '{label}' ({model}) records.\n\n"
        f"This operation is allowed for the following groups:\n{allowed}\n\n"
        "Contact your administrator to request access if necessary."
    )


def hidden_record(operation: str, label: str, model: str, *, user: str, uid: int) -> OdooError:
    """A record rule keeps this record from the user."""
    return access_error(
        "Uh-oh! Looks like you have stumbled upon some top-secret records.\n\n"
        f"Sorry, {user} (id={uid}) doesn't have '{operation}' access to:\n- {label} ({model})\n\n"
        "If you really, really need access, perhaps you can win over your friendly administrator."
    )


def private_method(model: str, method: str) -> OdooError:
    """Methods with a leading underscore, and some others, are not for callers from outside."""
    return access_error(f"Private methods (such as '{model}.{method}') cannot be called remotely.")


def missing(model: str, record_id: object, uid: int) -> OdooError:
    """The record does not exist, or not any more."""
    return OdooError(
        "odoo.exceptions.MissingError",
        f"Record does not exist or has been deleted.\n(Record: {model}({record_id},), User: {uid})",
    )


def several(model: str, ids: Sequence[int]) -> OdooError:
    """A method for one record was called on several (or none)."""
    return value_error(f"Expected singleton: {model}({', '.join(map(str, ids))})")


def mandatory(label: str, model: str, field_label: str, field: str) -> OdooError:
    """A required field was left empty."""
    return validation_error(
        "The operation cannot be completed:\n- Create/update: a mandatory field is not set.\n"
        "- Delete: another model requires the record being deleted. If possible, archive it instead.\n\n"
        f"Model: {label} ({model})\nField: {field_label} ({field})\n"
    )


def serialization_failure() -> OdooError:
    """PostgreSQL refused a concurrent update, and Odoo's own five tries are used up."""
    return OdooError("psycopg2.errors.SerializationFailure", "could not serialize access due to concurrent update\n")


def no_database(name: str) -> OdooError:
    """The database does not exist. The class is the same as for a database that is down."""
    return OdooError(
        "psycopg2.OperationalError",
        f'connection to server at "127.0.0.1", port 5432 failed: FATAL:  database "{name}" does not exist\n',
    )


def unknown_user(uid: int) -> OdooError:
    """A uid that nobody has is a missing record, not a denied access."""
    return missing("res.users", uid, uid)


def empty_password() -> OdooError:
    """18.0 stumbles over an empty password."""
    return OdooError("builtins.AssertionError", "scope and key required")


def unknown_service(name: str) -> OdooError:
    """Not one of common, db and object."""
    return OdooError("builtins.KeyError", name)


def unknown_service_method(name: str) -> OdooError:
    """The service has no such method."""
    return OdooError("builtins.NameError", f"Method not available {name}")


def unknown_method(model: str, method: str) -> OdooError:
    """The model has no such public method."""
    return OdooError("builtins.AttributeError", f"The method '{model}.{method}' does not exist")


def bad_call(owner: str, function: str, complaint: str) -> OdooError:
    """The arguments do not fit the function of that class."""
    return type_error(f"{owner}.{function}() {complaint}")


def bad_leaf(leaf: tuple[object, ...], *, is_18: bool) -> OdooError:
    """A condition that is no field, operator and value."""
    return value_error(f"Invalid leaf {leaf}" if is_18 else f"Invalid operator in condition {leaf}")


def bad_domain_field(model: str, leaf: tuple[str, str, object], *, is_18: bool) -> OdooError:
    """A condition on a field that the model does not have."""
    place = "leaf" if is_18 else "condition"
    return value_error(f"Invalid field {model}.{leaf[0].partition('.')[0]} in {place} {leaf}")


def unreadable_users() -> OdooError:
    """res.users read without naming the fields, by anybody but an administrator."""
    return access_error("You do not have enough rights to access the fields of Users (res.users).")
