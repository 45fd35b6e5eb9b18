"""Dotted property paths: `email`, `billing_address.city`."""

from __future__ import annotations

from collections.abc import Mapping


def pick(record: Mapping[str, object], path: str) -> object:
    """Return what stands at `path`; what is not there is None."""
    found: object = record
    for name in path.split("."):
        if not isinstance(found, Mapping):
            return None
        found = found.get(name)
    return found


def place(target: dict[str, object], path: str, value: object) -> None:
    """Put `value` at `path`, with the objects on the way copied or made."""
    first, _, rest = path.partition(".")
    if not rest:
        target[first] = value
        return
    inside = target.get(first)
    below = dict(inside) if isinstance(inside, Mapping) else {}
    place(below, rest, value)
    target[first] = below


def edited(
    record: Mapping[str, object], values: Mapping[str, object]
) -> dict[str, object]:
    """Return the top-level properties of `record` that `values`, by path, edits.

    Invoiced replaces a whole object where one is sent (unconfirmed, for metadata),
    so what else the object holds goes along.
    """
    tops = dict.fromkeys(path.partition(".")[0] for path in values if "." in path)
    body: dict[str, object] = {top: record.get(top) for top in tops}
    for path, value in values.items():
        place(body, path, value)
    return body
