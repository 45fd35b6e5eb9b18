"""The stand-in for Invoiced: customers, invoices and items over its REST API."""

from dataflow.twin.invoiced.api import InvoicedTwin

__all__ = ["InvoicedTwin"]
