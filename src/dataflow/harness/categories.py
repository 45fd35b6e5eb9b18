"""The category of a failure: what it states about the sync, for waivers and reports.

The expectation that fails knows its category; nothing is concluded from its text.
"""

from __future__ import annotations

import enum
from typing import Self

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


class Finding(str):
    """A sentence about a mismatch, with its category."""

    __slots__ = ("category",)

    def __new__(cls, text: str, category: Category) -> Self:
        """Return the text with its category."""
        found = super().__new__(cls, text)
        found.category = category
        return found

    category: Category


class MismatchError(AssertionError):
    """An expectation is not met; a `Finding` has a category of its own."""

    def __init__(self, sentence: str, category: Category = Category.LOST) -> None:
        super().__init__(str(sentence))
        self.category = getattr(sentence, "category", category)


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
