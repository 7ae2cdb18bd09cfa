"""The product: the three jobs, and what holds them together."""
