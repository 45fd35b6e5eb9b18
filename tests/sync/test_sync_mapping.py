"""Canonical values: one for both systems, out of either and into either."""

from __future__ import annotations

from decimal import Decimal

import pytest

from dataflow.sync.errors import MappingError
from dataflow.sync.mapping import apply_edits, get_at_path, make_lens
from dataflow.sync.values import Value, to_major, to_minor


class Linked:
    """Knows one pair of customers."""

    def right_of(self, kind: str, left_id: str) -> str | None:
        """Return the Chargebee id."""
        return "r7" if (kind, left_id) == ("customer", "7") else None

    def left_of(self, kind: str, right_id: str) -> str | None:
        """Return the Invoiced id."""
        return "7" if (kind, right_id) == ("customer", "r7") else None


@pytest.mark.parametrize(
    ("type_name", "raw", "value"),
    [
        ("string", "x", "x"),
        ("string", "", None),
        ("string", None, None),
        ("string", 7, "7"),
        ("string", Decimal("1.50"), "1.50"),
        ("string", True, "true"),
        ('"string"', " x ", " x "),
        ("integer", 7, 7),
        ("integer", "7", 7),
        ("integer", Decimal("7.0"), 7),
        ("integer", None, None),
        ("float", Decimal("1.50"), "1.5"),
        ("float", 100, "100"),
        ("float", "-0.0", "0"),
        ("Float", None, None),
        ("boolean", True, True),
        ("boolean", "false", False),
        ("boolean", None, None),
        ("timestamp", 1_767_603_600, 1_767_603_600),
        ("timestamp", Decimal("-0.5"), -1),
        ("datetime", "2026-01-05T10:00:00+01:00", 1_767_603_600),
        ("timestamp", "2026-01-05 09:00:00.5", 1_767_603_600),
        ("timestamp", "", None),
        ("date", 1_767_603_600, "2026-01-05"),
        ("date", "2026-01-05", "2026-01-05"),
        ("date", None, None),
    ],
)
def test_either_side_reads_alike(type_name: str, raw: object, value: Value) -> None:
    """A value read from Invoiced equals the same value read from Chargebee."""
    row = make_lens("x", "y.z", type_name)

    assert (value, value) == (
        row.from_left({"x": raw}),
        row.from_right({"y": {"z": raw}}, Linked()),
    )


@pytest.mark.parametrize(
    ("type_name", "raw"),
    [
        ("integer", "1.5"),
        ("integer", True),
        ("integer", "x"),
        ("integer", "1_000"),
        ("float", "nan"),
        ("float", "1e28"),
        ("float", "0.12345678901234567890123456789"),
        ("boolean", "perhaps"),
        ("timestamp", "tomorrow"),
        ("timestamp", 253_402_300_800),
        ("date", True),
        ("string", ["x"]),
    ],
)
def test_a_wrong_value_is_named(type_name: str, raw: object) -> None:
    """A value of another type is refused, with the property and the value."""
    with pytest.raises(MappingError) as error:
        make_lens("x", "y", type_name).from_left({"x": raw})

    assert f"x in Invoiced: {raw!r}" in str(error.value)


def test_an_unknown_type_is_named() -> None:
    """A type that no form stands for is refused with the row it is in."""
    with pytest.raises(MappingError) as error:
        make_lens("x", "y", "colour")

    assert "x and y the type 'colour'" in str(error.value)


@pytest.mark.parametrize("value", ["EUR", "JPY", None])
def test_a_currency_is_one_value_in_two_spellings(value: Value) -> None:
    """Lower case in Invoiced and upper case in Chargebee are the same."""
    row = make_lens("currency", "currency_code", "string")
    left = {"currency": row.to_left(value)}
    right = {"currency_code": row.to_right(value, Linked())}

    assert (value, value) == (row.from_left(left), row.from_right(right, Linked()))


def test_a_currency_is_written_in_each_sides_case() -> None:
    """What is written is what either side would write."""
    row = make_lens("currency", "currency_code", "string")

    assert ("eur", "EUR") == (row.to_left("EUR"), row.to_right("EUR", Linked()))


def test_a_customer_is_its_invoiced_id() -> None:
    """The linked Chargebee customer reads as the Invoiced one."""
    row = make_lens("customer", "customer_id", "string")

    assert ("7", "7", 7, "r7") == (
        row.from_left({"customer": 7}),
        row.from_right({"customer_id": "r7"}, Linked()),
        row.to_left("7"),
        row.to_right("7", Linked()),
    )


def test_an_unlinked_customer_is_nobody_else() -> None:
    """A Chargebee customer without a link equals no customer of Invoiced."""
    row = make_lens("customer", "customer_id", "string")

    assert "unlinked:7" == row.from_right({"customer_id": "7"}, Linked())


