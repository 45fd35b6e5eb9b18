"""Where the sandbox accounts of both vendors are, as the environment says."""

from __future__ import annotations

import re
from collections.abc import Mapping

from dataflow.errors import NotASandboxError
from dataflow.harness.vendors.connection import Connection
from dataflow.network.hosts import INVOICED, LOOPBACK, is_live, is_test_site

#: The whole of an address: clients differ in what they take for the host of an odd one.
_LOOPBACK = re.compile(rf"{LOOPBACK}(?:/api/v2)?/?")
_KEYS = ("INVOICED_API_KEY", "CHARGEBEE_API_KEY", "CHARGEBEE_SITE")


def sandbox_connection(environment: Mapping[str, str]) -> Connection:
    """Return the accounts that the variables name; raises `NotASandboxError`.

    INVOICED_API_URL and CHARGEBEE_API_URL (up to /api/v2) put something on loopback
    in a vendor's place.
    """
    for refuse in (_missing, _blank_space, _no_test_site, _live_key):
        refuse(environment)
    site = environment["CHARGEBEE_SITE"]
    chargebee = f"https://{site}.chargebee.com/api/v2"
    return Connection(
        invoiced_url=_address(environment, "INVOICED_API_URL", INVOICED),
        invoiced_key=environment["INVOICED_API_KEY"],
        chargebee_url=_address(environment, "CHARGEBEE_API_URL", chargebee),
        chargebee_key=environment["CHARGEBEE_API_KEY"],
        chargebee_site=site,
    )


def _missing(environment: Mapping[str, str]) -> None:
    missing = [name for name in _KEYS if not environment.get(name)]
    if missing:
        raise NotASandboxError(
            f"The sandbox accounts are not known: set {', '.join(missing)}."
        )


def _blank_space(environment: Mapping[str, str]) -> None:
    blank = [name for name in _KEYS if re.search(r"\s", environment[name])]
    if blank:
        raise NotASandboxError(
            f"There is blank space in {', '.join(blank)}: take it out."
        )


def _no_test_site(environment: Mapping[str, str]) -> None:
    site = environment["CHARGEBEE_SITE"]
    if not is_test_site(site):
        raise NotASandboxError(
            f"CHARGEBEE_SITE is {site!r}: only a test site is used, whose name ends in"
            " -test."
        )


def _live_key(environment: Mapping[str, str]) -> None:
    if is_live(environment["CHARGEBEE_API_KEY"]):
        raise NotASandboxError(
            "CHARGEBEE_API_KEY is the key of a live site: use one of the test site."
        )


def _address(environment: Mapping[str, str], name: str, vendor: str) -> str:
    told = environment.get(name) or vendor
    if told != vendor and _LOOPBACK.fullmatch(told) is None:
        raise NotASandboxError(
            f"{name} is {told!r}: leave it out for {vendor}, or name an address on"
            " loopback."
        )
    return told.rstrip("/")
