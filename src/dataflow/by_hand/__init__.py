"""The twins as a person uses them: with a sample, a state that lasts, and a log."""
