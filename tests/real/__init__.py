"""The real parts - PostgreSQL, Chromium, axe-core - and the tests that need them."""
