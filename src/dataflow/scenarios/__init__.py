"""Draw scenarios at random, and play them with a sync on the twins."""
