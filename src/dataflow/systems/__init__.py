"""Invoiced and Chargebee as the reference sync sees them."""
