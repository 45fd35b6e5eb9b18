"""The environment of a program under test: an allow-list, without production keys."""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping
from typing import Annotated, TypeAlias

import msgspec

from dataflow.network.hosts import refuse_production_key
from dataflow.settings import FILE_NAME, Table, decode_table

#: What any program needs to start, and to write text and files.
_BASIC = {"PATH", "HOME", "LANG", "LANGUAGE", "TZ", "TMPDIR"}
_LOCALE = "LC_"

_Name: TypeAlias = Annotated[str, msgspec.Meta(pattern=r"\A[A-Za-z_][A-Za-z0-9_]*\Z")]


class ProgramSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The [sync.program] table: names of other variables that a program needs."""

    env: Annotated[
        tuple[_Name, ...], msgspec.Meta(description='["NAME", "NAME"], of variables')
    ] = ()


def read_names(
    sync: Table, chosen: Collection[str] = (), source: str = FILE_NAME
) -> tuple[str, ...]:
    """Return the names that the [sync] table and the command line add to the list."""
    table = sync.get("program", {})
    settings = decode_table(table, ProgramSettings, "[sync.program]", source)
    by_option = decode_table(
        {"env": list(chosen)}, ProgramSettings, "--sync-env", "The command"
    )
    return (*settings.env, *by_option.env)


def basic_environment(environment: Mapping[str, str] = os.environ) -> dict[str, str]:
    """Return the variables that any program gets."""
    return {
        name: value
        for name, value in environment.items()
        if name in _BASIC or name.startswith(_LOCALE)
    }


def program_environment(
    scenario: Mapping[str, str],
    names: Collection[str] = (),
    environment: Mapping[str, str] = os.environ,
) -> dict[str, str]:
    """Return all variables of a program; raise `NotASandboxError` for production."""
    named = {name: environment[name] for name in names if name in environment}
    for name, value in named.items():
        refuse_production_key(name, value)
    return basic_environment(environment) | named | dict(scenario)
