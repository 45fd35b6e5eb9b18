"""Looks at sandbox accounts before a run: it reads, and writes nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from typing import Any

from dataflow.errors import NotASandboxError
from dataflow.harness.vendors.connection import Connection
from dataflow.harness.vendors.refusal import TroubleError
from dataflow.network.guard import Guard, refuse_other_site
from dataflow.network.hosts import INVOICED, site_of
from dataflow.sandbox.accounts import sandbox_connection
from dataflow.sandbox.circumstances import Now, circumstances
from dataflow.sandbox.findings import Finding, State
from dataflow.sandbox.needs import Needs
from dataflow.sandbox.reading import Answer, Reader

_OK = 200
_READS = "it may read; whether it may write, only a write shows."
_STAND_IN = "a stand-in on loopback is in the vendor's place"


def diagnose(
    environment: Mapping[str, str], needs: Needs, now: Now
) -> Sequence[Finding]:
    """Return what is found out about the accounts that the variables name.

    Raises `NotASandboxError` where a call would go elsewhere.
    """
    try:
        connection = sandbox_connection(environment)
    except NotASandboxError as error:
        return [Finding("variables", State.MISSING, str(error))]
    with Guard().watching():
        found = examine(connection, needs, now)
        return [Finding("variables", State.OK, "all are set."), *found]


def examine(connection: Connection, needs: Needs, now: Now) -> Iterator[Finding]:
    """Yield what is found out about both accounts.

    It stops at a vendor with the first thing without which the rest cannot be asked.
    """
    invoiced = Reader("Invoiced", connection.invoiced_url, connection.invoiced_key)
    chargebee = Reader("Chargebee", connection.chargebee_url, connection.chargebee_key)
    for reader, findings in (
        (invoiced, _invoiced(invoiced, connection, now)),
        (chargebee, _chargebee(chargebee, connection, needs, now)),
    ):
        with closing(reader):
            try:
                yield from findings
            except TroubleError as error:
                says = f"{str(error).rstrip('.')}. Try again later."
                yield Finding(reader.vendor, State.CANNOT_TELL, says, asked=False)


# Invoiced


def _invoiced(reader: Reader, connection: Connection, now: Now) -> Iterator[Finding]:
    answer = reader.get("/customers", per_page="1")
    if answer.status != _OK:
        yield _refused("Invoiced", "INVOICED_API_KEY", answer)
        return
    yield Finding("Invoiced key", State.OK, _READS)
    # Documented: the sandbox is an account of its own, with keys of its own.
    real = "the sandbox, where no key of production is known"
    where = real if connection.invoiced_url == INVOICED else _STAND_IN
    yield Finding("Invoiced environment", State.OK, f"{where}.")
    yield Finding(
        "Invoiced currencies",
        State.CANNOT_TELL,
        "no read shows which ones the account takes; a write does.",
    )
    yield from circumstances("Invoiced", answer, now)


# Chargebee


def _chargebee(
    reader: Reader, connection: Connection, needs: Needs, now: Now
) -> Iterator[Finding]:
    answer = reader.get("/configurations")
    if answer.status != _OK:
        yield _refused("Chargebee", "CHARGEBEE_API_KEY and CHARGEBEE_SITE", answer)
        return
    configuration = _first(reader, answer, "configurations")
    yield Finding("Chargebee key", State.OK, _READS)
    environment = _environment(connection, configuration.get("domain"))
    yield environment
    if environment.state is not State.OK:
        return
    catalog = _catalog(configuration.get("product_catalog_version"))
    yield catalog
    yield from _currencies(reader, needs.currencies)
    yield _family(reader, needs.item_family, catalog)
    yield _orders(reader)
    yield from circumstances("Chargebee", answer, now)


def _environment(connection: Connection, domain: object) -> Finding:
    site = connection.chargebee_site
    about = "Chargebee environment"
    try:
        refuse_other_site(site, domain)
    except NotASandboxError as error:
        return Finding(about, State.MISSING, str(error))
    real = f"the test site {site}, by its own configuration"
    stands_in = "" if site_of(connection.chargebee_url) else f"; {_STAND_IN}"
    return Finding(about, State.OK, f"{real}{stands_in}.")


def _catalog(version: object) -> Finding:
    about = "product catalog"
    if version == "v2":
        return Finding(about, State.OK, "v2.")
    return Finding(
        about,
        State.MISSING,
        f"{version!r}, which has no items: use a test site with Product Catalog 2.0.",
    )


def _currencies(reader: Reader, needed: frozenset[str]) -> Iterator[Finding]:
    answer = reader.get("/currencies/list")
    if answer.status != _OK:
        says = f"the site does not list its currencies ({answer.message})."
        yield Finding("currencies", State.CANNOT_TELL, says)
        return
    listed = [entry.get("currency") or {} for entry in _list(reader, answer)]
    there = {each.get("currency_code") for each in listed if each.get("enabled", True)}
    several, add = len(there) > 1, "in the site's settings"
    yield Finding(
        "multi-currency",
        State.OK if several else State.MISSING,
        f"{len(there)} currencies." if several else f"switch it on, {add}.",
    )
    lacking = ", ".join(sorted(needed - there))
    yield Finding(
        "currencies",
        State.MISSING if lacking else State.OK,
        f"add {lacking}, {add}." if lacking else f"{', '.join(sorted(needed))}.",
    )


def _family(reader: Reader, family: str, catalog: Finding) -> Finding:
    about = "item family"
    if catalog.state is not State.OK:
        return Finding(about, State.CANNOT_TELL, "it takes Product Catalog 2.0.")
    answer = reader.get("/item_families", **{"id[is]": family, "limit": "1"})
    if answer.status != _OK:
        says = f"the site does not list its families ({answer.message})."
        return Finding(about, State.CANNOT_TELL, says)
    if _list(reader, answer):
        return Finding(about, State.OK, f"{family!r}.")
    says = f"{family!r} is not there; the reference sync makes it with the first item."
    return Finding(about, State.OK, says)


def _orders(reader: Reader) -> Finding:
    """Say what a read shows of orders: that they can be listed, and no more."""
    answer = reader.get("/orders", limit="1")
    if answer.status != _OK:
        says = (
            f"the site does not list them ({answer.message}): switch them on in its"
            " settings, or use a key that may read them."
        )
        return Finding("orders", State.MISSING, says)
    return Finding(
        "orders",
        State.CANNOT_TELL,
        "no read shows whether they are switched on: look in the site's settings.",
    )


# Both


def _refused(vendor: str, variables: str, answer: Answer) -> Finding:
    """Tell of a key that is not taken."""
    whose = "the sandbox account" if vendor == "Invoiced" else "the test site"
    says = f"not taken ({answer.message}): set {variables} to those of {whose}."
    return Finding(f"{vendor} key", State.MISSING, says)


def _list(reader: Reader, answer: Answer) -> list[Any]:
    return _part(reader, answer, "list")


def _first(reader: Reader, answer: Answer, name: str) -> Mapping[str, object]:
    found: Mapping[str, object] = next(iter(_part(reader, answer, name)), {})
    return found


def _part(reader: Reader, answer: Answer, name: str) -> list[Any]:
    part = answer.body.get(name) if isinstance(answer.body, dict) else None
    if not isinstance(part, list) or not all(isinstance(one, dict) for one in part):
        raise TroubleError(reader.vendor, f"its answer has no {name!r}")
    return part