@pytest.mark.parametrize("raw", ["euro", "e1r", "\u017fek", " eur", 978])
def test_what_is_no_currency_code_is_shown(raw: object) -> None:
    """Anything but three letters could come back as something else, and is refused."""
    with pytest.raises(MappingError) as error:
        make_lens("currency", "currency_code", "string").from_left({"currency": raw})

    assert repr(raw) in str(error.value)


def test_a_day_is_written_as_its_first_second() -> None:
    """Both systems hold a day as a time, and the day begins in UTC."""
    row = make_lens("date", "order_date", "date")

    assert (1_767_571_200, 1_767_571_200) == (
        row.to_left("2026-01-05"),
        row.to_right("2026-01-05", Linked()),
    )


def test_a_document_may_ask_for_days_as_text() -> None:
    """A rule that writes the day of a time is understood as it stands in a document."""
    row = make_lens("closed_on", "endDate", '"datetime-format","%Y-%m-%d","_."]')
    day = row.from_left({"closed_on": 1_767_603_600})

    assert ("2026-01-05", 1_767_571_200) == (
        row.to_right(day, Linked()),
        row.to_left(day),
    )


@pytest.mark.parametrize(
    ("type_name", "value"), [("timestamp", -1), ("date", "1969-12-31")]
)
def test_a_time_that_chargebee_cannot_hold_is_shown(
    type_name: str, value: Value
) -> None:
    """Times before 1970 are refused, not bent."""
    with pytest.raises(MappingError) as error:
        make_lens("date", "order_date", type_name).to_right(value, Linked())

    assert "before 1970" in str(error.value)


def test_an_unlinked_customer_cannot_be_written() -> None:
    """An order never names a customer that is not linked."""
    row = make_lens("customer", "customer_id", "string")
    with pytest.raises(MappingError) as error:
        row.to_right("8", Linked())

    assert "Customer 8" in str(error.value)


def test_an_address_is_compared_as_invoiced_keeps_it() -> None:
    """Case and outer spaces of an e-mail address are no difference."""
    row = make_lens("email", "email", "string")

    assert row.from_left({"email": "a@x.no"}) == row.from_right(
        {"email": " A@X.no"}, Linked()
    )


def test_a_float_is_written_as_the_same_number() -> None:
    """Nothing is lost on the way into JSON."""
    row = make_lens("x", "y", "float")

    assert (0.1, 100) == (row.to_left("0.1"), row.to_left("100"))


def test_a_float_that_json_would_change_is_refused() -> None:
    """More digits than floating point carries are shown, not rounded."""
    with pytest.raises(MappingError) as error:
        make_lens("x", "y", "float").to_left("0.12345678901234567890")

    assert "0.12345678901234567890" in str(error.value)


@pytest.mark.parametrize(
    ("amount", "currency", "minor"),
    [
        (Decimal("10.50"), "eur", 1050),
        (0.29, "EUR", 29),
        (0, "usd", 0),
        (500, "jpy", 500),
        (Decimal("1.5"), "KWD", 150),
        (Decimal("-3.10"), "GBP", -310),
    ],
)
def test_an_amount_is_counted_exactly(
    amount: object, currency: str, minor: int
) -> None:
    """Hundredths, but for currencies that have no decimals."""
    assert minor == to_minor(amount, currency)


@pytest.mark.parametrize(
    ("amount", "currency"),
    [
        (Decimal("1.234"), "KWD"),
        (Decimal("10.5"), "JPY"),
        (Decimal("1000000000000000000000000000.01"), "EUR"),
        (Decimal("1e999999"), "EUR"),
        ("x", "EUR"),
        (True, "EUR"),
    ],
)
def test_an_amount_that_does_not_fit_is_shown(amount: object, currency: str) -> None:
    """No amount is rounded in silence."""
    with pytest.raises(MappingError) as error:
        to_minor(amount, currency)

    assert str(amount) in str(error.value)


@pytest.mark.parametrize("currency", ["EUR", "JPY", "KWD"])
def test_an_amount_comes_back(currency: str) -> None:
    """To minor units and back is the same amount."""
    assert 1234 == to_minor(to_major(1234, currency), currency)


def test_what_is_not_there_is_nothing() -> None:
    """A path into nowhere ends in None, whatever stands in its way."""
    assert (None, None) == (get_at_path({}, "a.b"), get_at_path({"a": "text"}, "a.b"))


def test_an_edit_inside_an_object_keeps_the_rest_of_it() -> None:
    """The whole object is written, with one value changed, and the record is not."""
    record = {"metadata": {"a": 1, "b": 2}}

    assert ({"metadata": {"a": 9, "b": 2}}, {"a": 1, "b": 2}) == (
        apply_edits(record, {"metadata.a": 9}),
        record["metadata"],
    )
