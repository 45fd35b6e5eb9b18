"""The free keys of a record: limits are documented, all else is unconfirmed."""

from __future__ import annotations

import json

from dataflow.twin.behaviours import Behaviour
from dataflow.twin.invoiced import behaviours as b
from dataflow.twin.invoiced.errors import RefusedError
from dataflow.twin.wire import Json

MOST_KEYS = 10
LONGEST_KEY = 40
LONGEST_VALUE = 255


def metadata(param: str, value: Json) -> Json:
    """Read a map of at most ten short values, each stored as a text.

    An empty list passes for an empty map, as it does in the service's language.
    """
    if value == []:
        return {}
    if not isinstance(value, dict):
        raise _refused("Metadata must be an object", b.METADATA_TYPES, param)
    if len(value) > MOST_KEYS:
        message = f"Metadata cannot have more than {MOST_KEYS} keys"
        raise _refused(message, b.METADATA_LIMITS, param)
    return {_key(param, key): _value(param, held) for key, held in value.items()}


def as_text(value: Json) -> str:
    """Return one value as a later read shows it."""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, dict | list):
        return json.dumps(value, separators=(",", ":"))
    return str(value)


def _key(param: str, key: str) -> str:
    if 1 <= len(key) <= LONGEST_KEY:
        return key
    message = f"Metadata keys must have 1 to {LONGEST_KEY} characters: {key}"
    raise _refused(message, b.METADATA_LIMITS, param)


def _value(param: str, value: Json) -> str:
    if value is None:
        raise _refused("Metadata cannot hold null", b.METADATA_TYPES, param)
    stored = as_text(value)
    if len(stored) > LONGEST_VALUE:
        message = f"Metadata values cannot exceed {LONGEST_VALUE} characters"
        raise _refused(message, b.METADATA_LIMITS, param)
    return stored


def _refused(message: str, behaviour: Behaviour, param: str) -> RefusedError:
    return RefusedError(message, behaviour, param=param)
