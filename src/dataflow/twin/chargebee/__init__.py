"""The twin of Chargebee's API, version 2 with product catalog 2.0, in memory."""

from dataflow.twin.chargebee.api import ChargebeeTwin

__all__ = ["ChargebeeTwin"]
