"""Reads dataflow.toml, the one file in which a person tells this project something."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path

from dataflow.errors import DataflowError

FILE_NAME = "dataflow.toml"


class DamagedSettingsError(DataflowError):
    """dataflow.toml cannot be read, or says something that it may not say."""


def read_settings(path: Path) -> Mapping[str, Mapping[str, object]]:
    """Return the tables of the file by name; no file means no tables.

    Raises `DamagedSettingsError` where the file is no TOML, or holds a value outside
    of a table.
    """
    try:
        tables = tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise DamagedSettingsError(
            f"{path} cannot be read as TOML ({error}): mend that line."
        ) from error
    for name, table in tables.items():
        if not isinstance(table, dict):
            raise DamagedSettingsError(
                f"{path} says {name} = {table!r} outside of a table: put it below a"
                " heading such as [marks] or [sync]."
            )
    return tables
