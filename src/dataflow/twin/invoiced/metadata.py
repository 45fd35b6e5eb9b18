"""Metadata: what a body may hold, and how a record shows it."""

from __future__ import annotations

import json

from dataflow.twin.invoiced import behaviours as b
from dataflow.twin.invoiced import types
from dataflow.twin.invoiced.account import Account, Record
from dataflow.twin.invoiced.errors import RefusalError
from dataflow.twin.messages import Json
from dataflow.twin.resource import Type

MOST_KEYS = 10
LONGEST_KEY = 40
LONGEST_VALUE = 255


def read_metadata(param: str, value: Json) -> Json:
    """Read a map of at most ten short values, each stored as a text.

    An empty list counts as an empty map, as in PHP, the service's language.
    """
    if value == []:
        return {}
    if not isinstance(value, dict):
        message = "Metadata must be an object"
        raise RefusalError(message, b.METADATA_TYPES, param=param)
    if len(value) > MOST_KEYS:
        message = f"Metadata cannot have more than {MOST_KEYS} keys"
        raise RefusalError(message, b.METADATA_LIMITS, param=param)
    return {
        _read_key(param, key): _read_value(param, inner) for key, inner in value.items()
    }


def _read_key(param: str, key: str) -> str:
    message = f"Metadata keys must have 1 to {LONGEST_KEY} characters: {key}"
    if not key:
        raise RefusalError(message, b.METADATA_LIMITS, param=param)
    return types.refuse_longer(key, LONGEST_KEY, message, b.METADATA_LIMITS, param)


def _read_value(param: str, value: Json) -> str:
    """Return a value as a later read shows it."""
    if value is None:
        message = "Metadata cannot hold null"
        raise RefusalError(message, b.METADATA_TYPES, param=param)
    stored = str(int(value)) if isinstance(value, bool) else str(value)
    if isinstance(value, dict | list):
        stored = json.dumps(value, separators=(",", ":"))
    message = f"Metadata values cannot exceed {LONGEST_VALUE} characters"
    return types.refuse_longer(stored, LONGEST_VALUE, message, b.METADATA_LIMITS, param)


#: How metadata is shown that has a custom field of these types.
_CASTS: dict[str, Type] = {
    "boolean": types.boolean,
    "date": types.integer,
    "double": types.quantity,
    "integer": types.integer,
}


def cast_metadata(account: Account, record: Record) -> Record:
    """Return a record with its metadata in the types of its custom fields."""
    if not record.get("metadata") or not account.custom_fields.by_id():
        return record
    kinds = {
        each["id"]: _CASTS[each["type"]]
        for each in account.custom_fields
        if each["object"] == record["object"] and each["type"] in _CASTS
    }
    if not kinds.keys() & record["metadata"].keys():
        return record
    account.cite(b.CUSTOM_FIELD_TYPES)
    metadata = {
        key: kinds[key](key, value) if key in kinds else value
        for key, value in record["metadata"].items()
    }
    return record | {"metadata": metadata}
