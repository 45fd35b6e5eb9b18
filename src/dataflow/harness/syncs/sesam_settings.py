"""What a person says of the Sesam node that runs the sync: where it is, and its pipes.

It stands in `dataflow.toml` below `[sync.sesam]`; the node's token stands in no file.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields

from dataflow.errors import DataflowError

#: The variable that holds the token.
TOKEN = "SESAM_JWT"  # noqa: S105 - the name of it

#: Three parts with dots between them, each in base64 for addresses (RFC 7519).
_JWT = re.compile(r"[\w-]+\.[\w-]+\.[\w-]*", re.ASCII)


class MissingSesamSettingError(DataflowError):
    """`[sync.sesam]` does not say what nobody can guess."""


class WrongSesamSettingError(DataflowError):
    """`[sync.sesam]` says something that makes no sense."""


class MissingTokenError(DataflowError):
    """Nobody has told the token of the node."""


class NoTokenError(DataflowError):
    """What was told is not the token of a node."""


@dataclass(frozen=True, slots=True)
class SesamSettings:
    """A node and its pipes.

    `node` is the root of its API, and `pipes` are the ids of those to start, in this
    order. All of them have run within `deadline` seconds; `polling` is after how many
    seconds the node is asked again at first, later on it is asked more seldom.
    """

    node: str
    pipes: tuple[str, ...]
    deadline: float = 60
    polling: float = 0.5


def sesam_settings(table: object, source: str) -> SesamSettings:
    """Return what a table says; None is no table. `source` is the file's name.

    Raises `MissingSesamSettingError` and `WrongSesamSettingError`.
    """
    said = {} if table is None else table
    if not isinstance(said, Mapping):
        raise WrongSesamSettingError(
            f"{source} says of sesam in [sync] what is no table: make one,"
            " [sync.sesam]."
        )
    _refuse_unknown(said, source)
    _refuse_missing(said, source)
    numbers = {
        name: _seconds(name, said[name], source)
        for name in ("deadline", "polling")
        if name in said
    }
    return SesamSettings(
        _text("node", said["node"], source).rstrip("/"),
        _pipes(said["pipes"], source),
        **numbers,
    )


def token_from(environment: Mapping[str, str]) -> str:
    """Return the token; raises `MissingTokenError` and `NoTokenError`."""
    token = environment.get(TOKEN, "")
    if not token:
        raise MissingTokenError(
            f"The token of the Sesam node is not known: set {TOKEN} in the environment."
        )
    if _JWT.fullmatch(token) is None:
        # It is not shown: it may be another key.
        raise NoTokenError(
            f"{TOKEN} holds no JWT, which is three parts with dots between them: copy"
            " it whole from the node, without quotes or Bearer."
        )
    return token


def _refuse_unknown(said: Mapping[str, object], source: str) -> None:
    known = [field.name for field in fields(SesamSettings)]
    for name in said:
        if name not in known:
            # Its value is not shown: it may be the token.
            raise WrongSesamSettingError(
                f"{source} has no setting {name!r} in [sync.sesam]: use"
                f" {', '.join(known)}; the token is taken from {TOKEN} alone."
            )


def _refuse_missing(said: Mapping[str, object], source: str) -> None:
    needed = [each.name for each in fields(SesamSettings) if each.default is MISSING]
    if missing := [name for name in needed if name not in said]:
        raise MissingSesamSettingError(
            f"{source} does not say {' and '.join(missing)} in [sync.sesam]: --sync"
            ' sesam needs node = "https://NAME/api" and pipes = ["ID", "ID"].'
        )


def _text(name: str, value: object, source: str) -> str:
    if not isinstance(value, str) or not value.strip():
        raise WrongSesamSettingError(
            f"{source} says {name} = {value!r} in [sync.sesam], which has to be a text."
        )
    return value


def _pipes(value: object, source: str) -> tuple[str, ...]:
    if not isinstance(value, list) or not value:
        raise WrongSesamSettingError(
            f"{source} says pipes = {value!r} in [sync.sesam]: list the ids of the"
            " pipes in the order in which they run."
        )
    return tuple(_text("pipes", each, source) for each in value)


def _seconds(name: str, value: object, source: str) -> float:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if not is_number or not 0 < value < float("inf"):  # type: ignore[operator]
        raise WrongSesamSettingError(
            f"{source} says {name} = {value!r} in [sync.sesam], which has to be a"
            " number of seconds above 0."
        )
    return float(value)  # type: ignore[arg-type]
