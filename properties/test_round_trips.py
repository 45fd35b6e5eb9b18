"""Through the mapping and back: what is kept, what is lost, and what is refused."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest
from hypothesis import Phase, find, given, settings
from hypothesis import strategies as st

from dataflow.sync.errors import MappingError
from dataflow.sync.mapping import Lens, make_lens, set_at_path
from properties.profiles import share
from properties.rows import Row, every, listed
from properties.values import ANYTHING, Case, Held, Shifted, family_of

REFERENCES = Shifted()

each_row = pytest.mark.parametrize("row", every(), ids=" ".join)


def wire(value: object) -> Held:
    """Return a value as the other end of a wire reads it."""
    return json.loads(json.dumps(value), parse_float=Decimal)


def record(path: str, value: Held) -> dict[str, object]:
    """Return a record that holds this and nothing else."""
    made: dict[str, object] = {}
    set_at_path(made, path, value)
    return made


def to_chargebee(row: Lens, held: Held) -> Held:
    """Return what Chargebee is given for what Invoiced holds."""
    return wire(row.to_right(row.from_left(record(row.left, held)), REFERENCES))


def to_invoiced(row: Lens, held: Held) -> Held:
    """Return what Invoiced is given for what Chargebee holds."""
    return wire(row.to_left(row.from_right(record(row.right, held), REFERENCES)))


def fate(row: Lens, raw: Held) -> str:
    """Return what becomes of a value of Invoiced on its way to Chargebee."""
    shown = repr(raw)
    try:
        value = row.from_left(record(row.left, raw))
        shown = str(value)
        there = wire(row.to_right(value, REFERENCES))
    except MappingError as error:
        return "refused" if shown in str(error) else f"refused, not by name: {error}"
    arrived = row.from_right(record(row.right, there), REFERENCES)
    same = exactly(value) == exactly(arrived)
    return "kept" if same else f"{value!r} became {arrived!r}"


def exactly(*values: Held) -> list[tuple[str, Held]]:
    """Return values with their types, for to Python 1 is True."""
    return [(type(value).__name__, value) for value in values]


def test_the_features_list_rows() -> None:
    """There are rows to try: currency and customer are listed."""
    names = {row[0] for row in listed()}

    assert {"currency", "customer"} <= names


@each_row
@given(data=st.data())
def test_from_invoiced_and_back(row: Row, data: st.DataObject) -> None:
    """What Invoiced holds arrives in Chargebee, and comes back as it was."""
    case = data.draw(family_of(row).cases)
    there = to_chargebee(make_lens(*row), case.written)
    back = to_invoiced(make_lens(*row), there)

    assert exactly(case.right, case.left) == exactly(there, back)


@each_row
@given(data=st.data())
def test_from_chargebee_and_back(row: Row, data: st.DataObject) -> None:
    """What Chargebee holds arrives in Invoiced, and comes back as it was."""
    case = data.draw(family_of(row).right_cases)
    there = to_invoiced(make_lens(*row), case.written)
    back = to_chargebee(make_lens(*row), there)

    assert exactly(case.left, case.right) == exactly(there, back)


@each_row
@share(40)
@given(data=st.data())
def test_what_is_not_declared_lost_is_kept(row: Row, data: st.DataObject) -> None:
    """Each system holds exactly what was written, unless a loss is declared."""
    family = family_of(row)
    left, right = data.draw(family.cases), data.draw(family.right_cases)
    held = exactly(left.left, right.right)

    assert family.lost or exactly(left.written, right.written) == held


@pytest.mark.parametrize(
    "row", [row for row in every() if family_of(row).lost], ids=" ".join
)
def test_what_is_declared_lost_is_lost(row: Row) -> None:
    """No loss is declared that never happens."""
    quickly = settings(phases=[Phase.generate], database=None)
    case: Case = find(
        family_of(row).cases, lambda one: one.written != one.left, settings=quickly
    )

    assert case.written != to_invoiced(
        make_lens(*row), to_chargebee(make_lens(*row), case.written)
    )


@each_row
@share(40)
@given(data=st.data())
def test_what_is_no_value_is_refused(row: Row, data: st.DataObject) -> None:
    """A value of another type is refused on both sides, and the error shows it."""
    raw = data.draw(family_of(row).wrong)
    with pytest.raises(MappingError) as left:
        to_chargebee(make_lens(*row), raw)
    with pytest.raises(MappingError) as right:
        to_invoiced(make_lens(*row), raw)

    assert [True, True] == [repr(raw) in str(error.value) for error in (left, right)]


@pytest.mark.parametrize(
    "row", [row for row in every() if row[0] != "customer"], ids=" ".join
)
@share(70)
@given(raw=ANYTHING)
def test_nothing_is_bent(row: Row, raw: Held) -> None:
    """Whatever Invoiced holds is carried over as the same, or refused by its name."""
    assert fate(make_lens(*row), raw) in {"kept", "refused"}


@given(digits=st.integers(-(10**32), 10**32), places=st.integers(0, 32))
def test_a_number_is_never_rounded(digits: int, places: int) -> None:
    """However many digits a number has, it comes back the same unless refused."""
    row, number = make_lens("x", "y", "float"), Decimal(f"{digits}e-{places}")
    kept = fate(row, number) == "kept"

    assert not kept or number == Decimal(
        str(to_invoiced(row, to_chargebee(row, number)))
    )


@given(text=st.text("eurEUR \u017f\u0131\u0130\u00df\u212a", min_size=1, max_size=4))
def test_a_currency_keeps_its_letters(text: str) -> None:
    """Whatever is taken for a currency, no letter of it turns into another one."""
    row = make_lens("currency", "currency_code", "string")
    back: Held = text.casefold()
    if fate(row, text) == "kept":
        back = to_invoiced(row, to_chargebee(row, text))

    assert text.casefold() == back


@given(number=st.integers(Shifted.LAST + 1))
def test_a_customer_without_counterpart_is_refused(number: int) -> None:
    """A customer that is linked to nobody is carried over to nobody, either way."""
    row = make_lens("customer", "customer_id", "string")
    with pytest.raises(MappingError) as left:
        to_chargebee(row, number)
    with pytest.raises(MappingError) as right:
        to_invoiced(row, str(number + 1))

    assert (True, True) == (
        str(number) in str(left.value),
        str(number + 1) in str(right.value),
    )
