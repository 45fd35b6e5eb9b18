"""The reference sync as others start it: variables, sections, settings, servers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from dataflow.errors import DataflowError, SettingsError, TryAgainError
from dataflow.settings import decode_table
from dataflow.sync.create import SyncSettings
from dataflow.sync.errors import KeyRefusedError, MappingError
from dataflow.sync.reference import run_once
from dataflow.twin.gateway import LockedTwin
from dataflow.twin.http_server import TwinServer
from dataflow.twin.messages import Request, Response
from tests.sync.world import KEY, World


class Rows(NamedTuple):
    """A section of the checklist: two record types and its rows."""

    left: str
    right: str
    pairs: tuple[tuple[str, str, str], ...] = ()


FLOWS = (
    Rows("Customers person", "Customer"),
    Rows(
        "Invoices",
        "Order",
        (
            ("currency", "currency_code", "string"),
            ("customer", "customer_id", "string"),
        ),
    ),
    Rows("Items", "Item"),
)


@pytest.fixture
def environ(world: World, tmp_path: Path) -> Iterator[dict[str, str]]:
    """Serve the world's twins and return the variables that lead to them."""
    with (
        TwinServer(LockedTwin(world.invoiced).handle) as left,
        TwinServer(LockedTwin(world.chargebee).handle) as right,
    ):
        yield {
            "DATAFLOW_INVOICED_URL": left.url,
            "DATAFLOW_INVOICED_KEY": KEY,
            "DATAFLOW_CHARGEBEE_URL": f"{right.url}/api/v2",
            "DATAFLOW_CHARGEBEE_KEY": KEY,
            "DATAFLOW_CHARGEBEE_SITE": "acme-test",
            "DATAFLOW_STATE_DIR": str(tmp_path / "reference"),
        }


def test_it_works_over_http(world: World, environ: dict[str, str]) -> None:
    """All three sections are synchronised between two servers."""
    world.invoice(world.customer())
    world.item()

    outcome = run_once(environ, FLOWS, SyncSettings())

    assert (3, 0, "3 created") == (outcome.written, outcome.status, outcome.lines()[0])


def test_it_tells_what_it_does(world: World, environ: dict[str, str]) -> None:
    """Each record is told as it is made."""
    person, told = world.customer(), list[str]()

    run_once(environ, FLOWS, SyncSettings(), report=told.append)

    assert [f"customer {person} created: customer {person}."] == told


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("DATAFLOW_INVOICED_URL", "", "is not set"),
        ("DATAFLOW_INVOICED_URL", "ftp://x", "ftp://x"),
        ("DATAFLOW_INVOICED_URL", "http://x:y", "http://x:y"),
        ("DATAFLOW_INVOICED_URL", "http://a..b", "a..b"),
        ("DATAFLOW_INVOICED_URL", f"http://{'a' * 70}.com", "aaa.com"),
        ("DATAFLOW_INVOICED_URL", "http://a\x01b", "a\\x01b"),
        ("DATAFLOW_INVOICED_URL", "http://xn--\u00e9.com", "xn--"),
        ("DATAFLOW_INVOICED_KEY", " ", "is not set"),
        ("DATAFLOW_INVOICED_KEY", "a\udc80b", "copy the key"),
        ("DATAFLOW_CHARGEBEE_URL", "http://x", "/api/v2"),
        ("DATAFLOW_CHARGEBEE_URL", "https://b-test.chargebee.com/api/v2", "acme-test"),
        ("DATAFLOW_CHARGEBEE_SITE", "acme/x", "acme/x"),
        ("DATAFLOW_STATE_DIR", "", "is not set"),
        ("DATAFLOW_SINCE", "yesterday", "yesterday"),
        ("DATAFLOW_SINCE", "-1", "-1"),
        ("DATAFLOW_SINCE", "1767603600000", "seconds"),
    ],
)
def test_a_bad_variable_is_named(
    environ: dict[str, str], name: str, value: str, says: str
) -> None:
    """What is missing or makes no sense is told by its name and value."""
    with pytest.raises(SettingsError) as error:
        run_once({**environ, name: value}, FLOWS, SyncSettings())

    assert (True, True) == (name in str(error.value), says in str(error.value))


