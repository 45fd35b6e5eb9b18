"""The syncs that can be under test: how the harness runs each of them."""
