"""The basis of a check."""

from __future__ import annotations

import enum


class Basis(enum.StrEnum):
    """Why a check must hold."""

    STATED = "stated"  # in the document
    INFERRED = "inferred"  # a conclusion of QA
    OBSERVED = "observed"  # the document leaves it open: reported, not judged
