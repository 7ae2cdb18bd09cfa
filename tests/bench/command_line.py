"""How long the command line takes before it does anything."""

from tests.bench.register import Figure, benchmark, switchboard


@benchmark
def help_page() -> list[Figure]:
    """`switchboard --help`, from a shell."""
    return [Figure("switchboard --help", switchboard("--help"), 0.4, "s CPU")]
