"""Bodies and methods that are refused over HTTP, after which the connection goes on."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.twin.raw_http import Raw, as_body, serving


@pytest.fixture(params=["invoiced", "chargebee"])
def vendor(request: pytest.FixtureRequest) -> str:
    """Return the name of each vendor in turn."""
    name: str = request.param
    return name


@pytest.fixture
def raw(vendor: str) -> Iterator[Raw]:
    """Serve an empty twin; afterwards it still answers, and holds nothing."""
    with serving(vendor) as served:
        yield served

        assert [] == served.customers()


@pytest.mark.parametrize(
    "body", [b"name=\xff", b"name=%ff", b"name=%zz", b"name=%", b"a&" * 20_000]
)
def test_a_garbled_form_is_refused(raw: Raw, body: bytes) -> None:
    """A form that cannot be decoded answers 400; the connection goes on."""
    kind = "Content-Type: application/x-www-form-urlencoded\r\n"
    first, second = raw.send(raw.create(body, kind) + raw.request())

    assert (400, 200) == (first.status, second.status)
    assert raw.error == first.json().keys()


@pytest.mark.parametrize("method", ["OPTIONS", "PUT", "TRACE"])
def test_an_unknown_method_is_refused(raw: Raw, method: str) -> None:
    """Another method on a known path answers 405; the connection goes on."""
    first, second = raw.send(raw.request(method) + raw.request())

    assert (405, 200) == (first.status, second.status)
    assert "invalid_request" == first.json()["type"]


@pytest.mark.parametrize(
    "inner",
    [
        b'{"a":' * 100_000,
        b'{"a":' * 500 + b"1" + b"}" * 500,
        b'{"a":' + b"9" * 5000 + b"}",
        b'{"a":1e9999}',
        b'{"a":"\x00"}',
        b'{"a":"\xff"}',
        b'{"a":NaN}',
    ],
    ids=lambda value: repr(value)[:30],
)
def test_json_beyond_measure_is_refused(raw: Raw, vendor: str, inner: bytes) -> None:
    """JSON without a meaning answers 400; the connection goes on."""
    first, second = raw.send(raw.create(as_body(vendor, inner)) + raw.request())

    assert (400, 200) == (first.status, second.status)
    if vendor == "invoiced":
        assert b"Unable to parse request." == first.body
    else:
        assert "invalid_request" == first.json()["type"]


@pytest.mark.parametrize(
    ("inner", "expected"),
    [
        (b'{"a":"\\ud800"}', {"a": "\ud800"}),
        (b'{"a":"\\u0000"}', {"a": "\0"}),
        (b'{"a":"b","a":"c"}', {"a": "c"}),
    ],
)
def test_odd_json_is_kept(vendor: str, inner: bytes, expected: dict[str, str]) -> None:
    """A half of a character is kept as it is; of equal keys the last one counts."""
    with serving(vendor) as raw:
        raw.send(raw.create(as_body(vendor, inner)))
        [kept] = raw.customers()

    held = kept.get("customer", kept)
    assert expected == (held.get("meta_data") or held["metadata"])
