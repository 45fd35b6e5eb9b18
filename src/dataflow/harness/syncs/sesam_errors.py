"""Why a Sesam node could not be asked, one class a cause: none tells of the sync."""

from __future__ import annotations

from dataflow.errors import VendorUnavailableError


class NodeTroubleError(VendorUnavailableError):
    """The node could not be asked, which tells nothing about the sync."""

    def __init__(self, message: str) -> None:
        super().__init__("Sesam", message)


class NodeDownError(NodeTroubleError):
    """The node cannot be reached, fails by itself or is too busy."""


class WrongTokenError(NodeTroubleError):
    """The node does not take the token."""


class NoSuchPipeError(NodeTroubleError):
    """The node does not know a pipe of the settings."""


class NotStartedError(NodeTroubleError):
    """The node refuses to start a pump, such as one whose mode is off."""


class StrangeAnswerError(NodeTroubleError):
    """The node answers in another form than it should."""


class NodeLateError(NodeTroubleError):
    """The pipes have not run within the time that they were given."""
