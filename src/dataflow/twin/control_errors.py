"""What a control of a twin answers to somebody who asks for what it cannot do."""

from __future__ import annotations

from dataflow.errors import DataflowError


class ControlError(DataflowError):
    """A control of a twin was asked for something that it cannot do."""


class UnknownControlError(ControlError):
    """There is no such control."""
