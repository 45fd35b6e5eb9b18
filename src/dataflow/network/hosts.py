"""Which hosts get a key; addresses match whole, as clients split them differently."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from dataflow.errors import NotASandboxError

#: The only account of Invoiced that is not on loopback: documented.
INVOICED = "https://api.sandbox.invoiced.com"

#: The pattern of a port.
PORT = "6553[0-5]|655[0-2][0-9]|65[0-4][0-9]{2}|6[0-4][0-9]{3}|[1-5]?[0-9]{1,4}"
#: The pattern of the root of an address on loopback.
LOOPBACK = rf"http://(?:127\.0\.0\.1|localhost|\[::1\])(?::(?:{PORT}))?"

#: The rest of an address below a root.
_BELOW = "(?![^/?])[!-~]*"
# Documented: the name of a test site ends so. One label, so no other host is named.
_LABEL = "[a-z0-9][a-z0-9-]{0,57}-test"
_SITE = re.compile(_LABEL)
_SITE_URL = re.compile(rf"https://({_LABEL})\.chargebee\.com/api/v2{_BELOW}")
_INVOICED_URL = re.compile(re.escape(INVOICED) + _BELOW)
_LOOPBACK_URL = re.compile(LOOPBACK + _BELOW)
_HOST = re.compile(rf"api\.sandbox\.invoiced\.com|{_LABEL}\.chargebee\.com")
_LOOPBACK_NAMES = ("127.0.0.1", "localhost", "::1")

#: Each address in a text that leads to one of the vendors.
_OF_A_VENDOR = re.compile(
    r"[^\s/\"',;=]*(?:invoiced|chargebee)\.com(?![a-z0-9-])[^\s/\"',;]*", re.IGNORECASE
)
#: Names of settings for accounts that this project's tests never use.
_NOT_A_TEST = re.compile(r"(?:^|[_-])(?:prod|production|live)(?:$|[_-])", re.IGNORECASE)
#: The settings of `dataflow sync`, which no test reads.
PRODUCTION = "sync.production."
#: Documented: a key of a live site begins so.
_LIVE = "live_"
#: Such a key inside another text, also in base64, as the header of a call has it.
_LIVE_KEY = re.compile(r"(?<![A-Za-z0-9])(?:live_[A-Za-z0-9]{6}|bGl2ZV[89])")
#: The name of a variable that holds the name of a site.
_SITE_NAME = re.compile(r"CHARGEBEE.*SITE", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Hosts:
    """The names of both systems in recordings: a twin must not pass for a vendor."""

    names: Mapping[str, str]

    def split(self, url: str) -> tuple[str, str, str]:
        """Return host name, path and query of an address."""
        parts = urlsplit(url)
        root = f"{parts.scheme}://{parts.netloc}"
        return self.names.get(root, parts.netloc), parts.path, parts.query

    def rename(self, text: str) -> str:
        """Return a text with each real root replaced by its name."""
        for root, name in self.names.items():
            text = text.replace(root, f"http://{name}")
        return text


def is_test_site(name: str) -> bool:
    """Return whether this is the name of a test site."""
    return _SITE.fullmatch(name) is not None


def is_live(key: str) -> bool:
    """Return whether a key of Chargebee has the prefix of a live site."""
    return any(part.strip().lower().startswith(_LIVE) for part in key.split(":"))


def is_host(name: object) -> bool:
    """Return whether this is the name of a sandbox's host."""
    return isinstance(name, str) and _HOST.fullmatch(name) is not None


def is_loopback(name: object) -> bool:
    """Return whether this is a name of loopback, or an address there."""
    return name in _LOOPBACK_NAMES


def names_a_vendor(text: str) -> bool:
    """Return whether a text has an address of one of the vendors."""
    return _OF_A_VENDOR.search(text) is not None


def site_of(url: str) -> str | None:
    """Return the test site of Chargebee that an address is on, None for others."""
    found = _SITE_URL.fullmatch(url)
    return None if found is None else found[1]


def refuse_url(url: str, roots: Collection[str] = ()) -> None:
    """Raise `NotASandboxError` unless an address is safe, or below one of `roots`."""
    others = (re.compile(re.escape(root) + _BELOW) for root in roots)
    patterns = (_INVOICED_URL, _SITE_URL, _LOOPBACK_URL, *others)
    if not any(pattern.fullmatch(url) for pattern in patterns):
        raise NotASandboxError(
            f"{hide_secrets(url)!r} is not a sandbox, and is not called: use"
            f" {INVOICED}, https://NAME-test.chargebee.com/api/v2 or http on loopback."
        )


def refuse_accounts(environment: Mapping[str, str]) -> None:
    """Raise `NotASandboxError` if a sync's variables name other accounts."""
    for name in ("DATAFLOW_INVOICED_URL", "DATAFLOW_CHARGEBEE_URL"):
        if name in environment:
            refuse_url(environment[name])
    if is_live(environment.get("DATAFLOW_CHARGEBEE_KEY", "")):
        raise NotASandboxError(
            "DATAFLOW_CHARGEBEE_KEY is the key of a live site: give the sync under test"
            " a key of a test site."
        )


def refuse_production_key(name: str, value: str) -> None:
    """Raise `NotASandboxError` if the form of a variable's value shows production.

    A key of Invoiced has one form for production and sandboxes: none is recognised.
    """
    is_site = _SITE_NAME.search(name) is not None and "." not in value
    if (
        _LIVE_KEY.search(value)
        or is_live(value)
        or _find_production_hosts(value)
        or (is_site and not is_test_site(value))
    ):
        raise NotASandboxError(
            f"The variable {name} has a key, a host or a site of production: do not"
            " pass it to the program (--sync-env, or env in [sync.program]), or give it"
            " the value of a test account."
        )


def _find_production_hosts(text: str) -> list[str]:
    return [host for host in _OF_A_VENDOR.findall(text) if not _HOST.fullmatch(host)]


def refuse_settings(settings: Mapping[str, object], source: str) -> None:
    """Raise `NotASandboxError` if the settings in `source` name another account."""
    for name, value in _leaves(settings):
        if name.startswith(PRODUCTION):
            continue
        wrong = _find_production_hosts(value)
        if wrong or is_live(value) or any(map(_NOT_A_TEST.search, name.split("."))):
            # The value itself may be a key, and is not shown.
            by = f", by {wrong[0]!r}" if wrong else ""
            raise NotASandboxError(
                f"{source} names production in {name}{by}: remove it, as pytest runs"
                " only on test accounts."
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


def hide_secrets(url: str) -> str:
    """Return an address without its user, its password and its query."""
    return re.sub(r"//.*@", "//***@", url).partition("?")[0]
