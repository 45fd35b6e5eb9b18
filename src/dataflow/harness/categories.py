"""The category of a failure: what it states about the sync, for waivers and reports.

The expectation that fails knows its category; nothing is concluded from its text.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from dataflow.errors import VendorRefusedError


class Category(enum.StrEnum):
    """What a failure, or a check without a result, states about the sync."""

    LOST = "sync lost an edit"  # or a record: what was expected is missing
    DUPLICATED = "sync duplicated"
    CHANGED = "sync changed something else"
    REFUSED = "API refused"
    INCONCLUSIVE = "inconclusive"
    NOT_EXERCISED = "not exercised"
    DEFECT = "harness defect"


@dataclass(frozen=True, slots=True)
class Compared:
    """Two records with titles, and the name of the property that differs."""

    records: tuple[tuple[str, Mapping[str, Any]], tuple[str, Mapping[str, Any]]]
    name: str


class Finding(str):
    """A sentence about a mismatch, with its category and the records."""

    __slots__ = ("category", "compared")

    def __new__(
        cls, text: str, category: Category, compared: Compared | None = None
    ) -> Self:
        """Return the text with its category."""
        found = super().__new__(cls, text)
        found.category, found.compared = category, compared
        return found

    category: Category
    compared: Compared | None


class MismatchError(AssertionError):
    """An expectation is not met; a `Finding` has a category of its own."""

    def __init__(self, sentence: str, category: Category = Category.LOST) -> None:
        super().__init__(str(sentence))
        self.category = getattr(sentence, "category", category)
        self.compared: Compared | None = getattr(sentence, "compared", None)


def categorise(error: BaseException | None, *, is_inconclusive: bool) -> Category:
    """Return the category of the error with which a check ended.

    An assertion of QA's own that names no category is about what it did not find.
    """
    if is_inconclusive:
        refused = isinstance(error, VendorRefusedError)
        return Category.REFUSED if refused else Category.INCONCLUSIVE
    if isinstance(error, MismatchError):
        return error.category
    if isinstance(error, VendorRefusedError):  # the sync had damaged the records
        return Category.CHANGED
    is_assertion = isinstance(error, AssertionError)
    return Category.LOST if is_assertion else Category.DEFECT
