"""The evidence of a verdict follows from who has answered."""

from __future__ import annotations

from dataflow.harness.evidence import (
    LOOPBACK,
    TWIN,
    Sources,
    describe_sources,
    identify,
    merge_evidence,
)
from dataflow.recordings.cassette import Provenance
from dataflow.recordings.provenance import Origin
from tests.cases import cases

INVOICED = "api.sandbox.invoiced.com"
CHARGEBEE = "acme-test.chargebee.com"


@cases(
    "url, is_twin, expected",
    {
        "account": (f"https://{CHARGEBEE}/api/v2/orders", False, CHARGEBEE),
        "twin": ("http://127.0.0.1:8101/items", True, TWIN),
        "twin behind a vendor's name": (f"https://{CHARGEBEE}/x", True, TWIN),
        "loopback": ("http://127.0.0.1:8101/items", False, LOOPBACK),
        "localhost": ("http://localhost/items", False, LOOPBACK),
        "another host": ("https://example.com/", False, LOOPBACK),
    },
)
def test_only_a_host_of_a_vendor_is_an_account(
    url: str, expected: str, *, is_twin: bool
) -> None:
    """A system that answers on loopback, or as a twin, is no account."""
    assert expected == identify(url, is_twin=is_twin)


@cases(
    "sources, expected",
    {
        "none": ({}, "no system has answered"),
        "twins": (
            {"Invoiced": {TWIN}, "Chargebee": {TWIN}},
            "twins of both APIs; no real account was used",
        ),
        "loopback": (
            {"Invoiced": {LOOPBACK}, "Chargebee": {LOOPBACK}},
            ("a server on loopback, in place of the vendors; no real account was used"),
        ),
        "accounts": (
            {"Invoiced": {INVOICED}, "Chargebee": {CHARGEBEE}},
            f"sandbox accounts of both vendors ({CHARGEBEE}, {INVOICED})",
        ),
        "both": (
            {"Invoiced": {INVOICED}, "Chargebee": {TWIN}},
            f"Invoiced: {INVOICED}; Chargebee: a twin ({INVOICED})",
        ),
    },
)
def test_the_evidence_names_who_has_answered(sources: Sources, expected: str) -> None:
    """Accounts are claimed only where nothing but accounts has answered."""
    assert expected == describe_sources(sources)


def test_sentences_that_differ_in_dates_are_one() -> None:
    """A run has one sentence for recordings of several days."""
    sentences = (
        "recorded on 2026-11-29 (twin time 2036-01-07)",
        "twins",
        "recorded on 2026-11-29 (twin time 2036-02-16)",
        "recorded on 2026-11-29 (twin time 2036-01-08)",
    )

    assert (
        "recorded on 2026-11-29 (twin time 2036-01-07 to 2036-02-16)",
        "twins",
    ) == merge_evidence(sentences)


@cases(
    "target, origin, expected",
    {
        "twins": (
            "twin",
            Origin("2026-11-29T12:00:00+00:00"),
            "twins of both APIs on 2026-11-29 (twin time 2036-01-07)",
        ),
        "twins, once": (
            "twin",
            None,
            "twins of both APIs on an unknown date (twin time 2036-01-07)",
        ),
        "accounts": (
            "sandbox accounts of both vendors",
            Origin("2036-01-08T12:00:00+00:00"),
            "sandbox accounts of both vendors on 2036-01-08",
        ),
        "accounts, once": (
            "sandbox accounts of both vendors",
            None,
            "sandbox accounts of both vendors on 2036-01-07",
        ),
    },
)
def test_a_recording_has_the_time_of_the_machine(
    target: str, origin: Origin | None, expected: str
) -> None:
    """The time of the twins is not the date of the recording."""
    provenance = Provenance(
        check="a.b",
        seed="a.b",
        target=target,
        hosts={},
        recorded_at="2036-01-07T09:00:20+00:00",
        versions={"dataflow": "1"},
        assumed=(),
    )

    assert f"recorded from {expected} with dataflow 1" == provenance.describe(origin)
