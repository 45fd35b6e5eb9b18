"""What a failure states about the sync."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from dataflow.errors import (
    FeatureError,
    TargetFailedError,
    VendorRefusedError,
    VendorUnavailableError,
)
from dataflow.harness.categories import Category, MismatchError, categorise
from dataflow.harness.collection import is_inconclusive
from dataflow.harness.scenario.expectations import find_mismatches, require_none
from dataflow.harness.scenario.polling import SyncFailedError
from dataflow.harness.scenario.world import World
from steps.pairs import none_has_one, none_too_many
from steps.syncing import nothing_was_written
from tests.cases import cases
from tests.harness.worlds import ORDER_7, ORDER_8, a_world

DOUBLE = ORDER_7 | {"id": "x", "reference_id": "7"}


def _mismatches(world: World) -> None:
    table = [["record", "Chargebee currency_code"], ["the invoice", "EUR"]]
    require_none(find_mismatches(world, table, "order"))


def _write(world: World) -> None:
    world.before = a_world(ORDER_8).snapshot_all()
    nothing_was_written(world)


def _consequence() -> VendorRefusedError:
    error = VendorRefusedError("Invoiced", 404, "no such customer")
    error.is_consequence = True
    return error


@cases(
    "error, expected",
    {
        "an expectation that names it": (
            MismatchError("two", Category.DUPLICATED),
            Category.DUPLICATED,
        ),
        "an expectation of QA's own": (AssertionError("no"), Category.LOST),
        "a sync that failed": (SyncFailedError("status 1"), Category.LOST),
        "a vendor's refusal": (
            VendorRefusedError("Invoiced", 400, "no"),
            Category.REFUSED,
        ),
        "a refusal after damage": (_consequence(), Category.CHANGED),
        "a vendor that is down": (
            VendorUnavailableError("Invoiced", "503"),
            Category.INCONCLUSIVE,
        ),
        "a target that failed": (TargetFailedError("no"), Category.INCONCLUSIVE),
        "a mistake in a feature": (FeatureError("no"), Category.DEFECT),
        "an error of Python": (KeyError("id"), Category.DEFECT),
        "no error": (None, Category.DEFECT),
    },
)
def test_an_error_has_one_category(error: Any, expected: Category) -> None:  # noqa: ANN401
    """The category follows from the class of the error, and from what it names."""
    found = categorise(error, is_inconclusive=is_inconclusive(error))

    assert expected == found


@cases(
    "expect, orders, expected",
    {
        "missing": (_mismatches, (), Category.LOST),
        "two": (
            _mismatches,
            (ORDER_7, DOUBLE),
            Category.DUPLICATED,
        ),
        "another value": (
            _mismatches,
            (ORDER_7 | {"currency_code": "USD"},),
            Category.LOST,
        ),
        "one too many": (none_too_many, (ORDER_7, DOUBLE), Category.DUPLICATED),
        "an unwanted one": (
            lambda w: none_has_one(w, "invoice", "order"),
            (ORDER_7,),
            Category.CHANGED,
        ),
        "a write": (_write, (ORDER_7,), Category.CHANGED),
    },
)
def test_an_expectation_names_its_category(
    expect: Callable[[World], None],
    orders: tuple[dict[str, object], ...],
    expected: Category,
) -> None:
    """What a Then finds is lost, there twice, or something else that has changed."""
    with pytest.raises(MismatchError) as error:
        expect(a_world(*orders))

    assert expected is error.value.category
