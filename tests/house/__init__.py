"""The rules of the house, counted and enforced."""
