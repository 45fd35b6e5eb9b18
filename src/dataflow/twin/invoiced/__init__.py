"""The twin of Invoiced's REST API, in memory."""

from dataflow.twin.invoiced.api import InvoicedTwin

__all__ = ["InvoicedTwin"]
