"""The keys of the sandbox accounts: from the environment, or from a file beside git."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path

from dataflow.errors import DataflowError

FILE_NAME = ".dataflow-keys.toml"
_NAMES = (
    "INVOICED_API_KEY",
    "CHARGEBEE_API_KEY",
    "CHARGEBEE_SITE",
    "INVOICED_API_URL",
    "CHARGEBEE_API_URL",
)


class DamagedKeysError(DataflowError):
    """The file of the keys cannot be read, or holds something else."""


def with_keys(environment: Mapping[str, str], folder: Path) -> Mapping[str, str]:
    """Return the variables, and from the folder's file those that are not set.

    Raises `DamagedKeysError`, which shows no value.
    """
    kept = _kept(folder / FILE_NAME)
    missing = {name: kept[name] for name in kept if not environment.get(name)}
    return {**environment, **missing}


def _kept(path: Path) -> dict[str, str]:
    try:
        found = tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        # What the parser says may hold a part of a key.
        raise DamagedKeysError(
            f"{path.name} cannot be read as TOML: write lines such as"
            ' CHARGEBEE_SITE = "acme-test".'
        ) from error
    for name, value in found.items():
        if name not in _NAMES or not isinstance(value, str):
            raise DamagedKeysError(
                f"{path.name} says {name!r}: it may hold {', '.join(_NAMES)}, each a"
                " text."
            )
    return found
