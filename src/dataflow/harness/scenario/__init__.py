"""What one scenario holds: its records, and what is asked of them."""
