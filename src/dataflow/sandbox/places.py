"""The places that a key may be sent to: sandboxes, and whatever is on loopback.

An address is held against patterns as a whole, and never taken apart: clients differ in
what they take for the host of an odd one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from dataflow.errors import DataflowError

#: The only account of Invoiced that is not on loopback: documented.
INVOICED = "https://api.sandbox.invoiced.com"

#: The pattern of a port.
PORT = "6553[0-5]|655[0-2][0-9]|65[0-4][0-9]{2}|6[0-4][0-9]{3}|[1-5]?[0-9]{1,4}"
#: The pattern of the root of an address on loopback.
LOOPBACK = rf"http://(?:127\.0\.0\.1|localhost|\[::1\])(?::(?:{PORT}))?"

# Documented: the name of a test site ends so. One label, so no other host is named.
_LABEL = "[a-z0-9][a-z0-9-]{0,57}-test"
_SITE = re.compile(_LABEL)
_SITE_URL = re.compile(rf"https://({_LABEL})\.chargebee\.com/api/v2(?![^/?])[!-~]*")
_INVOICED_URL = re.compile(rf"{re.escape(INVOICED)}(?![^/?])[!-~]*")
_LOOPBACK_URL = re.compile(rf"{LOOPBACK}(?![^/?])[!-~]*")
_HOST = re.compile(rf"api\.sandbox\.invoiced\.com|{_LABEL}\.chargebee\.com")
_LOOPBACK_NAMES = ("127.0.0.1", "localhost", "::1")

#: Whatever in a text leads to one of the vendors.
_OF_A_VENDOR = re.compile(
    r"[^\s/\"',;=]*(?:invoiced|chargebee)\.com(?![a-z0-9-])[^\s/\"',;]*", re.IGNORECASE
)
#: Names of settings that speak of accounts which this project's tests never touch.
_NOT_A_TEST = re.compile(r"(?:^|[_-])(?:prod|production|live)(?:$|[_-])", re.IGNORECASE)
#: Documented: a key of a live site begins so.
_LIVE = "live_"


class NoSandboxError(DataflowError):
    """Something leads to an account that is no sandbox, or to none at all."""


def is_test_site(name: str) -> bool:
    """Tell whether this is the name of a test site, and nothing else."""
    return _SITE.fullmatch(name) is not None


def is_live(key: str) -> bool:
    """Tell whether a key of Chargebee says itself that it is one of a live site."""
    return any(part.strip().lower().startswith(_LIVE) for part in key.split(":"))


def is_host(name: object) -> bool:
    """Tell whether this is the name of a sandbox's host."""
    return isinstance(name, str) and _HOST.fullmatch(name) is not None


def is_loopback(name: object) -> bool:
    """Tell whether this is a name of loopback, or an address there."""
    return name in _LOOPBACK_NAMES


def names_a_vendor(text: str) -> bool:
    """Tell whether something in a text leads to one of the vendors."""
    return _OF_A_VENDOR.search(text) is not None


def site_of(url: str) -> str | None:
    """Return the test site of Chargebee that an address is on, None for others."""
    found = _SITE_URL.fullmatch(url)
    return None if found is None else found[1]


def refuse_place(url: str) -> None:
    """Raise `NoSandboxError` for an address that no key may be sent to."""
    patterns = (_INVOICED_URL, _SITE_URL, _LOOPBACK_URL)
    if not any(pattern.fullmatch(url) for pattern in patterns):
        raise NoSandboxError(
            f"{shown(url)!r} is no sandbox, and nothing is sent there: only"
            f" {INVOICED}, https://NAME-test.chargebee.com/api/v2 and http on loopback"
            " are called."
        )


def refuse_accounts(environment: Mapping[str, str]) -> None:
    """Raise `NoSandboxError` where a sync would be told of accounts that are no tests.

    These are the variables that `Connection.environment` makes.
    """
    for name in ("DATAFLOW_INVOICED_URL", "DATAFLOW_CHARGEBEE_URL"):
        if name in environment:
            refuse_place(environment[name])
    if is_live(environment.get("DATAFLOW_CHARGEBEE_KEY", "")):
        raise NoSandboxError(
            "DATAFLOW_CHARGEBEE_KEY is the key of a live site: no sync under test is"
            " given it."
        )


def refuse_settings(settings: Mapping[str, object], source: str) -> None:
    """Raise `NoSandboxError` where settings name an account that is no sandbox.

    `source` is what the settings are called in the sentence.
    """
    for name, value in _leaves(settings):
        wrong = [
            host for host in _OF_A_VENDOR.findall(value) if not _HOST.fullmatch(host)
        ]
        if wrong or is_live(value) or any(map(_NOT_A_TEST.search, name.split("."))):
            # A value that is not shown may be a key.
            by = f", by {wrong[0]!r}" if wrong else ""
            raise NoSandboxError(
                f"{source} names production in {name}{by}: pytest runs on test"
                " accounts alone, so take it out."
            )


def _leaves(value: object, name: str = "") -> Iterator[tuple[str, str]]:
    """Yield each value of a tree of settings as a text, with the path of its name."""
    if isinstance(value, Mapping):
        for key, each in value.items():
            yield from _leaves(each, f"{name}.{key}" if name else str(key))
    elif isinstance(value, list):
        for each in value:
            yield from _leaves(each, name)
    else:
        yield name, str(value)


def shown(url: str) -> str:
    """Return an address without what may be secret in it."""
    return re.sub(r"//.*@", "//***@", url).partition("?")[0]
