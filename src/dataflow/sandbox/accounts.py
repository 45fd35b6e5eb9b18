"""Which sandbox accounts to use: from the environment, or from a file of keys."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path

from dataflow.errors import NotASandboxError, SettingsError
from dataflow.network.hosts import INVOICED, LOOPBACK, is_live, is_test_site
from dataflow.vendors.connection import Connection

#: The file of keys, which git ignores.
KEYS_FILE = ".dataflow-keys.toml"

#: The whole of an address: clients disagree about the host in an unusual one.
_LOOPBACK = re.compile(rf"{LOOPBACK}(?:/api/v2)?/?")
_REQUIRED = ("INVOICED_API_KEY", "CHARGEBEE_API_KEY", "CHARGEBEE_SITE")
_NAMES = (*_REQUIRED, "INVOICED_API_URL", "CHARGEBEE_API_URL")


def with_keys(environment: Mapping[str, str], folder: Path) -> Mapping[str, str]:
    """Return variables, unset ones from the file of keys; errors show no value."""
    keys = _read_keys(folder / KEYS_FILE)
    missing = {name: keys[name] for name in keys if not environment.get(name)}
    return {**environment, **missing}


def _read_keys(path: Path) -> dict[str, str]:
    try:
        found = tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        # The parser's message may contain a part of a key.
        raise SettingsError(
            f"{path.name} is not valid TOML: write lines such as"
            ' CHARGEBEE_SITE = "acme-test".'
        ) from error
    for name, value in found.items():
        if name not in _NAMES or not isinstance(value, str):
            raise SettingsError(
                f"{path.name} has the unknown or non-text entry {name!r}: use only"
                f" {', '.join(_NAMES)}, each with a text."
            )
    return found


def sandbox_connection(environment: Mapping[str, str]) -> Connection:
    """Return the accounts that the variables name; raises `NotASandboxError`.

    INVOICED_API_URL and CHARGEBEE_API_URL (up to /api/v2) replace a vendor by a server
    on loopback.
    """
    _refuse_missing(environment)
    _refuse_blank_space(environment)
    _refuse_production(environment)
    site = environment["CHARGEBEE_SITE"]
    chargebee = f"https://{site}.chargebee.com/api/v2"
    return Connection(
        invoiced_url=_address(environment, "INVOICED_API_URL", INVOICED),
        invoiced_key=environment["INVOICED_API_KEY"],
        chargebee_url=_address(environment, "CHARGEBEE_API_URL", chargebee),
        chargebee_key=environment["CHARGEBEE_API_KEY"],
        chargebee_site=site,
    )


def _refuse_missing(environment: Mapping[str, str]) -> None:
    missing = [name for name in _REQUIRED if not environment.get(name)]
    if missing:
        raise NotASandboxError(
            f"The variables of the sandbox accounts are missing: set"
            f" {', '.join(missing)}."
        )


def _refuse_blank_space(environment: Mapping[str, str]) -> None:
    blank = [name for name in _REQUIRED if re.search(r"\s", environment[name])]
    if blank:
        raise NotASandboxError(
            f"The value of {', '.join(blank)} contains white space: remove it."
        )


def _refuse_production(environment: Mapping[str, str]) -> None:
    site = environment["CHARGEBEE_SITE"]
    if not is_test_site(site):
        raise NotASandboxError(
            f"CHARGEBEE_SITE is {site!r}, which is not a test site: use a site whose"
            " name ends in -test."
        )
    if is_live(environment["CHARGEBEE_API_KEY"]):
        raise NotASandboxError(
            "CHARGEBEE_API_KEY is the key of a live site: use a key of the test site."
        )


def _address(environment: Mapping[str, str], name: str, vendor: str) -> str:
    url = environment.get(name) or vendor
    if url != vendor and _LOOPBACK.fullmatch(url) is None:
        raise NotASandboxError(
            f"{name} is {url!r}: remove it to use {vendor}, or set an address on"
            " loopback."
        )
    return url.rstrip("/")