@pytest.mark.parametrize("scheme", ["http", "ftp"])
def test_a_password_in_an_address_is_refused_and_not_shown(
    environ: dict[str, str], scheme: str
) -> None:
    """The key has a variable of its own, and a log is no place for secrets."""
    url = f"{scheme}://user:secret@127.0.0.1:9"
    with pytest.raises(SettingsError) as error:
        run_once({**environ, "DATAFLOW_INVOICED_URL": url}, FLOWS, SyncSettings())

    assert "secret" not in str(error.value)


def test_it_waits_with_the_pause_that_it_is_given(
    world: World, environ: dict[str, str]
) -> None:
    """Whoever starts the sync decides what waiting means."""
    answers = iter([429])
    handle = world.invoiced.handle

    def busy(request: Request) -> Response:
        status = next(answers, None)
        return handle(request) if status is None else Response(status, b"{}")

    waits: list[float] = []
    with TwinServer(busy) as server:
        run_once(
            {**environ, "DATAFLOW_INVOICED_URL": server.url},
            FLOWS,
            SyncSettings(),
            pause=waits.append,
        )

    assert 60 == sum(waits)


@pytest.mark.parametrize(
    ("name", "value", "kind"),
    [
        ("DATAFLOW_INVOICED_KEY", "wrong", KeyRefusedError),
        ("DATAFLOW_CHARGEBEE_KEY", "wrong", KeyRefusedError),
        ("DATAFLOW_INVOICED_URL", "http://127.0.0.1:9", TryAgainError),
        ("DATAFLOW_CHARGEBEE_URL", "http://127.0.0.1:9/api/v2", TryAgainError),
    ],
)
def test_what_cannot_start_writes_nothing(
    world: World,
    environ: dict[str, str],
    name: str,
    value: str,
    kind: type[DataflowError],
) -> None:
    """A wrong key or a host out of reach leaves no record and no state file."""
    world.customer()
    with pytest.raises(kind):
        run_once(
            {**environ, name: value}, FLOWS, SyncSettings(), pause=world.clock.advance
        )

    assert ([], False) == (
        world.listed("customer"),
        Path(environ["DATAFLOW_STATE_DIR"]).exists(),
    )


def test_the_memory_of_other_accounts_is_refused(
    world: World, environ: dict[str, str]
) -> None:
    """A state directory serves one pair of accounts."""
    run_once(environ, FLOWS, SyncSettings())
    world.customer()
    with pytest.raises(DataflowError, match="acme-test"):
        run_once(
            {**environ, "DATAFLOW_CHARGEBEE_SITE": "other-test"}, FLOWS, SyncSettings()
        )

    assert [] == world.listed("customer")


@pytest.mark.parametrize(
    ("flow", "error"),
    [
        (Rows("Plans", "Plan"), MappingError),
        (Rows("Items", "Item", (("a", "b", "colour"),)), MappingError),
    ],
)
def test_an_unknown_word_of_the_checklist_is_refused(
    environ: dict[str, str], flow: Rows, error: type[DataflowError]
) -> None:
    """A record type or a property type without a meaning stops the run."""
    with pytest.raises(error) as caught:
        run_once(environ, [flow], SyncSettings())

    assert 1 == caught.value.status


def test_settings_are_read() -> None:
    """The table's values are the settings."""
    table = {"item_family": "goods", "item_type": "plan"}

    assert SyncSettings("goods", "plan") == decode_table(table, SyncSettings, "[sync]")


@pytest.mark.parametrize(
    ("table", "found"),
    [
        ({"colour": "red"}, "the unknown setting 'colour'"),
        ({"item_family": 7}, "item_family = 7"),
        ({"item_family": ""}, "item_family = ''"),
        ({"item_type": "x"}, "item_type = 'x'"),
    ],
    ids=["unknown", "type", "empty", "choice"],
)
def test_a_bad_setting_is_shown(table: dict[str, object], found: str) -> None:
    """An unknown setting and a wrong value are named."""
    with pytest.raises(SettingsError) as error:
        decode_table(table, SyncSettings, "[sync]")

    assert str(error.value).startswith(f"dataflow.toml has {found} in [sync]: ")
