"""Check the sandbox accounts before a run, by reads: keys, currencies, clock."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from enum import StrEnum
from pathlib import Path
from typing import TypeAlias, TypeVar

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from dataflow.checklist.features import read_features
from dataflow.errors import (
    DataflowError,
    NotASandboxError,
    SettingsError,
    TryAgainError,
    VendorRefusedError,
    VendorUnavailableError,
)
from dataflow.iso_codes import CURRENCIES
from dataflow.network.guard import Guard, refuse_other_site
from dataflow.network.hosts import INVOICED, site_of
from dataflow.record_types.invoiced import CURRENCIES as OF_CUSTOMERS
from dataflow.record_types.model import FAMILY, ORDER
from dataflow.sandbox.accounts import sandbox_connection
from dataflow.settings import read_settings
from dataflow.vendors.chargebee import ChargebeeSite
from dataflow.vendors.connection import Connection, chargebee_client, invoiced_client
from dataflow.vendors.invoiced import InvoicedAccount

_T = TypeVar("_T")

#: Returns the time of this machine, in unix seconds.
Now: TypeAlias = Callable[[], float]
Headers: TypeAlias = Mapping[str, str]

#: The item family where the settings name none, as in the reference sync.
_USUAL_FAMILY = "invoiced"

#: Statuses of a vendor that does not accept a key.
_KEY_REFUSED = {401, 403}

#: Seconds by which a clock may differ.
_CLOCK_DIFFERENCE = 60

#: Headers with the number of calls left, as other APIs send them.
_CALLS_LEFT = ("x-ratelimit-remaining", "x-rate-limit-remaining", "ratelimit-remaining")

#: A quoted word or a cell of a table with the length of a currency code.
_WORD = re.compile(r'"([A-Za-z]{3})"|(?<=\|)[ \t]*([A-Za-z]{3})[ \t]*(?=\|)')

_READS = "valid for reading; only a write shows whether it may write."
_TWIN = "a server on loopback replaces the vendor"


class State(StrEnum):
    """The state of one thing that a run on sandboxes needs."""

    OK = "ok"
    MISSING = "missing"
    UNKNOWN = "cannot tell"  # the name in the JSON


_STYLES = {State.OK: "green", State.MISSING: "bold red", State.UNKNOWN: "yellow"}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing, its state and the reason; not `asked`: the vendor was unavailable."""

    about: str
    state: State
    says: str
    asked: bool = True


# Needs


@dataclass(frozen=True, slots=True)
class Needs:
    """What the checklist needs: currency codes in upper case, an item family's id."""

    currencies: frozenset[str]
    item_family: str


def needs_of(features: Path, settings: Path) -> Needs:
    """Return what both need; raises `FeatureError` or `SettingsError`."""
    table = read_settings(settings).get("sync", {})
    family = table.get("item_family", _USUAL_FAMILY)
    if not isinstance(family, str) or not family.strip():
        raise SettingsError(
            f"[sync] item_family is {family!r}: write a text that is not empty."
        )
    return Needs(currencies_of(features), family)


def currencies_of(features: Path) -> frozenset[str]:
    """Return the currencies of the features and new records; raises `FeatureError`."""
    texts = [each.path.read_text("utf-8") for each in read_features(features)]
    words = {
        (quoted or cell).lower()
        for text in texts
        for quoted, cell in _WORD.findall(text)
    }
    used = {word for word in words if word in CURRENCIES} | set(OF_CUSTOMERS)
    return frozenset(code.upper() for code in used)


# Examine


def diagnose(
    environment: Mapping[str, str], needs: Needs, now: Now
) -> Sequence[Finding]:
    """Return the findings; raises `NotASandboxError` for a call to another place."""
    try:
        connection = sandbox_connection(environment)
    except NotASandboxError as error:
        return [Finding("variables", State.MISSING, str(error))]
    with Guard(connection.roots()).watching():
        found = examine(connection, needs, now)
        return [Finding("variables", State.OK, "all are set."), *found]


