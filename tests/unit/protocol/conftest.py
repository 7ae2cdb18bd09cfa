"""How the properties of the protocol are tried."""

from hypothesis import settings

settings.register_profile("untimed", settings(), deadline=None)  # no test looks at the clock
settings.load_profile("untimed")
