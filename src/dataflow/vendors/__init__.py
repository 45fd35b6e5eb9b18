"""The records of both vendors, through their own SDKs."""
