"""The checks of each form of statement."""
