"""The real parts - PostgreSQL, Chromium, axe-core, Synapse, matrix-js-sdk - and the tests that need them."""
