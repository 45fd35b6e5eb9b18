"""Read `dataflow.toml`, the settings file of this project.

A table of the file is decoded into the type that the owner of the table passes in. The
description of each field of that type is the hint of the error.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, TypeAlias, TypeVar, get_args, get_type_hints

import msgspec

from dataflow.errors import SettingsError

FILE_NAME = "dataflow.toml"

Table: TypeAlias = Mapping[str, object]
T = TypeVar("T", bound=msgspec.Struct)

#: The longest time in a settings file: a week.
_WEEK = 7 * 24 * 60 * 60

Seconds: TypeAlias = Annotated[
    float,
    msgspec.Meta(ge=0, le=_WEEK, description="a number of seconds, at most a week"),
]
PositiveSeconds: TypeAlias = Annotated[
    float,
    msgspec.Meta(
        gt=0, le=_WEEK, description="a number of seconds above 0, at most a week"
    ),
]

_UNKNOWN = re.compile(r"Object contains unknown field `(.+)`")
_MISSING = re.compile(r"Object missing required field `(.+)`")
#: msgspec names the place of a wrong value, such as `$.pipes[1]`.
_WRONG = re.compile(r".* - at `\$\.([^.\[`]+).*`", re.DOTALL)


def read_settings(path: Path) -> Mapping[str, Table]:
    """Return the tables of the file by name; a missing file has no tables.

    Raises `SettingsError` for a file that is not TOML, and for a value outside of a
    table.
    """
    try:
        tables = tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsError(
            f"{path} is not valid TOML ({error}): correct this line."
        ) from error
    for name, table in tables.items():
        if not isinstance(table, dict):
            raise SettingsError(
                f"{path} has {name} = {table!r} outside of a table: put it below a"
                " heading such as [marks] or [sync]."
            )
    return tables


def decode_table(
    table: object, kind: type[T], heading: str, source: str = FILE_NAME
) -> T:
    """Return a table as a value of this type; raise `SettingsError` if it does not fit.

    `heading` and `source` name the table and the file in the error. A `ValueError` of
    the type's own check has the form `FOUND: ADVICE`.
    """
    try:
        return msgspec.convert(table, kind)
    except msgspec.ValidationError as error:
        found, advice = _explain(str(error), table, kind)
        raise SettingsError(f"{source} has {found} in {heading}: {advice}.") from error


def drop_subtables(table: Table) -> Table:
    """Return a table without the tables below it: they have other owners."""
    return {
        name: value for name, value in table.items() if not isinstance(value, Mapping)
    }


def _explain(
    message: str, table: object, kind: type[msgspec.Struct]
) -> tuple[str, str]:
    """Return what is wrong with a table, and what to write instead."""
    hints = _descriptions(kind)
    if not isinstance(table, Mapping):
        # A value is shown only where a secret is not expected.
        return "no table", f"write {', '.join(hints)} below that heading"
    if found := _UNKNOWN.fullmatch(message):
        return f"the unknown setting {found[1]!r}", f"use {', '.join(hints)}"
    if found := _MISSING.fullmatch(message):
        return f"no {found[1]}", f"write {found[1]} = {hints[found[1]]}"
    if found := _WRONG.fullmatch(message):
        return f"{found[1]} = {table[found[1]]!r}", f"write {hints[found[1]]}"
    wrong, _, advice = message.rpartition(": ")
    return wrong, advice


def _descriptions(kind: type[msgspec.Struct]) -> dict[str, str]:
    """Return what each field of a type takes, in words."""
    hints: dict[str, Any] = get_type_hints(kind, include_extras=True)
    return {
        name: next(
            (
                str(part.description)
                for part in get_args(hints[name])
                if isinstance(part, msgspec.Meta)
            ),
            "a value",
        )
        for name in kind.__struct_fields__
    }
