"""What stands in the way of `dataflow sync`, and what is then said."""

from __future__ import annotations

from pathlib import Path

import pytest

from dataflow.twin.chargebee import ChargebeeTwin
from dataflow.twin.clock import ManualClock
from dataflow.twin.gateway import LockedTwin
from dataflow.twin.http_server import LOOPBACK, TwinServer
from dataflow.twin.invoiced import InvoicedTwin
from dataflow.twin.pair import CHARGEBEE_KEY, INVOICED_KEY, SITE
from tests.cli.running import (
    VARIABLES,
    Environment,
    Twins,
    free_port,
    program,
    run,
    told,
)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (
            "[sync\n",
            (
                "dataflow.toml cannot be read as TOML (Expected ']' at the end of a"
                " table declaration (at line 1, column 6)): mend that line."
            ),
        ),
        (
            "sync = 1\n",
            (
                "dataflow.toml says sync = 1 outside of a table: put it below a heading"
                " such as [marks] or [sync]."
            ),
        ),
        (
            "[sync]\nfamily = 'x'\n",
            "[sync] has no setting 'family': use item_family or item_type.",
        ),
    ],
    ids=["no TOML", "no table", "no such setting"],
)
@pytest.mark.usefixtures("features")
def test_damaged_settings_are_one_sentence(
    twins: Twins, text: str, sentence: str
) -> None:
    """Settings that make no sense are one sentence, and status 1."""
    Path("dataflow.toml").write_text(text, "utf-8")
    result = run("sync", environment=twins.environment)

    assert (1, f"Error: {sentence}\n") == (result.exit_code, result.output)


def test_no_features_are_one_sentence(twins: Twins) -> None:
    """Without features there is nothing to sync by: one sentence, and status 1."""
    result = run("sync", environment=twins.environment)

    assert (
        1,
        (
            "Error: There is no feature in features: write them with"
            " `dataflow transcribe DOCUMENT`.\n"
        ),
    ) == (result.exit_code, result.output)


@pytest.mark.usefixtures("features")
@pytest.mark.parametrize("name", VARIABLES)
def test_a_missing_variable_is_one_sentence(twins: Twins, name: str) -> None:
    """A variable that is not set is named in one sentence, and status 1."""
    there = {key: value for key, value in twins.environment.items() if key != name}
    result = run("sync", environment=there)

    assert (1, f"Error: {name} is not set: the sync needs it.\n") == (
        result.exit_code,
        result.output,
    )


@pytest.mark.usefixtures("features")
def test_the_first_missing_variable_is_one_sentence_of_the_program() -> None:
    """The installed program says it without a traceback."""
    sentence = "Error: DATAFLOW_INVOICED_URL is not set: the sync needs it.\n"

    assert (1, "", sentence) == program("sync")


@pytest.mark.usefixtures("features")
@pytest.mark.parametrize("vendor", ["Invoiced", "Chargebee"])
def test_an_unreachable_host_is_for_later(one_of_each: Twins, vendor: str) -> None:
    """A host that does not answer is one sentence, and status 75: try again."""
    name = f"DATAFLOW_{vendor.upper()}_URL"
    path = "/api/v2" if vendor == "Chargebee" else ""
    url = f"http://{LOOPBACK}:{free_port()}{path}"
    result = run("sync", environment={**one_of_each.environment, name: url})
    begin = f"Error: {vendor} did not answer at {url}"

    assert (75, True, 1) == (
        result.exit_code,
        result.output.startswith(begin),
        len(result.output.splitlines()),
    )


@pytest.mark.usefixtures("features")
def test_an_unreachable_host_is_for_later_in_the_program() -> None:
    """The installed program ends with status 75 and no traceback."""
    url = f"http://{LOOPBACK}:{free_port()}"
    status, output, complaint = program("sync", environment=told(url, f"{url}/api/v2"))

    assert (75, "", 1) == (status, output, len(complaint.splitlines()))


@pytest.mark.usefixtures("features")
@pytest.mark.parametrize("vendor", ["Invoiced", "Chargebee"])
def test_a_wrong_key_is_one_sentence(vendor: str) -> None:
    """A key that is not accepted is one sentence, and status 1."""
    clock = ManualClock()
    keys = {"Invoiced": INVOICED_KEY, "Chargebee": CHARGEBEE_KEY, vendor: "another"}
    invoiced = InvoicedTwin(clock, key=keys["Invoiced"])
    chargebee = ChargebeeTwin(clock, key=keys["Chargebee"], site=SITE)
    with (
        TwinServer(LockedTwin(invoiced).handle) as left,
        TwinServer(LockedTwin(chargebee).handle) as right,
    ):
        result = run("sync", environment=told(left.url, f"{right.url}/api/v2"))
    begin = f"Error: {vendor} does not accept the API key (401): "

    assert (1, True, 1) == (
        result.exit_code,
        result.output.startswith(begin),
        len(result.output.splitlines()),
    )


@pytest.mark.usefixtures("features")
@pytest.mark.parametrize(
    "wrong",
    [
        {"DATAFLOW_CHARGEBEE_KEY": "wrong"},
        {"DATAFLOW_CHARGEBEE_URL": f"http://{LOOPBACK}:1/api/v2"},
        {"DATAFLOW_SINCE": "yesterday"},
    ],
    ids=["key", "host", "time"],
)
def test_a_sync_that_cannot_begin_writes_nothing(
    one_of_each: Twins, wrong: Environment
) -> None:
    """Where the sync cannot begin, nothing is left behind, not even its memory."""
    result = run("sync", environment={**one_of_each.environment, **wrong})
    made = [one_of_each.all_of(kind) for kind in ("customer", "order", "item")]

    assert (True, False, [[], [], []]) == (
        result.exit_code != 0,
        Path("state").exists(),
        made,
    )
