"""Which hosts this process may call, and hooks into each of its calls."""
