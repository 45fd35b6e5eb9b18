"""The reference sync: a pure plan, the code that applies it, and its state."""
