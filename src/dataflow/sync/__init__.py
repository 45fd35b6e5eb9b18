"""The reference sync: a pure plan, what performs it, and what it remembers."""