def examine(connection: Connection, needs: Needs, now: Now) -> Iterator[Finding]:
    """Yield findings, of each vendor up to the first that leaves the rest unknown."""
    account = InvoicedAccount(invoiced_client(connection))
    site = ChargebeeSite(chargebee_client(connection))
    for vendor, findings in (
        (account.name, _examine_invoiced(account, connection, now)),
        (site.name, _examine_chargebee(site, connection, needs, now)),
    ):
        try:
            yield from findings
        except VendorUnavailableError as error:
            says = f"{str(error).rstrip('.')}. Try again later."
            yield Finding(vendor, State.UNKNOWN, says, asked=False)


def _read(call: Callable[[], _T]) -> tuple[_T | None, str]:
    """Return what a vendor shows, or the reason why it refuses to show it."""
    try:
        return call(), ""
    except VendorRefusedError as error:
        return None, _reason(error)
    except VendorUnavailableError as error:
        if error.status not in _KEY_REFUSED:
            raise
        return None, _reason(error)


def _reason(error: VendorRefusedError | VendorUnavailableError) -> str:
    return f"{error.status}: {error.message or 'no reason given'}"


def _key_finding(vendor: str, variables: str, reason: str) -> Finding:
    account = "the sandbox account" if vendor == "Invoiced" else "the test site"
    says = f"refused ({reason}): set {variables} to the values of {account}."
    return Finding(f"{vendor} key", State.MISSING, says)


# Invoiced


def _examine_invoiced(
    account: InvoicedAccount, connection: Connection, now: Now
) -> Iterator[Finding]:
    headers, reason = _read(account.read_headers)
    if headers is None:
        yield _key_finding("Invoiced", "INVOICED_API_KEY", reason)
        return
    yield Finding("Invoiced key", State.OK, _READS)
    # Documented: the sandbox is an account of its own, with keys of its own.
    real = "the sandbox, which accepts no key of production"
    where = real if connection.invoiced_url == INVOICED else _TWIN
    yield Finding("Invoiced environment", State.OK, f"{where}.")
    yield Finding(
        "Invoiced currencies",
        State.UNKNOWN,
        "only a write shows which currencies the account accepts.",
    )
    yield _clock("Invoiced clock", headers, now)
    yield _rate("Invoiced rate", headers)


# Chargebee


def _examine_chargebee(
    site: ChargebeeSite, connection: Connection, needs: Needs, now: Now
) -> Iterator[Finding]:
    configuration, reason = _read(site.get_configuration)
    if configuration is None:
        yield _key_finding("Chargebee", "CHARGEBEE_API_KEY and CHARGEBEE_SITE", reason)
        return
    headers = site.headers
    yield Finding("Chargebee key", State.OK, _READS)
    environment = _environment(connection, configuration.get("domain"))
    yield environment
    if environment.state is not State.OK:
        return
    catalog = _catalog(configuration.get("product_catalog_version"))
    yield catalog
    yield from _currencies(site, needs.currencies)
    yield _family(site, needs.item_family, catalog)
    yield _orders(site)
    yield _clock("Chargebee clock", headers, now)
    yield _rate("Chargebee rate", headers)


def _environment(connection: Connection, domain: object) -> Finding:
    name, about = connection.chargebee_site, "Chargebee environment"
    try:
        refuse_other_site(name, domain)
    except NotASandboxError as error:
        return Finding(about, State.MISSING, str(error))
    real = f"the test site {name}, according to its configuration"
    twin = "" if site_of(connection.chargebee_url) else f"; {_TWIN}"
    return Finding(about, State.OK, f"{real}{twin}.")


def _catalog(version: object) -> Finding:
    about = "product catalog"
    if version == "v2":
        return Finding(about, State.OK, "v2.")
    return Finding(
        about,
        State.MISSING,
        f"{version!r} has no items: use a test site with Product Catalog 2.0.",
    )


