"""Channels of our own for the tests: they keep what they are sent, and go wrong as they are told to."""
