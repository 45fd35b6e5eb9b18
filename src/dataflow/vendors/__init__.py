"""Both vendors as their own SDKs show them."""