def _currencies(site: ChargebeeSite, needed: frozenset[str]) -> Iterator[Finding]:
    listed, reason = _read(site.list_currencies)
    if listed is None:
        says = f"the site does not list its currencies ({reason})."
        yield Finding("currencies", State.UNKNOWN, says)
        return
    there = {each.get("currency_code") for each in listed if each.get("enabled", True)}
    several, where = len(there) > 1, "in the site's settings"
    yield Finding(
        "multi-currency",
        State.OK if several else State.MISSING,
        f"{len(there)} currencies." if several else f"enable it {where}.",
    )
    lacking = ", ".join(sorted(needed - there))
    yield Finding(
        "currencies",
        State.MISSING if lacking else State.OK,
        f"add {lacking} {where}." if lacking else f"{', '.join(sorted(needed))}.",
    )


def _family(site: ChargebeeSite, family: str, catalog: Finding) -> Finding:
    about = "item family"
    if catalog.state is not State.OK:
        return Finding(about, State.UNKNOWN, "it requires Product Catalog 2.0.")
    found, reason = _read(lambda: site.find_first(FAMILY, id={"is": family}))
    if reason:
        says = f"the site does not list its families ({reason})."
        return Finding(about, State.UNKNOWN, says)
    if found is not None:
        return Finding(about, State.OK, f"{family!r}.")
    says = f"{family!r} is absent; the reference sync creates it with an item."
    return Finding(about, State.OK, says)


def _orders(site: ChargebeeSite) -> Finding:
    """Return whether orders can be listed: a read shows no more of them."""
    _, reason = _read(lambda: site.find_first(ORDER))
    if reason:
        says = (
            f"the site does not list orders ({reason}): enable them in its"
            " settings, or use a key that may read them."
        )
        return Finding("orders", State.MISSING, says)
    return Finding(
        "orders",
        State.UNKNOWN,
        "no read shows whether orders are enabled: check the site's settings.",
    )


# Both vendors


def _clock(about: str, headers: Headers, now: Now) -> Finding:
    try:
        date = parsedate_to_datetime(headers.get("date", ""))
    except ValueError:
        says = "the vendor's answers have no date."
        return Finding(about, State.UNKNOWN, says)
    seconds = round(now() - date.timestamp())
    if abs(seconds) <= _CLOCK_DIFFERENCE:
        return Finding(
            about, State.OK, f"{abs(seconds)} s different from this machine's clock."
        )
    ahead = "ahead of" if seconds > 0 else "behind"
    says = f"this machine is {abs(seconds)} s {ahead} it: set its clock."
    return Finding(about, State.MISSING, says)


def _rate(about: str, headers: Headers) -> Finding:
    """Return how many calls are left; neither vendor documents a header for it."""
    for name, value in headers.items():
        if name.lower() in _CALLS_LEFT:
            return Finding(about, State.OK, f"{value} calls left.")
    return Finding(
        about,
        State.UNKNOWN,
        "the vendor's answers do not state how many calls are left.",
    )


# Render


def status_of(findings: Sequence[Finding]) -> int:
    """Return 1 if something is missing, else 75 without a vendor, else 0."""
    if any(finding.state is State.MISSING for finding in findings):
        return DataflowError.status
    return 0 if all(finding.asked for finding in findings) else TryAgainError.status


def as_json(findings: Sequence[Finding]) -> dict[str, object]:
    """Return the status and all findings."""
    return {
        "status": status_of(findings),
        "findings": [
            {"about": each.about, "state": str(each.state), "says": each.says}
            for each in findings
        ],
    }


def as_table(findings: Sequence[Finding]) -> RenderableType:
    """Return a line for each finding."""
    table = Table.grid(padding=(0, 2))
    for column in ("state", "about"):
        table.add_column(column, no_wrap=True)
    table.add_column("says", overflow="fold")
    for each in findings:
        state = Text(str(each.state), style=_STYLES[each.state])
        table.add_row(state, Text(each.about), Text(each.says))
    return table
