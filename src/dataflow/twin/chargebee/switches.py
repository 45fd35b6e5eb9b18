"""What can be set about a site: its options, and how late it is with things."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(slots=True)
class Switches:
    """The settings of a site; they can be changed at any moment. Times are in seconds.

    `legacy_orders` lets orders be created the way of old sites. `orders` makes the site
    generate orders for invoices with something to ship, `order_delay` after an invoice
    is paid, or after it is there if `order_generation` says `unpaid`. A customer is
    gone `customer_delete_delay` after it was deleted, a write shows in lists after
    `list_lag`. With `enabled_currencies_only`, the currencies that the site does not
    list are refused. With the product catalog `v1`, so is all that is about items,
    and with `without_orders` every new order.
    """

    legacy_orders: bool = False
    orders: bool = False
    order_generation: Literal["paid", "unpaid"] = "paid"
    order_delay: float = 0
    customer_delete_delay: float = 0
    list_lag: float = 0
    enabled_currencies_only: bool = False
    without_orders: bool = False
    product_catalog: Literal["v1", "v2"] = "v2"
