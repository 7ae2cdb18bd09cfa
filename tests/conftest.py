"""What every test has: a clean environment, no way out of this machine, and the real parts by fixture."""

import os
from collections.abc import Iterator

import pytest
import structlog
from hypothesis import settings

settings.register_profile("untimed", settings(), deadline=None)  # no test looks at the clock
settings.load_profile("untimed")

pytest_plugins = [
    "tests.guard",
    "tests.real.needs",
    "tests.real.postgres",
    "tests.real.browser",
    "tests.real.synapse",
    "tests.real.matrix_faults",
    "tests.real.matrix_people",
    "tests.real.matrix_town",
    "tests.real.slack_people",
    "tests.real.mastodon_recordings",
    "tests.real.bluesky",
]


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest tests begin first, so that no worker waits for them at the end."""
    items.sort(key=lambda item: item.get_closest_marker("faults") is None)


@pytest.fixture(autouse=True)
def own_log() -> Iterator[None]:
    """A test that sends the log somewhere does so for itself alone."""
    structlog.reset_defaults()
    yield
    structlog.reset_defaults()


# Settings of the person who runs the tests must not reach the product under test.
for name in [name for name in os.environ if name.startswith("SWITCHBOARD_")]:
    del os.environ[name]
